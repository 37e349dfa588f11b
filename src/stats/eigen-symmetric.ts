const SWEEPS_MAX = 30;

/**
 * The eigenvalues of a symmetric matrix in descending order, and its eigenvectors in columns of length 1, by Jacobi's
 * rotations. The sign of a vector is arbitrary.
 *
 * @param symmetric size × size, row by row
 * @see Golub and Van Loan (2013), Matrix Computations, section 8.5
 *
 * @example
 * eigenSymmetric(Float64Array.of(2, 1, 1, 2), 2).eigenvalues // => Float64Array [3, 1]
 */
export function eigenSymmetric(
  symmetric: Float64Array,
  size: number,
): { eigenvalues: Float64Array; eigenvectors: Float64Array } {
  const a = Float64Array.from(symmetric);
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i++) vectors[i * size + i] = 1;

  for (let sweep = 0; sweep < SWEEPS_MAX && !isDiagonal(a, size); sweep++) {
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
  return off <= 1e-28 * diagonal;
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
