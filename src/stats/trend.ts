import { normalQuantile, normalTwoSidedP, studentQuantile, studentTwoSidedP } from './distributions.ts';
import type { Moments } from './hedges-g.ts';
import type { CountedShare } from './share-contrast.ts';

/** How much something rises from one step to the next, with its interval, and whether chance alone would do it. */
export type Trend = { slope: number; low: number; high: number; p: number };

/**
 * Whether a share rises or falls steadily over ordered groups: the chi-square test for trend.
 *
 * @param groups in order; empty ones are left out. Under weights pass shares of the effective base
 * @param scores where each group stands, 1, 2, 3 … unless told; the slope is for one unit of it
 * @param level how sure the interval is, 0.95 unless told
 * @returns null when fewer than two groups have anybody, all or none have it, or all stand at one place
 * @throws {RangeError} when a count does not lie between 0 and its total or there is not one score for each group
 * @see Armitage (1955), Biometrics 11(3), 375–386
 *
 * @example
 * const smokers = [{ count: 83, total: 86 }, { count: 90, total: 93 }, { count: 129, total: 136 }, { count: 70, total: 82 }]
 * shareTrend(smokers)?.p // => 0.0041319
 */
export function shareTrend(groups: readonly CountedShare[], scores?: readonly number[], level = 0.95): Trend | null {
  for (const { count, total } of groups)
    if (!(count >= 0 && count <= total && Number.isFinite(total)))
      throw new RangeError('shareTrend requires counts between 0 and their totals');
  const placed = place(groups, ({ total }) => total, scores);
  if (placed === null) return null;
  const { own, spread } = placed;
  const all =
    own.reduce((sum, { group }) => sum + group.count, 0) / own.reduce((sum, { group }) => sum + group.total, 0);
  if (all <= 0 || all >= 1) return null;
  const pull = own.reduce((sum, { group, x }) => sum + x * (group.count - group.total * all), 0);
  const slope = pull / spread;
  const error = Math.sqrt(
    own.reduce((sum, { group: { count, total }, x }) => sum + (x ** 2 * count * (total - count)) / total, 0),
  );
  const reach = (normalQuantile((1 + level) / 2) * error) / spread;
  return {
    slope,
    low: slope - reach,
    high: slope + reach,
    p: normalTwoSidedP(pull / Math.sqrt(all * (1 - all) * spread)),
  };
}

/**
 * Whether a mean rises or falls steadily over ordered groups, which need not spread alike.
 *
 * @param groups in order; those with fewer than two values are left out
 * @param scores where each group stands, 1, 2, 3 … unless told; the slope is for one unit of it
 * @param level how sure the interval is, 0.95 unless told
 * @returns null when fewer than two groups are left, all stand at one place or none varies
 * @throws {RangeError} when there is not one score for each group
 * @see Welch (1947), Biometrika 34, 28–35, for the degrees of freedom
 *
 * @example
 * meanTrend([{ n: 50, mean: 3, variance: 1 }, { n: 50, mean: 3.2, variance: 1 }, { n: 50, mean: 3.4, variance: 1 }])?.slope // => 0.2
 */
export function meanTrend(groups: readonly Moments[], scores?: readonly number[], level = 0.95): Trend | null {
  const placed = place(groups, ({ n }) => (n >= 2 ? n : 0), scores);
  if (placed === null) return null;
  const { own, spread } = placed;
  const slope = own.reduce((sum, { group, x }) => sum + x * group.n * group.mean, 0) / spread;
  const parts = own.map(({ group, x }) => (x ** 2 * group.n * group.variance) / spread ** 2);
  const error = parts.reduce((sum, part) => sum + part, 0);
  if (!(error > 0)) return null;
  const df = 1 / parts.reduce((sum, part, i) => sum + (part / error) ** 2 / (own[i]!.group.n - 1), 0);
  const reach = studentQuantile((1 + level) / 2, df) * Math.sqrt(error);
  return { slope, low: slope - reach, high: slope + reach, p: studentTwoSidedP(slope / Math.sqrt(error), df) };
}

/** The groups that have anybody, each with its distance from where people stand on average. */
function place<Group>(groups: readonly Group[], sizeOf: (group: Group) => number, scores?: readonly number[]) {
  if (scores && (scores.length !== groups.length || !scores.every(Number.isFinite)))
    throw new RangeError('A trend requires one score for each group');
  const own = groups.flatMap((group, i) => (sizeOf(group) > 0 ? [{ group, x: scores?.[i] ?? i + 1 }] : []));
  const all = own.reduce((sum, { group }) => sum + sizeOf(group), 0);
  const middle = own.reduce((sum, { group, x }) => sum + x * sizeOf(group), 0) / all;
  const centred = own.map(({ group, x }) => ({ group, x: x - middle }));
  const spread = centred.reduce((sum, { group, x }) => sum + sizeOf(group) * x ** 2, 0);
  return own.length < 2 || !(spread > 0) ? null : { own: centred, spread };
}
