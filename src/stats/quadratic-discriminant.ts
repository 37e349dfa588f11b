import { choleskyLogDeterminant, choleskySolve } from './cholesky.ts';
import { addDeviation, groupMeans, type Priors, priorsOf, softmax, soundFactor } from './linear-discriminant.ts';

/** Groups 0, 1, … with a covariance each; plain data that can be stored. */
export type QuadraticDiscriminant = {
  means: number[][];
  counts: number[];
  priors: number[];
  /** The lower factor of each group's covariance (n − 1), row by row. */
  factors: number[][];
};

/**
 * Quadratic discriminant analysis: groups that differ in their means and in how their answers spread.
 *
 * @param rows rows × columns, nothing missing
 * @param labels the group of each row, 0 to groups − 1
 * @throws {RangeError} for fewer than two groups, ragged or unfinished rows, or a group whose rows do not spread in every
 *   direction: it needs more rows than there are columns
 * @see Venables and Ripley (2002), Modern Applied Statistics with S, section 12.1
 *
 * @example
 * const model = fitQuadraticDiscriminant([[1], [2], [5], [9]], [0, 0, 1, 1])
 * quadraticPosteriors(model, [4]) // => [0.013371, 0.986629]
 */
export function fitQuadraticDiscriminant(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  { priors = 'sample' }: { priors?: Priors } = {},
): QuadraticDiscriminant {
  const { counts, means } = groupMeans(rows, labels);
  const factors = means.map((_, group) => groupFactor(rows.filter((_, i) => labels[i] === group)));
  return { means, counts, priors: priorsOf(priors, counts), factors };
}

/** The probability of each group for one row. */
export function quadraticPosteriors(model: QuadraticDiscriminant, row: readonly number[]): number[] {
  return softmax(
    model.means.map((mean, group) => scoreOf(row, mean, model.factors[group]!) + Math.log(model.priors[group]!)),
  );
}

/**
 * The probabilities of each row's groups from a discriminant of all other rows. The priors stay those of all rows.
 *
 * @throws {RangeError} as `fitQuadraticDiscriminant`, with or without the row
 */
export function leaveOneOutQuadratic(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  options: { priors?: Priors } = {},
): number[][] {
  const model = fitQuadraticDiscriminant(rows, labels, options);
  return rows.map((row, i) => {
    const own = labels[i]!;
    const others = rows.filter((_, j) => j !== i && labels[j] === own);
    const mean = row.map((_, j) => others.reduce((sum, other) => sum + other[j]!, 0) / others.length);
    const factor = groupFactor(others);
    return quadraticPosteriors(
      {
        ...model,
        means: model.means.map((told, group) => (group === own ? mean : told)),
        factors: model.factors.map((told, group) => (group === own ? factor : told)),
      },
      row,
    );
  });
}

function groupFactor(rows: readonly (readonly number[])[]): number[] {
  const p = rows[0]?.length ?? 0;
  if (rows.length <= p)
    throw new RangeError(`A quadratic discriminant requires more rows in each group than the ${p} columns`);
  const mean = rows[0]!.map((_, j) => rows.reduce((sum, row) => sum + row[j]!, 0) / rows.length);
  const covariance = new Float64Array(p * p);
  for (const row of rows) addDeviation(covariance, row, mean, 1 / (rows.length - 1));
  return [...soundFactor(covariance, p)];
}

function scoreOf(row: readonly number[], mean: readonly number[], factor: readonly number[]): number {
  const p = row.length;
  const lower = Float64Array.from(factor);
  const off = Float64Array.from(row, (value, j) => value - mean[j]!);
  const solved = choleskySolve(lower, off, p);
  let squared = 0;
  for (let j = 0; j < p; j++) squared += off[j]! * solved[j]!;
  return -(squared + choleskyLogDeterminant(lower, p)) / 2;
}
