import { requireFinite } from './finite.ts';

/**
 * How many equally weighted answers would know as much as these weighted ones (Kish).
 *
 *   n effective = (sum of weights)² / sum of squared weights
 *
 * @param weights one for each respondent, at least 0; their unit does not matter
 * @returns at most the number of weights; 0 when there are none or all are 0
 * @throws {RangeError} when a weight is negative or not finite
 * @see Kish (1965), Survey Sampling, section 11.7
 *
 * @example
 * effectiveN([1, 1, 2]) // => 2.66667
 */
export function effectiveN(weights: readonly number[]): number {
  requireFinite(weights, 'effectiveN');
  let sum = 0;
  let squares = 0;
  for (const weight of weights) {
    if (weight < 0) throw new RangeError('effectiveN requires weights of at least 0');
    sum += weight;
    squares += weight ** 2;
  }
  return squares === 0 ? 0 : sum ** 2 / squares;
}
