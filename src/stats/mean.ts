import { requireFinite } from './finite.ts';

/**
 * The arithmetic mean.
 *
 * @returns in the unit of the values; null when there are none
 * @throws {RangeError} when a value is not finite
 *
 * @example
 * mean([1, 2, 6]) // => 3
 */
export function mean(values: readonly number[]): number | null {
  requireFinite(values, 'mean');
  if (values.length === 0) return null;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
