import { cohensH } from './cohens-h.ts';
import { normalTwoSidedP } from './distributions.ts';
import { shareDifference } from './share-difference.ts';
import { type ShareInterval, wilsonInterval } from './wilson-interval.ts';

/** How many have a thing, out of how many who were asked. */
export type CountedShare = { readonly count: number; readonly total: number };

/** Two shares held against each other; differences are first minus second. */
export type ShareContrast = {
  first: ShareInterval;
  second: ShareInterval;
  difference: number;
  low: number;
  high: number;
  /** Cohen's h with its interval. */
  h: number;
  hLow: number;
  hHigh: number;
  /** The adjusted standardised residual, which is the z of two shares with a pooled error; null when all or none have it. */
  z: number | null;
  /** Two-sided; null without z, and when fewer than five are expected in a corner of the table: z is no longer normal then. */
  p: number | null;
};

/** Fewer than so many expected in a corner of the table, and z is no longer normal. */
export const EXPECTED_MIN = 5;

/**
 * Everything that is said of two shares: each with Wilson's interval, their difference with Newcombe's, its size as
 * Cohen's h and the test that both are the same.
 *
 *   z = (count1 − expected) / √(expected (1 − n1 / n) (1 − m / n)),  expected = n1 m / n,  m = both counts together
 *
 * @param level how sure the intervals are, 0.95 unless told
 * @returns null when a group is empty
 * @throws {RangeError} when a count does not lie between 0 and its total, or the level not between 0 and 1
 * @see Agresti (2013), Categorical Data Analysis, section 3.3.1
 *
 * @example
 * shareContrast({ count: 56, total: 70 }, { count: 48, total: 80 })?.p // => 0.0080451
 */
export function shareContrast(first: CountedShare, second: CountedShare, level = 0.95): ShareContrast | null {
  const one = wilsonInterval(first.count, first.total, level);
  const two = wilsonInterval(second.count, second.total, level);
  const apart = shareDifference(first, second, level);
  const size = cohensH(first, second, level);
  if (!one || !two || !apart || !size) return null;
  return {
    first: one,
    second: two,
    ...apart,
    h: size.h,
    hLow: size.low,
    hHigh: size.high,
    ...pooledShareTest(first, second),
  };
}

/**
 * Only the test of `shareContrast`, for tables in which every column is held against every other.
 *
 * @example
 * pooledShareTest({ count: 56, total: 70 }, { count: 48, total: 80 }) // => { z: 2.650172, p: 0.0080451 }
 */
export function pooledShareTest(first: CountedShare, second: CountedShare): Pick<ShareContrast, 'z' | 'p'> {
  const total = first.total + second.total;
  const both = first.count + second.count;
  const expected = (first.total * both) / total;
  const spread = expected * (1 - first.total / total) * (1 - both / total);
  const z = spread > 0 ? (first.count - expected) / Math.sqrt(spread) : null;
  const fewest = (Math.min(first.total, second.total) * Math.min(both, total - both)) / total;
  return { z, p: z === null || fewest < EXPECTED_MIN ? null : normalTwoSidedP(z) };
}
