import type { CellPolicy } from './safe-cells.ts';

/** What stands in the place of a number that is hidden: the same for a small cell and for one that would give it away. */
export const HIDDEN = 'hidden';

/**
 * Says below figures what is hidden and why; null where nothing is.
 *
 * @example
 * hiddenNote({ least: 10 }, true) // => 'Hidden: fewer than 10 people, or a number by which fewer than 10 could be worked out.'
 */
export const hiddenNote = (policy: CellPolicy, isAnyHidden: boolean): string | null =>
  policy === null || !isAnyHidden
    ? null
    : `Hidden: fewer than ${policy.least} people, or a number by which fewer than ${policy.least} could be worked out.`;
