import { choleskyFactor, choleskyInverse, choleskyLogDeterminant, choleskySolve } from './cholesky.ts';
import { eigenSymmetric } from './eigen-symmetric.ts';

/** How likely each group is before anything is answered: as often as in the data, all alike, or as told. */
export type Priors = 'sample' | 'equal' | readonly number[];

/** Fisher's linear discriminant of groups 0, 1, …; plain data that can be stored. */
export type LinearDiscriminant = {
  /** Groups × columns. */
  means: number[][];
  counts: number[];
  priors: number[];
  /** Pooled within groups, divided by n − groups. */
  covariance: number[][];
  /** Groups × columns; with `constants` they give each group's score, and the highest score is the group. */
  weights: number[][];
  constants: number[];
};

/**
 * Linear discriminant analysis: groups that share one covariance and differ in their means.
 *
 * @param rows rows × columns, nothing missing
 * @param labels the group of each row, 0 to groups − 1, every group with at least one row
 * @param options.ridge this share of each column's total variance is added to its variance within groups, 0 unless told;
 *   above 0 it makes an answer possible where columns repeat each other
 * @throws {RangeError} for fewer than two groups, no more rows than groups, ragged or unfinished rows, or columns that repeat
 *   each other within the groups
 * @see Venables and Ripley (2002), Modern Applied Statistics with S, section 12.1
 *
 * @example
 * const model = fitLinearDiscriminant([[1], [2], [5], [6]], [0, 0, 1, 1])
 * model.weights // => [[3], [11]]
 */
export function fitLinearDiscriminant(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  { priors = 'sample', ridge = 0 }: { priors?: Priors; ridge?: number } = {},
): LinearDiscriminant {
  const { groups, p, counts, means } = groupMeans(rows, labels);
  const n = rows.length;
  if (n <= groups) throw new RangeError('A linear discriminant requires more rows than groups');
  const covariance = new Float64Array(p * p);
  rows.forEach((row, i) => addDeviation(covariance, row, means[labels[i]!]!, 1 / (n - groups)));
  if (ridge > 0) {
    for (let j = 0; j < p; j++) covariance[j * p + j]! += ridge * totalVariance(rows, j);
  }
  return discriminantOf({ means, counts, priors: priorsOf(priors, counts), covariance: unflat(covariance, p) });
}

/** The weights and constants that follow from means, priors and the covariance they share. */
export function discriminantOf(
  parts: Pick<LinearDiscriminant, 'means' | 'counts' | 'priors' | 'covariance'>,
): LinearDiscriminant {
  const p = parts.covariance.length;
  const factor = soundFactor(Float64Array.from(parts.covariance.flat()), p);
  const weights = parts.means.map((own) => [...choleskySolve(factor, Float64Array.from(own), p)]);
  const constants = weights.map((own, group) => Math.log(parts.priors[group]!) - dot(own, parts.means[group]!) / 2);
  return { ...parts, weights, constants };
}

/**
 * The probability of each group for one row.
 *
 * @example
 * const model = fitLinearDiscriminant([[1], [2], [5], [6]], [0, 0, 1, 1])
 * linearPosteriors(model, [3.5]) // => [0.5, 0.5]
 */
export function linearPosteriors(
  model: Pick<LinearDiscriminant, 'weights' | 'constants'>,
  row: readonly number[],
): number[] {
  return softmax(model.weights.map((own, group) => dot(own, row) + model.constants[group]!));
}

/** Scores to shares that add up to 1: exp(score) over the sum, safe for scores of any size. */
export function softmax(scores: readonly number[]): number[] {
  const most = Math.max(...scores);
  const raised = scores.map((score) => Math.exp(score - most));
  const sum = raised.reduce((total, one) => total + one, 0);
  return raised.map((one) => one / sum);
}

/** Where the largest number stands, the first of equals. */
export function indexOfLargest(values: readonly number[]): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/**
 * The probabilities of each row's groups from a discriminant of all other rows. The priors stay those of all rows.
 *
 * @throws {RangeError} as `fitLinearDiscriminant`, and when a group has only one row or the others leave columns that repeat
 *   each other
 */
