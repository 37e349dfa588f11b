import { normalQuantile } from './distributions.ts';

/** How far two shares lie apart, in Cohen's h, with its interval. Read as d is: 0.2 small, 0.5 medium, 0.8 large. */
export type CohensH = { h: number; low: number; high: number };

/**
 * Cohen's h: the difference of two shares on the scale of arcsines, on which the same distance is as hard to see near the
 * ends as in the middle. First minus second.
 *
 *   h = 2 asin √p1 − 2 asin √p2,  variance of h = 1 / n1 + 1 / n2
 *
 * @param first how many have it, out of how many who were asked
 * @param second the same for the second group
 * @param level how sure the interval is, 0.95 unless told
 * @returns −π to π, without unit; null when a group is empty
 * @throws {RangeError} when a count does not lie between 0 and its total, or the level not between 0 and 1
 * @see Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, 2nd ed., chapter 6
 *
 * @example
 * cohensH({ count: 65, total: 100 }, { count: 50, total: 100 }) // => { h: 0.304693, low: 0.0275119, high: 0.5818734 }
 */
export function cohensH(
  first: { readonly count: number; readonly total: number },
  second: { readonly count: number; readonly total: number },
  level = 0.95,
): CohensH | null {
  for (const { count, total } of [first, second])
    if (!(count >= 0 && count <= total && Number.isFinite(total)))
      throw new RangeError('cohensH requires counts between 0 and their totals');
  const z = normalQuantile((1 + level) / 2);
  if (first.total === 0 || second.total === 0) return null;
  const angle = ({ count, total }: { count: number; total: number }) => 2 * Math.asin(Math.sqrt(count / total));
  const h = angle(first) - angle(second);
  const reach = z * Math.sqrt(1 / first.total + 1 / second.total);
  return { h, low: h - reach, high: h + reach };
}
