import { choleskyFactor, choleskyInverse } from './cholesky.ts';
import { eigenSymmetric } from './eigen-symmetric.ts';

/** Loadings turned so that each item speaks for few factors. */
export type RotatedFactors = {
  /** Items × factors, ordered by what they explain; the pattern, where factors may correlate. */
  loadings: number[][];
  /** Factors × factors; the identity after varimax. */
  correlations: number[][];
};

const ITERATIONS_MAX = 1000;
const TOLERANCE = 1e-10;

/**
 * Varimax with Kaiser's normalisation: factors stay at right angles, and the squared loadings of each are as unequal as
 * can be.
 *
 * @param loadings items × factors
 * @see Kaiser (1958), Psychometrika 23, 187–200
 *
 * @example
 * varimax([[0.6, 0.6], [0.5, 0.5], [0.6, -0.6]]).loadings // => [[0.848528, 0], [0.707107, 0], [0, 0.848528]]
 */
export function varimax(loadings: readonly (readonly number[])[]): RotatedFactors {
  const turned = turnedByVarimax(loadings);
  return arranged(turned, identity(turned[0]?.length ?? 0));
}

/**
 * Promax: from varimax, factors may lean towards each other so that small loadings become smaller still.
 *
 * @param loadings items × factors
 * @param power how strongly large loadings are held against small ones, 4 unless told
 * @see Hendrickson and White (1964), British Journal of Statistical Psychology 17, 65–70
 * @throws {RangeError} when two factors cannot be told apart
 */
export function promax(loadings: readonly (readonly number[])[], power = 4): RotatedFactors {
  const start = turnedByVarimax(loadings);
  const factors = start[0]?.length ?? 0;
  if (factors < 2) return arranged(start, identity(factors));
  const products = new Float64Array(factors * factors);
  const towards = new Float64Array(factors * factors);
  for (const row of start) {
    for (let a = 0; a < factors; a++) {
      for (let b = 0; b < factors; b++) {
        products[a * factors + b]! += row[a]! * row[b]!;
        towards[a * factors + b]! += row[a]! * row[b]! * Math.abs(row[b]!) ** (power - 1);
      }
    }
  }
  let leaning = multiply(inverse(products, factors), towards, factors);
  const scale = inverse(multiply(transposed(leaning, factors), leaning, factors), factors);
  leaning = leaning.map((value, at) => value * Math.sqrt(scale[(at % factors) * factors + (at % factors)]!));
  const correlations = inverse(multiply(transposed(leaning, factors), leaning, factors), factors);
  return arranged(
    start.map((row) =>
      Array.from({ length: factors }, (_, b) =>
        row.reduce((sum, value, a) => sum + value * leaning[a * factors + b]!, 0),
      ),
    ),
    Array.from({ length: factors }, (_, a) => Array.from(correlations.slice(a * factors, (a + 1) * factors))),
  );
}

function turnedByVarimax(loadings: readonly (readonly number[])[]): number[][] {
  const factors = loadings[0]?.length ?? 0;
  const lengths = loadings.map((row) => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)));
  const turned = loadings.map((row, i) => row.map((value) => (lengths[i]! > 0 ? value / lengths[i]! : 0)));
  let largest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ITERATIONS_MAX && largest > TOLERANCE; round++) {
    largest = 0;
    for (let a = 0; a < factors; a++) {
      for (let b = a + 1; b < factors; b++) largest = Math.max(largest, Math.abs(turnPair(turned, a, b)));
    }
  }
  return turned.map((row, i) => row.map((value) => value * lengths[i]!));
}

/** Turns two factors in their plane to where the criterion is highest; gives the angle, in radians. */
function turnPair(loadings: number[][], a: number, b: number): number {
  let [sumU, sumV, squares, products] = [0, 0, 0, 0];
  for (const row of loadings) {
    const u = row[a]! ** 2 - row[b]! ** 2;
    const v = 2 * row[a]! * row[b]!;
    sumU += u;
    sumV += v;
    squares += u * u - v * v;
    products += 2 * u * v;
  }
  const over = products - (2 * sumU * sumV) / loadings.length;
  const under = squares - (sumU * sumU - sumV * sumV) / loadings.length;
  if (Math.hypot(over, under) < 1e-14) return 0;
  const angle = Math.atan2(over, under) / 4;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  for (const row of loadings) [row[a], row[b]] = [row[a]! * cosine + row[b]! * sine, row[b]! * cosine - row[a]! * sine];
  return angle;
}

/** Strongest first, each turned so that its loadings do not sum to less than 0. */
function arranged(loadings: number[][], correlations: number[][]): RotatedFactors {
  const factors = correlations.length;
  const column = (m: number) => loadings.map((row) => row[m]!);
  const order = Array.from({ length: factors }, (_, m) => ({
    m,
    strength: column(m).reduce((sum, value) => sum + value * value, 0),
    sign: column(m).reduce((sum, value) => sum + value, 0) < 0 ? -1 : 1,
  })).sort((a, b) => b.strength - a.strength);
  return {
    loadings: loadings.map((row) => order.map(({ m, sign }) => row[m]! * sign)),
    correlations: order.map((a) => order.map((b) => correlations[a.m]![b.m]! * a.sign * b.sign)),
  };
}

const identity = (size: number): number[][] =>
  Array.from({ length: size }, (_, a) => Array.from({ length: size }, (_, b) => (a === b ? 1 : 0)));

const transposed = (matrix: Float64Array, size: number): Float64Array =>
  matrix.map((_, at) => matrix[(at % size) * size + Math.floor(at / size)]!);

function multiply(left: Float64Array, right: Float64Array, size: number): Float64Array {
  return left.map((_, at) => {
    const [row, column] = [Math.floor(at / size), at % size];
    let sum = 0;
    for (let k = 0; k < size; k++) sum += left[row * size + k]! * right[k * size + column]!;
    return sum;
  });
}

function inverse(matrix: Float64Array, size: number): Float64Array {
  const factor = choleskyFactor(matrix, size);
  if (!factor || eigenSymmetric(matrix, size).eigenvalues[size - 1]! < 1e-12)
    throw new RangeError('Two of the factors cannot be told apart: ask for fewer');
  return choleskyInverse(factor, size);
}
