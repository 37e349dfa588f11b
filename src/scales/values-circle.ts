import { asCorrelations, covarianceMatrix } from '../stats/covariance-matrix.ts';
import { eigenSymmetric } from '../stats/eigen-symmetric.ts';
import { type Random, shuffled } from '../stats/random.ts';
import { completeRows } from './complete-rows.ts';
import { sortedRows } from './sorted-rows.ts';

/** The order in which Schwartz's ten values stand around the circle; neighbours go together, opposites exclude each other. */
export const SCHWARTZ_ORDER = [
  'self-direction',
  'stimulation',
  'hedonism',
  'achievement',
  'power',
  'security',
  'conformity',
  'tradition',
  'benevolence',
  'universalism',
] as const;

/** Where a battery of values stands on its way from provisional to tried. */
export const PROVISIONAL_UNTIL = 300;
const PERMUTATIONS = 4999;
const P_MAX = 0.05;
const CONGRUENCE_MIN = 0.8;
const PEOPLE_MIN = 50;

export type ValuesCircle = {
  /** Who has a score of every value. */
  n: number;
  /** In the order they were given: degrees around the circle, turned so that the first stands at 0. */
  values: { code: string; expected: number; observed: number; distance: number }[];
  /** How well the observed angles agree with the expected ones, 0 to 1. */
  congruence: number;
  /** Share of random orders that agree at least as well. */
  p: number;
  permutations: number;
  /** How much of the squared distances two dimensions hold. */
  planeShare: number;
  holds: boolean;
};

/**
 * Whether values measured by a battery stand around the circle in their theoretical order: the first two dimensions of
 * classical scaling of √(2 (1 − r)), held against evenly spaced places, with a permutation test over all orders.
 *
 *   congruence = |mean of exp(i (observed − expected))|,  the better of the two senses of rotation
 *
 * @param scores respondents × values, centred on the person, null where there is none
 * @param order the values' codes in their theoretical order, one per column
 * @param random draws the orders
 * @throws {RangeError} for fewer than fifty complete respondents, fewer than five values, or a value that does not vary
 * @see Borg, Bardi and Schwartz (2017), Journal of Cross-Cultural Psychology 48(3), 402–413
 */
export function valuesCircle(
  scores: readonly (readonly (number | null)[])[],
  order: readonly string[],
  { random, permutations = PERMUTATIONS }: { random: Random; permutations?: number },
): ValuesCircle {
  const rows = sortedRows(completeRows(scores));
  if (order.length < 5) throw new RangeError('The circle of values requires at least five values');
  if (rows.length < PEOPLE_MIN)
    throw new RangeError(
      `The circle of values requires at least ${PEOPLE_MIN} people with all values, and there are ${rows.length}`,
    );
  const size = order.length;
  const correlations = asCorrelations(covarianceMatrix(rows), size);
  if (!correlations) throw new RangeError('One of the values does not vary: everybody has the same score');

  const { points, planeShare } = plane(correlations, size);
  const observed = points.map(([x, y]) => Math.atan2(y, x));
  const expected = order.map((_, i) => (2 * Math.PI * i) / size);
  const found = agreement(observed, expected);
  let asGood = 0;
  for (let draw = 0; draw < permutations; draw++)
    if (agreement(observed, shuffled(expected, random)).congruence >= found.congruence - 1e-12) asGood += 1;
  const p = (asGood + 1) / (permutations + 1);

  const degrees = (angle: number) => ((((angle * 180) / Math.PI) % 360) + 360) % 360;
  return {
    n: rows.length,
    values: order.map((code, i) => ({
      code,
      expected: degrees(expected[i]!),
      observed: degrees(found.sense * observed[i]! - found.turn),
      distance: Math.hypot(...points[i]!),
    })),
    congruence: found.congruence,
    p,
    permutations,
    planeShare,
    holds: p < P_MAX && found.congruence >= CONGRUENCE_MIN,
  };
}

/** Classical scaling in two dimensions. */
function plane(correlations: Float64Array, size: number): { points: [number, number][]; planeShare: number } {
  const halved = correlations.map((r) => r - 1);
  const means = Array.from({ length: size }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += halved[i * size + j]!;
    return sum / size;
  });
  const all = means.reduce((sum, one) => sum + one, 0) / size;
  const inner = halved.map((value, at) => value - means[Math.floor(at / size)]! - means[at % size]! + all);
  const { eigenvalues, eigenvectors } = eigenSymmetric(inner, size);
  const positive = eigenvalues.reduce((sum, value) => sum + Math.max(0, value), 0);
  return {
    points: Array.from({ length: size }, (_, i) => [
      eigenvectors[i * size]! * Math.sqrt(Math.max(0, eigenvalues[0]!)),
      eigenvectors[i * size + 1]! * Math.sqrt(Math.max(0, eigenvalues[1]!)),
    ]),
    planeShare: positive > 0 ? (Math.max(0, eigenvalues[0]!) + Math.max(0, eigenvalues[1]!)) / positive : 0,
  };
}

function agreement(observed: readonly number[], expected: readonly number[]) {
  const along = (sense: 1 | -1) => {
    let [x, y] = [0, 0];
    observed.forEach((angle, i) => {
      x += Math.cos(sense * angle - expected[i]!);
      y += Math.sin(sense * angle - expected[i]!);
    });
    return { sense, congruence: Math.hypot(x, y) / observed.length, turn: Math.atan2(y, x) };
  };
  const [one, other] = [along(1), along(-1)];
  return one.congruence >= other.congruence ? one : other;
}
