import { requireFinite } from './finite.ts';

/** Values and how often each occurs: what a hundred thousand answers on five steps come to. */
export type CountedValue = { value: number; count: number };

/** How many values there are in all. */
const sizeOf = (counted: readonly CountedValue[]): number => counted.reduce((sum, { count }) => sum + count, 0);

const requireFiniteValues = (counted: readonly CountedValue[], name: string): void =>
  requireFinite(
    counted.map(({ value }) => value),
    name,
  );

/**
 * The arithmetic mean of values that are given with their counts.
 *
 * @returns in the unit of the values; null when there are none
 * @throws {RangeError} when a value is not finite
 *
 * @example
 * countedMean([{ value: 1, count: 3 }, { value: 5, count: 1 }]) // => 2
 */
export function countedMean(counted: readonly CountedValue[]): number | null {
  requireFiniteValues(counted, 'countedMean');
  const size = sizeOf(counted);
  return size === 0 ? null : counted.reduce((sum, { value, count }) => sum + value * count, 0) / size;
}

/**
 * The sample standard deviation of values that are given with their counts: the root of the sum of squared distances
 * from the mean, divided by n − 1.
 *
 * @returns in the unit of the values; exactly 0 when all are the same; null for fewer than two values
 * @throws {RangeError} when a value is not finite
 *
 * @example
 * countedStandardDeviation([{ value: 1, count: 2 }, { value: 3, count: 2 }]) // => 1.1547
 */
export function countedStandardDeviation(counted: readonly CountedValue[]): number | null {
  const centre = countedMean(counted);
  const size = sizeOf(counted);
  if (centre === null || size < 2) return null;
  // The mean of equal values can miss them by a last digit, which would leave a speck of spread behind.
  const given = counted.filter(({ count }) => count > 0);
  if (given.every(({ value }) => value === given[0]?.value)) return 0;
  return Math.sqrt(given.reduce((sum, { value, count }) => sum + count * (value - centre) ** 2, 0) / (size - 1));
}

/**
 * The value below which a share `p` of the values lies, drawn straight between neighbours, as `quantile` does it.
 *
 * @param p 0 (the smallest value) to 1 (the largest)
 * @returns in the unit of the values; null when there are none
 * @throws {RangeError} when p lies outside 0 to 1 or a value is not finite
 * @see Hyndman and Fan (1996), The American Statistician 50(4), 361–365, type 7
 *
 * @example
 * countedQuantile([{ value: 8, count: 1 }, { value: 1, count: 1 }, { value: 2, count: 2 }], 0.25) // => 1.75
 */
export function countedQuantile(counted: readonly CountedValue[], p: number): number | null {
  if (!(p >= 0 && p <= 1)) throw new RangeError('countedQuantile requires a share between 0 and 1');
  requireFiniteValues(counted, 'countedQuantile');
  const sorted = counted.filter(({ count }) => count > 0).sort((a, b) => a.value - b.value);
  const size = sizeOf(sorted);
  if (size === 0) return null;

  const position = (size - 1) * p;
  const at = (rank: number): number => {
    let passed = 0;
    for (const { value, count } of sorted) {
      passed += count;
      if (rank < passed) return value;
    }
    return sorted.at(-1)!.value;
  };
  const below = at(Math.floor(position));
  const above = at(Math.ceil(position));
  return below + (position - Math.floor(position)) * (above - below);
}
