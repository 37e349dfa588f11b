/**
 * How far apart two sets of codes on one thing are, from 0 for the same to 1 for nothing in common: Passonneau's MASI.
 *
 *   1 − |A ∩ B| / |A ∪ B| × m,  m = 1 for the same set, 0.67 where one holds the other, 0.33 where they overlap, else 0
 *
 * The constants are the two decimals of NLTK, so that figures can be compared. Two empty sets are the same.
 *
 * @see Passonneau (2006), Measuring agreement on set-valued items, LREC 2006
 *
 * @example
 * masiDistance(new Set([1, 2]), new Set([1, 2, 3, 4])) // => 0.665
 */
export function masiDistance<Code>(a: ReadonlySet<Code>, b: ReadonlySet<Code>): number {
  const shared = [...a].filter((code) => b.has(code)).length;
  const all = a.size + b.size - shared;
  if (shared === all) return 0;
  const kinship = shared === 0 ? 0 : shared === a.size || shared === b.size ? 0.67 : 0.33;
  return 1 - (shared / all) * kinship;
}
