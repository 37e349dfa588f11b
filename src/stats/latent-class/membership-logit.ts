import { choleskyFactor, choleskyInverse } from '../cholesky.ts';
import type { Patterns } from './patterns.ts';

/** A standardised covariate with less than that of its own follows from the others. */
const PIVOT_LEAST = 1e-5;

/**
 * The inverse of the weighted cross products of the covariates.
 *
 * @throws {RangeError} when one covariate follows from the others
 */
export function inverseDesign({ count, covariates, design, weights }: Patterns): Float64Array {
  const products = new Float64Array(covariates * covariates);
  for (let i = 0; i < count; i++) {
    for (let a = 0; a < covariates; a++) {
      for (let b = 0; b < covariates; b++) {
        const product = design[i * covariates + a]! * design[i * covariates + b]!;
        products[a * covariates + b]! += weights[i]! * product;
      }
    }
  }
  const factor = choleskyFactor(products, covariates);
  const least = PIVOT_LEAST * Math.sqrt(products[0]!);
  for (let a = 0; a < covariates; a++) {
    if (!factor || factor[a * covariates + a]! < least) {
      throw new RangeError('Some covariates follow from the others; leave one out');
    }
  }
  return choleskyInverse(factor!, covariates);
}

/**
 * One step of multinomial logistic regression of the class on the covariates, with the posteriors as the classes. Its
 * curvature is a bound that holds everywhere, so a step can never make the likelihood smaller.
 *
 * @see Böhning (1992), Annals of the Institute of Statistical Mathematics 44, 197–200
 */
export function membershipStep(
  { count, covariates, design, weights }: Patterns,
  {
    k,
    designInverse,
    at,
    next,
    posteriors,
    logShares,
  }: {
    k: number;
    designInverse: Float64Array;
    at: Float64Array;
    next: Float64Array;
    posteriors: Float64Array;
    logShares: Float64Array;
  },
): void {
  const others = k - 1;
  const gradient = new Float64Array(covariates * others);
  for (let i = 0; i < count; i++) {
    for (let c = 1; c < k; c++) {
      const surprise = weights[i]! * (posteriors[i * k + c]! - Math.exp(logShares[i * k + c]!));
      for (let v = 0; v < covariates; v++) gradient[v * others + c - 1]! += design[i * covariates + v]! * surprise;
    }
  }
  // The bound is (I − 11ᵀ/k) / 2 for the classes times the cross products; the inverse of the former is 2 (I + 11ᵀ).
  for (let v = 0; v < covariates; v++) {
    let sum = 0;
    for (let c = 0; c < others; c++) sum += gradient[v * others + c]!;
    for (let c = 0; c < others; c++) gradient[v * others + c] = 2 * (gradient[v * others + c]! + sum);
  }
  for (let v = 0; v < covariates; v++) {
    for (let c = 0; c < others; c++) {
      let step = 0;
      for (let u = 0; u < covariates; u++) step += designInverse[v * covariates + u]! * gradient[u * others + c]!;
      next[v * others + c] = at[v * others + c]! + step;
    }
  }
}
