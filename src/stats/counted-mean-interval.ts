import { type CountedValue, countedMean, countedStandardDeviation } from './counted-values.ts';
import { studentQuantile } from './distributions.ts';
import type { MeanInterval } from './mean-interval.ts';

/**
 * A mean with Student's t interval, from values that are given with their counts; as `meanInterval` gives it for the
 * values one by one.
 *
 * @param level how sure the interval is, 0.95 unless told
 * @returns in the unit of the values; null for fewer than two of them, since one says nothing of how far others lie
 * @throws {RangeError} when a value is not finite or the level not between 0 and 1
 *
 * @example
 * countedMeanInterval([{ value: 1, count: 1 }, { value: 2, count: 1 }, { value: 3, count: 1 }]) // => { n: 3, mean: 2, low: -0.48414, high: 4.48414, standardError: 0.57735 }
 */
export function countedMeanInterval(counted: readonly CountedValue[], level = 0.95): MeanInterval | null {
  const mean = countedMean(counted);
  const spread = countedStandardDeviation(counted);
  if (mean === null || spread === null) return null;

  const n = counted.reduce((sum, { count }) => sum + count, 0);
  const standardError = spread / Math.sqrt(n);
  const reach = studentQuantile((1 + level) / 2, n - 1) * standardError;
  return { n, mean, low: mean - reach, high: mean + reach, standardError };
}
