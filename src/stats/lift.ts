import { normalQuantile } from './distributions.ts';

/** How much oftener two things go together than they would if neither had to do with the other; 1 when just as often. */
export type Lift = { lift: number; low: number; high: number };

/**
 * The lift of two properties of the same people: the share who have both, against what independence would give.
 *
 *   lift = p12 / (p1 p2),
 *   variance of its logarithm = (1/p12 − 1/p1 − 1/p2 + 2 p12 / (p1 p2) − 1) / n   (delta method)
 *
 * @param both how many have both
 * @param first how many have the first
 * @param second how many have the second
 * @param total of how many both are known
 * @param level how sure the interval is, 0.95 unless told
 * @returns null when nobody has the first or the second; with nobody in both the lift is 0 and has no upper end: the
 *   interval then is that of half a person in both
 * @throws {RangeError} when the counts do not fit together, or the level not between 0 and 1
 * @see Brin, Motwani, Ullman and Tsur (1997), SIGMOD Record 26(2), 255–264, where it is called interest
 *
 * @example
 * lift({ both: 30, first: 100, second: 150, total: 1000 }) // => { lift: 2, low: 1.5193551, high: 2.6326960 }
 */
export function lift(
  { both, first, second, total }: { both: number; first: number; second: number; total: number },
  level = 0.95,
): Lift | null {
  if (
    !(
      both >= 0 &&
      both <= Math.min(first, second) &&
      Math.max(first, second) <= total &&
      first + second - both <= total &&
      Number.isFinite(total)
    )
  )
    throw new RangeError('lift requires counts that fit into each other');
  const z = normalQuantile((1 + level) / 2);
  if (first === 0 || second === 0) return null;
  const [p1, p2, p12] = [first / total, second / total, Math.max(both, 0.5) / total];
  const ratio = p12 / (p1 * p2);
  const error = Math.sqrt(Math.max(0, 1 / p12 - 1 / p1 - 1 / p2 + (2 * p12) / (p1 * p2) - 1) / total);
  return {
    lift: both === 0 ? 0 : ratio,
    low: both === 0 ? 0 : ratio * Math.exp(-z * error),
    high: ratio * Math.exp(z * error),
  };
}
