/**
 * Adjusts the p values of one table so that, of the findings called real at a level, no more than that share is
 * expected to be chance (the false discovery rate).
 *
 * @param ps two or more tests of one table; null where nothing was tested, which then counts for nothing
 * @returns adjusted p values in the same order, null where it was null
 * @throws {RangeError} when a p does not lie between 0 and 1
 * @see Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57(1), 289–300
 *
 * @example
 * benjaminiHochberg([0.01, null, 0.04, 0.03]) // => [0.03, null, 0.04, 0.04]
 */
export function benjaminiHochberg(ps: readonly number[]): number[];
export function benjaminiHochberg(ps: readonly (number | null)[]): (number | null)[];
export function benjaminiHochberg(ps: readonly (number | null)[]): (number | null)[] {
  const tested = ps.flatMap((p, index) => (p === null ? [] : [{ p, index }]));
  if (tested.some(({ p }) => !(p >= 0 && p <= 1)))
    throw new RangeError('benjaminiHochberg requires ps between 0 and 1');

  const adjusted: (number | null)[] = ps.map(() => null);
  let smallest = 1;
  const fromLargest = tested.sort((a, b) => b.p - a.p);
  for (const [step, { p, index }] of fromLargest.entries()) {
    const rank = tested.length - step;
    smallest = Math.min(smallest, (p * tested.length) / rank);
    adjusted[index] = smallest;
  }
  return adjusted;
}
