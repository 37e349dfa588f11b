import { createHash } from 'node:crypto';
import { trimLabel } from '../charts/numerals.ts';
import { Problem } from '../model/problem.ts';

const SHOWN_LETTERS = 1_000;

/**
 * A mark of what a form shows, which it carries along, so that saving it tells whether somebody else changed that meanwhile.
 *
 * @param state the same values in the same order, whenever they are the same
 */
export const markOf = (state: readonly (string | number | null)[]): string =>
  createHash('sha256').update(JSON.stringify(state)).digest('base64url').slice(0, 22);

/**
 * Refuses to save over what somebody else wrote since a form was shown, unless both wrote the same.
 *
 * @param form its mark, or null of whoever does not care what stands there; and what stands and what was typed, by field
 * @param inWords how a value is called where people read it
 * @throws Problem `conflict` with what stands now, beside each field that would undo it
 */
export function refuseUndoing<Field extends string>(
  form: {
    seen: string | null;
    mark: string;
    standing: Readonly<Record<Field, string>>;
    typed: Readonly<Record<Field, string>>;
  },
  inWords: (value: string, field: Field) => string = (value) => value,
): void {
  const { seen, mark, standing, typed } = form;
  if (seen === null || seen === mark) return;
  const others = (Object.keys(standing) as Field[]).filter((field) => standing[field] !== typed[field]);
  if (others.length === 0) return;
  throw new Problem('conflict', 'Somebody else has changed this meanwhile, and yours is not saved yet', {
    detail: 'Take over of theirs what should stay, then save again: yours takes the place of theirs then',
    errors: others.map((field) => {
      const value = trimLabel(inWords(standing[field], field), SHOWN_LETTERS);
      return { pointer: `#/${field}`, detail: value === '' ? 'Theirs: nothing' : `Theirs: “${value}”` };
    }),
  });
}

/** @throws Problem `conflict` where it was changed just while it was being saved */
export function refuseLate(isSaved: boolean): void {
  if (!isSaved)
    throw new Problem('conflict', 'Somebody else has changed this just now, and yours is not saved yet', {
      detail: 'Save again to see what they wrote',
    });
}
