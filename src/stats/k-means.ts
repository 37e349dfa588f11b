import { compareRows, type DistinctRows, distinctRows } from './distinct-rows.ts';
import type { Random } from './random.ts';

export type KMeansOptions = {
  k: number;
  random: Random;
  /** How many times to begin anew; the best result is kept. 50 unless told. */
  starts?: number;
  /** The most rounds one start may take in each of its two parts. 100 unless told. */
  iterationsMax?: number;
};

/** A partition into k groups, the largest first; groups of the same size in the order of their centres. */
export type KMeans = {
  /** k × columns: the mean of each group. */
  centres: number[][];
  /** For each row, the group it is in, 0 to k − 1. */
  labels: number[];
  sizes: number[];
  /** Sum of squared distances from each row to the centre of its group. */
  withinSumOfSquares: number;
  /** Sum of squared distances from each row to the mean of all. */
  totalSumOfSquares: number;
  /** How many of the starts ended at this result, 0 to 1: low means that there may be a better one still. */
  shareOfStartsAtBest: number;
  /** Whether the best start came to rest before `iterationsMax`. */
  converged: boolean;
};

/**
 * k-means: the k groups with the smallest sum of squared distances to their centres that could be found.
 *
 * Each start draws its centres by greedy k-means++, lets them settle (Lloyd), and then moves single points, with all
 * that are equal to them, as long as a move makes the sum smaller (Hartigan), which leaves many a local optimum behind.
 * Equal rows always share a group, and the order of the rows does not matter.
 *
 * @param rows respondents × columns, on scales that can be compared; no number missing
 * @throws {RangeError} when k is not a whole number from 1 to the number of distinct rows, for ragged rows, numbers that
 *   are not finite, or fewer than one start or iteration
 * @see Arthur and Vassilvitskii (2007), SODA, 1027–1035; Hartigan (1975), Clustering Algorithms, chapter 4
 *
 * @example
 * kMeans([[1], [2], [9], [10], [11]], { k: 2, random: () => 0.5 }).labels // => [1, 1, 0, 0, 0]
 */
export function kMeans(rows: readonly (readonly number[])[], options: KMeansOptions): KMeans {
  const { k, random, starts = 50, iterationsMax = 100 } = options;
  if (!(Number.isInteger(k) && k >= 1)) throw new RangeError('kMeans requires a whole number of groups, at least one');
  if (!(Number.isInteger(starts) && starts >= 1)) throw new RangeError('kMeans requires at least one start');
  if (!(Number.isInteger(iterationsMax) && iterationsMax >= 1)) {
    throw new RangeError('kMeans requires at least one iteration');
  }
  const points = distinctRows(rows);
  if (k > points.count) {
    throw new RangeError(`kMeans cannot make ${k} groups out of ${points.count} distinct rows`);
  }

  const total = sumOfSquares(points);
  if (!Number.isFinite(total)) throw new RangeError('kMeans requires numbers whose squares can be added up');

  const found = bestPartition(
    points,
    { k, random, starts, settlingMax: iterationsMax, movingMax: iterationsMax },
    total,
  );
  return { ...describe(points, found, k), totalSumOfSquares: total, shareOfStartsAtBest: found.atBest / starts };
}

/**
 * The same over rows folded already, as plain arrays of numbers, with the length of both parts of a start told apart. A few
 * settling rounds before single points move find a better sum sooner than settling to the end.
 *
 * @param total squared distances of all rows from their mean, where that is known
 */
export function bestPartition(
  points: DistinctRows,
  options: { k: number; random: Random; starts: number; settlingMax: number; movingMax: number },
  total: number = sumOfSquares(points),
): Partition & { atBest: number } {
  const { k, random, starts, settlingMax, movingMax } = options;
  const sums: number[] = [];
  let best: Partition | undefined;
  for (let start = 0; start < starts; start++) {
    const end = settle(points, drawCentres(points, k, random), k, settlingMax, movingMax);
    sums.push(end.within);
    if (best === undefined || end.within < best.within * (1 - SAME)) best = end;
  }
  const least = Math.min(...sums);
  // Where every group is a single point, what is left is rounding, which only the total can put in proportion.
  const atBest = sums.filter((within) => within <= least * (1 + SAME) + total * ROUNDING).length;
  return { ...best!, atBest };
}

/** Two sums of squares this near to each other, as a share, are the same. */
const SAME = 1e-9;
const ROUNDING = 1e-14;

/** Distinct rows in groups: a centre for each, laid out row after row, and the group of each row. */
export type Partition = { centres: Float64Array; labels: Int32Array; within: number; converged: boolean };

/**
 * Greedy k-means++: each further centre is the best of a few points drawn with a chance proportional to their squared
 * distance from the centres so far. Such a point is never on a centre already, so the centres are distinct.
 */
