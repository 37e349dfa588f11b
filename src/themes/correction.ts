/**
 * What a researcher's hand does to themes. A correction names a theme by the id that stays with it from run to run, an
 * answer by its source and version, since it was made about these words and no others. Nothing is ever taken out of the
 * journal: to undo is an action too, and can be undone.
 */
export type ThemeAction =
  | { kind: 'rename'; theme: string; label: string }
  /** `from` becomes part of `into`, and still answers to its own id; its name is kept for those who look back. */
  | { kind: 'merge'; from: string; into: string; fromLabel: string }
  /** Sub-themes of a run become themes of their own. */
  | { kind: 'split'; theme: string; parts: { subTheme: string; theme: string; label: string; words: string[] }[] }
  | { kind: 'move'; document: string; from: string | null; to: string }
  /** Not this theme. */
  | { kind: 'bar'; document: string; theme: string }
  /** This theme, checked by a person. */
  | { kind: 'pin'; document: string; theme: string }
  /** Words that are read as one, from the next run on. */
  | { kind: 'same-words'; words: string[] }
  /** Words that are not seen, from the next run on. */
  | { kind: 'leave-out'; words: string[] }
  | { kind: 'lock'; theme: string }
  | { kind: 'undo'; of: number };

/** An action with its place in the journal of its question, from 1 on. */
export type Correction = { readonly number: number; readonly action: ThemeAction };
export type StandingCorrection = { readonly number: number; readonly action: Exclude<ThemeAction, { kind: 'undo' }> };

/**
 * The actions that hold: what was undone is gone, and what was undone by something that was itself undone is back.
 *
 * @param journal in order; an undo names something before it
 *
 * @example
 * standing([
 *   { number: 1, action: { kind: 'lock', theme: 'a' } },
 *   { number: 2, action: { kind: 'undo', of: 1 } },
 *   { number: 3, action: { kind: 'undo', of: 2 } },
 * ]).length // => 1
 */
export function standing(journal: readonly Correction[]): StandingCorrection[] {
  const undone = undoneIn(journal);
  return journal.flatMap(({ number, action }) =>
    action.kind === 'undo' || undone.has(number) ? [] : [{ number, action }],
  );
}

/** Whether an action is there and not undone, so that undoing it says something. */
export const holds = (journal: readonly Correction[], number: number): boolean =>
  journal.some((entry) => entry.number === number) && !undoneIn(journal).has(number);

function undoneIn(journal: readonly Correction[]): Set<number> {
  const undone = new Set<number>();
  // From the end: whether an undo holds is known before what it undoes is met.
  for (const { number, action } of journal.toReversed())
    if (action.kind === 'undo' && !undone.has(number)) undone.add(action.of);
  return undone;
}

/**
 * How the id of an answer in corrections is made.
 *
 * @example
 * documentId('aB3', 2) // => 'aB3.2'
 */
export const documentId = (sourceId: string, version: number): string => `${sourceId}.${version}`;

/**
 * The source and version that an answer's id names; null for what is none.
 *
 * @example
 * documentOf('aB3.2') // => { sourceId: 'aB3', version: 2 }
 */
export function documentOf(id: string): { sourceId: string; version: number } | null {
  const found = /^([A-Za-z0-9_-]+)\.(\d{1,9})$/.exec(id);
  return found ? { sourceId: found[1]!, version: Number(found[2]) } : null;
}
