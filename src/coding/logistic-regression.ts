import type { SparseMatrix } from '../text/sparse-svd.ts';

/** A fitted model: plain data. `converged` is false when the last turn came before the gradient was small enough. */
export type LogisticModel = { weights: Float64Array; intercept: number; iterations: number; converged: boolean };

const memory = 10;
const iterationsMax = 300;
const halvingsMax = 40;

/**
 * Logistic regression with a penalty on the squares of the weights, for sparse rows, by L-BFGS.
 *
 *   least of ½ |w|² + cost × sum of ln(1 + exp(−y (w·x + b))),  y = ±1, the intercept b without a penalty
 *
 * The same rows in the same order give the same weights: nothing is drawn by chance.
 *
 * @param matrix all rows; `chosen` says which of them are learned from
 * @param chosen row numbers
 * @param labels for every row of the matrix, 1 or 0
 * @param cost how much a wrong row weighs against large weights
 * @throws {RangeError} when the chosen rows are all of one kind
 * @see Liu and Nocedal (1989), Mathematical Programming 45, 503–528
 */
export function fitLogistic(
  matrix: SparseMatrix,
  {
    chosen,
    labels,
    cost,
    tolerance = 1e-2,
  }: { chosen: Int32Array; labels: Int8Array; cost: number; tolerance?: number },
): LogisticModel {
  const positives = chosen.reduce((sum, row) => sum + (labels[row] === 1 ? 1 : 0), 0);
  if (positives === 0 || positives === chosen.length)
    throw new RangeError('fitLogistic requires rows of both kinds to learn from');
  const size = matrix.columns + 1;
  let point = new Float64Array(size);
  point[matrix.columns] = Math.log(positives / (chosen.length - positives));
  let gradient = new Float64Array(size);
  let loss = lossAt(matrix, chosen, labels, cost, point, gradient);
  const enough = tolerance * cost;

  const steps: Float64Array[] = [];
  const turns: Float64Array[] = [];
  const curvatures: number[] = [];
  for (let iteration = 0; iteration < iterationsMax; iteration++) {
    if (largest(gradient) <= enough) return modelOf(point, iteration, true);
    const direction = descent(gradient, steps, turns, curvatures);
    const slope = dot(direction, gradient);
    let length = steps.length === 0 ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1;
    let next = point;
    let nextGradient = gradient;
    let nextLoss = Number.POSITIVE_INFINITY;
    for (let halving = 0; halving < halvingsMax && !(nextLoss <= loss + 1e-4 * length * slope); halving++) {
      if (halving > 0) length /= 2;
      next = point.map((value, i) => value + length * direction[i]!);
      nextGradient = new Float64Array(size);
      nextLoss = lossAt(matrix, chosen, labels, cost, next, nextGradient);
    }
    // No step makes it smaller: this is as near as the numbers can tell.
    if (!(nextLoss < loss)) return modelOf(point, iteration, true);
    remember(next, point, nextGradient, gradient);
    [point, gradient, loss] = [next, nextGradient, nextLoss];
  }
  return modelOf(point, iterationsMax, false);

  function remember(next: Float64Array, before: Float64Array, gradientThen: Float64Array, gradientNow: Float64Array) {
    const step = next.map((value, i) => value - before[i]!);
    const turn = gradientThen.map((value, i) => value - gradientNow[i]!);
    const curvature = dot(step, turn);
    if (!(curvature > 1e-12)) return;
    steps.push(step);
    turns.push(turn);
    curvatures.push(curvature);
    if (steps.length > memory) for (const list of [steps, turns, curvatures]) list.shift();
  }
}

/**
 * How likely a row is to be of the kind that was learned, 0 to 1.
 *
 * @param row a row of a matrix over the columns of the one that was learned from
 */
export function logisticProbability(model: LogisticModel, matrix: SparseMatrix, row: number): number {
  let sum = model.intercept;
  for (let j = matrix.starts[row]!; j < matrix.starts[row + 1]!; j++)
    sum += model.weights[matrix.column[j]!]! * matrix.value[j]!;
  return 1 / (1 + Math.exp(-sum));
}

const modelOf = (point: Float64Array, iterations: number, converged: boolean): LogisticModel => ({
  weights: point.slice(0, -1),
  intercept: point.at(-1)!,
  iterations,
  converged,
});

/** The loss at a point; fills `gradient`, which comes empty. */
function lossAt(
  { starts, column, value, columns }: SparseMatrix,
  chosen: Int32Array,
  labels: Int8Array,
  cost: number,
  point: Float64Array,
  gradient: Float64Array,
): number {
  let loss = 0;
  for (let i = 0; i < columns; i++) {
    loss += (point[i]! * point[i]!) / 2;
    gradient[i] = point[i]!;
  }
  for (const row of chosen) {
    let sum = point[columns]!;
    for (let j = starts[row]!; j < starts[row + 1]!; j++) sum += point[column[j]!]! * value[j]!;
    const sign = labels[row] === 1 ? 1 : -1;
    const margin = sign * sum;
    loss += cost * (margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin);
    const pull = (-sign * cost) / (1 + Math.exp(margin));
    for (let j = starts[row]!; j < starts[row + 1]!; j++) gradient[column[j]!]! += pull * value[j]!;
    gradient[columns]! += pull;
  }
  return loss;
}

/** The way down by what the last steps showed of the curvature (two-loop recursion). */
function descent(
  gradient: Float64Array,
  steps: readonly Float64Array[],
  turns: readonly Float64Array[],
  curvatures: readonly number[],
): Float64Array {
  const direction = gradient.map((value) => -value);
  const shares = new Float64Array(steps.length);
  for (let i = steps.length - 1; i >= 0; i--) {
    shares[i] = dot(steps[i]!, direction) / curvatures[i]!;
    add(direction, turns[i]!, -shares[i]!);
  }
  const last = steps.length - 1;
  if (last >= 0) {
    const scale = curvatures[last]! / dot(turns[last]!, turns[last]!);
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  for (let i = 0; i < steps.length; i++)
    add(direction, steps[i]!, shares[i]! - dot(turns[i]!, direction) / curvatures[i]!);
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function add(to: Float64Array, what: Float64Array, times: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += times * what[i]!;
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
