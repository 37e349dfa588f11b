import { choleskyFactor } from './cholesky.ts';
import { asCorrelations, covarianceMatrix } from './covariance-matrix.ts';
import { compareRows, type DistinctRows, distinctRows } from './distinct-rows.ts';
import { eigenSymmetric } from './eigen-symmetric.ts';
import {
  COVARIANCE_FAMILIES,
  type CovarianceFamily,
  covarianceParameters,
  isDiagonal,
} from './gaussian-mixture/covariance-families.ts';
import { climb, expect, type Mixture, type MixtureFit } from './gaussian-mixture/em.ts';
import { bestPartition, squaredDistance } from './k-means.ts';
import { membershipEntropy } from './membership-entropy.ts';
import type { Random } from './random.ts';

export type GaussianMixtureOptions = {
  k: number;
  random: Random;
  /** What the groups have in common. `VVI`, clouds along the columns with variances of their own, unless told. */
  family?: CovarianceFamily;
  /** How many times to begin; a few rounds tell which fifth of them is worth finishing. 50 unless told. */
  starts?: number;
  /** The most rounds a finished start may take. 1,000 unless told. */
  iterationsMax?: number;
  /** A start has come to rest when the log-likelihood changes by no more than this share. 1e-10 unless told. */
  tolerance?: number;
  /** No variance within a group falls below this share of the column's variance. 0.001 unless told. */
  varianceFloor?: number;
};

/** A mixture of k normal distributions, the largest group first. */
export type GaussianMixture = {
  k: number;
  family: CovarianceFamily;
  /** For each row, the group it is most likely in. */
  labels: number[];
  /** Rows by their most likely group. */
  sizes: number[];
  /** Rows × k: how likely each row is in each group. */
  probabilities: number[][];
  logLikelihood: number;
  parameters: number;
  /** Smaller is better in both. */
  aic: number;
  bic: number;
  /** 1 when every row is surely in its group, 0 when nothing is known; null for one group. */
  entropyR2: number | null;
  /** Of the starts that were finished, how many ended here. */
  shareOfStartsAtBest: number;
  converged: boolean;
  /** Whether some variance is held at the floor, so that the likelihood is not at its true height. */
  isAtFloor: boolean;
  model: GaussianMixtureModel;
};

/** What places a later row. Covariances are k × columns × columns. */
export type GaussianMixtureModel = { shares: number[]; means: number[][]; covariances: number[][][] };

const FIRST_ROUNDS = 15;
const SHARE_FINISHED = 0.2;
/** Log-likelihoods that differ by less than this share are the same. */
const SAME = 1e-6;
/** A correlation matrix with a pivot below this has columns that follow from each other. */
const PIVOT_LEAST = 1e-5;

/**
 * Fits a mixture of normal distributions by expectation and maximisation, many times over, and keeps the most likely.
 * A fit that had to hold variances at their floor is kept only when there is no other, since a group that shrinks to a
 * few equal rows is as likely as one cares to make it. The order of the rows does not matter.
 *
 * @param rows respondents × columns, no number missing
 * @throws {RangeError} when k is not a whole number from 1 to the number of distinct rows, when there are no more rows than
 *   parameters, for a column without variation, columns that follow from each other (in families with orientation), ragged
 *   rows, numbers that are not finite, or when no start led anywhere
 * @see Celeux and Govaert (1995), Pattern Recognition 28, 781–793; Fraley and Raftery (2002), Journal of the American
 *   Statistical Association 97, 611–631
 *
 * @example
 * let state = 1;
 * const random = () => (state = (state * 16807) % 2147483647) / 2147483647;
 * const rows = [1, 2, 3, 4, 5, 40, 42, 44].map((x) => [x]);
 * const { labels } = fitGaussianMixture(rows, { k: 2, random });
 * labels // => [0, 0, 0, 0, 0, 1, 1, 1]
 */
