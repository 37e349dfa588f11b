import { normalQuantile, studentQuantile, studentTwoSidedP } from './distributions.ts';
import { mean } from './mean.ts';
import { variance } from './variance.ts';

/** How two groups differ on one measure; differences are first group minus second. */
export type MeanDifference = {
  n1: number;
  n2: number;
  mean1: number;
  mean2: number;
  /** In the unit of the values, with its interval. */
  difference: number;
  low: number;
  high: number;
  /** Welch's t, its degrees of freedom and its two-sided p. */
  t: number;
  df: number;
  p: number;
  /** The difference in pooled standard deviations. */
  cohenD: number;
  /** Cohen's d without its lean towards larger effects in small groups, with its interval. */
  hedgesG: number;
  hedgesGLow: number;
  hedgesGHigh: number;
};

/**
 * The difference of two means, tested with Welch's t, which does not ask the groups to spread alike, and its size as
 * Cohen's d and Hedges' g.
 *
 *   d = (mean1 − mean2) / pooled standard deviation
 *   g = d × J,  J = 1 − 3 / (4 (n1 + n2 − 2) − 1)
 *   variance of g = J² × ((n1 + n2) / (n1 n2) + d² / (2 (n1 + n2))), hence its normal interval
 *
 * @param first values of the first group
 * @param second values of the second group
 * @param level how sure the intervals are, 0.95 unless told
 * @returns null when a group has fewer than two values, or neither group varies
 * @throws {RangeError} when a value is not finite or the level not between 0 and 1
 * @see Welch (1947), Biometrika 34, 28–35; Hedges (1981), Journal of Educational Statistics 6(2), 107–128;
 *   Borenstein et al. (2009), Introduction to Meta-Analysis, chapter 4
 *
 * @example
 * meanDifference([1, 2, 3, 4], [3, 4, 5, 8])?.p // => 0.104833
 */
export function meanDifference(
  first: readonly number[],
  second: readonly number[],
  level = 0.95,
): MeanDifference | null {
  const mean1 = mean(first);
  const mean2 = mean(second);
  const variance1 = variance(first);
  const variance2 = variance(second);
  if (mean1 === null || mean2 === null || variance1 === null || variance2 === null) return null;
  if (variance1 === 0 && variance2 === 0) return null;

  const n1 = first.length;
  const n2 = second.length;
  const difference = mean1 - mean2;

  const error1 = variance1 / n1;
  const error2 = variance2 / n2;
  const standardError = Math.sqrt(error1 + error2);
  const df = (error1 + error2) ** 2 / (error1 ** 2 / (n1 - 1) + error2 ** 2 / (n2 - 1));
  const t = difference / standardError;
  const reach = studentQuantile((1 + level) / 2, df) * standardError;

  const pooled = Math.sqrt(((n1 - 1) * variance1 + (n2 - 1) * variance2) / (n1 + n2 - 2));
  const cohenD = difference / pooled;
  const shrink = 1 - 3 / (4 * (n1 + n2 - 2) - 1);
  const hedgesG = cohenD * shrink;
  const errorOfD = Math.sqrt((n1 + n2) / (n1 * n2) + cohenD ** 2 / (2 * (n1 + n2)));
  const reachOfG = normalQuantile((1 + level) / 2) * shrink * errorOfD;

  return {
    n1,
    n2,
    mean1,
    mean2,
    difference,
    low: difference - reach,
    high: difference + reach,
    t,
    df,
    p: studentTwoSidedP(t, df),
    cohenD,
    hedgesG,
    hedgesGLow: hedgesG - reachOfG,
    hedgesGHigh: hedgesG + reachOfG,
  };
}
