import { benjaminiHochberg } from './benjamini-hochberg.ts';

export type Adjustment = 'benjamini-hochberg' | 'benjamini-yekutieli' | 'holm' | 'hochberg' | 'bonferroni' | 'none';

/**
 * Adjusts the p values of tests that are read together. Holm, Hochberg and Bonferroni bound the chance of a single false
 * finding; Benjamini and Hochberg, and Benjamini and Yekutieli under any dependence, bound the share of false ones among
 * the findings.
 *
 * @param ps null where nothing was tested, which then counts for nothing
 * @returns adjusted p values in the same order, null where it was null
 * @throws {RangeError} when a p does not lie between 0 and 1
 * @see Holm (1979), Scandinavian Journal of Statistics 6(2), 65–70; Hochberg (1988), Biometrika 75(4), 800–802;
 *   Benjamini and Yekutieli (2001), Annals of Statistics 29(4), 1165–1188; `benjaminiHochberg`
 *
 * @example
 * adjustP([0.01, null, 0.04, 0.03], 'holm') // => [0.03, null, 0.06, 0.06]
 */
export function adjustP(ps: readonly (number | null)[], adjustment: Adjustment): (number | null)[] {
  const tested = ps.flatMap((p, index) => (p === null ? [] : [{ p, index }]));
  if (tested.some(({ p }) => !(p >= 0 && p <= 1))) throw new RangeError('adjustP requires ps between 0 and 1');
  if (adjustment === 'none') return [...ps];
  if (adjustment === 'benjamini-hochberg') return benjaminiHochberg(ps);

  const n = tested.length;
  const harmonic = tested.reduce((sum, _, index) => sum + 1 / (index + 1), 0);
  const ascending = tested.sort((a, b) => a.p - b.p);
  // Each method multiplies the p of a rank by its own factor, and then lets no larger p end up below a smaller one.
  const factors = {
    'benjamini-yekutieli': (rank: number) => (n * harmonic) / rank,
    holm: (rank: number) => n + 1 - rank,
    hochberg: (rank: number) => n + 1 - rank,
    bonferroni: () => n,
  };
  const scaled = ascending.map(({ p }, index) => Math.min(1, p * factors[adjustment](index + 1)));
  if (adjustment === 'holm') for (let i = 1; i < n; i++) scaled[i] = Math.max(scaled[i]!, scaled[i - 1]!);
  else if (adjustment !== 'bonferroni')
    for (let i = n - 2; i >= 0; i--) scaled[i] = Math.min(scaled[i]!, scaled[i + 1]!);

  const adjusted: (number | null)[] = ps.map(() => null);
  for (const [rank, { index }] of ascending.entries()) adjusted[index] = scaled[rank]!;
  return adjusted;
}
