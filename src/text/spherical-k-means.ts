/** Points on a sphere: rows × dimensions in row order, every row of length 1 (or 0 for a point without direction). */
export type Directions = { values: Float64Array; dimensions: number };

/** Brings every row to length 1 in place; rows of length 0 stay. */
export function normaliseRows({ values, dimensions }: Directions): void {
  for (let from = 0; from < values.length; from += dimensions) {
    let squares = 0;
    for (let t = 0; t < dimensions; t++) squares += values[from + t]! ** 2;
    const length = Math.sqrt(squares);
    if (length < 1e-12) continue;
    for (let t = 0; t < dimensions; t++) values[from + t]! /= length;
  }
}

const settledShare = 0.0005;

/**
 * Groups points by direction, starting from centres far from each other; the best of several starts.
 *
 * @param groups how many groups, at least 1
 * @param starts how many times to begin anew
 * @param iterationsMax rounds at most in each start
 * @param random numbers in [0, 1)
 * @returns the group of each point, 0 to groups − 1; some groups may be empty
 * @see Dhillon and Modha (2001), Machine Learning 42, 143–175; Arthur and Vassilvitskii (2007), SODA, 1027–1035
 */
export function sphericalKMeans(
  points: Directions,
  {
    groups,
    starts,
    iterationsMax,
    random,
  }: { groups: number; starts: number; iterationsMax: number; random: () => number },
): Int32Array {
  let best = new Int32Array(0);
  let bestFit = -Infinity;
  for (let start = 0; start < starts; start++) {
    const { labels, fit } = oneStart(points, groups, iterationsMax, random);
    if (fit > bestFit) [best, bestFit] = [labels, fit];
  }
  return best;
}

function oneStart(points: Directions, groups: number, iterationsMax: number, random: () => number) {
  const size = points.values.length / points.dimensions;
  const labels = new Int32Array(size).fill(-1);
  const centres = distantCentres(points, groups, random);
  let fit = 0;
  for (let iteration = 0; iteration < iterationsMax; iteration++) {
    const step = assignNearest(points, centres, labels);
    fit = step.fit;
    if (step.moved <= size * settledShare) break;
    moveCentres(points, centres, labels, random);
  }
  return { labels, fit };
}

function distantCentres({ values, dimensions }: Directions, groups: number, random: () => number): Float64Array {
  const size = values.length / dimensions;
  const centres = new Float64Array(groups * dimensions);
  const distance = new Float64Array(size).fill(2);
  let chosen = Math.floor(random() * size);
  for (let c = 0; c < groups; c++) {
    centres.set(values.subarray(chosen * dimensions, (chosen + 1) * dimensions), c * dimensions);
    let total = 0;
    for (let i = 0; i < size; i++) {
      const apart = Math.max(0, 2 - 2 * dot(values, i * dimensions, centres, c * dimensions, dimensions));
      if (apart < distance[i]!) distance[i] = apart;
      total += distance[i]!;
    }
    let left = random() * total;
    chosen = size - 1;
    for (let i = 0; i < size; i++) {
      left -= distance[i]!;
      if (left <= 0) {
        chosen = i;
        break;
      }
    }
  }
  return centres;
}

function assignNearest({ values, dimensions }: Directions, centres: Float64Array, labels: Int32Array) {
  const groups = centres.length / dimensions;
  let fit = 0;
  let moved = 0;
  for (let i = 0; i < labels.length; i++) {
    let nearest = 0;
    let closeness = -Infinity;
    for (let c = 0; c < groups; c++) {
      const cosine = dot(values, i * dimensions, centres, c * dimensions, dimensions);
      if (cosine > closeness) {
        closeness = cosine;
        nearest = c;
      }
    }
    if (labels[i] !== nearest) {
      labels[i] = nearest;
      moved++;
    }
    fit += closeness;
  }
  return { fit, moved };
}

function moveCentres(points: Directions, centres: Float64Array, labels: Int32Array, random: () => number): void {
  const { values, dimensions } = points;
  const sizes = new Int32Array(centres.length / dimensions);
  centres.fill(0);
  for (let i = 0; i < labels.length; i++) {
    const to = labels[i]! * dimensions;
    sizes[labels[i]!]!++;
    for (let t = 0; t < dimensions; t++) centres[to + t]! += values[i * dimensions + t]!;
  }
  for (let c = 0; c < sizes.length; c++) {
    if (sizes[c]! > 0) continue;
    const stray = Math.floor(random() * labels.length) * dimensions;
    centres.set(values.subarray(stray, stray + dimensions), c * dimensions);
  }
  normaliseRows({ values: centres, dimensions });
}

function dot(a: Float64Array, aStart: number, b: Float64Array, bStart: number, length: number): number {
  let sum = 0;
  for (let t = 0; t < length; t++) sum += a[aStart + t]! * b[bStart + t]!;
  return sum;
}
