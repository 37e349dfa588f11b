import { lnGamma, normalLowerP } from './distributions.ts';

/** The distribution of the range of several standardised means, as `studentizedRange` gives it. */
export type StudentizedRange = {
  /** How often chance alone spreads the means at least this far, 0 to 1. */
  upperP: (q: number, df: number) => number;
  /** The range that chance alone exceeds with probability 1 − p. */
  quantile: (p: number, df: number) => number;
};

/** Ranges of the table, in standard deviations; beyond the last one nothing is left in double precision. */
const STEP = 0.02;
const RANGE_MAX = 16;
/** From here on the spread is known as good as exactly. */
const DF_MANY = 25_000;
const HALVINGS = 60;

/**
 * The studentised range, which tells how far the largest and smallest of several means lie apart by chance: behind
 * Tukey's and Games and Howell's comparisons of all pairs. Good to about six digits.
 *
 *   P(range < w) = k ∫ φ(z) (Φ(z) − Φ(z − w))ᵏ⁻¹ dz,  then averaged over s, where s² is chi-square with df / df
 *
 * @param groups k, how many means are compared
 * @returns functions that share one table: make it once for many comparisons of as many groups
 * @throws {RangeError} when groups is not a whole number of at least 2; by the functions, when q is negative or not
 *   finite, df is not above 1, or p not between 0 and 1
 * @see Copenhaver and Holland (1988), Journal of Statistical Computation and Simulation 30(1), 1–15
 *
 * @example
 * studentizedRange(3).upperP(3.506426, 27) // => 0.05000
 * @example
 * studentizedRange(3).quantile(0.95, 27) // => 3.50643
 */
export function studentizedRange(groups: number): StudentizedRange {
  if (!(Number.isInteger(groups) && groups >= 2))
    throw new RangeError('studentizedRange requires at least two groups, in whole numbers');
  const table = rangeTable(groups);

  const lowerP = (q: number, df: number): number => {
    if (!(q >= 0 && Number.isFinite(q))) throw new RangeError('studentizedRange requires a range of at least 0');
    if (!(df > 1)) throw new RangeError('studentizedRange requires degrees of freedom above 1');
    if (q === 0) return 0;
    if (df >= DF_MANY) return lookUp(table, q);
    // In u = ln s the density of s is smooth and nearly normal around 0, with a spread of 1 / √(2 df).
    const spread = 1 / Math.sqrt(2 * df);
    const constant = Math.log(2) + (df / 2) * Math.log(df / 2) - lnGamma(df / 2);
    const [from, to] = [-12 * spread - (df < 10 ? 2.5 : 0), Math.min(3, 9 * spread)];
    const steps = 160;
    const width = (to - from) / steps;
    let sum = 0;
    for (let i = 0; i <= steps; i++) {
      const u = from + i * width;
      const density = Math.exp(constant + df * u - (df / 2) * Math.exp(2 * u));
      sum += (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2) * density * lookUp(table, q * Math.exp(u));
    }
    return Math.min(1, Math.max(0, (sum * width) / 3));
  };

  return {
    upperP: (q, df) => 1 - lowerP(q, df),
    quantile: (p, df) => {
      if (!(p > 0 && p < 1)) throw new RangeError('studentizedRange requires a probability between 0 and 1');
      let [low, high] = [0, 8];
      for (let doubling = 0; doubling < HALVINGS && lowerP(high, df) < p; doubling++) [low, high] = [high, high * 2];
      for (let halving = 0; halving < HALVINGS && high - low > 1e-9; halving++) {
        const middle = (low + high) / 2;
        if (lowerP(middle, df) < p) low = middle;
        else high = middle;
      }
      return (low + high) / 2;
    },
  };
}

/** P(range < w) of as many standard normals, for w from 0 in equal steps. */
function rangeTable(groups: number): Float64Array {
  // The same grid for z and w, so that every Φ is taken once.
  const cells = Math.round((8 + RANGE_MAX + 8) / STEP);
  const lower = Float64Array.from({ length: cells + 1 }, (_, i) => normalLowerP(-8 - RANGE_MAX + i * STEP));
  const offset = Math.round(RANGE_MAX / STEP);
  const zs = Math.round(16 / STEP);
  const density = Float64Array.from(
    { length: zs + 1 },
    (_, i) => (STEP * Math.exp(-((-8 + i * STEP) ** 2) / 2)) / Math.sqrt(2 * Math.PI),
  );
  return Float64Array.from({ length: offset + 1 }, (_, w) => {
    let sum = 0;
    // The trapezoid rule is as good as exact here: the density has vanished at both ends.
    for (let i = 0; i <= zs; i++) sum += density[i]! * (lower[offset + i]! - lower[offset + i - w]!) ** (groups - 1);
    return Math.min(1, groups * sum);
  });
}

/** Between two entries by the cubic through the four around them. */
function lookUp(table: Float64Array, w: number): number {
  const place = w / STEP;
  const below = Math.floor(place);
  if (below >= table.length - 2) return 1;
  if (below < 1) return table[below]! + (place - below) * (table[below + 1]! - table[below]!);
  const t = place - below;
  const [a, b, c, d] = [table[below - 1]!, table[below]!, table[below + 1]!, table[below + 2]!];
  return b + (t / 2) * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}
