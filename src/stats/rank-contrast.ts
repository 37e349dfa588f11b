import type { CountedValue } from './counted-values.ts';
import { normalQuantile } from './distributions.ts';
import { type RankSum, rankSum } from './rank-sum.ts';

/** How far two groups of ordered values lie apart. */
export type RankContrast = Pick<RankSum, 'p' | 'expected'> & {
  /** Cliff's delta: how much oftener a value of the first lies above one of the second than below, −1 to 1, with its interval. */
  delta: number;
  low: number;
  high: number;
};

/**
 * The rank sum test with its size.
 *
 * @param first values with their counts, which need not be whole
 * @param level how sure the interval is, 0.95 unless told
 * @returns null when a group is empty or all values are the same
 * @throws {RangeError} when a value is not finite or the level not between 0 and 1
 * @see Cliff (1993), Psychological Bulletin 114(3), 494–509; Hanley and McNeil (1982), Radiology 143(1), 29–36, for the
 *   variance
 *
 * @example
 * const counted = (...values) => values.map((value) => ({ value, count: 1 }))
 * rankContrast(counted(1, 2, 3, 4), counted(3, 4, 5, 8))?.delta // => -0.75
 */
export function rankContrast(
  first: readonly CountedValue[],
  second: readonly CountedValue[],
  level = 0.95,
): RankContrast | null {
  const z = normalQuantile((1 + level) / 2);
  const found = rankSum(first, second);
  if (found === null) return null;
  const [n1, n2] = [first, second].map((group) => group.reduce((sum, { count }) => sum + count, 0)) as [number, number];
  const won = Math.min(1, Math.max(0, found.u / (n1 * n2)));
  const both = won / (2 - won);
  const alone = (2 * won ** 2) / (1 + won);
  const variance =
    (won * (1 - won) + Math.max(0, n1 - 1) * (both - won ** 2) + Math.max(0, n2 - 1) * (alone - won ** 2)) / (n1 * n2);
  const delta = 2 * won - 1;
  const reach = 2 * z * Math.sqrt(Math.max(0, variance));
  return {
    delta,
    low: Math.max(-1, delta - reach),
    high: Math.min(1, delta + reach),
    p: found.p,
    expected: found.expected,
  };
}

/**
 * Cliff's delta as the standardised difference of two normal groups that would give it, so that effects of ranks and of means
 * can be put in one order.
 *
 * @param delta −1 to 1; the ends, which no difference reaches, count as 0.999
 *
 * @example
 * deltaAsDifference(0.2763) // => 0.49995
 */
export function deltaAsDifference(delta: number): number {
  return Math.SQRT2 * normalQuantile((1 + Math.max(-0.999, Math.min(0.999, delta))) / 2);
}
