import { normalQuantile } from './distributions.ts';

/** What of a column of numbers a difference of means asks for; the variance is that of the sample. */
export type Moments = { readonly n: number; readonly mean: number; readonly variance: number };

/** A difference in pooled standard deviations, and the same without its lean towards larger effects in small groups. */
export type HedgesG = { cohenD: number; g: number; low: number; high: number };

/**
 * Hedges' g: how far two means lie apart, in standard deviations of both groups together. First minus second.
 *
 *   d = (mean1 − mean2) / pooled standard deviation
 *   g = d × J,  J = 1 − 3 / (4 (n1 + n2 − 2) − 1)
 *   variance of g = J² × ((n1 + n2) / (n1 n2) + d² / (2 (n1 + n2))), hence its normal interval
 *
 * @param level how sure the interval is, 0.95 unless told
 * @returns without unit; null when a group has fewer than two values, or neither group varies
 * @throws {RangeError} when a number is not finite or the level not between 0 and 1
 * @see Hedges (1981), Journal of Educational Statistics 6(2), 107–128; Borenstein et al. (2009), Introduction to
 *   Meta-Analysis, chapter 4
 *
 * @example
 * hedgesG({ n: 50, mean: 103, variance: 5.5 ** 2 }, { n: 50, mean: 100, variance: 4.5 ** 2 })
 * // => { cohenD: 0.597022, g: 0.592442, low: 0.1948853, high: 0.9899978 }
 */
export function hedgesG(first: Moments, second: Moments, level = 0.95): HedgesG | null {
  for (const { n, mean, variance } of [first, second])
    if (![n, mean, variance].every(Number.isFinite)) throw new RangeError('hedgesG requires finite numbers only');
  const z = normalQuantile((1 + level) / 2);
  const { n: n1 } = first;
  const { n: n2 } = second;
  if (n1 < 2 || n2 < 2 || (first.variance === 0 && second.variance === 0)) return null;

  const pooled = Math.sqrt(((n1 - 1) * first.variance + (n2 - 1) * second.variance) / (n1 + n2 - 2));
  const cohenD = (first.mean - second.mean) / pooled;
  const shrink = 1 - 3 / (4 * (n1 + n2 - 2) - 1);
  const errorOfD = Math.sqrt((n1 + n2) / (n1 * n2) + cohenD ** 2 / (2 * (n1 + n2)));
  const g = cohenD * shrink;
  const reach = z * shrink * errorOfD;
  return { cohenD, g, low: g - reach, high: g + reach };
}