function drawCentres(points: DistinctRows, k: number, random: Random): Float64Array {
  const { count, width, values, weights } = points;
  const centres = new Float64Array(k * width);
  const candidates = 2 + Math.floor(Math.log(k));
  const chances = Float64Array.from(weights);
  /** Squared distances to the nearest centre so far, with the best candidate among them, and with the one looked at. */
  let nearest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  let best = new Float64Array(count);
  let tried = new Float64Array(count);

  for (let c = 0; c < k; c++) {
    let chosen = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let candidate = 0; candidate < (c === 0 ? 1 : candidates); candidate++) {
      const drawn = drawIndex(chances, random);
      let sum = 0;
      for (let i = 0; i < count; i++) {
        const distance = Math.min(nearest[i]!, squaredDistance(values, i, values, drawn, width));
        tried[i] = distance;
        sum += weights[i]! * distance;
      }
      if (sum < least) {
        least = sum;
        chosen = drawn;
        [best, tried] = [tried, best];
      }
    }
    [nearest, best] = [best, nearest];
    for (let j = 0; j < width; j++) centres[c * width + j] = values[chosen * width + j]!;
    for (let i = 0; i < count; i++) chances[i] = weights[i]! * nearest[i]!;
  }
  return centres;
}

/** An index drawn with a chance proportional to its entry; never one whose entry is 0. */
function drawIndex(chances: Float64Array, random: Random): number {
  let total = 0;
  for (let i = 0; i < chances.length; i++) total += chances[i]!;
  let rest = random() * total;
  let last = -1;
  for (let i = 0; i < chances.length; i++) {
    if (chances[i] === 0) continue;
    last = i;
    rest -= chances[i]!;
    if (rest < 0) return i;
  }
  return last;
}

function settle(
  points: DistinctRows,
  centres: Float64Array,
  k: number,
  settlingMax: number,
  movingMax: number,
): Partition {
  const labels = new Int32Array(points.count).fill(-1);
  const isSettled = lloyd(points, centres, labels, k, settlingMax);
  const isExchanged = exchange(points, centres, labels, k, movingMax);
  recentre(points, centres, labels, k);

  let within = 0;
  for (let i = 0; i < points.count; i++) {
    within += points.weights[i]! * squaredDistance(points.values, i, centres, labels[i]!, points.width);
  }
  // Points that no longer move have come to rest, whether or not the settling before them had.
  return { centres, labels, within, converged: isExchanged && (isSettled || settlingMax < movingMax) };
}

/** Each point to its nearest centre, each centre to the mean of its points, until nothing moves. */
function lloyd(
  points: DistinctRows,
  centres: Float64Array,
  labels: Int32Array,
  k: number,
  iterationsMax: number,
): boolean {
  for (let iteration = 0; iteration < iterationsMax; iteration++) {
    let moved = 0;
    for (let i = 0; i < points.count; i++) {
      let nearest = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let c = 0; c < k; c++) {
        const distance = squaredDistance(points.values, i, centres, c, points.width);
        if (distance < least) {
          least = distance;
          nearest = c;
        }
      }
      if (labels[i] !== nearest) moved++;
      labels[i] = nearest;
    }
    if (moved === 0) return true;
    recentre(points, centres, labels, k);
  }
  return false;
}

/**
 * Moves one point at a time to wherever the sum of squares falls most, centres following at once. A centre that Lloyd
 * left without points takes one here, since it costs nothing there.
 *
 * A point is measured again only when the centres have gone far enough since it last was for a move to pay, which changes
 * nothing but the time it takes.
 *
 * @see Hamerly (2010), SIAM International Conference on Data Mining, 130–140, for such bounds
 */
