import { normalQuantile } from './distributions.ts';

/** Agreement beyond chance, with the interval it is known to: 1 for perfect, 0 for what chance gives, can be negative. */
export type KappaInterval = { kappa: number; standardError: number; low: number; high: number; n: number };

/**
 * Cohen's kappa of two coders, with the large-sample interval of Fleiss, Cohen and Everitt.
 *
 *   kappa = (Po − Pe) / (1 − Pe),  Po the share coded alike, Pe what chance gives with these margins
 *
 * @param table how many things the one coder put under the row and the other under the column; a square of counts
 * @param level how sure the interval is, 0.95 unless told
 * @returns null when there is nothing, or when both put everything under one code, since nothing then varies to agree on
 * @throws {RangeError} when the table is not a square of counts
 * @see Cohen (1960), Educational and Psychological Measurement 20, 37–46; Fleiss, Cohen and Everitt (1969), Psychological
 *   Bulletin 72, 323–327
 *
 * @example
 * cohensKappa([[20, 10], [20, 50]]).kappa // => 0.347826
 */
export function cohensKappa(table: readonly (readonly number[])[], level = 0.95): KappaInterval | null {
  if (table.some((row) => row.length !== table.length || row.some((count) => !(count >= 0 && Number.isFinite(count)))))
    throw new RangeError('cohensKappa requires a square table of counts');
  const n = table.flat().reduce((sum, count) => sum + count, 0);
  if (n === 0) return null;

  const share = (i: number, j: number) => table[i]![j]! / n;
  const each = table.map((_, i) => i);
  const rows = each.map((i) => each.reduce((sum, j) => sum + share(i, j), 0));
  const columns = each.map((j) => each.reduce((sum, i) => sum + share(i, j), 0));
  const observed = each.reduce((sum, i) => sum + share(i, i), 0);
  const expected = each.reduce((sum, i) => sum + rows[i]! * columns[i]!, 0);
  if (expected >= 1) return null;

  const kappa = (observed - expected) / (1 - expected);
  let alike = 0;
  let apart = 0;
  for (const i of each) {
    for (const j of each) {
      if (i === j) alike += share(i, i) * (1 - (rows[i]! + columns[i]!) * (1 - kappa)) ** 2;
      else apart += share(i, j) * (columns[i]! + rows[j]!) ** 2;
    }
  }
  const variance = (alike + (1 - kappa) ** 2 * apart - (kappa - expected * (1 - kappa)) ** 2) / (1 - expected) ** 2 / n;
  const standardError = Math.sqrt(Math.max(0, variance));
  const reach = normalQuantile((1 + level) / 2) * standardError;
  return { kappa, standardError, low: Math.max(-1, kappa - reach), high: Math.min(1, kappa + reach), n };
}
