/** A matrix in compressed rows with real entries: row i owns entries `starts[i]` to `starts[i + 1]` (exclusive). */
export type SparseMatrix = {
  rows: number;
  columns: number;
  starts: Int32Array;
  column: Int32Array;
  value: Float64Array;
};

const oversampling = 8;
const jacobiSweepsMax = 30;

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

/** Eigenvalues in descending order and the eigenvectors in columns, by Jacobi's rotations. */
function eigenSymmetric(
  symmetric: Float64Array,
  size: number,
): { eigenvalues: Float64Array; eigenvectors: Float64Array } {
  const a = Float64Array.from(symmetric);
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i++) vectors[i * size + i] = 1;

  for (let sweep = 0; sweep < jacobiSweepsMax && !isDiagonal(a, size); sweep++) {
    for (let i = 0; i < size; i++) {
      for (let j = i + 1; j < size; j++) {
        const off = a[i * size + j]!;
        if (Math.abs(off) < 1e-300) continue;
        const ratio = (a[j * size + j]! - a[i * size + i]!) / (2 * off);
        const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1));
        const cosine = 1 / Math.sqrt(tangent * tangent + 1);
        rotate(a, i, j, size, size, cosine, tangent * cosine);
        rotate(a, i * size, j * size, 1, size, cosine, tangent * cosine);
        rotate(vectors, i, j, size, size, cosine, tangent * cosine);
      }
    }
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((x, y) => a[y * size + y]! - a[x * size + x]!);
  const eigenvalues = Float64Array.from(order, (i) => a[i * size + i]!);
  const eigenvectors = new Float64Array(size * size);
  order.forEach((from, to) => {
    for (let i = 0; i < size; i++) eigenvectors[i * size + to] = vectors[i * size + from]!;
  });
  return { eigenvalues, eigenvectors };
}

function isDiagonal(a: Float64Array, size: number): boolean {
  let off = 0;
  let diagonal = 0;
  for (let i = 0; i < size; i++) {
    diagonal += a[i * size + i]! ** 2;
    for (let j = i + 1; j < size; j++) off += a[i * size + j]! ** 2;
  }
  return off <= 1e-18 * diagonal;
}

function rotate(
  a: Float64Array,
  first: number,
  second: number,
  step: number,
  size: number,
  cosine: number,
  sine: number,
): void {
  for (let k = 0; k < size; k++) {
    const x = a[first + k * step]!;
    const y = a[second + k * step]!;
    a[first + k * step] = cosine * x - sine * y;
    a[second + k * step] = sine * x + cosine * y;
  }
}
