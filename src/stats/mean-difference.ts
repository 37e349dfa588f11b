import { studentQuantile, studentTwoSidedP } from './distributions.ts';
import { hedgesG, type Moments } from './hedges-g.ts';
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
 * @param first values of the first group
 * @param second values of the second group
 * @param level how sure the intervals are, 0.95 unless told
 * @returns null when a group has fewer than two values, or neither group varies
 * @throws {RangeError} when a value is not finite or the level not between 0 and 1
 * @see Welch (1947), Biometrika 34, 28–35; `hedgesG` for the effect size
 *
 * @example
 * meanDifference([1, 2, 3, 4], [3, 4, 5, 8])?.p // => 0.104833
 */
export function meanDifference(
  first: readonly number[],
  second: readonly number[],
  level = 0.95,
): MeanDifference | null {
  const one = momentsOf(first);
  const two = momentsOf(second);
  return one === null || two === null ? null : meanDifferenceOf(one, two, level);
}

/**
 * The same from what the two columns come to, for columns that are counted and not kept. Returns and throws as
 * `meanDifference` does.
 *
 * @example
 * meanDifferenceOf({ n: 4, mean: 2.5, variance: 5 / 3 }, { n: 4, mean: 5, variance: 14 / 3 })?.p // => 0.104833
 */
export function meanDifferenceOf(first: Moments, second: Moments, level = 0.95): MeanDifference | null {
  const effect = hedgesG(first, second, level);
  if (effect === null) return null;
  const difference = first.mean - second.mean;
  const error1 = first.variance / first.n;
  const error2 = second.variance / second.n;
  const standardError = Math.sqrt(error1 + error2);
  // As parts of the whole, so that values of any size can be squared.
  const all = error1 + error2;
  const df = 1 / ((error1 / all) ** 2 / (first.n - 1) + (error2 / all) ** 2 / (second.n - 1));
  const t = difference / standardError;
  const reach = studentQuantile((1 + level) / 2, df) * standardError;
  return {
    n1: first.n,
    n2: second.n,
    mean1: first.mean,
    mean2: second.mean,
    difference,
    low: difference - reach,
    high: difference + reach,
    t,
    df,
    p: studentTwoSidedP(t, df),
    cohenD: effect.cohenD,
    hedgesG: effect.g,
    hedgesGLow: effect.low,
    hedgesGHigh: effect.high,
  };
}

function momentsOf(values: readonly number[]): Moments | null {
  const centre = mean(values);
  const spread = variance(values);
  return centre === null || spread === null ? null : { n: values.length, mean: centre, variance: spread };
}
