import { choleskyFactor, choleskySolve } from './cholesky.ts';
import { chiSquareUpperP, normalQuantile, normalTwoSidedP } from './distributions.ts';
import { quantile } from './quantile.ts';
import type { Random } from './random.ts';

export type ThreeStepMethod = 'bch' | 'proportional' | 'modal';

/** What an outcome comes to in each class of a partition that is only known with some probability. */
export type ThreeStep = {
  /** What was done: proportional where the correction could not be made. */
  method: ThreeStepMethod;
  /** Why the correction was not made, in a sentence; null where it was. */
  fallback: string | null;
  /** For each class, in the unit of the outcome; null where nobody's answer counts towards it. */
  means: ({ mean: number; standardError: number; low: number; high: number } | null)[];
  /** Wald's test that all are the same; null when it cannot be made. */
  test: { chiSquare: number; df: number; p: number } | null;
  /** First minus second. */
  pairs: { first: number; second: number; difference: number; low: number; high: number; p: number }[];
};

/** Beyond this, turning the matrix of wrong assignments round blows chance up more than it corrects. */
const CONDITION_MAX = 20;
const REPEATS = 200;

/**
 * The mean of an outcome in each class, corrected for people being in classes only with some probability. Counting people
 * in their likeliest class (`modal`) or in all of them by probability (`proportional`) makes the classes look more alike
 * than they are; BCH weights people by the inverse of how often the assignment goes wrong, which takes this back.
 *
 * Standard errors are those of a sandwich, with the probabilities taken as known; with `bootstrap` they, and the interval,
 * come of drawing people again, the assignment errors estimated anew each time.
 *
 * @param probabilities people × classes, each row together 1
 * @param outcome of the same people; null where it is not known. For a share, 0 and 1: corrected shares can then lie
 *   somewhat outside 0 to 1, and are not cut here
 * @param options.assigned the class that each person was put into; the likeliest one without it
 * @param options.weights of the same people
 * @param options.level how sure the intervals are, 0.95 unless told
 * @throws {RangeError} when there are no people or fewer than two classes, the arrays do not fit, or a number is not finite
 * @see Bolck, Croon and Hagenaars (2004), Political Analysis 12(1), 3–27; Vermunt (2010), Political Analysis 18(4),
 *   450–469; Bakk, Tekle and Vermunt (2013), Sociological Methodology 43(1), 272–311
 */
export function threeStepMeans(
  probabilities: readonly (readonly number[])[],
  outcome: readonly (number | null)[],
  options: {
    method?: ThreeStepMethod;
    assigned?: readonly number[];
    weights?: readonly number[];
    level?: number;
    bootstrap?: { random: Random; repeats?: number };
  } = {},
): ThreeStep {
  const { method = 'bch', assigned, weights, level = 0.95, bootstrap } = options;
  const k = probabilities[0]?.length ?? 0;
  checkInput(probabilities, outcome, weights, k);
  if (assigned && (assigned.length !== probabilities.length || assigned.some((s) => !(s >= 0 && s < k))))
    throw new RangeError('threeStepMeans requires one of the classes for each person');
  const classes = assigned ?? probabilities.map(likeliest);
  const all = Array.from(probabilities, (_, i) => i);
  const caseWeights = weights ?? all.map(() => 1);

  const people = { probabilities, classes, outcome, caseWeights, k };
  let used = method;
  let fallback: string | null = null;
  let found = meansOf(all, people, used);
  if (found === null) {
    used = 'proportional';
    fallback =
      'The segments overlap too much for the correction to be made, so people count in each segment by their probability: true differences are larger than these';
    found = meansOf(all, people, used)!;
  }

  const z = normalQuantile((1 + level) / 2);
  const drawn = bootstrap && drawAgain(all.length, bootstrap, (drawnPeople) => meansOf(drawnPeople, people, used));
  const covariance = drawn ? covarianceOf(drawn, k) : found.covariance;
  const error = (s: number, t: number) =>
    Math.sqrt(
      Math.max(0, covariance[s * k + s]! + (t === s ? 0 : covariance[t * k + t]! - 2 * covariance[s * k + t]!)),
    );
  const ends = (value: (means: readonly (number | null)[]) => number | null, centre: number, standardError: number) => {
    const values = drawn?.flatMap(({ means }) => value(means) ?? []) ?? [];
    return values.length > 0
      ? { low: quantile(values, (1 - level) / 2)!, high: quantile(values, (1 + level) / 2)! }
      : { low: centre - z * standardError, high: centre + z * standardError };
  };
  const known = [...found.means.keys()].filter((s) => found.means[s] !== null);
  return {
    method: used,
    fallback,
    means: found.means.map((mean, s) =>
      mean === null
        ? null
        : { mean, standardError: error(s, s), ...ends((means) => means[s] ?? null, mean, error(s, s)) },
    ),
    test: waldTest(found.means, covariance, known, k),
    pairs: known.flatMap((first, i) =>
      known.slice(i + 1).flatMap((second) => {
        const difference = found.means[first]! - found.means[second]!;
        const standardError = error(first, second);
        const apart = (means: readonly (number | null)[]) =>
          means[first] == null || means[second] == null ? null : means[first]! - means[second]!;
        if (!(standardError > 0)) return [];
        return [
          {
            first,
            second,
            difference,
            ...ends(apart, difference, standardError),
            p: normalTwoSidedP(difference / standardError),
          },
        ];
      }),
    ),
  };
}