export function leaveOneOutPosteriors(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  { priors = 'sample' }: { priors?: Priors } = {},
): number[][] {
  const model = fitLinearDiscriminant(rows, labels, { priors });
  const groups = model.counts.length;
  if (model.counts.some((count) => count < 2)) throw new RangeError('Leaving one out requires two rows in every group');
  const n = rows.length;
  const p = model.covariance.length;
  const inverse = choleskyInverse(soundFactor(Float64Array.from(model.covariance.flat()), p), p);
  const times = (vector: readonly number[]) =>
    Array.from({ length: p }, (_, i) => {
      let sum = 0;
      for (let j = 0; j < p; j++) sum += inverse[i * p + j]! * vector[j]!;
      return sum;
    });
  const freedom = n - groups;

  return rows.map((row, i) => {
    const own = labels[i]!;
    const count = model.counts[own]!;
    const off = row.map((value, j) => value - model.means[own]![j]!);
    const spun = times(off);
    // Without the row the cross-products lose count / (count − 1) × off offᵀ, and Sherman and Morrison give the inverse.
    const lost = count / (count - 1);
    const rest = 1 - (lost * dot(off, spun)) / freedom;
    if (!(rest > 1e-12)) throw new RangeError('Without one of the rows the columns repeat each other');
    const scores = model.means.map((centre, group) => {
      const from = row.map((value, j) => (group === own ? lost * off[j]! : value - centre[j]!));
      const spunFrom = times(from);
      const squared = dot(from, spunFrom) + (lost / freedom / rest) * dot(off, spunFrom) ** 2;
      return Math.log(model.priors[group]!) - (squared * (freedom - 1)) / freedom / 2;
    });
    return softmax(scores);
  });
}

/**
 * The directions in which the groups differ most, each with a variance of 1 within groups, and how the differences between
 * groups divide among them. Signs are arbitrary.
 *
 * @returns scaling: columns × directions, traceShares: adding up to 1; no directions when all means are equal
 */
export function canonicalDirections(model: LinearDiscriminant): { scaling: number[][]; traceShares: number[] } {
  const p = model.covariance.length;
  const factor = soundFactor(Float64Array.from(model.covariance.flat()), p);
  const centre = Array.from({ length: p }, (_, j) =>
    model.means.reduce((sum, own, group) => sum + model.priors[group]! * own[j]!, 0),
  );
  // L⁻¹ B L⁻ᵀ has the eigenvalues of B over W.
  const between = new Float64Array(p * p);
  model.means.forEach((own, group) => {
    const whitened = solveLower(
      factor,
      own.map((value, j) => value - centre[j]!),
    );
    addDeviation(
      between,
      whitened,
      whitened.map(() => 0),
      model.priors[group]!,
    );
  });
  const { eigenvalues, eigenvectors } = eigenSymmetric(between, p);
  const largest = Math.max(eigenvalues[0] ?? 0, 0);
  const kept = [...eigenvalues]
    .slice(0, model.means.length - 1)
    .filter((value) => value > largest * 1e-10 && value > 0);
  const sum = kept.reduce((total, value) => total + value, 0);
  const directions = kept.map((_, d) =>
    solveUpper(
      factor,
      Array.from({ length: p }, (_, i) => eigenvectors[i * p + d]!),
    ),
  );
  return {
    scaling: Array.from({ length: p }, (_, j) => directions.map((direction) => direction[j]!)),
    traceShares: kept.map((value) => value / sum),
  };
}

/**
 * Wilks' lambda: the share of the spread that groups do not explain, 0 when they explain all, 1 when nothing.
 *
 * @throws {RangeError} as `fitLinearDiscriminant`
 *
 * @example
 * wilksLambda([[1], [2], [5], [6]], [0, 0, 1, 1]) // => 0.0588235
 */
export function wilksLambda(rows: readonly (readonly number[])[], labels: readonly number[]): number {
  const { p, means } = groupMeans(rows, labels);
  const { means: everyone } = groupMeansOf(
    rows,
    rows.map(() => 0),
    1,
  );
  const within = new Float64Array(p * p);
  const total = new Float64Array(p * p);
  rows.forEach((row, i) => {
    addDeviation(within, row, means[labels[i]!]!, 1);
    addDeviation(total, row, everyone[0]!, 1);
  });
  return Math.exp(choleskyLogDeterminant(soundFactor(within, p), p) - choleskyLogDeterminant(soundFactor(total, p), p));
}

