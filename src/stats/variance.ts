import { mean } from './mean.ts';

/**
 * The sample variance: the sum of squared distances from the mean, divided by n − 1.
 *
 * @returns in squared units of the values; exactly 0 when all are the same; null for fewer than two values
 * @throws {RangeError} when a value is not finite
 *
 * @example
 * variance([1, 2, 6]) // => 7
 */
export function variance(values: readonly number[]): number | null {
  const centre = mean(values);
  if (centre === null || values.length < 2) return null;
  // The mean of equal values can miss them by a last digit, which would leave a speck of variance behind.
  if (values.every((value) => value === values[0])) return 0;
  let sum = 0;
  for (const value of values) sum += (value - centre) ** 2;
  return sum / (values.length - 1);
}

/**
 * The sample standard deviation, the square root of `variance`.
 *
 * @returns in the unit of the values; null for fewer than two values
 * @throws {RangeError} when a value is not finite
 *
 * @example
 * standardDeviation([2, 4, 4, 4, 5, 5, 7, 9]) // => 2.13809
 */
export function standardDeviation(values: readonly number[]): number | null {
  const squared = variance(values);
  return squared === null ? null : Math.sqrt(squared);
}
