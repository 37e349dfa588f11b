import { normalQuantile, normalTwoSidedP } from './distributions.ts';

/** One side, parted into a group and all others. */
export type PartedSide = {
  readonly group: { readonly count: number; readonly total: number };
  readonly others: { readonly count: number; readonly total: number };
};
export type GroupPull = {
  /** How much of the change of the whole rate there would not have been, had the group acted as the others did. */
  contribution: number;
  low: number;
  high: number;
  /** The part of it that comes of the group's rate going another way than the others' rate. */
  rate: number;
  /** The part of it that comes of the group being a larger or smaller share of all. */
  mix: number;
  standardError: number;
  /** Two-sided, that it contributes nothing. */
  p: number;
};

/**
 * What one group contributes to the difference of a rate between two sides. On each side a group pulls the rate of all
 * away from that of the others by its share times its distance, p × (r − r_others); its contribution is how that pull
 * changed, which is the change of all less the change of the others. As a difference of products of two factors it falls
 * into two parts without a rest, each factor taken at the mean of the other:
 *
 *   rate = (p1 + p2) / 2 × Δ(r − r_others),   mix = ((r1 − r1_others) + (r2 − r2_others)) / 2 × Δp
 *
 * The interval is that of the delta method over the four cells of each side, with half a person added to each cell for
 * the variance only, so that a rate of 0 or 1 has some. The sides are taken to be independent; where the same people are
 * on both, it is wider than it had to be.
 *
 * @param level how sure the interval is, 0.95 unless told
 * @returns null when the group or the others are empty on a side: then there is nothing to compare
 * @throws {RangeError} when a count does not lie between 0 and its total
 * @see Das Gupta (1993), Standardization and Decomposition of Rates, U.S. Bureau of the Census P23-186, chapter 2;
 *   Kitagawa (1955), Journal of the American Statistical Association 50(272), 1168–1194, for two groups
 *
 * @example
 * const before = { group: { count: 320, total: 400 }, others: { count: 480, total: 600 } }
 * const after = { group: { count: 268, total: 400 }, others: { count: 480, total: 600 } }
 * groupPull(before, after) // => { contribution: -0.052, low: -0.0824853, high: -0.0215147, rate: -0.052, mix: 0, standardError: 0.015554, p: 0.0008282 }
 */
export function groupPull(first: PartedSide, second: PartedSide, level = 0.95): GroupPull | null {
  const one = pullOn(first);
  const two = pullOn(second);
  if (!one || !two) return null;
  const contribution = two.pull - one.pull;
  const standardError = Math.sqrt(one.variance + two.variance);
  const reach = normalQuantile((1 + level) / 2) * standardError;
  return {
    contribution,
    low: contribution - reach,
    high: contribution + reach,
    rate: ((one.share + two.share) / 2) * (two.distance - one.distance),
    mix: ((one.distance + two.distance) / 2) * (two.share - one.share),
    standardError,
    p: normalTwoSidedP(contribution / standardError),
  };
}

function pullOn({ group, others }: PartedSide) {
  for (const { count, total } of [group, others])
    if (!(count >= 0 && count <= total && Number.isFinite(total)))
      throw new RangeError('groupPull requires counts between 0 and their totals');
  if (group.total === 0 || others.total === 0) return null;
  const n = group.total + others.total;
  const share = group.total / n;
  const distance = group.count / group.total - others.count / others.total;
  return { share, distance, pull: share * distance, variance: varianceOf(group, others) };
}

/**
 * The pull is R − r_others, with R the rate of all. Its derivatives by the shares of the four cells are 1 for those of
 * the group with the outcome, 0 for those without, 1 − (1 − r) / q and r / q for the others, of whom there are q.
 */
function varianceOf(group: PartedSide['group'], others: PartedSide['others']): number {
  const cells = [group.count, group.total - group.count, others.count, others.total - others.count].map(
    (count) => count + 0.5,
  );
  const n = cells.reduce((sum, count) => sum + count, 0);
  const [groupWith = 0, , with_ = 0, without = 0] = cells.map((count) => count / n);
  const q = with_ + without;
  const r = with_ / q;
  const slopes = { with_: 1 - (1 - r) / q, without: r / q };
  const mean = groupWith + slopes.with_ * with_ + slopes.without * without;
  const squares = groupWith + slopes.with_ ** 2 * with_ + slopes.without ** 2 * without;
  return (squares - mean ** 2) / n;
}
