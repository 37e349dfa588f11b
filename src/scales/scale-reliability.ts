import { mean } from '../stats/mean.ts';
import { standardDeviation } from '../stats/variance.ts';
import { alphaInterval } from './alpha-interval.ts';
import { completeRows, requireScores } from './complete-rows.ts';
import { cronbachAlpha } from './cronbach-alpha.ts';
import { meanInterItemCorrelation, standardisedAlpha } from './standardised-alpha.ts';

/** How well a scale measures, over the respondents who answered all of its items. */
export type ScaleReliability = {
  /** Complete respondents. */
  respondents: number;
  items: number;
  /** Cronbach's alpha with Feldt's 95% interval; null when all totals are equal. */
  alpha: number | null;
  alphaInterval: { low: number; high: number } | null;
  /** These two are null when an item does not vary. */
  standardisedAlpha: number | null;
  meanCorrelation: number | null;
  /** Of the scale score, the mean of a respondent's items. */
  mean: number;
  standardDeviation: number;
  /** How far one respondent's score lies from their true one, typically; null when alpha is null or negative. */
  standardErrorOfMeasurement: number | null;
};

/**
 * The reliability of one scale, with all that belongs beside it in a table.
 *
 *   standard error of measurement = standard deviation × √(1 − alpha)
 *
 * @param scores respondents × items; reversed items already turned, null where an answer is missing
 * @throws {RangeError} for fewer than two complete respondents or two items, or ragged rows
 *
 * @example
 * scaleReliability([[2, 3, 3], [4, 4, 5], [1, 2, 1], [5, 5, 4]]).standardErrorOfMeasurement // => 0.34694
 */
export function scaleReliability(scores: readonly (readonly (number | null)[])[]): ScaleReliability {
  const complete = completeRows(scores);
  requireScores(complete, 'scaleReliability');
  const items = complete[0]!.length;
  const means = complete.map((row) => mean(row)!);
  const spread = standardDeviation(means)!;
  const alpha = cronbachAlpha(complete);

  return {
    respondents: complete.length,
    items,
    alpha,
    alphaInterval: alpha === null ? null : alphaInterval(alpha, complete.length, items),
    standardisedAlpha: standardisedAlpha(complete),
    meanCorrelation: meanInterItemCorrelation(complete),
    mean: mean(means)!,
    standardDeviation: spread,
    standardErrorOfMeasurement: alpha === null || alpha < 0 ? null : spread * Math.sqrt(1 - alpha),
  };
}