export function fitGaussianMixture(
  rows: readonly (readonly number[])[],
  options: GaussianMixtureOptions,
): GaussianMixture {
  const { k, random, family = 'VVI', starts = 50, iterationsMax = 1000, tolerance = 1e-10 } = options;
  const { varianceFloor = 0.001 } = options;
  if (!COVARIANCE_FAMILIES.includes(family)) throw new RangeError(`fitGaussianMixture knows no family ${family}`);
  if (!(Number.isInteger(k) && k >= 1)) {
    throw new RangeError('fitGaussianMixture requires a whole number of groups, at least one');
  }
  if (!(Number.isInteger(starts) && starts >= 1))
    throw new RangeError('fitGaussianMixture requires at least one start');
  if (!(Number.isInteger(iterationsMax) && iterationsMax >= 1)) {
    throw new RangeError('fitGaussianMixture requires at least one iteration');
  }
  if (!(varianceFloor > 0 && varianceFloor < 1 && tolerance > 0)) {
    throw new RangeError('fitGaussianMixture requires a variance floor between 0 and 1, and a tolerance above 0');
  }
  if (rows.length < 2) throw new RangeError('fitGaussianMixture requires at least two rows');
  const points = distinctRows(rows);
  const { count, width: p } = points;
  if (k > count) throw new RangeError(`fitGaussianMixture cannot make ${k} groups out of ${count} distinct rows`);
  const parameters = k - 1 + k * p + covarianceParameters(family, k, p);
  if (rows.length <= parameters) {
    throw new RangeError(
      `${rows.length} rows are too few for the ${parameters} parameters of ${k} groups in ${p} columns; take fewer groups or columns`,
    );
  }
  const spread = spreadOf(points, family);

  const least = spread.variances.map((variance) => variance * varianceFloor);
  const began = drawStarts(points, spread, k, starts, random).flatMap((probabilities) => {
    const fit = climb(points, probabilities, { k, family, least, iterationsMax: FIRST_ROUNDS, tolerance });
    return fit ? [{ probabilities, fit }] : [];
  });
  const promising = began
    .sort((a, b) => preferred(a.fit, b.fit))
    .slice(0, Math.max(1, Math.ceil(starts * SHARE_FINISHED)));
  const finished = promising
    .flatMap(({ probabilities }) => {
      const fit = climb(points, probabilities, { k, family, least, iterationsMax, tolerance });
      return fit ? [{ probabilities, fit }] : [];
    })
    .sort((a, b) => preferred(a.fit, b.fit));
  const best = finished[0];
  if (!best) {
    throw new RangeError(`No start led to ${k} groups: in all of them a group died out; take fewer groups`);
  }

  const { logLikelihood, converged, isRaised, mixture } = best.fit;
  const near = SAME * Math.max(1, Math.abs(logLikelihood));
  const atBest = finished.filter(({ fit }) => fit.isRaised === isRaised && logLikelihood - fit.logLikelihood <= near);
  return {
    ...describe(points, mixture, best.probabilities),
    k,
    family,
    logLikelihood,
    parameters,
    aic: 2 * parameters - 2 * logLikelihood,
    bic: parameters * Math.log(rows.length) - 2 * logLikelihood,
    shareOfStartsAtBest: atBest.length / finished.length,
    converged,
    isAtFloor: isRaised,
  };
}

/**
 * How likely a later row is in each group.
 *
 * @throws {RangeError} when the row has not the columns of the model, or a number that is not finite
 *
 * @example
 * const model = { shares: [0.5, 0.5], means: [[0], [4]], covariances: [[[1]], [[1]]] };
 * gaussianProbabilities(model, [2.5]) // => [0.119203, 0.880797]
 */
export function gaussianProbabilities(model: GaussianMixtureModel, row: readonly number[]): number[] {
  const { shares, means, covariances } = model;
  const p = means[0]!.length;
  if (row.length !== p) throw new RangeError('gaussianProbabilities requires a row with the columns of the model');
  const probabilities = new Float64Array(shares.length);
  const mixture: Mixture = {
    k: shares.length,
    p,
    isDiagonal: false,
    shares: Float64Array.from(shares),
    means: Float64Array.from(means.flat()),
    covariances: Float64Array.from(covariances.flat(2)),
  };
  if (expect(distinctRows([row]), mixture, probabilities) === null) {
    throw new RangeError(
      'gaussianProbabilities requires a model with positive definite covariances and a row it can hold',
    );
  }
  return Array.from(probabilities);
}

/** Fits whose variances are their own come first, then the more likely ones. */
function preferred(a: MixtureFit, b: MixtureFit): number {
  return Number(a.isRaised) - Number(b.isRaised) || b.logLikelihood - a.logLikelihood;
}

type Spread = { variances: Float64Array; covariances: Float64Array };

