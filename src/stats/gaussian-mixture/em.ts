import { choleskyFactor, choleskyLogDeterminant } from '../cholesky.ts';
import type { DistinctRows } from '../distinct-rows.ts';
import { type CovarianceFamily, estimateCovariances, isDiagonal } from './covariance-families.ts';

/** A mixture: shares, means (k × p), and covariances as variances (k × p) for diagonal families, else k × p × p. */
export type Mixture = {
  k: number;
  p: number;
  isDiagonal: boolean;
  shares: Float64Array;
  means: Float64Array;
  covariances: Float64Array;
};

export type MixtureFit = {
  mixture: Mixture;
  logLikelihood: number;
  converged: boolean;
  iterations: number;
  /** Whether some variance had to be held at its least. */
  isRaised: boolean;
};

/** A group with less than that many rows has died out. */
const WEIGHT_LEAST = 1e-8;

/**
 * Expectation and maximisation in turns, from the probabilities given, which are written over.
 *
 * @param probabilities distinct rows × k
 * @param least the smallest variance allowed in each column
 * @returns null when a group dies out
 * @see McLachlan and Peel (2000), Finite Mixture Models, chapter 3
 */
export function climb(
  points: DistinctRows,
  probabilities: Float64Array,
  options: { k: number; family: CovarianceFamily; least: Float64Array; iterationsMax: number; tolerance: number },
): MixtureFit | null {
  const { k, family, least, iterationsMax, tolerance } = options;
  let before = Number.NEGATIVE_INFINITY;
  let fit: MixtureFit | null = null;
  for (let iteration = 1; iteration <= iterationsMax; iteration++) {
    const estimated = maximise(points, probabilities, k, family, least);
    if (!estimated) return null;
    const logLikelihood = expect(points, estimated.mixture, probabilities);
    if (logLikelihood === null) return null;
    const converged = Math.abs(logLikelihood - before) <= tolerance * Math.max(1, Math.abs(logLikelihood));
    fit = { ...estimated, logLikelihood, converged, iterations: iteration };
    if (converged) break;
    before = logLikelihood;
  }
  return fit;
}

function maximise(
  points: DistinctRows,
  probabilities: Float64Array,
  k: number,
  family: CovarianceFamily,
  least: Float64Array,
): { mixture: Mixture; isRaised: boolean } | null {
  const { count, width: p, values, weights } = points;
  const groupWeights = new Float64Array(k);
  const means = new Float64Array(k * p);
  let n = 0;
  for (let i = 0; i < count; i++) {
    n += weights[i]!;
    for (let c = 0; c < k; c++) {
      const weight = weights[i]! * probabilities[i * k + c]!;
      groupWeights[c]! += weight;
      for (let j = 0; j < p; j++) means[c * p + j]! += weight * values[i * p + j]!;
    }
  }
  for (let c = 0; c < k; c++) {
    if (!(groupWeights[c]! > WEIGHT_LEAST)) return null;
    for (let j = 0; j < p; j++) means[c * p + j]! /= groupWeights[c]!;
  }

  const diagonal = isDiagonal(family);
  const size = diagonal ? p : p * p;
  const scatter = new Float64Array(k * size);
  const centred = new Float64Array(p);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < k; c++) {
      const weight = weights[i]! * probabilities[i * k + c]!;
      if (weight < 1e-300) continue;
      const base = c * size;
      if (diagonal) {
        for (let j = 0; j < p; j++) {
          const difference = values[i * p + j]! - means[c * p + j]!;
          scatter[base + j]! += weight * difference * difference;
        }
      } else {
        for (let j = 0; j < p; j++) {
          centred[j] = values[i * p + j]! - means[c * p + j]!;
          const heavy = weight * centred[j]!;
          for (let l = 0; l <= j; l++) scatter[base + j * p + l]! += heavy * centred[l]!;
        }
      }
    }
  }
  if (!diagonal) {
    for (let c = 0; c < k; c++) {
      for (let j = 0; j < p; j++) {
        for (let l = 0; l < j; l++) scatter[c * size + l * p + j] = scatter[c * size + j * p + l]!;
      }
    }
  }
  const { covariances, isRaised } = estimateCovariances(
    family,
    { k, p, weights: groupWeights, values: scatter },
    least,
  );
  const shares = Float64Array.from(groupWeights, (weight) => weight / n);
  return { mixture: { k, p, isDiagonal: diagonal, shares, means, covariances }, isRaised };
}

/**
 * Fills in how likely each row is in each group.
 *
 * @returns the log-likelihood of all rows; null when a covariance matrix is not positive definite
 */
export function expect(points: DistinctRows, mixture: Mixture, probabilities: Float64Array): number | null {
  const { count, width: p, values, weights } = points;
  const { k, shares, means, covariances } = mixture;
  const size = mixture.isDiagonal ? p : p * p;
  /** For each group what a centred row is divided by, and the constant of its density. */
  const scales = new Float64Array(k * size);
  const constants = new Float64Array(k);
  for (let c = 0; c < k; c++) {
    const own = covariances.subarray(c * size, (c + 1) * size);
    let logDeterminant = 0;
    if (mixture.isDiagonal) {
      for (let j = 0; j < p; j++) {
        logDeterminant += Math.log(own[j]!);
        scales[c * p + j] = 1 / own[j]!;
      }
    } else {
      const factor = choleskyFactor(own, p);
      if (!factor) return null;
      logDeterminant = choleskyLogDeterminant(factor, p);
      for (let j = 0; j < p; j++) factor[j * p + j] = 1 / factor[j * p + j]!;
      scales.set(factor, c * size);
    }
    constants[c] = Math.log(shares[c]!) - (p * Math.log(2 * Math.PI) + logDeterminant) / 2;
  }

  let logLikelihood = 0;
  const solved = new Float64Array(p);
  const logs = new Float64Array(k);
  for (let i = 0; i < count; i++) {
    let most = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < k; c++) {
      const base = c * size;
      let distance = 0;
      for (let j = 0; j < p; j++) {
        let value = values[i * p + j]! - means[c * p + j]!;
        if (mixture.isDiagonal) distance += value * value * scales[base + j]!;
        else {
          for (let l = 0; l < j; l++) value -= scales[base + j * p + l]! * solved[l]!;
          value *= scales[base + j * p + j]!;
          solved[j] = value;
          distance += value * value;
        }
      }
      logs[c] = constants[c]! - distance / 2;
      if (logs[c]! > most) most = logs[c]!;
    }
    let sum = 0;
    for (let c = 0; c < k; c++) {
      logs[c] = Math.exp(logs[c]! - most);
      sum += logs[c]!;
    }
    for (let c = 0; c < k; c++) probabilities[i * k + c] = logs[c]! / sum;
    logLikelihood += weights[i]! * (most + Math.log(sum));
  }
  return Number.isFinite(logLikelihood) ? logLikelihood : null;
}
