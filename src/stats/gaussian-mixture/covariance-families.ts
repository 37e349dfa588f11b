import { choleskyFactor } from '../cholesky.ts';
import { eigenSymmetric } from '../eigen-symmetric.ts';

/**
 * What the groups of a mixture have in common. The letters stand for volume, shape and orientation of the clouds, each E
 * equal in all groups, V varying, or I: spheres for the shape, along the columns for the orientation.
 */
export const COVARIANCE_FAMILIES = ['EII', 'VII', 'EEI', 'VEI', 'EVI', 'VVI', 'EEE', 'VEV', 'VVV'] as const;
export type CovarianceFamily = (typeof COVARIANCE_FAMILIES)[number];

/** Whether the clouds lie along the columns, so that variances say everything. */
export function isDiagonal(family: CovarianceFamily): boolean {
  return family.endsWith('I');
}

/** How many numbers describe the covariances of k groups in p columns. */
export function covarianceParameters(family: CovarianceFamily, k: number, p: number): number {
  const turns = (p * (p - 1)) / 2;
  switch (family) {
    case 'EII':
      return 1;
    case 'VII':
      return k;
    case 'EEI':
      return p;
    case 'VEI':
      return k + p - 1;
    case 'EVI':
      return 1 + k * (p - 1);
    case 'VVI':
      return k * p;
    case 'EEE':
      return p + turns;
    case 'VEV':
      return k + p - 1 + k * turns;
    case 'VVV':
      return k * (p + turns);
  }
}

/** Squares and products around the centres, weighted: for each group p numbers for diagonal families, else p × p. */
export type Scatter = { k: number; p: number; weights: Float64Array; values: Float64Array };

const ROUNDS_MAX = 100;
const SETTLED = 1e-10;

/**
 * The most likely covariances of a family given the scatter of the groups, laid out as the scatter is.
 *
 * @param least the smallest variance allowed in each column; scatter below it is raised
 * @returns whether anything was raised, beside the covariances
 * @see Celeux and Govaert (1995), Pattern Recognition 28, 781–793
 */
export function estimateCovariances(
  family: CovarianceFamily,
  scatter: Scatter,
  least: Float64Array,
): { covariances: Float64Array; isRaised: boolean } {
  return isDiagonal(family) ? estimateVariances(family, scatter, least) : estimateFull(family, scatter, least);
}

function estimateVariances(family: CovarianceFamily, { k, p, weights, values }: Scatter, least: Float64Array) {
  let n = 0;
  for (let c = 0; c < k; c++) n += weights[c]!;
  const variances = new Float64Array(k * p);
  let isRaised = false;
  const raised = (value: number, floor: number) => {
    if (value >= floor) return value;
    isRaised = true;
    return floor;
  };
  let leastMean = 0;
  for (let j = 0; j < p; j++) leastMean += least[j]! / p;
  const sumOver = (c: number) => {
    let sum = 0;
    for (let j = 0; j < p; j++) sum += values[c * p + j]!;
    return sum;
  };

  if (family === 'EII' || family === 'VII') {
    let all = 0;
    for (let c = 0; c < k; c++) all += sumOver(c);
    for (let c = 0; c < k; c++) {
      const volume = family === 'EII' ? all / (n * p) : sumOver(c) / (weights[c]! * p);
      variances.fill(raised(volume, leastMean), c * p, (c + 1) * p);
    }
  } else if (family === 'EEI') {
    for (let j = 0; j < p; j++) {
      let sum = 0;
      for (let c = 0; c < k; c++) sum += values[c * p + j]!;
      const common = raised(sum / n, least[j]!);
      for (let c = 0; c < k; c++) variances[c * p + j] = common;
    }
  } else {
    for (let c = 0; c < k; c++) {
      for (let j = 0; j < p; j++) variances[c * p + j] = raised(values[c * p + j]! / weights[c]!, least[j]!);
    }
    if (family === 'EVI') equalVolumes(variances, weights, n, k, p);
    if (family === 'VEI') equalShapes(variances, weights, k, p);
  }
  return { covariances: variances, isRaised };
}

/** Shapes as they are, one volume for all: the mean of the groups' own. */
function equalVolumes(variances: Float64Array, weights: Float64Array, n: number, k: number, p: number): void {
  let common = 0;
  const volumes = Array.from({ length: k }, (_, c) => geometricMean(variances.subarray(c * p, (c + 1) * p)));
  for (let c = 0; c < k; c++) common += (weights[c]! * volumes[c]!) / n;
  for (let at = 0; at < k * p; at++) variances[at]! *= common / volumes[Math.floor(at / p)]!;
}