function exchange(
  points: DistinctRows,
  centres: Float64Array,
  labels: Int32Array,
  k: number,
  iterationsMax: number,
): boolean {
  const { count, width, values, weights } = points;
  const sizes = new Float64Array(k);
  for (let i = 0; i < count; i++) sizes[labels[i]!]! += weights[i]!;

  /** When a point was last measured: its distance to its own centre, to the nearest other, and in which turn. */
  const own = new Float64Array(count);
  const other = new Float64Array(count);
  const turnOf = new Int32Array(count).fill(-1);
  /** How far each centre has gone in all, now and at the beginning of each turn. */
  const gone = new Float64Array(k);
  const goneAt: Float64Array[] = [];

  for (let turn = 0; turn < iterationsMax; turn++) {
    goneAt.push(Float64Array.from(gone));
    let moved = 0;
    for (let i = 0; i < count; i++) {
      const from = labels[i]!;
      const weight = weights[i]!;
      const left = sizes[from]! - weight;
      // Of weights that are no whole numbers rounding may leave a speck.
      if (left <= weight * ROUNDING) continue;
      const lightened = sizes[from]! / left;

      if (turnOf[i]! >= 0) {
        const then = goneAt[turnOf[i]!]!;
        let farthest = 0;
        let smallest = Number.POSITIVE_INFINITY;
        for (let c = 0; c < k; c++) {
          if (c === from) continue;
          if (gone[c]! - then[c]! > farthest) farthest = gone[c]! - then[c]!;
          if (sizes[c]! < smallest) smallest = sizes[c]!;
        }
        const atMost = own[i]! + gone[from]! - then[from]!;
        const atLeast = Math.max(0, other[i]! - farthest);
        if (lightened * atMost * atMost < (smallest / (smallest + weight)) * atLeast * atLeast * (1 - SAME)) continue;
      }

      const distance = squaredDistance(values, i, centres, from, width);
      let to = from;
      let least = lightened * distance * (1 - SAME);
      let nearest = Number.POSITIVE_INFINITY;
      for (let c = 0; c < k; c++) {
        if (c === from) continue;
        const away = squaredDistance(values, i, centres, c, width);
        if (away < nearest) nearest = away;
        const cost = (sizes[c]! / (sizes[c]! + weight)) * away;
        if (cost < least) {
          least = cost;
          to = c;
        }
      }
      own[i] = Math.sqrt(distance);
      other[i] = Math.sqrt(nearest);
      turnOf[i] = turn;
      if (to === from) continue;

      let fromSquares = 0;
      let toSquares = 0;
      for (let j = 0; j < width; j++) {
        const value = values[i * width + j]!;
        const a = from * width + j;
        const b = to * width + j;
        const back = ((centres[a]! - value) * weight) / left;
        const forth = ((value - centres[b]!) * weight) / (sizes[to]! + weight);
        centres[a]! += back;
        centres[b]! += forth;
        fromSquares += back * back;
        toSquares += forth * forth;
      }
      gone[from]! += Math.sqrt(fromSquares);
      gone[to]! += Math.sqrt(toSquares);
      sizes[from] = left;
      sizes[to]! += weight;
      labels[i] = to;
      turnOf[i] = -1;
      moved++;
    }
    if (moved === 0) return true;
  }
  return false;
}

/** Puts each centre on the mean of its points; one without points stays where it is. */
function recentre(points: DistinctRows, centres: Float64Array, labels: Int32Array, k: number): void {
  const { count, width, values, weights } = points;
  const sums = new Float64Array(k * width);
  const sizes = new Float64Array(k);
  for (let i = 0; i < count; i++) {
    const c = labels[i]!;
    sizes[c]! += weights[i]!;
    for (let j = 0; j < width; j++) sums[c * width + j]! += weights[i]! * values[i * width + j]!;
  }
  for (let c = 0; c < k; c++) {
    if (sizes[c] === 0) continue;
    for (let j = 0; j < width; j++) centres[c * width + j] = sums[c * width + j]! / sizes[c]!;
  }
}

function describe(
  points: DistinctRows,
  partition: Partition,
  k: number,
): Omit<KMeans, 'totalSumOfSquares' | 'shareOfStartsAtBest'> {
  const { count, width, weights, distinctOf } = points;
  const found = Array.from({ length: k }, (_, c) => ({
    c,
    size: 0,
    centre: Array.from(partition.centres.subarray(c * width, (c + 1) * width)),
  }));
  for (let i = 0; i < count; i++) found[partition.labels[i]!]!.size += weights[i]!;
  found.sort((a, b) => b.size - a.size || compareRows(a.centre, b.centre));
  const rankOf = new Map(found.map(({ c }, rank) => [c, rank]));

  return {
    centres: found.map(({ centre }) => centre),
    labels: Array.from(distinctOf, (distinct) => rankOf.get(partition.labels[distinct]!)!),
    sizes: found.map(({ size }) => size),
    withinSumOfSquares: partition.within,
    converged: partition.converged,
  };
}

/** Squared distances of all rows from their mean. */
export function sumOfSquares(points: DistinctRows): number {
  const middle = new Float64Array(points.width);
  recentre(points, middle, new Int32Array(points.count), 1);
  let sum = 0;
  for (let i = 0; i < points.count; i++) {
    sum += points.weights[i]! * squaredDistance(points.values, i, middle, 0, points.width);
  }
  return sum;
}

/** Between row `i` of one table and row `c` of another, both laid out row after row. */
export function squaredDistance(a: Float64Array, i: number, b: Float64Array, c: number, width: number): number {
  let sum = 0;
  let at = i * width;
  let to = c * width;
  for (const end = at + width; at < end; at++, to++) {
    const d = a[at]! - b[to]!;
    sum += d * d;
  }
  return sum;
}
