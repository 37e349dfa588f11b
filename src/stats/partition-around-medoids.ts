/** Things with the distances between them, and how often each occurs. */
export type Pairwise = {
  count: number;
  /** count × count, symmetric, 0 on the diagonal. */
  distances: Float64Array;
  weights: Float64Array;
};

/** Medoids by ascending index, the group of each thing, and the sum of distances before and after exchanging. */
export type Medoids = {
  medoids: Int32Array;
  labels: Int32Array;
  built: number;
  swapped: number;
  converged: boolean;
};

/** A gain smaller than this share of the sum is rounding. */
const GAIN_LEAST = 1e-12;

/**
 * Partitioning around medoids: builds up k medoids one by one, then makes the best exchange of a medoid with another
 * thing as long as one brings the things nearer. Of equally good choices the one with the lowest index.
 *
 * @param k 1 to count
 * @see Schubert and Rousseeuw (2021), Information Systems 101, 101804, algorithm 3, for the exchange
 *
 * @example
 * const distances = Float64Array.of(0, 1, 8, 1, 0, 7, 8, 7, 0);
 * partitionAround({ count: 3, distances, weights: Float64Array.of(1, 1, 1) }, { k: 2, swapsMax: 9 }).swapped // => 1
 */
export function partitionAround(pairwise: Pairwise, { k, swapsMax }: { k: number; swapsMax: number }): Medoids {
  const { count, weights } = pairwise;
  const medoids = build(pairwise, k);
  const near = nearestTwo(pairwise, medoids);
  let total = sumOf(weights, near.own);
  const built = total;
  let converged = k === 1 || k === count;
  for (let swap = 0; swap < swapsMax && !converged; swap++) {
    const best = bestSwap(pairwise, medoids, near);
    if (best.change >= -GAIN_LEAST * total) {
      converged = true;
      break;
    }
    medoids[best.medoid] = best.thing;
    nearestTwo(pairwise, medoids, near);
    total = sumOf(weights, near.own);
  }
  const order = Array.from(medoids.keys()).sort((a, b) => medoids[a]! - medoids[b]!);
  return {
    medoids: Int32Array.from(order, (at) => medoids[at]!),
    labels: Int32Array.from(near.group, (at) => order.indexOf(at)),
    built,
    swapped: total,
    converged,
  };
}

/** For each thing the nearest medoid, by place, and its distance to that and to the next. */
type Near = { group: Int32Array; own: Float64Array; next: Float64Array };

function build({ count, distances, weights }: Pairwise, k: number): Int32Array {
  const medoids = new Int32Array(k);
  const own = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const isMedoid = new Uint8Array(count);
  for (let c = 0; c < k; c++) {
    let chosen = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let x = 0; x < count; x++) {
      if (isMedoid[x]) continue;
      let sum = 0;
      for (let i = 0, at = x * count; i < count; i++, at++) sum += weights[i]! * Math.min(own[i]!, distances[at]!);
      if (sum < least) {
        least = sum;
        chosen = x;
      }
    }
    medoids[c] = chosen;
    isMedoid[chosen] = 1;
    for (let i = 0; i < count; i++) own[i] = Math.min(own[i]!, distances[chosen * count + i]!);
  }
  return medoids;
}

function nearestTwo({ count, distances }: Pairwise, medoids: Int32Array, into?: Near): Near {
  const near = into ?? {
    group: new Int32Array(count),
    own: new Float64Array(count),
    next: new Float64Array(count),
  };
  for (let i = 0; i < count; i++) {
    let own = Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    let group = 0;
    for (let c = 0; c < medoids.length; c++) {
      const distance = distances[medoids[c]! * count + i]!;
      if (distance < own || medoids[c] === i) {
        next = own;
        own = distance;
        group = c;
      } else if (distance < next) next = distance;
    }
    near.group[i] = group;
    near.own[i] = own;
    near.next[i] = next;
  }
  return near;
}

/** The exchange after which the sum of distances is smallest, and by how much it changes. */
function bestSwap({ count, distances, weights }: Pairwise, medoids: Int32Array, { group, own, next }: Near) {
  const k = medoids.length;
  const isMedoid = new Uint8Array(count);
  for (const medoid of medoids) isMedoid[medoid] = 1;
  /** What the sum would gain if a medoid were taken away and nothing put in its place. */
  const loss = new Float64Array(k);
  for (let i = 0; i < count; i++) loss[group[i]!]! += weights[i]! * (next[i]! - own[i]!);

  const changes = new Float64Array(k);
  let best = { medoid: -1, thing: -1, change: Number.POSITIVE_INFINITY };
  for (let x = 0; x < count; x++) {
    if (isMedoid[x]) continue;
    changes.set(loss);
    let shared = 0;
    for (let i = 0, at = x * count; i < count; i++, at++) {
      const distance = distances[at]!;
      if (distance >= next[i]!) continue;
      if (distance < own[i]!) {
        shared += weights[i]! * (distance - own[i]!);
        changes[group[i]!]! += weights[i]! * (own[i]! - next[i]!);
      } else changes[group[i]!]! += weights[i]! * (distance - next[i]!);
    }
    for (let c = 0; c < k; c++) {
      if (changes[c]! + shared < best.change) best = { medoid: c, thing: x, change: changes[c]! + shared };
    }
  }
  return best;
}

function sumOf(weights: Float64Array, distances: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i]! * distances[i]!;
  return sum;
}

/**
 * The mean silhouette from distances.
 *
 * @returns null for one group
 * @see Rousseeuw (1987), Journal of Computational and Applied Mathematics 20, 53–65
 */
export function silhouetteOf({ count, distances, weights }: Pairwise, labels: Int32Array, k: number): number | null {
  if (k < 2) return null;
  const sizes = new Float64Array(k);
  for (let i = 0; i < count; i++) sizes[labels[i]!]! += weights[i]!;
  let total = 0;
  let things = 0;
  const sums = new Float64Array(k);
  for (let i = 0; i < count; i++) {
    things += weights[i]!;
    const own = labels[i]!;
    if (sizes[own] === 1) continue;
    sums.fill(0);
    for (let j = 0, at = i * count; j < count; j++, at++) sums[labels[j]!]! += weights[j]! * distances[at]!;
    const inside = sums[own]! / (sizes[own]! - 1);
    let outside = Number.POSITIVE_INFINITY;
    for (let c = 0; c < k; c++) if (c !== own) outside = Math.min(outside, sums[c]! / sizes[c]!);
    const longer = Math.max(inside, outside);
    if (longer > 0) total += (weights[i]! * (outside - inside)) / longer;
  }
  return total / things;
}