function checkInput(
  probabilities: readonly (readonly number[])[],
  outcome: readonly (number | null)[],
  weights: readonly number[] | undefined,
  k: number,
): void {
  if (k < 2) throw new RangeError('Comparing an outcome between segments needs people and at least two segments');
  if (outcome.length !== probabilities.length || (weights && weights.length !== probabilities.length))
    throw new RangeError('threeStepMeans requires an outcome and a weight for each person');
  if (probabilities.some((row) => row.length !== k || row.some((p) => !(p >= 0 && p <= 1.000001))))
    throw new RangeError('threeStepMeans requires a probability from 0 to 1 for each class');
  if (outcome.some((value) => value !== null && !Number.isFinite(value)))
    throw new RangeError('threeStepMeans requires finite outcomes');
  if (weights?.some((weight) => !(weight >= 0 && Number.isFinite(weight))))
    throw new RangeError('threeStepMeans requires weights of at least 0');
}

type Means = { means: (number | null)[]; covariance: Float64Array };

const likeliest = (row: readonly number[]): number => row.reduce((best, p, s) => (p > row[best]! ? s : best), 0);

type People = {
  probabilities: readonly (readonly number[])[];
  classes: readonly number[];
  outcome: readonly (number | null)[];
  caseWeights: readonly number[];
  k: number;
};

/** Null when BCH cannot be made. */
function meansOf(people: readonly number[], of: People, method: ThreeStepMethod): Means | null {
  const { probabilities, classes, outcome, caseWeights, k } = of;
  let turned: Float64Array | null = null;
  if (method === 'bch') {
    // errors[s, t]: how often somebody who is in s is taken for one of t.
    const errors = new Float64Array(k * k);
    const sizes = new Float64Array(k);
    for (const i of people) {
      const t = classes[i]!;
      for (let s = 0; s < k; s++) {
        const share = caseWeights[i]! * probabilities[i]![s]!;
        errors[s * k + t]! += share;
        sizes[s]! += share;
      }
    }
    if (sizes.some((size) => !(size > 0))) return null;
    for (let s = 0; s < k; s++) for (let t = 0; t < k; t++) errors[s * k + t]! /= sizes[s]!;
    turned = invert(errors, k);
    if (turned === null) return null;
  }
  const weightOf = (i: number, s: number): number => {
    if (method === 'proportional') return caseWeights[i]! * probabilities[i]![s]!;
    const t = classes[i]!;
    if (method === 'modal') return t === s ? caseWeights[i]! : 0;
    return caseWeights[i]! * turned![t * k + s]!;
  };

  const answered = people.filter((i) => outcome[i] !== null && caseWeights[i]! > 0);
  const totals = new Float64Array(k);
  const sums = new Float64Array(k);
  for (const i of answered)
    for (let s = 0; s < k; s++) {
      totals[s]! += weightOf(i, s);
      sums[s]! += weightOf(i, s) * outcome[i]!;
    }
  if (method === 'bch' && answered.length > 0 && totals.some((total) => !(total > 0))) return null;
  const means = Array.from(totals, (total, s) => (total > 0 ? sums[s]! / total : null));
  const covariance = new Float64Array(k * k);
  const pull = new Float64Array(k);
  for (const i of answered) {
    for (let s = 0; s < k; s++)
      pull[s] = means[s] === null ? 0 : (weightOf(i, s) * (outcome[i]! - means[s]!)) / totals[s]!;
    for (let s = 0; s < k; s++) for (let t = 0; t < k; t++) covariance[s * k + t]! += pull[s]! * pull[t]!;
  }
  const n = answered.length;
  for (const cell of covariance.keys()) covariance[cell]! *= n > 1 ? n / (n - 1) : 1;
  return { means, covariance };
}

