import { choleskyFactor, choleskySolve } from './cholesky.ts';
import { correlationFactor } from './covariance-matrix.ts';
import { chiSquareUpperP } from './distributions.ts';
import { eigenSymmetric } from './eigen-symmetric.ts';

/** How factors are found: by maximum likelihood, or so that the squared residual correlations are least (minres). */
export type FactorMethod = 'ml' | 'minres';

/** Factors as plain data. */
export type FactorFit = {
  method: FactorMethod;
  /** Items × factors, not rotated; the first factor explains most. */
  loadings: number[][];
  /** What of each item's variance no factor shares, 0.005 to 1. */
  uniquenesses: number[];
  /** Maximum likelihood only: the discrepancy times n is chi-square, where the factors explain everything shared. */
  discrepancy: number;
  degreesOfFreedom: number;
  iterations: number;
  converged: boolean;
  /** True when an item has hit the floor of its uniqueness (Heywood case): its loadings are not to be believed. */
  isImproper: boolean;
};

/** Below this an item would have nothing of its own. */
const UNIQUENESS_MIN = 0.005;
const ITERATIONS_MAX = 500;
const HALVINGS_MAX = 30;
const TOLERANCE = 1e-9;

/**
 * Exploratory factor analysis: loadings and uniquenesses that come nearest to the correlations.
 *
 *   correlations ≈ loadings loadingsᵀ + diag(uniquenesses)
 *
 * Newton steps over the uniquenesses alone, since the best loadings follow from them (Jöreskog).
 *
 * @param correlations items × items, row by row
 * @param factors how many, at least one
 * @throws {RangeError} when there are too few items for so many factors, or the correlations cannot be factored: items
 *   that repeat each other, or more items than people
 * @see Jöreskog (1967), Psychometrika 32, 443–482; Harman and Jones (1966), Psychometrika 31, 351–368
 *
 * @example
 * fitFactors(Float64Array.of(1, 0.72, 0.63, 0.72, 1, 0.56, 0.63, 0.56, 1), 3, 1).loadings // => [[0.9], [0.8], [0.7]]
 */
export function fitFactors(
  correlations: Float64Array,
  items: number,
  factors: number,
  method: FactorMethod = 'ml',
): FactorFit {
  if (!(Number.isInteger(factors) && factors >= 1)) throw new RangeError('fitFactors requires at least one factor');
  const degreesOfFreedom = ((items - factors) ** 2 - items - factors) / 2;
  if (degreesOfFreedom < 0)
    throw new RangeError(`${items} items are too few for ${factors} ${factors === 1 ? 'factor' : 'factors'}`);
  const start = startingUniquenesses(correlations, items);

  const model = method === 'ml' ? likelihood(correlations, items, factors) : residuals(correlations, items, factors);
  let uniquenesses = start;
  let step = model(uniquenesses);
  let iterations = 0;
  let converged = false;
  while (iterations < ITERATIONS_MAX && !converged) {
    iterations += 1;
    const { gradient, curvature } = step;
    const isFree = uniquenesses.map(
      (value, i) => !(value <= UNIQUENESS_MIN && gradient[i]! > 0) && !(value >= 1 && gradient[i]! < 0),
    );
    const steepest = gradient.reduce((most, slope, i) => (isFree[i] ? Math.max(most, Math.abs(slope)) : most), 0);
    if (steepest < TOLERANCE) {
      converged = true;
      break;
    }
    const direction = newtonStep(gradient, curvature, isFree, items);
    let size = 1;
    let next = step;
    let moved = uniquenesses;
    for (let halving = 0; halving < HALVINGS_MAX; halving += 1, size /= 2) {
      moved = uniquenesses.map((value, i) => {
        const target =
          method === 'ml'
            ? value * Math.exp(-Math.max(-2, Math.min(2, size * direction[i]!)))
            : value - size * direction[i]!;
        return Math.min(1, Math.max(UNIQUENESS_MIN, target));
      });
      next = model(moved);
      if (next.value <= step.value) break;
    }
    const gained = step.value - next.value;
    if (!(gained >= 0)) {
      // No shorter step gets lower: this is the bottom as far as numbers tell.
      converged = steepest < 1e-5;
      break;
    }
    const shift = moved.reduce((most, value, i) => Math.max(most, Math.abs(value - uniquenesses[i]!)), 0);
    uniquenesses = moved;
    step = next;
    if (shift < 1e-10) converged = true;
  }

  return {
    method,
    loadings: signed(model(uniquenesses).loadings(), items, factors),
    uniquenesses: [...uniquenesses],
    discrepancy: step.value,
    degreesOfFreedom,
    iterations,
    converged,
    isImproper: uniquenesses.some((value) => value <= UNIQUENESS_MIN),
  };
}

/**
 * Whether the factors of a maximum likelihood fit leave no more than chance: Bartlett's corrected chi-square.
 *
 * @param n how many people
 * @returns p is null without degrees of freedom
 *
 * @example
 * factorChiSquare({ discrepancy: 0.06, degreesOfFreedom: 4 }, { n: 112, items: 6, factors: 2 }).chiSquare // => 6.41
 */
