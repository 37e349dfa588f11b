import { wilsonInterval } from './wilson-interval.ts';

/** How two shares differ, first minus second, each 0 to 1 and the difference −1 to 1. */
export type ShareDifference = { difference: number; low: number; high: number };

/**
 * The difference of two independent shares with Newcombe's interval, made of the two Wilson intervals. It stays inside
 * −1 to 1 and keeps its promise for small groups, where the textbook interval does not.
 *
 *   low  = d − √((p1 − l1)² + (u2 − p2)²),  high = d + √((u1 − p1)² + (p2 − l2)²)
 *
 * @param first how many have it, out of how many who were asked
 * @param second the same for the second group
 * @param level how sure the interval is, 0.95 unless told
 * @returns null when a group is empty
 * @throws {RangeError} when a count does not lie between 0 and its total, or the level not between 0 and 1
 * @see Newcombe (1998), Statistics in Medicine 17(8), 873–890, method 10
 *
 * @example
 * shareDifference({ count: 56, total: 70 }, { count: 48, total: 80 }) // => { difference: 0.2, low: 0.0524315, high: 0.3338727 }
 */
export function shareDifference(
  first: { readonly count: number; readonly total: number },
  second: { readonly count: number; readonly total: number },
  level = 0.95,
): ShareDifference | null {
  const one = wilsonInterval(first.count, first.total, level);
  const two = wilsonInterval(second.count, second.total, level);
  if (!one || !two) return null;
  const difference = one.share - two.share;
  return {
    difference,
    low: difference - Math.hypot(one.share - one.low, two.high - two.share),
    high: difference + Math.hypot(one.high - one.share, two.share - two.low),
  };
}