/** One shape for all and a volume for each, in turns, since either is known only when the other is. */
function equalShapes(variances: Float64Array, weights: Float64Array, k: number, p: number): void {
  const own = Float64Array.from(variances);
  const { shape, volumes } = alternate(own, weights, k, p);
  for (let c = 0; c < k; c++) for (let j = 0; j < p; j++) variances[c * p + j] = volumes[c]! * shape[j]!;
}

/** A shape with the product 1 and volumes that together come nearest to the groups' own variances along their axes. */
function alternate(own: Float64Array, weights: Float64Array, k: number, p: number) {
  const volumes = Float64Array.from({ length: k }, (_, c) => geometricMean(own.subarray(c * p, (c + 1) * p)));
  const shape = new Float64Array(p);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    for (let j = 0; j < p; j++) {
      shape[j] = 0;
      for (let c = 0; c < k; c++) shape[j]! += (weights[c]! * own[c * p + j]!) / volumes[c]!;
    }
    const size = geometricMean(shape);
    for (let j = 0; j < p; j++) shape[j]! /= size;
    let moved = 0;
    for (let c = 0; c < k; c++) {
      let volume = 0;
      for (let j = 0; j < p; j++) volume += own[c * p + j]! / shape[j]! / p;
      moved = Math.max(moved, Math.abs(volume / volumes[c]! - 1));
      volumes[c] = volume;
    }
    if (moved < SETTLED) break;
  }
  return { shape, volumes };
}

function estimateFull(family: CovarianceFamily, { k, p, weights, values }: Scatter, least: Float64Array) {
  const size = p * p;
  const covariances = new Float64Array(k * size);
  let isRaised = false;
  if (family === 'EEE') {
    let n = 0;
    const common = new Float64Array(size);
    for (let c = 0; c < k; c++) {
      n += weights[c]!;
      for (let at = 0; at < size; at++) common[at]! += values[c * size + at]!;
    }
    for (let at = 0; at < size; at++) common[at]! /= n;
    isRaised = raise(common, p, least);
    for (let c = 0; c < k; c++) covariances.set(common, c * size);
    return { covariances, isRaised };
  }

  for (let c = 0; c < k; c++) {
    const own = values.slice(c * size, (c + 1) * size);
    for (let at = 0; at < size; at++) own[at]! /= weights[c]!;
    if (raise(own, p, least)) isRaised = true;
    covariances.set(own, c * size);
  }
  if (family === 'VEV') equalShapesTurned(covariances, weights, k, p);
  return { covariances, isRaised };
}

/** As `equalShapes`, with each group's own axes: the largest variances of all groups share a place in the shape. */
function equalShapesTurned(covariances: Float64Array, weights: Float64Array, k: number, p: number): void {
  const size = p * p;
  const axes = Array.from({ length: k }, (_, c) => eigenSymmetric(covariances.subarray(c * size, (c + 1) * size), p));
  const own = new Float64Array(k * p);
  for (const [c, { eigenvalues }] of axes.entries()) own.set(eigenvalues, c * p);
  const { shape, volumes } = alternate(own, weights, k, p);
  for (const [c, { eigenvectors }] of axes.entries()) {
    const along = Float64Array.from(shape, (length) => length * volumes[c]!);
    covariances.set(recompose(eigenvectors, along, p), c * size);
  }
}

/**
 * Raises a covariance matrix in place until no direction varies less than the least, with columns measured in units of
 * their least variance. Returns whether that was needed.
 */
function raise(matrix: Float64Array, p: number, least: Float64Array): boolean {
  const lowered = Float64Array.from(matrix);
  for (let j = 0; j < p; j++) lowered[j * p + j]! -= least[j]!;
  if (choleskyFactor(lowered, p)) return false;
  const scaled = matrix.map((value, at) => value / Math.sqrt(least[Math.floor(at / p)]! * least[at % p]!));
  const { eigenvalues, eigenvectors } = eigenSymmetric(scaled, p);
  const higher = recompose(
    eigenvectors,
    eigenvalues.map((value) => Math.max(1, value)),
    p,
  );
  for (let at = 0; at < p * p; at++) {
    matrix[at] = higher[at]! * Math.sqrt(least[Math.floor(at / p)]! * least[at % p]!);
  }
  return true;
}

function recompose(vectors: Float64Array, values: Float64Array, p: number): Float64Array {
  const matrix = new Float64Array(p * p);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let axis = 0; axis < p; axis++) sum += vectors[i * p + axis]! * values[axis]! * vectors[j * p + axis]!;
      matrix[i * p + j] = sum;
      matrix[j * p + i] = sum;
    }
  }
  return matrix;
}

function geometricMean(values: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < values.length; j++) sum += Math.log(values[j]!);
  return Math.exp(sum / values.length);
}