/** Counts and means of groups; used by the quadratic discriminant too. */
export function groupMeans(rows: readonly (readonly number[])[], labels: readonly number[]) {
  const p = rows[0]?.length ?? 0;
  if (p === 0) throw new RangeError('A discriminant requires rows with at least one column');
  if (labels.length !== rows.length) throw new RangeError('A discriminant requires one label for each row');
  if (rows.some((row) => row.length !== p || row.some((value) => !Number.isFinite(value))))
    throw new RangeError('A discriminant requires rows of one length that hold nothing but finite numbers');
  const groups = labels.reduce((most, label) => Math.max(most, label), -1) + 1;
  if (labels.some((label) => !Number.isInteger(label) || label < 0))
    throw new RangeError('A discriminant requires groups that are counted from 0');
  if (groups < 2) throw new RangeError('A discriminant requires at least two groups');
  const { counts, means } = groupMeansOf(rows, labels, groups);
  if (counts.some((count) => count === 0)) throw new RangeError('A discriminant requires a row in every group');
  return { groups, p, counts, means };
}

function groupMeansOf(rows: readonly (readonly number[])[], labels: readonly number[], groups: number) {
  const p = rows[0]!.length;
  const counts = new Array<number>(groups).fill(0);
  const means = Array.from({ length: groups }, () => new Array<number>(p).fill(0));
  rows.forEach((row, i) => {
    counts[labels[i]!]! += 1;
    row.forEach((value, j) => {
      means[labels[i]!]![j]! += value;
    });
  });
  means.forEach((own, group) => own.forEach((sum, j) => (own[j] = sum / counts[group]!)));
  return { counts, means };
}

/** @throws {RangeError} when told priors are not one above 0 for each group */
export function priorsOf(priors: Priors, counts: readonly number[]): number[] {
  if (priors === 'equal') return counts.map(() => 1 / counts.length);
  const told = priors === 'sample' ? counts : priors;
  const sum = told.reduce((total, one) => total + one, 0);
  if (told.length !== counts.length || told.some((one) => !(one > 0 && Number.isFinite(one))))
    throw new RangeError('A discriminant requires a prior above 0 for each group');
  return told.map((one) => one / sum);
}

/** Adds weight × (row − centre)(row − centre)ᵀ. */
export function addDeviation(
  into: Float64Array,
  row: readonly number[],
  centre: readonly number[],
  weight: number,
): void {
  const p = row.length;
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) into[i * p + j]! += weight * (row[i]! - centre[i]!) * (row[j]! - centre[j]!);
  }
}

/** The factor of a covariance whose every column keeps a part of its own; a remainder of rounding is not one. */
export function soundFactor(covariance: Float64Array, p: number): Float64Array {
  const factor = choleskyFactor(covariance, p);
  for (let j = 0; j < p; j++) {
    if (factor === null || !(factor[j * p + j]! ** 2 > 1e-12 * covariance[j * p + j]!))
      throw new RangeError('Within the groups the columns repeat each other, or one of them does not vary');
  }
  return factor!;
}

function totalVariance(rows: readonly (readonly number[])[], column: number): number {
  const mean = rows.reduce((sum, row) => sum + row[column]!, 0) / rows.length;
  return rows.reduce((sum, row) => sum + (row[column]! - mean) ** 2, 0) / (rows.length - 1);
}

function solveLower(factor: Float64Array, b: readonly number[]): number[] {
  const p = b.length;
  const x: number[] = [];
  for (let i = 0; i < p; i++) {
    let sum = b[i]!;
    for (let j = 0; j < i; j++) sum -= factor[i * p + j]! * x[j]!;
    x.push(sum / factor[i * p + i]!);
  }
  return x;
}

function solveUpper(factor: Float64Array, b: readonly number[]): number[] {
  const p = b.length;
  const x = [...b];
  for (let i = p - 1; i >= 0; i--) {
    for (let j = i + 1; j < p; j++) x[i]! -= factor[j * p + i]! * x[j]!;
    x[i]! /= factor[i * p + i]!;
  }
  return x;
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const unflat = (matrix: Float64Array, p: number): number[][] =>
  Array.from({ length: p }, (_, i) => [...matrix.subarray(i * p, i * p + p)]);
