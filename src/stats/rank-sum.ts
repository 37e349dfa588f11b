import type { CountedValue } from './counted-values.ts';
import { normalTwoSidedP } from './distributions.ts';
import { requireFinite } from './finite.ts';

/** Whether the values of one group tend to lie above those of another. */
export type RankSum = {
  /** How many pairs of one value of each the first group wins, a tie by half. */
  u: number;
  /** Two-sided; by the normal distribution, corrected for ties and not for continuity. */
  p: number;
  /** How many values of the smaller group are expected beside the most frequent one; below 5 p is not to be trusted. */
  expected: number;
};

/**
 * The rank sum test of Wilcoxon, and of Mann and Whitney, for values that are given with their counts. Skew and outliers
 * do not mislead it.
 *
 * @returns null when a group is empty or all values are the same
 * @throws {RangeError} when a value is not finite
 * @see Mann and Whitney (1947), Annals of Mathematical Statistics 18(1), 50–60; Hollander, Wolfe and Chicken (2014),
 *   Nonparametric Statistical Methods, 3rd ed., section 4.1
 *
 * @example
 * const counted = (...values) => values.map((value) => ({ value, count: 1 }))
 * rankSum(counted(1, 2, 3, 4), counted(3, 4, 5, 8)) // => { u: 2, p: 0.079594, expected: 3 }
 */
export function rankSum(first: readonly CountedValue[], second: readonly CountedValue[]): RankSum | null {
  const tied = new Map<number, [number, number]>();
  for (const [group, values] of [first, second].entries()) {
    requireFinite(
      values.map(({ value }) => value),
      'rankSum',
    );
    for (const { value, count } of values) {
      const known = tied.get(value) ?? [0, 0];
      known[group]! += count;
      tied.set(value, known);
    }
  }
  let [u, n1, n2, ties, most] = [0, 0, 0, 0, 0];
  for (const [, [one, two]] of [...tied].sort(([a], [b]) => a - b)) {
    u += one * (n2 + two / 2);
    n1 += one;
    n2 += two;
    ties += (one + two) ** 3 - (one + two);
    most = Math.max(most, one + two);
  }
  const n = n1 + n2;
  if (n1 === 0 || n2 === 0 || most === n) return null;
  const variance = ((n1 * n2) / 12) * (n + 1 - ties / (n * (n - 1)));
  return {
    u,
    p: normalTwoSidedP((u - (n1 * n2) / 2) / Math.sqrt(variance)),
    expected: (Math.min(n1, n2) * (n - most)) / n,
  };
}
