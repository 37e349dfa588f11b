import { chiSquareUpperP, normalQuantile } from './distributions.ts';
import { type FourCells, requireCells } from './odds-ratio.ts';

/** How often a thing occurs in one group against another, over strata within which the two are alike. */
export type MantelHaenszel = {
  /** Strata that tell something: both groups are there. */
  strata: number;
  /** The common odds ratio with its interval; null when it is 0 or without bound, or no stratum has both. */
  oddsRatio: { ratio: number; low: number; high: number } | null;
  /** The common difference of the shares, first minus second, −1 to 1. */
  riskDifference: { difference: number; low: number; high: number };
  /** The test that there is no association in any stratum, without correction for continuity; null when nothing varies. */
  chiSquare: number | null;
  p: number | null;
  /** How far the expected count lies from the least and the most that could be; below 5 the test is not to be trusted. */
  margin: number;
};

/**
 * Joins 2 × 2 tables of several strata, so that what the strata differ in cannot pass for a difference between the
 * groups. Fits a few large strata as well as many sets of one case and its controls, for which it is the matched analysis.
 *
 *   odds ratio = Σ R / Σ S,  R = a d / n,  S = b c / n
 *   variance of its logarithm = Σ P R / 2 (Σ R)² + Σ (P S + Q R) / 2 Σ R Σ S + Σ Q S / 2 (Σ S)²,
 *     P = (a + d) / n,  Q = (b + c) / n
 *   risk difference = Σ (a n2 − c n1) / n / Σ n1 n2 / n,
 *   its variance = (difference × Σ U + Σ V) / (Σ n1 n2 / n)²,
 *     U = (n1² c − n2² a + n1 n2 (n2 − n1) / 2) / n²,  V = (a (n2 − c) + c (n1 − a)) / 2n
 *   chi-square = (Σ (a − E))² / Σ n1 n2 m1 m2 / n² (n − 1),  E = n1 m1 / n,  m1 = a + c,  m2 = b + d
 *
 * @param strata one table each: in the first group `a` have it and `b` not, in the second `c` and `d`
 * @param level how sure the intervals are, 0.95 unless told
 * @returns null when no stratum has both groups
 * @throws {RangeError} when a count is negative or not finite, or the level not between 0 and 1
 * @see Mantel and Haenszel (1959), Journal of the National Cancer Institute 22(4), 719–748; Robins, Breslow and
 *   Greenland (1986), Biometrics 42(2), 311–323, for the odds ratio's variance; Sato (1989), Biometrics 45(4),
 *   1323–1324, for the difference's; Mantel and Fleiss (1980), American Journal of Epidemiology 112(1), 129–134, for the
 *   margin
 *
 * @example
 * mantelHaenszel([{ a: 8, b: 98, c: 5, d: 115 }, { a: 22, b: 76, c: 16, d: 69 }])?.oddsRatio
 * // => { ratio: 1.403149, low: 0.762515, high: 2.582015 }
 */
export function mantelHaenszel(strata: readonly FourCells[], level = 0.95): MantelHaenszel | null {
  const z = normalQuantile((1 + level) / 2);
  const sums = {
    r: 0,
    s: 0,
    pr: 0,
    psqr: 0,
    qs: 0,
    apart: 0,
    weight: 0,
    u: 0,
    v: 0,
    excess: 0,
    spread: 0,
    least: 0,
    most: 0,
    expected: 0,
  };
  let told = 0;
  for (const cells of strata) {
    requireCells(cells, 'mantelHaenszel');
    const { a, b, c, d } = cells;
    const n1 = a + b;
    const n2 = c + d;
    const n = n1 + n2;
    if (n1 === 0 || n2 === 0) continue;
    told += 1;
    const [p, q, r, s] = [(a + d) / n, (b + c) / n, (a * d) / n, (b * c) / n];
    sums.r += r;
    sums.s += s;
    sums.pr += p * r;
    sums.psqr += p * s + q * r;
    sums.qs += q * s;
    sums.apart += (a * n2 - c * n1) / n;
    sums.weight += (n1 * n2) / n;
    sums.u += (n1 ** 2 * c - n2 ** 2 * a + (n1 * n2 * (n2 - n1)) / 2) / n ** 2;
    sums.v += (a * (n2 - c) + c * (n1 - a)) / (2 * n);
    sums.excess += a - (n1 * (a + c)) / n;
    sums.expected += (n1 * (a + c)) / n;
    sums.least += Math.max(0, a + c - n2);
    sums.most += Math.min(n1, a + c);
    sums.spread += (n1 * n2 * (a + c) * (b + d)) / (n ** 2 * (n - 1));
  }
  if (told === 0) return null;
  const difference = sums.apart / sums.weight;
  const reach = (z * Math.sqrt(Math.max(0, difference * sums.u + sums.v))) / sums.weight;
  const chiSquare = sums.spread > 0 ? sums.excess ** 2 / sums.spread : null;
  return {
    strata: told,
    oddsRatio: ratioOf(sums, z),
    riskDifference: {
      difference,
      low: Math.max(-1, difference - reach),
      high: Math.min(1, difference + reach),
    },
    chiSquare,
    p: chiSquare === null ? null : chiSquareUpperP(chiSquare, 1),
    margin: Math.min(sums.expected - sums.least, sums.most - sums.expected),
  };
}

function ratioOf(
  { r, s, pr, psqr, qs }: Record<'r' | 's' | 'pr' | 'psqr' | 'qs', number>,
  z: number,
): MantelHaenszel['oddsRatio'] {
  if (r === 0 || s === 0) return null;
  const ratio = r / s;
  const error = Math.sqrt(pr / (2 * r ** 2) + psqr / (2 * r * s) + qs / (2 * s ** 2));
  return { ratio, low: ratio * Math.exp(-z * error), high: ratio * Math.exp(z * error) };
}
