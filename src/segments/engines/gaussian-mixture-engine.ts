import {
  type CovarianceFamily,
  covarianceParameters,
  isDiagonal,
} from '../../stats/gaussian-mixture/covariance-families.ts';
import { fitGaussianMixture, type GaussianMixture } from '../../stats/gaussian-mixture.ts';
import { type Engine, type EngineModel, evenly, likelihoodOf, listed, varying } from './engine.ts';
import { placeRows } from './memberships.ts';

const FITTED_MOST = 5_000;
/** Of the column's variance: answers in steps would let a cloud shrink to a single one. */
const VARIANCE_FLOOR = 0.01;
const STARTS = 50;
const STARTS_MANY = 20;
const MANY_PEOPLE = 1_000;
/** Groups that only have to come near need no more rounds than this. */
const ROUNDS_SOON = 100;
/** Turned clouds over more columns than this take too long to be grouped again and again. */
const TURNED_COLUMNS_MOST = 40;

/**
 * Clouds, each with a spread of its own: segments may be tight in one thing and wide in another. By its family they lie
 * along the columns or in any direction, and have more or less in common.
 */
export function gaussianMixtureEngine(family: CovarianceFamily = 'VVI'): Engine {
  return {
    reads: 'rows',
    group(rows, { p, k, random, starts }) {
      const sample = evenly(rows, p, FITTED_MOST);
      const n = sample.length / p;
      const columns = varying(sample, p);
      const parameters = k * (columns.length + 1) - 1 + covarianceParameters(family, k, columns.length);
      if (n <= parameters)
        throw new RangeError(
          `${k} clouds ${isDiagonal(family) ? 'along' : 'over'} ${columns.length} columns have ${parameters} numbers to be found, which is too many for ${n} people: take fewer segments or columns, or a family with more in common`,
        );
      if (!isDiagonal(family) && columns.length > TURNED_COLUMNS_MOST)
        throw new RangeError(
          `Clouds of any direction are for at most ${TURNED_COLUMNS_MOST} columns, and there are ${columns.length}: take a family that lies along the columns, such as VVI, or fewer columns`,
        );
      const begun = starts ?? (n <= MANY_PEOPLE ? STARTS : STARTS_MANY);
      let found: GaussianMixture;
      try {
        found = fitGaussianMixture(
          listed(sample, p, columns).map((row) => row.map(Number)),
          {
            k,
            random,
            family,
            starts: begun,
            varianceFloor: VARIANCE_FLOOR,
            ...(starts === undefined ? {} : { iterationsMax: ROUNDS_SOON, tolerance: 1e-6 }),
          },
        );
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new RangeError(
          isDiagonal(family)
            ? `Clouds of the family ${family} could not be fitted: ${error.message}. Take fewer segments, or another engine`
            : `Clouds of any direction (${family}) could not be fitted: ${error.message}. Answers that are centred within each person follow from each other, so take a family that lies along the columns, such as VVI`,
        );
      }
      const model = modelOf(found, columns, p);
      return {
        labels: placeRows(model, rows, p),
        model,
        starts: begun,
        shareOfStartsAtBest: found.shareOfStartsAtBest,
        converged: found.converged,
        objective: likelihoodOf(found),
      };
    },
  };
}

function modelOf({ family, model }: GaussianMixture, columns: number[], p: number): EngineModel {
  const { shares, means, covariances } = model;
  if (!isDiagonal(family)) return { kind: 'turned', columns, shares, means, covariances };
  const spread = (own: (at: number) => number) => {
    const all = new Array<number>(p).fill(0);
    for (const [at, column] of columns.entries()) all[column] = own(at);
    return all;
  };
  return {
    kind: 'normal',
    shares,
    means: means.map((mean) => spread((at) => mean[at]!)),
    variances: covariances.map((own) => spread((at) => own[at]![at]!)),
  };
}