/** By Gauss and Jordan with pivots; null when the matrix is singular or nearly so. */
function invert(matrix: Float64Array, k: number): Float64Array | null {
  const left = Float64Array.from(matrix);
  const right = Float64Array.from({ length: k * k }, (_, cell) => (cell % (k + 1) === 0 ? 1 : 0));
  for (let column = 0; column < k; column++) {
    let pivot = column;
    for (let row = column; row < k; row++)
      if (Math.abs(left[row * k + column]!) > Math.abs(left[pivot * k + column]!)) pivot = row;
    const size = left[pivot * k + column]!;
    if (Math.abs(size) < 1e-9) return null;
    for (const side of [left, right])
      for (let j = 0; j < k; j++) {
        const held = side[pivot * k + j]!;
        side[pivot * k + j] = side[column * k + j]!;
        side[column * k + j] = held / size;
      }
    for (let row = 0; row < k; row++) {
      const factor = left[row * k + column]!;
      if (row === column || factor === 0) continue;
      for (const side of [left, right])
        for (let j = 0; j < k; j++) side[row * k + j]! -= factor * side[column * k + j]!;
    }
  }
  const norm = (cells: Float64Array) =>
    Math.max(
      ...Array.from({ length: k }, (_, row) =>
        cells.subarray(row * k, row * k + k).reduce((sum, cell) => sum + Math.abs(cell), 0),
      ),
    );
  return norm(matrix) * norm(right) > CONDITION_MAX ? null : right;
}

function drawAgain(
  n: number,
  { random, repeats = REPEATS }: { random: Random; repeats?: number },
  refit: (people: readonly number[]) => Means | null,
): Means[] {
  return Array.from({ length: repeats }).flatMap(
    () => refit(Array.from({ length: n }, () => Math.floor(random() * n))) ?? [],
  );
}

function covarianceOf(drawn: readonly Means[], k: number): Float64Array {
  const covariance = new Float64Array(k * k);
  const centre = Array.from({ length: k }, (_, s) => {
    const values = drawn.flatMap(({ means }) => means[s] ?? []);
    return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  });
  const whole = drawn.filter(({ means }) => means.every((mean) => mean !== null));
  for (const { means } of whole)
    for (let s = 0; s < k; s++)
      for (let t = 0; t < k; t++)
        covariance[s * k + t]! += ((means[s]! - centre[s]!) * (means[t]! - centre[t]!)) / Math.max(1, whole.length - 1);
  return covariance;
}

/** Each mean less the last one, against what chance makes of these differences. */
function waldTest(
  means: readonly (number | null)[],
  covariance: Float64Array,
  known: readonly number[],
  k: number,
): ThreeStep['test'] {
  const last = known.at(-1);
  const df = known.length - 1;
  if (last === undefined || df < 1) return null;
  const differences = Float64Array.from(known.slice(0, -1), (s) => means[s]! - means[last]!);
  const at = (s: number, t: number) => covariance[s * k + t]!;
  const spread = Float64Array.from({ length: df * df }, (_, cell) => {
    const [s, t] = [known[Math.floor(cell / df)]!, known[cell % df]!];
    return at(s, t) - at(s, last) - at(last, t) + at(last, last);
  });
  const factor = choleskyFactor(spread, df);
  if (factor === null) return null;
  const solved = choleskySolve(factor, differences, df);
  const chiSquare = Math.max(
    0,
    solved.reduce((sum, value, i) => sum + value * differences[i]!, 0),
  );
  return Number.isFinite(chiSquare) ? { chiSquare, df, p: chiSquareUpperP(chiSquare, df) } : null;
}
