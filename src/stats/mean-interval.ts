import { studentQuantile } from './distributions.ts';
import type { Moments } from './hedges-g.ts';
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

  return meanIntervalOf({ n: values.length, mean: centre, variance: spread ** 2 }, level);
}

/**
 * The same from what the values come to, for values that are counted or weighted and not kept.
 *
 * @param moments n is the effective base of weighted values
 *
 * @example
 * meanIntervalOf({ n: 3, mean: 2, variance: 1 })?.high // => 4.48414
 */
export function meanIntervalOf({ n, mean, variance }: Moments, level = 0.95): MeanInterval | null {
  if (n < 2) return null;
  const standardError = Math.sqrt(variance / n);
  const reach = studentQuantile((1 + level) / 2, n - 1) * standardError;
  return { n, mean, low: mean - reach, high: mean + reach, standardError };
}
