import { compareRows, foldRows } from './distinct-rows.ts';
import { type GowerScale, type MixedRow, preparedDistance, prepareGower } from './gower.ts';
import { type Pairwise, partitionAround, silhouetteOf } from './partition-around-medoids.ts';
import { type Random, shuffled } from './random.ts';

export type MedoidMeasure = 'euclidean' | 'manhattan' | GowerScale;

export type KMedoidsOptions = {
  k: number;
  random: Random;
  /** How far two rows are apart. Euclidean unless told; only Gower's measure takes rows with missing answers. */
  measure?: MedoidMeasure;
  /** Up to so many distinct rows all of them are searched. 2,000 unless told: the distances of 2,000 rows take 32 MB. */
  rowsMax?: number;
  /** The most exchanges of a medoid. 1,000 unless told. */
  swapsMax?: number;
};

/** A partition around k of the rows, the largest group first; groups of the same size in the order of their medoids. */
export type KMedoids = {
  /** For each group the row in its middle, the first of those equal to it. */
  medoids: number[];
  /** For each row, the group it is in, 0 to k − 1. */
  labels: number[];
  sizes: number[];
  /** Mean distance of the rows from the medoid of their group. */
  meanDistance: number;
  /** The same before any medoid was exchanged; null where samples were searched. */
  meanDistanceBuilt: number | null;
  /** The mean silhouette with the same distances, of the best sample where samples were searched; null for one group. */
  silhouette: number | null;
  /** How many distinct rows each sample had; null where all rows were searched. */
  sampleSize: number | null;
  /** Of the samples, how many ended at this result; 1 where all rows were searched, which begins in one way only. */
  shareOfStartsAtBest: number;
  /** Whether no exchange was left that would bring the rows nearer. */
  converged: boolean;
  model: MedoidModel;
};

/** What puts a later row into a group. */
export type MedoidModel = { measure: MedoidMeasure; medoids: (number | null)[][] };

/** Samples are searched where there are more rows than that; the medoids found so far are always among the next one. */
const SAMPLES = 10;
/** Mean distances this near to each other, as a share, are the same. */
const SAME = 1e-9;
/** Stands for a missing answer where rows are sorted. */
const MISSING = -Number.MAX_VALUE;

/**
 * k-medoids: the k rows to which the others are nearest, by building up and exchanging (PAM). Every exchange is looked at
 * in every turn and the best one made, as in the original, at a k-th of its price. Tables with more than `rowsMax`
 * distinct rows are searched by samples of half as many (CLARA), and everybody is put with the nearest of the medoids.
 *
 * Equal rows always share a group, and the order of the rows does not matter.
 *
 * @param rows respondents × columns; null for a missing answer, with Gower's measure only
 * @throws {RangeError} when k is not a whole number from 1 to the number of distinct rows, for ragged rows, numbers that
 *   are not finite, missing answers with another measure than Gower's, or two rows without a column that both answered
 * @see Kaufman and Rousseeuw (1990), Finding Groups in Data, chapters 2 and 3; Schubert and Rousseeuw (2021), Information
 *   Systems 101, 101804
 *
 * @example
 * kMedoids([[1], [2], [9], [10], [11]], { k: 2, random: () => 0.5 }).medoids // => [3, 0]
 */
export function kMedoids(rows: readonly MixedRow[], options: KMedoidsOptions): KMedoids {
  const { k, random, measure = 'euclidean', rowsMax = 2000, swapsMax = 1000 } = options;
  if (!(Number.isInteger(k) && k >= 1)) {
    throw new RangeError('kMedoids requires a whole number of groups, at least one');
  }
  if (!(Number.isInteger(rowsMax) && rowsMax >= 2 * k)) {
    throw new RangeError('kMedoids requires room for at least two rows a group');
  }
  const { first, distinctOf, weights, distance } = foldMixed(rows, measure);
  const count = first.length;
  if (k > count) throw new RangeError(`kMedoids cannot make ${k} groups out of ${count} distinct rows`);

  const all = Int32Array.from({ length: count }, (_, i) => i);
  const sampleSize = count > rowsMax ? Math.max(2 * k, Math.floor(rowsMax / 2)) : null;
  type Found = { medoids: number[]; built: number; converged: boolean; silhouette: number | null; total: number };
  let best: Found | undefined;
  const totals: number[] = [];
  for (let sample = 0; sample < (sampleSize === null ? 1 : SAMPLES); sample++) {
    const chosen =
      sampleSize === null
        ? all
        : Int32Array.from(new Set([...(best?.medoids ?? []), ...shuffled(Array.from(all), random)]))
            .subarray(0, sampleSize)
            .sort();
    const pairwise = measureAll(chosen, weights, distance);
    const found = partitionAround(pairwise, { k, swapsMax });
    const medoids = Array.from(found.medoids, (own) => chosen[own]!);
    const total = sampleSize === null ? found.swapped : assign(all, medoids, weights, distance).total;
    totals.push(total);
    if (!best || total < best.total * (1 - SAME)) {
      const silhouette = silhouetteOf(pairwise, found.labels, k);
      best = { medoids, built: found.built, converged: found.converged, silhouette, total };
    }
  }

  const { medoids, built, converged, silhouette, total } = best!;
  const { labels, sizes } = assign(all, medoids, weights, distance);
  const order = [...medoids.keys()].sort((a, b) => sizes[b]! - sizes[a]! || medoids[a]! - medoids[b]!);
  const rankOf = order.map((_, group) => order.indexOf(group));
  return {
    medoids: order.map((group) => first[medoids[group]!]!),
    labels: Array.from(distinctOf, (distinct) => rankOf[labels[distinct]!]!),
    sizes: order.map((group) => sizes[group]!),
    meanDistance: total / rows.length,
    meanDistanceBuilt: sampleSize === null ? built / rows.length : null,
    silhouette,
    sampleSize,
    shareOfStartsAtBest: totals.filter((one) => one <= total * (1 + SAME)).length / totals.length,
    converged,
    model: { measure, medoids: order.map((group) => [...rows[first[medoids[group]!]!]!]) },
  };
}

