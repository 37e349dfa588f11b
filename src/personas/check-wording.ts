import { stem } from '../text/stem.ts';
import { englishStopWords } from '../text/stop-words.ts';

/** Words that say more than others do; none may come in that was not there. */
const STRONG = new Set(
  'all always any anybody anyone certainly clearly definitely every everybody everyone everything exactly majority most must never nobody none nothing only proves proven significantly typically usually'.split(
    ' ',
  ),
);
/** What figures of one time cannot show. */
const REASONS = new Set(
  'because cause caused causes causing due lead leads leading led makes since so therefore thus why'.split(' '),
);
const NEGATIONS = new Set(
  "not no never without cannot can't don't doesn't won't isn't aren't nobody nothing none neither nor".split(' '),
);
const UP = new Set('above bigger greater higher larger likelier more oftener stronger'.split(' '));
const DOWN = new Set('below fewer less lower rarer seldom smaller weaker'.split(' '));
const LETTERS_MOST = 300;
/** Of the words that carry meaning, so many must be those of the claim, by their stems. */
const KEPT_LEAST = 0.5;

const wordsIn = (text: string): string[] =>
  text
    .toLowerCase()
    .replaceAll('’', "'")
    .match(/[\p{L}\p{M}]+(?:'[\p{L}\p{M}]+)*/gu) ?? [];
/** Numbers as they are written, but for what parts thousands. */
const numbersIn = (text: string): string[] =>
  (text.match(/\p{Nd}+(?:[.,]\p{Nd}+)*/gu) ?? []).map((number) => number.replaceAll(/,(?=\p{Nd}{3}(?!\p{Nd}))/gu, ''));

/**
 * The first number of a wording that stands neither in the claim nor in the evidence of it.
 *
 * @example
 * strayNumber('90% would never leave', 'Calm: lower than among everyone else', '4.73 here, 3.40 among the rest') // => '90'
 */
export function strayNumber(wording: string, claim: string, evidence: string): string | undefined {
  const figures = new Set(numbersIn(`${claim} ${evidence}`));
  return numbersIn(wording).find((number) => !figures.has(number));
}

const meaning = (text: string): string[] =>
  wordsIn(text)
    .filter((word) => word.length > 3 && !englishStopWords.has(word))
    .map(stem);

/**
 * What a wording says beyond the claim it is made from and the evidence of it, as sentences for a researcher; nothing where
 * it may stand. A wording that passes may still be poor: somebody reads it before it counts.
 *
 * Looked at are numbers, quotations, stronger words, reasons, denial, direction, names, and how much of the claim's own
 * words it keeps. English only: of another language it says that it cannot be checked.
 *
 * @param wording one sentence
 * @param claim the sentence as it was computed
 * @param evidence what its figures are, as they stand beside it
 *
 * @example
 * wordingFaults('Most of them rent', 'They chose more often than others “Rented”', '34% here, 11% of the rest') // => ['It says “most”, which the claim does not']
 */
export function wordingFaults(wording: string, claim: string, evidence: string): string[] {
  const faults: string[] = [];
  const known = new Set(wordsIn(`${claim} ${evidence}`));
  const words = wordsIn(wording);
  const said = (list: ReadonlySet<string>) => words.find((word) => list.has(word) && !known.has(word));
  if (words.length === 0) return ['It says nothing that can be checked'];
  if (wording.length > LETTERS_MOST) faults.push(`It has more than ${LETTERS_MOST} letters`);
  const stray = strayNumber(wording, claim, evidence);
  if (stray !== undefined) faults.push(`It says ${stray}, which stands nowhere in the evidence`);
  const quoted = /[“"„«»]([^“”"„«»]+)/.exec(wording)?.[1]?.trim();
  if (quoted !== undefined && !claim.toLowerCase().includes(quoted.toLowerCase()))
    faults.push('It puts words into quotation marks that nobody checked');
  const strong = said(STRONG);
  if (strong !== undefined) faults.push(`It says “${strong}”, which the claim does not`);
  const reason = said(REASONS);
  if (reason !== undefined) faults.push(`It gives a reason (“${reason}”), and the evidence shows none`);
  const denials = (text: readonly string[]) => text.filter((word) => NEGATIONS.has(word)).length;
  if (denials(words) % 2 !== denials(wordsIn(claim)) % 2)
    faults.push('It denies where the claim does not, or the other way about');
  const way = (text: readonly string[]) => ({
    up: text.some((word) => UP.has(word)),
    down: text.some((word) => DOWN.has(word)),
  });
  const [before, after] = [way(wordsIn(claim)), way(words)];
  if ((after.up && !before.up) || (after.down && !before.down))
    faults.push('It turns the difference round, or makes one');
  const name = /(?<=[\p{Ll},;] )\p{Lu}[\p{L}’'-]+/gu.exec(wording)?.[0];
  if (name !== undefined && !claim.includes(name)) faults.push(`It names “${name}”, whom the claim does not`);
  const own = new Set(meaning(`${claim} ${evidence}`));
  const carried = meaning(wording);
  const kept = carried.filter((one) => own.has(one)).length;
  if (carried.length > 0 && kept / carried.length < KEPT_LEAST)
    faults.push('It speaks of something else than the claim: too few of its words are there');
  return faults;
}
