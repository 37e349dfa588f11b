import { eigenSymmetric } from '../stats/eigen-symmetric.ts';

/** A matrix in compressed rows with real entries: row i owns entries `starts[i]` to `starts[i + 1]` (exclusive). */
export type SparseMatrix = {
  rows: number;
  columns: number;
  starts: Int32Array;
  column: Int32Array;
  value: Float64Array;
};

const oversampling = 8;

/**
 * The rows of a sparse matrix in their leading dimensions, U × Σ of the singular value decomposition, by random
 * projection with power iteration.
 *
 * @param dimensions how many at most; fewer when the matrix is smaller
 * @param passes rounds of power iteration, 2 or 3
 * @param random numbers in [0, 1)
 * @returns rows × dimensions in row order, the strongest dimension first; the sign of a dimension is arbitrary
 * @see Halko, Martinsson and Tropp (2011), SIAM Review 53(2), 217–288
 */
export function leadingDimensions(
  matrix: SparseMatrix,
  { dimensions, passes, random }: { dimensions: number; passes: number; random: () => number },
): { values: Float64Array; dimensions: number } {
  const { rows, columns } = matrix;
  const width = Math.min(dimensions + oversampling, rows, columns);
  const used = Math.min(dimensions, width);

  let right: Float64Array = Float64Array.from({ length: columns * width }, () => random() + random() + random() - 1.5);
  let left: Float64Array = new Float64Array(0);
  for (let pass = 1; pass <= passes; pass++) {
    left = multiply(matrix, right, width);
    orthonormalise(left, width);
    right = multiplyTransposed(matrix, left, width);
    if (pass < passes) orthonormalise(right, width);
  }

  // The matrix is close to left × rightᵀ, so the eigenvectors of rightᵀ × right turn left into U, and Σ² are the values.
  const { eigenvalues, eigenvectors } = eigenSymmetric(gram(right, width), width);
  const values = new Float64Array(rows * used);
  for (let i = 0; i < rows; i++) {
    for (let t = 0; t < used; t++) {
      let sum = 0;
      for (let s = 0; s < width; s++) sum += left[i * width + s]! * eigenvectors[s * width + t]!;
      values[i * used + t] = sum * Math.sqrt(Math.max(0, eigenvalues[t]!));
    }
  }
  return { values, dimensions: used };
}

function multiply(matrix: SparseMatrix, right: Float64Array, width: number): Float64Array {
  const product = new Float64Array(matrix.rows * width);
  for (let i = 0; i < matrix.rows; i++) {
    const to = i * width;
    for (let j = matrix.starts[i]!; j < matrix.starts[i + 1]!; j++) {
      const value = matrix.value[j]!;
      const from = matrix.column[j]! * width;
      for (let t = 0; t < width; t++) product[to + t]! += value * right[from + t]!;
    }
  }
  return product;
}

function multiplyTransposed(matrix: SparseMatrix, left: Float64Array, width: number): Float64Array {
  const product = new Float64Array(matrix.columns * width);
  for (let i = 0; i < matrix.rows; i++) {
    const from = i * width;
    for (let j = matrix.starts[i]!; j < matrix.starts[i + 1]!; j++) {
      const value = matrix.value[j]!;
      const to = matrix.column[j]! * width;
      for (let t = 0; t < width; t++) product[to + t]! += value * left[from + t]!;
    }
  }
  return product;
}

function gram(tall: Float64Array, width: number): Float64Array {
  const products = new Float64Array(width * width);
  for (let from = 0; from < tall.length; from += width) {
    for (let a = 0; a < width; a++) {
      const value = tall[from + a]!;
      if (value === 0) continue;
      for (let b = a; b < width; b++) products[a * width + b]! += value * tall[from + b]!;
    }
  }
  for (let a = 0; a < width; a++) for (let b = 0; b < a; b++) products[a * width + b] = products[b * width + a]!;
  return products;
}

/** Makes the columns orthonormal in place, by the Cholesky factor of their products; dependent columns become zero. */
function orthonormalise(tall: Float64Array, width: number): void {
  const factor = gram(tall, width);
  let trace = 0;
  for (let a = 0; a < width; a++) trace += factor[a * width + a]!;
  const negligible = trace * 1e-12;

  for (let a = 0; a < width; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = factor[a * width + b]!;
      for (let s = 0; s < b; s++) sum -= factor[a * width + s]! * factor[b * width + s]!;
      if (a === b) factor[a * width + a] = sum > negligible ? Math.sqrt(sum) : 0;
      else factor[a * width + b] = factor[b * width + b] === 0 ? 0 : sum / factor[b * width + b]!;
    }
  }
  for (let from = 0; from < tall.length; from += width) {
    for (let a = 0; a < width; a++) {
      let sum = tall[from + a]!;
      for (let s = 0; s < a; s++) sum -= factor[a * width + s]! * tall[from + s]!;
      tall[from + a] = factor[a * width + a] === 0 ? 0 : sum / factor[a * width + a]!;
    }
  }
}
