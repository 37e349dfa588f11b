import type { CountedValue } from './counted-values.ts';
import { chiSquareUpperP } from './distributions.ts';
import { requireFinite } from './finite.ts';

/** Whether the values of some groups tend to lie above those of others. */
export type KruskalWallis = {
  h: number;
  df: number;
  p: number;
  /** Epsilon squared, the share of the variance of the ranks that lies between the groups, 0 to 1. */
  epsilon2: number;
  /** Of each group as given, in ranks from 1; null for an empty one. */
  meanRanks: (number | null)[];
};

/**
 * The rank test of several groups, corrected for ties, for values that are given with their counts.
 *
 * @param groups empty ones are left out; counts need not be whole, so that weighted groups can be brought to their
 *   effective base before
 * @returns null when fewer than two groups have values or all values are the same
 * @throws {RangeError} when a value is not finite
 * @see Kruskal and Wallis (1952), Journal of the American Statistical Association 47(260), 583–621; Tomczak and Tomczak
 *   (2014), Trends in Sport Sciences 1(21), 19–25
 *
 * @example
 * const counted = (...values) => values.map((value) => ({ value, count: 1 }))
 * kruskalWallis([counted(1, 2, 3), counted(4, 5, 6)])?.h // => 3.857143
 */
export function kruskalWallis(groups: readonly (readonly CountedValue[])[]): KruskalWallis | null {
  const tied = new Map<number, number>();
  const sizes = groups.map((group) => {
    requireFinite(
      group.map(({ value }) => value),
      'kruskalWallis',
    );
    let size = 0;
    for (const { value, count } of group) {
      size += count;
      if (count > 0) tied.set(value, (tied.get(value) ?? 0) + count);
    }
    return size;
  });
  const filled = sizes.filter((size) => size > 0).length;
  if (filled < 2 || tied.size < 2) return null;

  const ranks = new Map<number, number>();
  let [n, ties] = [0, 0];
  for (const [value, count] of [...tied].sort(([a], [b]) => a - b)) {
    ranks.set(value, n + (count + 1) / 2);
    n += count;
    ties += count ** 3 - count;
  }
  const meanRanks = groups.map((group, i) =>
    sizes[i]! > 0
      ? group.reduce((sum, { value, count }) => sum + count * (ranks.get(value) ?? 0), 0) / sizes[i]!
      : null,
  );
  const middle = (n + 1) / 2;
  const between = meanRanks.reduce<number>(
    (sum, rank, i) => sum + (rank === null ? 0 : sizes[i]! * (rank - middle) ** 2),
    0,
  );
  const whole = n ** 3 - n - ties;
  if (!(whole > 0)) return null;
  const h = ((12 * between) / (n * (n + 1))) * ((n ** 3 - n) / whole);
  return { h, df: filled - 1, p: chiSquareUpperP(h, filled - 1), epsilon2: Math.min(1, h / (n - 1)), meanRanks };
}