export function factorChiSquare(
  { discrepancy, degreesOfFreedom }: Pick<FactorFit, 'discrepancy' | 'degreesOfFreedom'>,
  { n, items, factors }: { n: number; items: number; factors: number },
): { chiSquare: number; p: number | null } {
  const chiSquare = (n - 1 - (2 * items + 5) / 6 - (2 * factors) / 3) * discrepancy;
  return { chiSquare, p: degreesOfFreedom > 0 ? chiSquareUpperP(Math.max(0, chiSquare), degreesOfFreedom) : null };
}

type Step = { value: number; gradient: number[]; curvature: Float64Array; loadings: () => number[][] };

/** (1 − factors / (2 items)) / the diagonal of the inverse, as is usual. */
function startingUniquenesses(correlations: Float64Array, items: number): number[] {
  const factor = correlationFactor(correlations, items);
  if (!factor)
    throw new RangeError(
      'These items cannot be told apart: some repeat each other, or there are more items than people. Leave the repeated ones out',
    );
  return Array.from({ length: items }, (_, i) => {
    const unit = new Float64Array(items);
    unit[i] = 1;
    return Math.min(0.95, Math.max(0.05, 0.8 / choleskySolve(factor, unit, items)[i]!));
  });
}

/** In the logarithms of the uniquenesses, which keeps them above 0. */
const likelihood =
  (correlations: Float64Array, items: number, factors: number) =>
  (uniquenesses: number[]): Step => {
    const roots = uniquenesses.map(Math.sqrt);
    const scaled = correlations.map((value, at) => value / (roots[Math.floor(at / items)]! * roots[at % items]!));
    const { eigenvalues, eigenvectors } = eigenSymmetric(scaled, items);
    let value = 0;
    for (let m = factors; m < items; m++) value += eigenvalues[m]! - Math.log(Math.max(eigenvalues[m]!, 1e-300)) - 1;
    const loadings = () =>
      Array.from({ length: items }, (_, i) =>
        Array.from(
          { length: factors },
          (_, m) => roots[i]! * eigenvectors[i * items + m]! * Math.sqrt(Math.max(0, eigenvalues[m]! - 1)),
        ),
      );
    const gradient = loadings().map((row, i) => {
      const modelled = row.reduce((sum, loading) => sum + loading * loading, 0) + uniquenesses[i]!;
      return (modelled - correlations[i * items + i]!) / uniquenesses[i]!;
    });
    return { value, gradient, curvature: outsideSquared(eigenvectors, items, factors), loadings };
  };

const residuals =
  (correlations: Float64Array, items: number, factors: number) =>
  (uniquenesses: number[]): Step => {
    const reduced = Float64Array.from(correlations);
    for (let i = 0; i < items; i++) reduced[i * items + i]! -= uniquenesses[i]!;
    const { eigenvalues, eigenvectors } = eigenSymmetric(reduced, items);
    // What the kept factors cannot take up counts; a negative eigenvalue among them has no loading.
    const left = eigenvalues.map((value, m) => (m < factors ? Math.min(0, value) : value));
    let value = 0;
    for (const one of left) value += (one * one) / 2;
    const gradient = uniquenesses.map((_, i) =>
      left.reduce((sum, one, m) => sum - one * eigenvectors[i * items + m]! ** 2, 0),
    );
    const loadings = () =>
      Array.from({ length: items }, (_, i) =>
        Array.from(
          { length: factors },
          (_, m) => eigenvectors[i * items + m]! * Math.sqrt(Math.max(0, eigenvalues[m]!)),
        ),
      );
    return { value, gradient, curvature: outsideSquared(eigenvectors, items, factors), loadings };
  };

/** The squares of what lies outside the factors' space: near the solution, how the slope changes. */
function outsideSquared(eigenvectors: Float64Array, items: number, factors: number): Float64Array {
  const result = new Float64Array(items * items);
  for (let i = 0; i < items; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let m = factors; m < items; m++) sum += eigenvectors[i * items + m]! * eigenvectors[j * items + m]!;
      result[i * items + j] = sum * sum;
      result[j * items + i] = sum * sum;
    }
  }
  return result;
}

/** The step that would reach the bottom of a bowl, over the items that may move. */
function newtonStep(gradient: number[], curvature: Float64Array, isFree: boolean[], items: number): Float64Array {
  const matrix = Float64Array.from(curvature);
  const wanted = Float64Array.from(gradient, (slope, i) => (isFree[i] ? slope : 0));
  for (let i = 0; i < items; i++) {
    for (let j = 0; j < items; j++) if (i !== j && !(isFree[i] && isFree[j])) matrix[i * items + j] = 0;
    matrix[i * items + i]! += 1e-9;
    if (!isFree[i]) matrix[i * items + i] = 1;
  }
  const factor = choleskyFactor(matrix, items);
  return factor ? choleskySolve(factor, wanted, items) : wanted;
}

/** Turned so that each factor has a sum of loadings that is not negative. */
function signed(loadings: number[][], items: number, factors: number): number[][] {
  const signs = Array.from({ length: factors }, (_, m) => {
    let sum = 0;
    for (let i = 0; i < items; i++) sum += loadings[i]![m]!;
    return sum < 0 ? -1 : 1;
  });
  return loadings.map((row) => row.map((loading, m) => loading * signs[m]!));
}
