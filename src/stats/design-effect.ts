import { effectiveN } from './effective-n.ts';

/** What weights cost: how much less the answers know for being counted unequally. */
export type DesignEffect = {
  n: number;
  /** How many equally weighted answers would know as much. */
  effectiveN: number;
  /** n / effective n, at least 1. */
  designEffect: number;
  /** Effective n / n, 0 to 1. */
  efficiency: number;
};

/**
 * Kish's design effect of weighting.
 *
 * @param weights one for each respondent who is counted, at least 0
 * @returns null when there are none or all are 0
 * @throws {RangeError} when a weight is negative or not finite
 * @see Kish (1992), Journal of Official Statistics 8(2), 183–200
 *
 * @example
 * designEffect([1, 1, 2]) // => { n: 3, effectiveN: 2.66667, designEffect: 1.125, efficiency: 0.88889 }
 */
export function designEffect(weights: readonly number[]): DesignEffect | null {
  const effective = effectiveN(weights);
  const n = weights.length;
  return effective === 0 ? null : { n, effectiveN: effective, designEffect: n / effective, efficiency: effective / n };
}
