import { normalQuantile } from './distributions.ts';

/**
 * Agreement beyond chance, with the interval it is known to: 1 for perfect, 0 for what chance gives, can be negative.
 * `z` is kappa against none at all; null where one coder never varies.
 */
export type KappaInterval = {
  kappa: number;
  standardError: number;
  low: number;
  high: number;
  z: number | null;
  n: number;
};

/** How far apart two codes of a table are, by their places: 0 for the same, more for worse. */
export type Disagreement = (row: number, column: number) => number;

/** Codes that differ, differ: Cohen's own kappa. */
export const nominalDisagreement: Disagreement = (row, column) => (row === column ? 0 : 1);
/** Of ordered codes, by how many steps they differ. */
export const linearDisagreement: Disagreement = (row, column) => Math.abs(row - column);
/** By the square of the steps, so that one far miss weighs more than several near ones. */
export const quadraticDisagreement: Disagreement = (row, column) => (row - column) ** 2;

/**
 * Cohen's weighted kappa of two coders, with the large-sample interval of Fleiss, Cohen and Everitt.
 *
 *   kappa = 1 − Σ w·observed / Σ w·expected
 *
 * with weights of disagreement: those of agreement would turn it round without anybody noticing.
 *
 * @param table how many things the one coder put under the row and the other under the column; a square of counts
 * @param disagreement 0 on the diagonal; its unit does not matter
 * @param level how sure the interval is, 0.95 unless told
 * @returns null when there is nothing, or when both put everything under one code, since nothing then varies to agree on
 * @throws {RangeError} when the table is not a square of counts, or a code disagrees with itself
 * @see Cohen (1968), Psychological Bulletin 70, 213–220; Fleiss, Cohen and Everitt (1969), Psychological Bulletin 72,
 *   323–327
 *
 * @example
 * weightedKappa([[0, 4, 1], [0, 8, 0], [0, 1, 5]], linearDisagreement).kappa // => 0.4701195
 */
export function weightedKappa(
  table: readonly (readonly number[])[],
  disagreement: Disagreement,
  level = 0.95,
): KappaInterval | null {
  if (table.some((row) => row.length !== table.length || row.some((count) => !(count >= 0 && Number.isFinite(count)))))
    throw new RangeError('weightedKappa requires a square table of counts');
  const each = table.map((_, i) => i);
  if (each.some((i) => disagreement(i, i) !== 0))
    throw new RangeError('weightedKappa requires that a code does not disagree with itself');
  const n = table.flat().reduce((sum, count) => sum + count, 0);
  if (n === 0) return null;

  const share = (i: number, j: number) => table[i]![j]! / n;
  const sumOver = (of: (i: number) => number) => each.reduce((sum, i) => sum + of(i), 0);
  const rows = each.map((i) => sumOver((j) => share(i, j)));
  const columns = each.map((j) => sumOver((i) => share(i, j)));
  const most = Math.max(...each.flatMap((i) => each.map((j) => disagreement(i, j))));
  if (most === 0) return null;
  const agreement = (i: number, j: number) => 1 - disagreement(i, j) / most;
  const apart = sumOver((i) => sumOver((j) => rows[i]! * columns[j]! * disagreement(i, j))) / most;
  if (apart === 0) return null;

  const expected = 1 - apart;
  // From counts, so that nothing but chance is exactly 0 and not a last digit beside it.
  const rowCounts = each.map((i) => sumOver((j) => table[i]![j]!));
  const columnCounts = each.map((j) => sumOver((i) => table[i]![j]!));
  const seen = sumOver((i) => sumOver((j) => table[i]![j]! * disagreement(i, j)));
  const byChance = sumOver((i) => sumOver((j) => rowCounts[i]! * columnCounts[j]! * disagreement(i, j)));
  const kappa = 1 - (seen * n) / byChance;
  const ofRow = each.map((i) => sumOver((j) => agreement(i, j) * columns[j]!));
  const ofColumn = each.map((j) => sumOver((i) => agreement(i, j) * rows[i]!));
  const spread = (chance: (i: number, j: number) => number, at: number) =>
    sumOver((i) => sumOver((j) => chance(i, j) * (agreement(i, j) - (ofRow[i]! + ofColumn[j]!) * (1 - at)) ** 2)) -
    (at - expected * (1 - at)) ** 2;
  // What rounding leaves of nothing is nothing.
  const errorOf = (variance: number) => (variance < 1e-12 ? 0 : Math.sqrt(variance / n) / apart);
  const standardError = errorOf(spread(share, kappa));
  const errorOfNone = errorOf(spread((i, j) => rows[i]! * columns[j]!, 0));
  const reach = normalQuantile((1 + level) / 2) * standardError;
  return {
    kappa,
    standardError,
    low: Math.max(-1, kappa - reach),
    high: Math.min(1, kappa + reach),
    z: errorOfNone > 0 ? kappa / errorOfNone : null,
    n,
  };
}
