import { clear, counted, flagged, type Judgement, unjudged } from './judgement.ts';

/** Two items of which one tells what the other should say, by design of the questionnaire, and one person's answers. */
export type AnswerPair = {
  /** What the pair is called in the reason, such as the codes of both items. */
  name: string;
  /** Whether the items say the same (synonyms) or the opposite (a reversed item, antonyms). */
  meaning: 'same' | 'opposite';
  /** As given, reversed items not turned; null when not answered. */
  first: number | null;
  second: number | null;
  /** The ends of the answer scale, the same for both. */
  min: number;
  max: number;
};

export type ContradictionOptions = {
  /** How far apart answers have to be, as a share of the scale, to contradict each other; 0.75 unless told. */
  differenceMin?: number;
  /** How many pairs have to contradict themselves; 2 unless told. */
  pairsMin?: number;
};

/**
 * How far two answers lie from what they should be to each other, as a share of the scale's length.
 *
 *   same:     |first − second| / (max − min)
 *   opposite: |first − (min + max − second)| / (max − min)
 *
 * @returns 0 (they agree) to 1 (they cannot be further apart); null when one of them is missing
 * @throws {RangeError} when the scale has no length or an answer lies outside it
 *
 * @example
 * pairDifference({ name: 'q1, q7', meaning: 'opposite', first: 5, second: 4, min: 1, max: 5 }) // => 0.75
 */
export function pairDifference({ meaning, first, second, min, max }: AnswerPair): number | null {
  if (!(max > min)) throw new RangeError('pairDifference requires a scale that ends above where it begins');
  if (first === null || second === null) return null;
  if (!(first >= min && first <= max && second >= min && second <= max)) {
    throw new RangeError('pairDifference requires answers on the scale');
  }
  return Math.abs(first - (meaning === 'same' ? second : min + max - second)) / (max - min);
}

/**
 * Who says one thing and, elsewhere, its opposite.
 *
 * A pair contradicts itself when its answers lie three quarters of the scale or more from where they should, which is
 * 1 against 4 on five points. One such pair may be a slip (an overread “not”), so two are needed, unless the person
 * answered fewer pairs than that: then all of them have to contradict themselves.
 *
 * @param pairs all pairs of one response; empty when the questionnaire has none
 * @throws {RangeError} as `pairDifference` does
 * @see Goldberg and Kilkowski (1985), Journal of Personality and Social Psychology 48(1), 82–98;
 *   Meade and Craig (2012), Psychological Methods 17(3), 437–455
 *
 * @example
 * judgeContradictions([{ name: 'calm, nervous', meaning: 'opposite', first: 5, second: 5, min: 1, max: 5 }])
 * // => { outcome: 'flagged', reason: 'Contradicts itself in 1 of 1 pair: calm, nervous (5 and 5).' }
 */
export function judgeContradictions(pairs: readonly AnswerPair[], options: ContradictionOptions = {}): Judgement {
  const { differenceMin = 0.75, pairsMin = 2 } = options;
  if (pairs.length === 0) return unjudged('There are no pairs of items that say the same or the opposite.');

  const differences = pairs.map((pair) => ({ pair, difference: pairDifference(pair) }));
  const answered = differences.filter(({ difference }) => difference !== null);
  if (answered.length === 0) return unjudged('No pair of items was answered on both sides.');

  // Answers on scales such as 0 to 1 in tenths must not fail by the last binary digit.
  const against = answered.filter(({ difference }) => difference! >= differenceMin - 1e-9);
  if (against.length < Math.min(pairsMin, answered.length)) return clear;
  const named = against.slice(0, 5).map(({ pair }) => `${pair.name} (${pair.first} and ${pair.second})`);
  const more = against.length > named.length ? ` and ${against.length - named.length} more` : '';
  return flagged(
    `Contradicts itself in ${against.length} of ${counted(answered.length, 'pair')}: ${named.join('; ')}${more}.`,
  );
}
