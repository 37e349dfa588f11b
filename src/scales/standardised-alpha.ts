import { correlation } from '../stats/correlation.ts';
import { requireScores } from './complete-rows.ts';

/**
 * The mean correlation between the items of one scale, over all pairs.
 *
 * @param scores respondents × items; reversed items already turned, no answer missing
 * @returns −1 to 1; null when an item does not vary
 * @throws {RangeError} for fewer than two respondents or items, or ragged rows
 *
 * @example
 * meanInterItemCorrelation([[2, 3, 3], [4, 4, 5], [1, 2, 1], [5, 5, 4]]) // => 0.89224
 */
export function meanInterItemCorrelation(scores: readonly (readonly number[])[]): number | null {
  requireScores(scores, 'meanInterItemCorrelation');
  const columns = scores[0]!.map((_, item) => scores.map((row) => row[item]!));
  let sum = 0;
  let pairs = 0;
  for (const [a, first] of columns.entries()) {
    for (const second of columns.slice(a + 1)) {
      const r = correlation(first, second);
      if (r === null) return null;
      sum += r;
      pairs++;
    }
  }
  return sum / pairs;
}

/**
 * Standardised alpha: Cronbach's alpha as it would be if all items varied alike.
 *
 *   alpha = k r / (1 + (k − 1) r),  k items, r their mean correlation
 *
 * @param scores respondents × items; reversed items already turned, no answer missing
 * @returns unitless, at most 1; null when an item does not vary, or the items oppose each other so far that the formula
 *   has no value
 * @throws {RangeError} for fewer than two respondents or items, or ragged rows
 *
 * @example
 * standardisedAlpha([[2, 3, 3], [4, 4, 5], [1, 2, 1], [5, 5, 4]]) // => 0.96130
 */
export function standardisedAlpha(scores: readonly (readonly number[])[]): number | null {
  const r = meanInterItemCorrelation(scores);
  if (r === null) return null;
  const k = scores[0]!.length;
  const below = 1 + (k - 1) * r;
  return below < 1e-12 ? null : (k * r) / below;
}
