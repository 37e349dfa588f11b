import { studentQuantile } from './distributions.ts';
import { mean } from './mean.ts';
import { standardDeviation } from './variance.ts';

/** A mean and the interval it is known to, in the unit of the values. */
export type MeanInterval = { n: number; mean: number; low: number; high: number; standardError: number };

/**
 * A mean with Student's t interval.
 *
 * @param level how sure the interval is, 0.95 unless told
 * @returns null for fewer than two values, since one says nothing of how far others lie
 * @throws {RangeError} when a value is not finite or the level not between 0 and 1
 *
 * @example
 * meanInterval([1, 2, 3]) // => { n: 3, mean: 2, low: -0.48414, high: 4.48414, standardError: 0.57735 }
 */
export function meanInterval(values: readonly number[], level = 0.95): MeanInterval | null {
  const centre = mean(values);
  const spread = standardDeviation(values);
  if (centre === null || spread === null) return null;

  const n = values.length;
  const standardError = spread / Math.sqrt(n);
  const reach = studentQuantile((1 + level) / 2, n - 1) * standardError;
  return { n, mean: centre, low: centre - reach, high: centre + reach, standardError };
}
