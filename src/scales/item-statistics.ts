import { correlation } from '../stats/correlation.ts';
import { mean } from '../stats/mean.ts';
import { standardDeviation } from '../stats/variance.ts';
import { completeRows, requireScores } from './complete-rows.ts';
import { cronbachAlpha } from './cronbach-alpha.ts';

/** How one item does in its scale. */
export type ItemStatistics = {
  mean: number;
  standardDeviation: number;
  /** Correlation with the scale's total, the item included; null when either does not vary. */
  itemTotal: number | null;
  /** Correlation with the total of the other items; null when either does not vary. */
  itemRest: number | null;
  /** Alpha of the scale without the item; null when that leaves fewer than two items, or nothing that varies. */
  alphaIfDeleted: number | null;
  /** A hint that someone forgot to reverse the item: it falls where the others rise. */
  looksUnreversed: boolean;
};

/**
 * Statistics of each item of one scale, over the respondents who answered all of them.
 *
 * @param scores respondents × items; reversed items already turned, null where an answer is missing
 * @returns one for each item, in their order
 * @throws {RangeError} for fewer than two complete respondents or two items, or ragged rows
 *
 * @example
 * itemStatistics([[1, 2, 5], [2, 3, 4], [4, 4, 2], [5, null, 1]])[2] // =>
 *   { mean: 3.66667, standardDeviation: 1.52753, itemTotal: -0.98198, itemRest: -0.99718, alphaIfDeleted: 0.94737, looksUnreversed: true }
 */
export function itemStatistics(scores: readonly (readonly (number | null)[])[]): ItemStatistics[] {
  const complete = completeRows(scores);
  requireScores(complete, 'itemStatistics');
  const items = complete[0]!.length;
  const totals = complete.map((row) => row.reduce((sum, score) => sum + score, 0));

  return complete[0]!.map((_, item) => {
    const own = complete.map((row) => row[item]!);
    const rest = totals.map((total, i) => total - own[i]!);
    const itemRest = correlation(own, rest);
    return {
      mean: mean(own)!,
      standardDeviation: standardDeviation(own)!,
      itemTotal: correlation(own, totals),
      itemRest,
      alphaIfDeleted: items < 3 ? null : cronbachAlpha(complete.map((row) => row.toSpliced(item, 1))),
      looksUnreversed: itemRest !== null && itemRest < 0,
    };
  });
}
