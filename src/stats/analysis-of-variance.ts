import { fUpperP } from './distributions.ts';
import type { Moments } from './hedges-g.ts';
import { fNoncentrality } from './noncentrality.ts';

/** How far several means differ. */
export type AnalysisOfVariance = {
  f: number;
  df1: number;
  df2: number;
  p: number;
  /** The share of all variance that lies between the groups, with its interval. */
  eta2: number;
  eta2Low: number;
  eta2High: number;
  /** The same without its lean upwards in small samples; 0 where nothing is left. */
  omega2: number;
  /** Welch's test, which does not ask the groups to spread alike; null when a group does not vary at all. */
  welch: { f: number; df1: number; df2: number; p: number } | null;
};

/**
 * One-way analysis of variance from what the groups come to.
 *
 *   eta² = between / all,  omega² = (between − (k − 1) within / (n − k)) / (all + within / (n − k))
 *
 * @param groups those with fewer than two values are left out; n may be an effective base
 * @param level how sure the interval of eta² is, 0.95 unless told; it comes of the noncentralities of F that fit
 * @returns null when fewer than two groups are left or no group varies
 * @throws {RangeError} when a number is not finite or the level not between 0 and 1
 * @see Welch (1951), Biometrika 38(3/4), 330–336; Olejnik and Algina (2003), Psychological Methods 8(4), 434–447
 *
 * @example
 * analysisOfVariance([{ n: 3, mean: 1, variance: 1 }, { n: 3, mean: 3, variance: 1 }])?.f // => 6
 */
export function analysisOfVariance(groups: readonly Moments[], level = 0.95): AnalysisOfVariance | null {
  for (const { n, mean, variance } of groups)
    if (![n, mean, variance].every(Number.isFinite)) throw new RangeError('analysisOfVariance requires finite numbers');
  const own = groups.filter(({ n }) => n >= 2);
  const n = own.reduce((sum, group) => sum + group.n, 0);
  const within = own.reduce((sum, group) => sum + (group.n - 1) * group.variance, 0);
  if (own.length < 2 || !(within > 0)) return null;

  const grand = own.reduce((sum, group) => sum + group.n * group.mean, 0) / n;
  const between = own.reduce((sum, group) => sum + group.n * (group.mean - grand) ** 2, 0);
  const df1 = own.length - 1;
  const df2 = n - own.length;
  const error = within / df2;
  const f = between / df1 / error;
  const all = between + within;
  const { low, high } = fNoncentrality(f, df1, df2, level);
  return {
    f,
    df1,
    df2,
    p: fUpperP(f, df1, df2),
    eta2: between / all,
    eta2Low: low / (low + n),
    eta2High: high / (high + n),
    omega2: Math.max(0, (between - df1 * error) / (all + error)),
    welch: own.every(({ variance }) => variance > 0) ? welchTest(own) : null,
  };
}

function welchTest(groups: readonly Moments[]) {
  const k = groups.length;
  const weights = groups.map(({ n, variance }) => n / variance);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const grand = groups.reduce((sum, { mean }, i) => sum + weights[i]! * mean, 0) / total;
  const spread = groups.reduce((sum, { mean }, i) => sum + weights[i]! * (mean - grand) ** 2, 0);
  const lost = groups.reduce((sum, { n }, i) => sum + (1 - weights[i]! / total) ** 2 / (n - 1), 0) / (k ** 2 - 1);
  const f = spread / (k - 1) / (1 + 2 * (k - 2) * lost);
  const df2 = 1 / (3 * lost);
  return { f, df1: k - 1, df2, p: fUpperP(f, k - 1, df2) };
}
