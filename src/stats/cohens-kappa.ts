import { type KappaInterval, nominalDisagreement, weightedKappa } from './weighted-kappa.ts';

export type { KappaInterval } from './weighted-kappa.ts';

/**
 * Cohen's kappa of two coders, with the large-sample interval of Fleiss, Cohen and Everitt.
 *
 *   kappa = (Po − Pe) / (1 − Pe),  Po the share coded alike, Pe what chance gives with these margins
 *
 * @param table how many things the one coder put under the row and the other under the column; a square of counts
 * @param level how sure the interval is, 0.95 unless told
 * @returns null when there is nothing, or when both put everything under one code, since nothing then varies to agree on
 * @throws {RangeError} when the table is not a square of counts
 * @see Cohen (1960), Educational and Psychological Measurement 20, 37–46
 *
 * @example
 * cohensKappa([[20, 10], [20, 50]]).kappa // => 0.347826
 */
export function cohensKappa(table: readonly (readonly number[])[], level = 0.95): KappaInterval | null {
  return weightedKappa(table, nominalDisagreement, level);
}
