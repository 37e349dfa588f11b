const iterationsMax = 1000;
const settled = 1e-20;

/**
 * Places things on a map so that their distances there are as like the given ones as two dimensions allow (classical
 * scaling, by power iteration from a fixed start). The same distances give the same map.
 *
 * @param distances size × size, symmetric, 0 on the diagonal
 * @returns x and y of each, from −1 to 1 with the farthest at 1; all 0 where nothing is apart
 * @see Torgerson (1952), Psychometrika 17(4), 401–419
 *
 * @example
 * mapPlaces(Float64Array.of(0), 1) // => [[0, 0]]
 */
export function mapPlaces(distances: Float64Array, size: number): [x: number, y: number][] {
  const centred = doubleCentred(distances, size);
  const xs = leadingAxis(centred, size);
  deflate(centred, xs, size);
  const ys = leadingAxis(centred, size);
  let farthest = 0;
  for (const value of [...xs, ...ys]) farthest = Math.max(farthest, Math.abs(value));
  const scaled = (value: number) => (farthest > 0 ? value / farthest + 0 : 0);
  return Array.from(xs, (x, i) => [scaled(x), scaled(ys[i]!)]);
}

function doubleCentred(distances: Float64Array, size: number): Float64Array {
  const means = new Float64Array(size);
  let mean = 0;
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) means[a]! += distances[a * size + b]! ** 2 / size;
    mean += means[a]! / size;
  }
  const centred = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      centred[a * size + b] = -(distances[a * size + b]! ** 2 - means[a]! - means[b]! + mean) / 2;
    }
  }
  return centred;
}

/** The eigenvector of the largest eigenvalue, as long as its root; 0 where no eigenvalue is positive. */
function leadingAxis(matrix: Float64Array, size: number): Float64Array {
  // A shift makes the largest eigenvalue the largest in size too.
  let shift = 0;
  for (let a = 0; a < size; a++) {
    let sum = 0;
    for (let b = 0; b < size; b++) sum += Math.abs(matrix[a * size + b]!);
    shift = Math.max(shift, sum);
  }
  let axis = Float64Array.from({ length: size }, (_, a) => 1 / (a + 1) - (a % 2) / 3);
  let value = 0;
  for (let iteration = 0; iteration < iterationsMax && shift > 0; iteration++) {
    const next = new Float64Array(size);
    let squares = 0;
    for (let a = 0; a < size; a++) {
      let sum = shift * axis[a]!;
      for (let b = 0; b < size; b++) sum += matrix[a * size + b]! * axis[b]!;
      next[a] = sum;
      squares += sum * sum;
    }
    const length = Math.sqrt(squares);
    if (length === 0) break;
    let moved = 0;
    for (let a = 0; a < size; a++) {
      next[a]! /= length;
      moved += (next[a]! - axis[a]!) ** 2;
    }
    axis = next;
    value = length - shift;
    if (moved < settled) break;
  }
  if (value <= 1e-9 * shift || shift === 0) return new Float64Array(size);
  const largest = axis.reduce((best, x) => (Math.abs(x) > Math.abs(best) + 1e-9 ? x : best), 0);
  return axis.map((x) => x * Math.sqrt(value) * (largest < 0 ? -1 : 1));
}

function deflate(matrix: Float64Array, axis: Float64Array, size: number): void {
  for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) matrix[a * size + b]! -= axis[a]! * axis[b]!;
}
