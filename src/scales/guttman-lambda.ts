import { choleskyInverse } from '../stats/cholesky.ts';
import { asCorrelations, correlationFactor, covarianceMatrix } from '../stats/covariance-matrix.ts';
import { requireScores } from './complete-rows.ts';
import { sortedRows } from './sorted-rows.ts';

/**
 * Guttman's lower bounds of reliability, both at least as high as alpha where items differ in quality.
 *
 *   lambda 2 = 1 − (sum of variances − √(k / (k − 1) × sum of squared covariances off the diagonal)) / variance of totals
 *   lambda 6 = 1 − sum of error variances / sum of all correlations, where an item's error variance is what the other items cannot predict of it
 *
 * @param scores respondents × items; reversed items already turned, no answer missing
 * @returns lambda 2 is null when all totals are equal; lambda 6 when an item does not vary or items repeat each other
 * @throws {RangeError} for fewer than two respondents or items, or ragged rows
 * @see Guttman (1945), Psychometrika 10(4), 255–282
 *
 * @example
 * guttmanLambda([[2, 3, 3], [4, 4, 5], [1, 2, 1], [5, 5, 4]]) // => { lambda2: 0.95337, lambda6: 0.96493 }
 */
export function guttmanLambda(scores: readonly (readonly number[])[]): {
  lambda2: number | null;
  lambda6: number | null;
} {
  requireScores(scores, 'guttmanLambda');
  const k = scores[0]!.length;
  const covariances = covarianceMatrix(sortedRows(scores));
  let [total, variances, squares] = [0, 0, 0];
  covariances.forEach((value, at) => {
    total += value;
    if (at % (k + 1) === 0) variances += value;
    else squares += value * value;
  });
  const lambda2 = total > 1e-12 ? 1 - (variances - Math.sqrt((k / (k - 1)) * squares)) / total : null;

  const correlations = asCorrelations(covariances, k);
  const factor = correlations && correlationFactor(correlations, k);
  if (!correlations || !factor) return { lambda2, lambda6: null };
  const inverse = choleskyInverse(factor, k);
  const sum = correlations.reduce((all, value) => all + value, 0);
  let unpredicted = 0;
  for (let i = 0; i < k; i++) unpredicted += 1 / inverse[i * k + i]!;
  return { lambda2, lambda6: sum > 1e-12 ? 1 - unpredicted / sum : null };
}
