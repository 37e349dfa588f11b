import { requireFinite } from './finite.ts';

/**
 * Where five equal parts of values meet. A value's quintile is one more than how many of the four it lies above, which is
 * 1 + ⌊5 × (how many values are smaller) / n⌋: equal values share the lower rank, so that they are never torn apart.
 *
 * @returns four values, none below the one before; null when there are none
 * @throws {RangeError} when a value is not finite
 *
 * @example
 * quintileCutoffs([10, 20, 30, 40, 50]) // => [10, 20, 30, 40]
 */
export function quintileCutoffs(values: ArrayLike<number>): number[] | null {
  const sorted = Float64Array.from(values).sort();
  requireFinite(sorted, 'quintileCutoffs');
  if (sorted.length === 0) return null;
  return [1, 2, 3, 4].map((part) => sorted[Math.ceil((part * sorted.length) / 5) - 1]!);
}

/**
 * The quintile of a value, from 1 for the smallest to 5 for the largest.
 *
 * @param cutoffs as `quintileCutoffs` gives them
 *
 * @example
 * [10, 30, 50].map((value) => quintileOf([10, 20, 30, 40], value)) // => [1, 3, 5]
 */
export const quintileOf = (cutoffs: readonly number[], value: number): number =>
  1 + cutoffs.filter((cutoff) => value > cutoff).length;
