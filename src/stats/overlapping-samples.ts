import { normalTwoSidedP, studentQuantile, studentTwoSidedP } from './distributions.ts';
import type { Moments } from './hedges-g.ts';
import type { CountedShare } from './share-contrast.ts';
import { EXPECTED_MIN } from './share-contrast.ts';
import { wilsonInterval } from './wilson-interval.ts';

/** What two samples share: the people who are in both. */
export type Overlap = {
  /** How many are in both. */
  n: number;
  /** How their two values go together. */
  correlation: number;
};

/** Later less earlier, with its interval and two-sided p. */
export type OverlappingDifference = { difference: number; low: number; high: number; p: number | null };

/**
 * How two means differ that partly are of the same people: Student's t for pairs where all are, Welch's where nobody is,
 * and between them where some are.
 *
 * @param later n may be that of an effective base
 * @returns null when a side has fewer than two values or neither varies
 * @see Derrick, Russ, Toher and White (2017), Journal of Modern Applied Statistical Methods 16(1), 137–157 (T new2)
 *
 * @example
 * const before = { n: 30, mean: 3, variance: 1 }, after = { n: 30, mean: 3.5, variance: 1 }
 * overlappingMeans(after, before, { n: 30, correlation: 0.5 })?.p // => 0.0104374
 */
export function overlappingMeans(
  later: Moments,
  earlier: Moments,
  overlap: Overlap,
  level = 0.95,
): OverlappingDifference | null {
  const { shared, lone } = partsOf(later.n, earlier.n, overlap.n);
  if (later.n < 2 || earlier.n < 2) return null;
  const [one, two] = [later.variance / later.n, earlier.variance / earlier.n];
  const together =
    (2 * overlap.correlation * Math.sqrt(later.variance * earlier.variance) * shared) / (later.n * earlier.n);
  const error = Math.sqrt(one + two - together);
  if (!(error > 0)) return null;
  const welch = (one + two) ** 2 / (one ** 2 / (later.n - 1) + two ** 2 / (earlier.n - 1));
  const df = shared - 1 + ((welch - shared + 1) / (lone + 2 * shared)) * lone;
  const difference = later.mean - earlier.mean;
  const reach = studentQuantile((1 + level) / 2, df) * error;
  return {
    difference,
    low: difference - reach,
    high: difference + reach,
    p: studentTwoSidedP(difference / error, df),
  };
}

/**
 * The same of two shares: pooled z with the covariance of those who are in both, and Newcombe's interval with it.
 *
 * @returns null when a side is empty; p is null when fewer than five are expected in a corner, as for separate samples
 * @see Derrick, Dobson-McKittrick, Toher and White (2015), Journal of Applied Quantitative Methods 10(3), 1–14;
 *   Newcombe (1998), Statistics in Medicine 17(22), 2635–2650
 *
 * @example
 * overlappingShares({ count: 60, total: 100 }, { count: 50, total: 100 }, { n: 100, correlation: 0.6 })?.p // => 0.0246188
 */
export function overlappingShares(
  later: CountedShare,
  earlier: CountedShare,
  overlap: Overlap,
  level = 0.95,
): OverlappingDifference | null {
  const [one, two] = [
    wilsonInterval(later.count, later.total, level),
    wilsonInterval(earlier.count, earlier.total, level),
  ];
  if (!one || !two) return null;
  const { shared } = partsOf(later.total, earlier.total, overlap.n);
  const tie = (overlap.correlation * shared) / Math.sqrt(later.total * earlier.total);
  const difference = one.share - two.share;
  const reach = (a: number, b: number) => Math.sqrt(Math.max(0, a ** 2 - 2 * tie * a * b + b ** 2));
  const both = later.count + earlier.count;
  const total = later.total + earlier.total;
  const fewest = (Math.min(later.total, earlier.total) * Math.min(both, total - both)) / total;
  const pooled = both / total;
  const error = Math.sqrt(
    pooled * (1 - pooled) * (1 / later.total + 1 / earlier.total - (2 * tie) / Math.sqrt(later.total * earlier.total)),
  );
  return {
    difference,
    low: difference - reach(one.share - one.low, two.high - two.share),
    high: difference + reach(one.high - one.share, two.share - two.low),
    p: fewest < EXPECTED_MIN || !(error > 0) ? null : normalTwoSidedP(difference / error),
  };
}

/** An effective base holds fewer people than there are, and so at most as many in both as its smaller side has. */
function partsOf(later: number, earlier: number, both: number): { shared: number; lone: number } {
  const shared = Math.min(both, later, earlier);
  return { shared, lone: later + earlier - 2 * shared };
}
