import { requireFinite } from './finite.ts';

/**
 * The value below which a share `p` of the values lies, drawn straight between neighbours: type 7 of Hyndman and Fan,
 * as R and spreadsheets do.
 *
 * @param p 0 (the smallest value) to 1 (the largest)
 * @returns in the unit of the values; null when there are none
 * @throws {RangeError} when p lies outside 0 to 1 or a value is not finite
 * @see Hyndman and Fan (1996), The American Statistician 50(4), 361–365
 *
 * @example
 * quantile([1, 2, 4, 8], 0.25) // => 1.75
 */
export function quantile(values: readonly number[], p: number): number | null {
  if (!(p >= 0 && p <= 1)) throw new RangeError('quantile requires a share between 0 and 1');
  requireFinite(values, 'quantile');
  if (values.length === 0) return null;

  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * p;
  const below = sorted[Math.floor(position)]!;
  const above = sorted[Math.ceil(position)]!;
  return below + (position - Math.floor(position)) * (above - below);
}

/**
 * The middle value, or the mean of the middle two.
 *
 * @returns in the unit of the values; null when there are none
 * @throws {RangeError} when a value is not finite
 *
 * @example
 * median([7, 1, 3, 4]) // => 3.5
 */
export function median(values: readonly number[]): number | null {
  return quantile(values, 0.5);
}