function spreadOf({ count, width, values, weights }: DistinctRows, family: CovarianceFamily): Spread {
  const people = Array.from({ length: count }, (_, i) =>
    new Array<number[]>(weights[i]!).fill(Array.from(values.subarray(i * width, (i + 1) * width))),
  ).flat();
  const covariances = covarianceMatrix(people);
  const variances = Float64Array.from({ length: width }, (_, j) => covariances[j * width + j]!);
  for (const [j, variance] of variances.entries()) {
    if (!(variance > 0)) throw new RangeError(`Column ${j + 1} has one value only; leave it out`);
    if (!Number.isFinite(variance))
      throw new RangeError(`Column ${j + 1} has numbers whose squares cannot be added up`);
  }
  if (!isDiagonal(family)) {
    const factor = choleskyFactor(asCorrelations(covariances, width)!, width);
    for (let j = 0; j < width; j++) {
      if (!factor || factor[j * width + j]! < PIVOT_LEAST) {
        throw new RangeError(
          `Some columns follow from the others, so the family ${family} cannot be fitted; leave one out or take a diagonal family`,
        );
      }
    }
  }
  return { variances, covariances };
}

/**
 * Where the starts begin: groups of k-means, and rows put with the nearest of k of them drawn at random, by turns in the
 * columns as they are, in units of their standard deviation, and with all directions made equally wide.
 */
function drawStarts(points: DistinctRows, spread: Spread, k: number, starts: number, random: Random): Float64Array[] {
  const spaces = [points, standardised(points, spread), sphered(points, spread)];
  return Array.from({ length: k === 1 ? 1 : starts }, (_, start) => {
    const space = spaces[start % spaces.length]!;
    const labels =
      Math.floor(start / spaces.length) % 2 === 0
        ? bestPartition(space, { k, random, starts: 1, settlingMax: 3, movingMax: 30 }).labels
        : aroundDrawn(space, k, random);
    const probabilities = new Float64Array(points.count * k);
    for (let i = 0; i < points.count; i++) probabilities[i * k + labels[i]!] = 1;
    return probabilities;
  });
}

function aroundDrawn({ count, width, values }: DistinctRows, k: number, random: Random): Int32Array {
  const drawn = new Set<number>();
  while (drawn.size < k) {
    // A row drawn before gives its place to the next, so that the loop ends.
    let row = Math.floor(random() * count);
    while (drawn.has(row)) row = (row + 1) % count;
    drawn.add(row);
  }
  const centres = [...drawn];
  return Int32Array.from({ length: count }, (_, i) => {
    let nearest = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const [c, centre] of centres.entries()) {
      const distance = squaredDistance(values, i, values, centre, width);
      if (distance < least) {
        least = distance;
        nearest = c;
      }
    }
    return nearest;
  });
}

function standardised(points: DistinctRows, { variances }: Spread): DistinctRows {
  const deviations = variances.map(Math.sqrt);
  return { ...points, values: points.values.map((value, at) => value / deviations[at % points.width]!) };
}

function sphered(points: DistinctRows, spread: Spread): DistinctRows {
  const { count, width } = points;
  const correlations = asCorrelations(spread.covariances, width)!;
  const { eigenvalues, eigenvectors } = eigenSymmetric(correlations, width);
  const scaled = standardised(points, spread).values;
  const values = new Float64Array(count * width);
  for (let axis = 0; axis < width; axis++) {
    if (eigenvalues[axis]! < PIVOT_LEAST) continue;
    for (let i = 0; i < count; i++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += scaled[i * width + j]! * eigenvectors[j * width + axis]!;
      values[i * width + axis] = sum / Math.sqrt(eigenvalues[axis]!);
    }
  }
  return { ...points, values };
}

function describe(points: DistinctRows, mixture: Mixture, found: Float64Array) {
  const { k, p, shares, means, covariances } = mixture;
  const meanOf = (c: number) => Array.from(means.subarray(c * p, (c + 1) * p));
  const order = Array.from(shares.keys()).sort((a, b) => shares[b]! - shares[a]! || compareRows(meanOf(a), meanOf(b)));
  const probabilities = Array.from({ length: points.count }, (_, i) => order.map((c) => found[i * k + c]!));
  const groups = probabilities.map((own) => own.indexOf(Math.max(...own)));
  const sizes = new Array<number>(k).fill(0);
  for (const [i, group] of groups.entries()) sizes[group]! += points.weights[i]!;
  const covarianceOf = (c: number) =>
    Array.from({ length: p }, (_, i) =>
      Array.from({ length: p }, (_, j) => {
        if (!mixture.isDiagonal) return covariances[c * p * p + i * p + j]!;
        return i === j ? covariances[c * p + i]! : 0;
      }),
    );
  const model: GaussianMixtureModel = {
    shares: order.map((c) => shares[c]!),
    means: order.map(meanOf),
    covariances: order.map(covarianceOf),
  };
  return {
    labels: Array.from(points.distinctOf, (i) => groups[i]!),
    probabilities: Array.from(points.distinctOf, (i) => [...probabilities[i]!]),
    sizes,
    entropyR2: membershipEntropy(probabilities, points.weights),
    model,
  };
}
