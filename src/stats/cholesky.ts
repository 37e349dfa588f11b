/**
 * Small dense symmetric systems by Cholesky's factor. Matrices are square, row by row in one Float64Array; only the
 * lower triangle of an input is read.
 */

/**
 * The lower triangular L with L Lᵀ = matrix.
 *
 * @param into where L is written, a new array unless given; may be the matrix itself. Above the diagonal it is left as it was
 * @returns null when the matrix is not positive definite
 *
 * @example
 * choleskyFactor(Float64Array.of(4, 0, 2, 10), 2) // => Float64Array [2, 0, 1, 3]
 */
export function choleskyFactor(
  matrix: Float64Array,
  size: number,
  into: Float64Array = new Float64Array(size * size),
): Float64Array | null {
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column]!;
      for (let k = 0; k < column; k++) sum -= into[row * size + k]! * into[column * size + k]!;
      if (row > column) into[row * size + column] = sum / into[column * size + column]!;
      else if (sum > 0) into[row * size + row] = Math.sqrt(sum);
      else return null;
    }
  }
  return into;
}

/**
 * Solves L Lᵀ x = b.
 *
 * @param factor as `choleskyFactor` gives it
 * @param into where x is written, a new array unless given; may be b itself
 *
 * @example
 * choleskySolve(Float64Array.of(2, 0, 1, 3), Float64Array.of(8, 22), 2) // => Float64Array [1, 2]
 */
export function choleskySolve(
  factor: Float64Array,
  b: Float64Array,
  size: number,
  into: Float64Array = new Float64Array(size),
): Float64Array {
  for (let row = 0; row < size; row++) {
    let sum = b[row]!;
    for (let k = 0; k < row; k++) sum -= factor[row * size + k]! * into[k]!;
    into[row] = sum / factor[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = into[row]!;
    for (let k = row + 1; k < size; k++) sum -= factor[k * size + row]! * into[k]!;
    into[row] = sum / factor[row * size + row]!;
  }
  return into;
}

/**
 * The inverse of L Lᵀ, both triangles filled.
 *
 * @param into where it is written, a new array unless given; not the factor itself
 *
 * @example
 * choleskyInverse(Float64Array.of(2, 0, 1, 3), 2) // => Float64Array [0.277778, -0.0555556, -0.0555556, 0.111111]
 */
export function choleskyInverse(
  factor: Float64Array,
  size: number,
  into: Float64Array = new Float64Array(size * size),
): Float64Array {
  // The inverse of L, transposed, goes into the upper triangle; the products of its rows are the answer.
  for (let column = 0; column < size; column++) {
    into[column * size + column] = 1 / factor[column * size + column]!;
    for (let row = column + 1; row < size; row++) {
      let sum = 0;
      for (let k = column; k < row; k++) sum -= factor[row * size + k]! * into[column * size + k]!;
      into[column * size + row] = sum / factor[row * size + row]!;
    }
  }
  for (let row = 0; row < size; row++) {
    for (let column = row; column < size; column++) {
      let sum = 0;
      for (let k = column; k < size; k++) sum += into[row * size + k]! * into[column * size + k]!;
      into[row * size + column] = sum;
      into[column * size + row] = sum;
    }
  }
  return into;
}

/**
 * The natural logarithm of the determinant of L Lᵀ.
 *
 * @example
 * choleskyLogDeterminant(Float64Array.of(2, 0, 1, 3), 2) // => 3.583519
 */
export function choleskyLogDeterminant(factor: Float64Array, size: number): number {
  let sum = 0;
  for (let row = 0; row < size; row++) sum += Math.log(factor[row * size + row]!);
  return 2 * sum;
}
