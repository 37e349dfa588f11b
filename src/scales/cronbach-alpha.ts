import { variance } from '../stats/variance.ts';
import { requireScores } from './complete-rows.ts';

/**
 * Cronbach's alpha: how far the items of one scale rise and fall together.
 *
 *   alpha = k / (k − 1) × (1 − sum of item variances / variance of totals),  k items
 *
 * @param scores respondents × items; reversed items already turned, no answer missing
 * @returns unitless, at most 1, negative when items oppose each other;
 *   null when all totals are equal, since nothing then varies to be consistent
 * @throws {RangeError} for fewer than two respondents or items, or ragged rows
 * @see Cronbach (1951), Psychometrika 16(3), 297–334
 *
 * @example
 * cronbachAlpha([[2, 3, 3], [4, 4, 5], [1, 2, 1], [5, 5, 4]]) // => 0.94981
 */
export function cronbachAlpha(scores: readonly (readonly number[])[]): number | null {
  requireScores(scores, 'cronbachAlpha');
  const k = scores[0]!.length;
  const totalVariance = variance(scores.map((row) => row.reduce((sum, score) => sum + score, 0)))!;
  if (totalVariance === 0) return null;

  let itemVariances = 0;
  for (let item = 0; item < k; item++) itemVariances += variance(scores.map((row) => row[item]!))!;
  return (k / (k - 1)) * (1 - itemVariances / totalVariance);
}
