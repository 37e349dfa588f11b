import { type CountedValue, countedQuantile } from './counted-values.ts';
import { normalQuantile } from './distributions.ts';

/** A median and two of the values that it lies between, in the unit of the values. */
export type MedianInterval = { n: number; median: number; low: number; high: number };

/**
 * The median with an interval that asks nothing of how the values are spread: it goes from the r-th smallest to the r-th
 * largest value.
 *
 *   r = ⌊(n + 1) / 2 − z √n / 2⌋
 *
 * @param level how sure the interval is, 0.95 unless told
 * @returns null when there are too few values for an interval: fewer than six at 95%
 * @throws {RangeError} when a value is not finite or the level not between 0 and 1
 * @see Conover (1999), Practical Nonparametric Statistics, 3rd edition, section 3.2
 *
 * @example
 * countedMedianInterval([1, 2, 3, 4, 5, 6, 7, 8, 9].map((value) => ({ value, count: 1 }))) // => { n: 9, median: 5, low: 2, high: 8 }
 */
export function countedMedianInterval(counted: readonly CountedValue[], level = 0.95): MedianInterval | null {
  const z = normalQuantile((1 + level) / 2);
  const median = countedQuantile(counted, 0.5);
  const n = counted.reduce((sum, { count }) => sum + count, 0);
  const rank = Math.floor((n + 1) / 2 - (z * Math.sqrt(n)) / 2);
  if (median === null || rank < 1) return null;

  const sorted = [...counted].sort((a, b) => a.value - b.value);
  const at = (place: number): number => {
    let passed = 0;
    return sorted.find(({ count }) => {
      passed += count;
      return place <= passed;
    })!.value;
  };
  return { n, median, low: at(rank), high: at(n + 1 - rank) };
}
