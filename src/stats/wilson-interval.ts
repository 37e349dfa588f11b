import { normalQuantile } from './distributions.ts';

/** A share and the interval it is known to, each 0 to 1. */
export type ShareInterval = { share: number; low: number; high: number };

/**
 * A share with Wilson's interval, which stays inside 0 to 1 and keeps its promise for small groups and for shares near
 * the ends.
 *
 * For weighted answers pass the weighted share times `effectiveN(weights)` as the count, and `effectiveN(weights)` as
 * the total: neither needs to be whole.
 *
 * @param count how many have it, 0 to `total`
 * @param total how many were asked
 * @param level how sure the interval is, 0.95 unless told
 * @returns null when nobody was asked
 * @throws {RangeError} when the count does not lie between 0 and the total, or the level not between 0 and 1
 * @see Wilson (1927), Journal of the American Statistical Association 22, 209–212
 *
 * @example
 * wilsonInterval(3, 20) // => { share: 0.15, low: 0.0523687, high: 0.3604189 }
 */
export function wilsonInterval(count: number, total: number, level = 0.95): ShareInterval | null {
  if (!(count >= 0 && count <= total && Number.isFinite(total))) {
    throw new RangeError('wilsonInterval requires a count between 0 and the total');
  }
  const z = normalQuantile((1 + level) / 2);
  if (total === 0) return null;

  const share = count / total;
  const centre = (share + z ** 2 / (2 * total)) / (1 + z ** 2 / total);
  const reach = (z / (1 + z ** 2 / total)) * Math.sqrt((share * (1 - share)) / total + z ** 2 / (4 * total ** 2));
  return {
    share,
    low: count === 0 ? 0 : Math.max(0, centre - reach),
    high: count === total ? 1 : Math.min(1, centre + reach),
  };
}
