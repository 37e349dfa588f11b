import { choleskyFactor } from './cholesky.ts';
import { requireFinite } from './finite.ts';

/**
 * The covariances of columns, divided by n − 1.
 *
 * @param rows respondents × columns, no value missing
 * @returns size × size, row by row
 * @throws {RangeError} for fewer than two rows, no columns, ragged rows, or a value that is not finite
 *
 * @example
 * covarianceMatrix([[1, 2], [2, 4], [3, 6]]) // => Float64Array [1, 2, 2, 4]
 */
export function covarianceMatrix(rows: readonly (readonly number[])[]): Float64Array {
  const size = rows[0]?.length ?? 0;
  if (rows.length < 2) throw new RangeError('covarianceMatrix requires at least two rows');
  if (size === 0) throw new RangeError('covarianceMatrix requires at least one column');
  const means = new Float64Array(size);
  for (const row of rows) {
    if (row.length !== size) throw new RangeError('covarianceMatrix requires the same columns in every row');
    requireFinite(row, 'covarianceMatrix');
    for (let i = 0; i < size; i++) means[i]! += row[i]!;
  }
  for (let i = 0; i < size; i++) means[i]! /= rows.length;

  const matrix = new Float64Array(size * size);
  const centred = new Float64Array(size);
  for (const row of rows) {
    for (let i = 0; i < size; i++) centred[i] = row[i]! - means[i]!;
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) matrix[i * size + j]! += centred[i]! * centred[j]!;
    }
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = matrix[i * size + j]! / (rows.length - 1);
      matrix[i * size + j] = value;
      matrix[j * size + i] = value;
    }
  }
  return matrix;
}

/**
 * Covariances as correlations.
 *
 * @param covariances size × size, row by row
 * @returns null when a column does not vary
 *
 * @example
 * asCorrelations(Float64Array.of(4, 3, 3, 9), 2) // => Float64Array [1, 0.5, 0.5, 1]
 */
export function asCorrelations(covariances: Float64Array, size: number): Float64Array | null {
  const deviations = Float64Array.from({ length: size }, (_, i) => Math.sqrt(covariances[i * size + i]!));
  if (deviations.some((deviation) => !(deviation > 0))) return null;
  return Float64Array.from(covariances, (value, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return i === j ? 1 : Math.max(-1, Math.min(1, value / (deviations[i]! * deviations[j]!)));
  });
}

/** A column of which less than this is its own repeats the others, as far as numbers tell. */
const OWN_MIN = 1e-9;

/**
 * Cholesky's factor of correlations.
 *
 * @returns null when a column follows from the others: one repeats another, or there are more columns than people
 *
 * @example
 * correlationFactor(Float64Array.of(1, 1, 1, 1), 2) // => null
 */
export function correlationFactor(correlations: Float64Array, size: number): Float64Array | null {
  const factor = choleskyFactor(correlations, size);
  if (!factor) return null;
  for (let i = 0; i < size; i++) if (factor[i * size + i]! ** 2 < OWN_MIN) return null;
  return factor;
}
