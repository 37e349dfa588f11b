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

/**
 * How many there are of something that grows one by one, told so that nobody sees a single one come: whole for those who see
 * everything, else in steps of the smallest cell.
 *
 * @example
 * [roughCount(112, { least: 10 }), roughCount(7, { least: 10 }), roughCount(0, { least: 10 }), roughCount(112, null)] // => ['110 or more', 'fewer than 10', '0', '112']
 */
export function roughCount(count: number, policy: CellPolicy): string {
  const shown = (n: number) => n.toLocaleString('en-GB');
  if (policy === null || count === 0) return shown(count);
  if (count < policy.least) return `fewer than ${policy.least}`;
  return `${shown(Math.floor(count / policy.least) * policy.least)} or more`;
}
