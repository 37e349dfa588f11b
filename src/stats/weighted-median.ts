import type { MedianInterval } from './counted-median-interval.ts';
import type { CountedValue } from './counted-values.ts';
import { normalQuantile } from './distributions.ts';
import { requireFinite } from './finite.ts';

/** A median whose interval is null where there are too few values for one. */
export type WeightedMedian = Omit<MedianInterval, 'low' | 'high'> & { low: number | null; high: number | null };

/**
 * The value that half of the weight lies below and half above, with an interval that asks nothing of how the values are
 * spread. Of equally weighted values it is the usual median, and `countedMedianInterval`'s interval.
 *
 * @param counted how much each value weighs, in effective answers: it is from their sum that the interval is taken
 * @param level how sure the interval is, 0.95 unless told
 * @returns in the unit of the values; null when nothing weighs anything
 * @throws {RangeError} when a value or a weight is not finite or the level not between 0 and 1
 * @see Conover (1999), Practical Nonparametric Statistics, 3rd edition, section 3.2
 *
 * @example
 * weightedMedian([{ value: 1, count: 2 }, { value: 3, count: 1.5 }]) // => { n: 3.5, median: 1, low: null, high: null }
 */
export function weightedMedian(counted: readonly CountedValue[], level = 0.95): WeightedMedian | null {
  requireFinite(
    counted.flatMap(({ value, count }) => [value, count]),
    'weightedMedian',
  );
  const z = normalQuantile((1 + level) / 2);
  const sorted = counted.filter(({ count }) => count > 0).sort((a, b) => a.value - b.value);
  const n = sorted.reduce((sum, { count }) => sum + count, 0);
  if (sorted.length === 0) return null;
  // Sums of weights miss whole numbers by a last digit.
  const speck = n * 1e-9;
  const at = (place: number): number => {
    let passed = 0;
    for (const { value, count } of sorted) {
      passed += count;
      if (passed >= place - speck) return value;
    }
    return sorted.at(-1)!.value;
  };
  const after = (place: number): number => {
    let passed = 0;
    for (const { value, count } of sorted) {
      passed += count;
      if (passed > place + speck) return value;
    }
    return sorted.at(-1)!.value;
  };
  const rank = Math.floor((n + 1) / 2 - (z * Math.sqrt(n)) / 2);
  return {
    n,
    median: (at(n / 2) + after(n / 2)) / 2,
    low: rank < 1 ? null : at(rank),
    high: rank < 1 ? null : at(n + 1 - rank),
  };
}
