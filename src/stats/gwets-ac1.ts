import { normalQuantile } from './distributions.ts';

export type Ac1Interval = { value: number; standardError: number; low: number; high: number; n: number };

/**
 * Gwet's AC1 of two coders, with its large-sample interval: agreement beyond chance, where only things that are hard to
 * code are taken to be coded by chance, so that it does not fall where nearly everything stands under one code.
 *
 *   AC1 = (Po − Pe) / (1 − Pe),  Pe = Σ π(1 − π) / (codes − 1),  π the mean of both coders' shares of a code
 *
 * @param table how many things the one coder put under the row and the other under the column; a square of counts
 * @returns 1 where all is coded alike, even under one code; null when there is nothing
 * @throws {RangeError} when the table is not a square of counts for two codes or more
 * @see Gwet (2008), British Journal of Mathematical and Statistical Psychology 61, 29–48
 *
 * @example
 * gwetsAc1([[118, 5], [2, 0]]).value // => 0.940776
 */
export function gwetsAc1(table: readonly (readonly number[])[], level = 0.95): Ac1Interval | null {
  const codes = table.length;
  if (
    codes < 2 ||
    table.some((row) => row.length !== codes || row.some((count) => !(count >= 0 && Number.isFinite(count))))
  )
    throw new RangeError('gwetsAc1 requires a square table of counts for two codes or more');
  const n = table.flat().reduce((sum, count) => sum + count, 0);
  if (n === 0) return null;

  const each = table.map((_, i) => i);
  const sumOver = (of: (i: number) => number) => each.reduce((sum, i) => sum + of(i), 0);
  const share = (i: number, j: number) => table[i]![j]! / n;
  const mean = each.map((i) => sumOver((j) => share(i, j) + share(j, i)) / 2);
  const observed = sumOver((i) => share(i, i));
  const expected = sumOver((i) => mean[i]! * (1 - mean[i]!)) / (codes - 1);
  const value = (observed - expected) / (1 - expected);

  const first = sumOver((i) => share(i, i) * (1 - mean[i]!)) / (codes - 1) - observed * expected;
  const second =
    sumOver((i) => sumOver((j) => share(i, j) * (1 - (mean[i]! + mean[j]!) / 2) ** 2)) / (codes - 1) ** 2 -
    expected ** 2;
  const variance =
    (observed * (1 - observed) - 4 * (1 - value) * first + 4 * (1 - value) ** 2 * second) / (n * (1 - expected) ** 2);
  const standardError = Math.sqrt(Math.max(0, variance));
  const reach = normalQuantile((1 + level) / 2) * standardError;
  return { value, standardError, low: Math.max(-1, value - reach), high: Math.min(1, value + reach), n };
}