/**
 * Puts a later row with the nearest medoid, as the rows before: of equally near ones the one with the smaller answers, and
 * a row that is a medoid with itself.
 *
 * @returns the group and the distance; null when the row has no answer to compare
 * @throws {RangeError} when the row has not the columns of the medoids, or a missing answer with another measure than Gower's
 *
 * @example
 * nearestMedoid({ measure: 'euclidean', medoids: [[10], [1]] }, [2]) // => { group: 1, distance: 1 }
 */
export function nearestMedoid(model: MedoidModel, row: MixedRow): { group: number; distance: number } | null {
  const { measure, medoids } = model;
  const width = medoids[0]!.length;
  const own = prepare(row, measure, width);
  let nearest: { group: number; distance: number } | null = null;
  for (const [group, medoid] of medoids.entries()) {
    if (compareMixed(row, medoid) === 0) return { group, distance: 0 };
    const distance = between(measure, own, 0, prepare(medoid, measure, width), 0, width);
    if (distance === null) continue;
    const isNearer =
      nearest === null ||
      distance < nearest.distance ||
      (distance === nearest.distance && compareMixed(medoid, medoids[nearest.group]!) < 0);
    if (isNearer) nearest = { group, distance };
  }
  return nearest;
}

/** The order in which rows are folded: a missing answer comes first. */
function compareMixed(a: MixedRow, b: MixedRow): number {
  return compareRows(
    a.map((value) => value ?? MISSING),
    b.map((value) => value ?? MISSING),
  );
}

type Distance = (i: number, j: number) => number;

/** Equal rows as one, sorted by their answers: what follows cannot depend on the order of the table. */
function foldMixed(
  rows: readonly MixedRow[],
  measure: MedoidMeasure,
): { first: number[]; distinctOf: Int32Array; weights: Float64Array; distance: Distance } {
  if (rows.length === 0) throw new RangeError('kMedoids requires at least one row');
  const width = rows[0]!.length;
  if (width === 0) throw new RangeError('kMedoids requires at least one column');
  const raw = new Float64Array(rows.length * width);
  const prepared = rows.map((row, i) => {
    const own = prepare(row, measure, width);
    raw.set(
      row.map((value) => value ?? MISSING),
      i * width,
    );
    return own;
  });
  const { count, weights, distinctOf } = foldRows(raw, width);
  const first = new Array<number>(count).fill(-1);
  for (let i = rows.length - 1; i >= 0; i--) first[distinctOf[i]!] = i;
  const table = new Float64Array(count * width);
  for (const [distinct, row] of first.entries()) table.set(prepared[row]!, distinct * width);
  const distance: Distance = (i, j) => {
    const found = between(measure, table, i, table, j, width);
    if (found === null) {
      throw new RangeError(
        `Rows ${first[i]! + 1} and ${first[j]! + 1} have no answered column in common; leave out rows with few answers`,
      );
    }
    if (!Number.isFinite(found)) throw new RangeError('kMedoids requires numbers whose distances can be added up');
    return found;
  };
  return { first, distinctOf, weights, distance };
}

function prepare(row: MixedRow, measure: MedoidMeasure, width: number): Float64Array {
  if (row.length !== width) throw new RangeError('kMedoids requires the same columns in every row');
  if (typeof measure !== 'string') return prepareGower(measure, row);
  return Float64Array.from(row, (value) => {
    if (value === null) throw new RangeError('Only Gower’s measure compares rows with missing answers');
    if (!Number.isFinite(value)) throw new RangeError('kMedoids requires finite numbers only');
    return value;
  });
}

function between(
  measure: MedoidMeasure,
  a: Float64Array,
  i: number,
  b: Float64Array,
  c: number,
  width: number,
): number | null {
  if (typeof measure !== 'string') return preparedDistance(measure, a, i, b, c);
  let sum = 0;
  for (let j = 0; j < width; j++) {
    const difference = a[i * width + j]! - b[c * width + j]!;
    sum += measure === 'euclidean' ? difference * difference : Math.abs(difference);
  }
  return measure === 'euclidean' ? Math.sqrt(sum) : sum;
}

function measureAll(chosen: Int32Array, weights: Float64Array, distance: Distance): Pairwise {
  const count = chosen.length;
  const distances = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      const found = distance(chosen[i]!, chosen[j]!);
      distances[i * count + j] = found;
      distances[j * count + i] = found;
    }
  }
  return { count, distances, weights: Float64Array.from(chosen, (i) => weights[i]!) };
}

function assign(all: Int32Array, medoids: readonly number[], weights: Float64Array, distance: Distance) {
  const labels = new Int32Array(all.length);
  const sizes = new Array<number>(medoids.length).fill(0);
  let total = 0;
  for (const i of all) {
    let least = Number.POSITIVE_INFINITY;
    for (const [group, medoid] of medoids.entries()) {
      const found = i === medoid ? 0 : distance(i, medoid);
      // A medoid is in its own group even when another is as near as itself.
      if (found < least || i === medoid) {
        least = found;
        labels[i] = group;
      }
      if (i === medoid) break;
    }
    sizes[labels[i]!]! += weights[i]!;
    total += weights[i]! * least;
  }
  return { labels, sizes, total };
}
