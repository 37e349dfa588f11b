import { normalQuantile } from './distributions.ts';

/** How two shares of one whole differ, −1 to 1; the ends are null where the data say nothing of how sure it is. */
export type MultinomialDifference = { difference: number; low: number | null; high: number | null };

/**
 * The difference of two shares of the same people, who have the one, the other or neither: promoters less detractors,
 * for instance.
 *
 *   variance = (p + q − (p − q)²) / n
 *
 * @param first how many have the one
 * @param second how many have the other; nobody has both
 * @param total how many were asked
 * @param level how sure the interval is, 0.95 unless told
 * @returns cut at −1 and 1; null when nobody was asked; without an interval when all had the same, since the variance
 *   is then nought and would claim to be sure of it
 * @throws {RangeError} when the counts are negative or come to more than the total, or the level lies not between 0 and 1
 * @see Rocks (2016), The American Statistician 70(4), 365–372
 *
 * @example
 * multinomialDifference(50, 20, 100) // => { difference: 0.3, low: 0.1469, high: 0.4531 }
 */
export function multinomialDifference(
  first: number,
  second: number,
  total: number,
  level = 0.95,
): MultinomialDifference | null {
  if (!(first >= 0 && second >= 0 && first + second <= total && Number.isFinite(total))) {
    throw new RangeError('multinomialDifference requires two counts that come to no more than the total');
  }
  const z = normalQuantile((1 + level) / 2);
  if (total === 0) return null;

  const [p, q] = [first / total, second / total];
  const difference = p - q;
  if (first === total || second === total || first + second === 0) return { difference, low: null, high: null };
  const reach = z * Math.sqrt((p + q - difference ** 2) / total);
  return { difference, low: Math.max(-1, difference - reach), high: Math.min(1, difference + reach) };
}
