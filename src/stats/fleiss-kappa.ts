/**
 * Fleiss's kappa: how far several coders agree beyond chance, where each thing was coded by as many of them, whoever
 * they were.
 *
 *   kappa = (P − Pe) / (1 − Pe),  P the mean share of pairs of coders that agree, Pe the sum of squared shares of codes
 *
 * @param counts things × codes: how many coders put the thing under the code
 * @returns null when there is nothing, or when everything stands under one code, since nothing then varies to agree on
 * @throws {RangeError} when things were not coded by the same number of coders, two at the least
 * @see Fleiss (1971), Psychological Bulletin 76, 378–382
 *
 * @example
 * fleissKappa([[3, 0], [2, 1], [0, 3]]) // => 0.55
 */
export function fleissKappa(counts: readonly (readonly number[])[]): number | null {
  const first = counts[0];
  if (!first) return null;
  const coders = total(first);
  if (!(coders >= 2) || counts.some((row) => row.length !== first.length || total(row) !== coders))
    throw new RangeError('fleissKappa requires things that were each coded by the same number of coders, two or more');
  const observed =
    counts.reduce((sum, row) => sum + row.reduce((pairs, count) => pairs + count * (count - 1), 0), 0) /
    (counts.length * coders * (coders - 1));
  const shares = first.map((_, code) => counts.reduce((sum, row) => sum + row[code]!, 0) / (counts.length * coders));
  if (shares.some((share) => share === 1)) return null;
  const expected = shares.reduce((sum, share) => sum + share ** 2, 0);
  return (observed - expected) / (1 - expected);
}

const total = (row: readonly number[]): number => row.reduce((sum, count) => sum + count, 0);
