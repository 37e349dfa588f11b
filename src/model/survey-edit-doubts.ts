import { codeFrom } from './survey-edit-codes.ts';
import { editsBetween, labelOf, likeness, matchLines, type Part } from './survey-edit-lines.ts';

/**
 * Lines of options, rows or columns to which answers may have been given already: what stands under a code may be worded
 * better, but must not become another answer. Where a line could be either, a person says which.
 */

/** So many old parts a line may be are offered to choose from. */
const CANDIDATES_MAX = 5;
/** Of so many letters one may differ in a label that is plainly the same. */
const LETTERS_PER_EDIT = 5;

/**
 * Whether two labels plainly say the same: but for case, accents, blanks and punctuation, or for a letter or two of a
 * longer label. Another number, or a word that begins otherwise, is another answer: “18–25” and “18–35”, “important”
 * and “unimportant”.
 *
 * @example
 * isSameAnswer('E-mail', 'email') // => true
 * @example
 * isSameAnswer('Bike', 'Taxi') // => false
 */
export function isSameAnswer(a: string, b: string): boolean {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  const letters = left.join('');
  if (letters === right.join('')) return letters !== '' || a.trim() === b.trim();
  const digits = (text: string) => text.replaceAll(/\P{N}+/gu, ' ').trim();
  if (left.length !== right.length || digits(a) !== digits(b)) return false;
  if (left.some((word, index) => word[0] !== right[index]?.[0])) return false;
  const edits = left.reduce((sum, word, index) => sum + editsBetween(word, right[index] ?? ''), 0);
  return edits <= Math.floor(letters.length / LETTERS_PER_EDIT);
}

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/** A line that stands for an answer under new words. */
export type Doubt = {
  /** Which line it is, counted from 0, blank ones passed over. */
  line: number;
  label: string;
  /** What it may be the new words of, likeliest first. */
  candidates: readonly { code: string; was: string }[];
  /** The one it plainly is; null where a person must say. */
  suggested: string | null;
};

/** What a person said of a line: the code of the answer that it is, or that it is another. */
export const ANOTHER = '+';

export type SettledLines<P extends Part> = {
  /** The lines, each with its code before it. */
  lines: string;
  /** Every line that keeps a code under new words, those in doubt among them; none may be left open when this is saved. */
  doubts: readonly Doubt[];
  isOpen: boolean;
  /** Published parts that the draft has no longer and that lines bring back. */
  again: readonly P[];
};

/**
 * Finds out which line is which part.
 *
 * @param lines as they were typed
 * @param before the parts of the draft, then those that were there when the form was shown
 * @param published the parts as they were published, under whose codes there may be answers
 * @param isAtStake whether something would be lost with a part that was not published, such as a translation
 * @param said what a person said of lines, by their number: a code, or `ANOTHER`
 */
export function settleLines<P extends Part>(
  lines: string,
  { before, published, language }: { before: readonly P[]; published: readonly P[]; language: string },
  isAtStake: (part: P) => boolean,
  said: ReadonlyMap<number, string>,
): SettledLines<P> {
  const matches = matchLines(lines, before, language);
  const publishedBy = new Map(published.map((part) => [part.code, part]));
  /** The words answers were given to; empty where the part was not published in this language. */
  const answeredTo = (part: P): string => {
    const frozen = publishedBy.get(part.code);
    return frozen === undefined ? '' : labelOf(frozen, language);
  };
  /** Says something else than it did when it was published, and than the draft said so far. */
  const isReworded = (part: P, label: string) =>
    label !== '' && ![label, ''].includes(answeredTo(part)) && labelOf(part, language) !== label;
  const isPrecious = (part: P) => answeredTo(part) !== '' || (!publishedBy.has(part.code) && isAtStake(part));
  /** Null while a person has to say. */
  const kept = matches.map(({ part, label, by }): { part: P | null; isNew: boolean } | null => {
    const old = part === null ? undefined : before[part];
    if (old === undefined) return { part: null, isNew: true };
    const isUnchanged = labelOf(old, language) === label || label === '';
    if (isUnchanged || !isPrecious(old)) return { part: old, isNew: false };
    const words = answeredTo(old);
    if (words === '') return by === 'guess' ? null : { part: old, isNew: false };
    return isSameAnswer(words, label) ? { part: old, isNew: false } : null;
  });
  const settled = new Set(kept.flatMap((one) => (one?.part ? [one.part.code] : [])));
  const contested = before.filter((part) => !settled.has(part.code) && isPrecious(part));
  const matched = new Set(matches.flatMap(({ part }) => (part === null ? [] : [part])));
  const hasLost = before.some((part, index) => !matched.has(index) && answeredTo(part) !== '');
  const again: P[] = [];
  const doubts: Doubt[] = [];
  const isTaken = new Map<string, number>();
  let isOpen = false;
  const codes = matches.map(({ label, code: written, part, by }, line): string | null => {
    const old = part === null ? undefined : before[part];
    const own = kept[line];
    const known =
      own?.isNew && !written ? published.find((one) => isGone(one) && labelOf(one, language) === label) : null;
    if (known) {
      again.push(known);
      return known.code;
    }
    const mayBe = own === null || (own?.isNew && !written && hasLost);
    if (!mayBe) {
      if (own?.part && old && isReworded(old, label)) {
        const choice = said.get(line) ?? old.code;
        doubts.push({ line, label, candidates: [{ code: old.code, was: answeredTo(old) }], suggested: old.code });
        return choice === ANOTHER ? null : old.code;
      }
      return own?.part?.code ?? written;
    }
    const list = by === 'code' && old ? [old] : [...contested].sort(byFit(label, old, language));
    const candidates = list
      .slice(0, CANDIDATES_MAX)
      .map((one) => ({ code: one.code, was: answeredTo(one) || labelOf(one, language) }));
    doubts.push({ line, label, candidates, suggested: null });
    const choice = said.get(line);
    if (choice === ANOTHER) return null;
    if (choice !== undefined && candidates.some((one) => one.code === choice)) {
      isTaken.set(choice, (isTaken.get(choice) ?? 0) + 1);
      return choice;
    }
    isOpen = true;
    return null;
  });
  if ([...isTaken.values()].some((count) => count > 1)) isOpen = true;
  const taken = new Set([
    ...before.map((part) => part.code),
    ...published.map((part) => part.code),
    ...codes.flatMap((code) => (code === null ? [] : [code])),
  ]);
  const fresh = (label: string): string => {
    const code = codeFrom(label, taken);
    taken.add(code);
    return code;
  };
  return {
    lines: matches.map(({ label }, line) => `${codes[line] ?? fresh(label)} | ${label}`).join('\n'),
    doubts,
    isOpen,
    again,
  };

  function isGone(part: P): boolean {
    return !before.some((one) => one.code === part.code) && !again.some((one) => one.code === part.code);
  }
}

/** The part a line was matched with comes first, then whichever is most like it. */
const byFit =
  (label: string, own: Part | undefined, language: string) =>
  (a: Part, b: Part): number => {
    const rank = (part: Part) => (part === own ? 2 : likeness(label, labelOf(part, language)));
    return rank(b) - rank(a);
  };
