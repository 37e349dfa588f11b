import { fitGaussianMixture } from '../../stats/gaussian-mixture.ts';
import { type Engine, evenly, listed, varying } from './engine.ts';
import { placeRows } from './memberships.ts';

const FITTED_MOST = 5_000;
/** Of the column's variance: answers in steps would let a cloud shrink to a single one. */
const VARIANCE_FLOOR = 0.01;
const STARTS = 50;
const STARTS_MANY = 20;
const MANY_PEOPLE = 1_000;
/** Groups that only have to come near need no more rounds than this. */
const ROUNDS_SOON = 100;

/** Clouds along the columns, each with a spread of its own: segments may be tight in one thing and wide in another. */
export const gaussianMixtureEngine: Engine = {
  reads: 'rows',
  group(rows, { p, k, random, starts }) {
    const sample = evenly(rows, p, FITTED_MOST);
    const n = sample.length / p;
    const columns = varying(sample, p);
    const parameters = k * 2 * columns.length + k - 1;
    if (n <= parameters)
      throw new RangeError(
        `${k} clouds along ${columns.length} columns have ${parameters} numbers to be found, which is too many for ${n} people: take fewer segments or columns`,
      );
    const begun = starts ?? (n <= MANY_PEOPLE ? STARTS : STARTS_MANY);
    const found = fitGaussianMixture(
      listed(sample, p, columns).map((row) => row.map(Number)),
      {
        k,
        random,
        starts: begun,
        varianceFloor: VARIANCE_FLOOR,
        ...(starts === undefined ? {} : { iterationsMax: ROUNDS_SOON, tolerance: 1e-6 }),
      },
    );
    const { shares, means, covariances } = found.model;
    const spread = (own: (at: number) => number) => {
      const all = new Array<number>(p).fill(0);
      for (const [at, column] of columns.entries()) all[column] = own(at);
      return all;
    };
    const model = {
      kind: 'normal' as const,
      shares,
      means: means.map((mean) => spread((at) => mean[at]!)),
      variances: covariances.map((own) => spread((at) => own[at]![at]!)),
    };
    return {
      labels: placeRows(model, rows, p),
      model,
      starts: begun,
      shareOfStartsAtBest: found.shareOfStartsAtBest,
      converged: found.converged,
      objective: { name: 'log-likelihood', value: found.logLikelihood, bic: found.bic, entropyR2: found.entropyR2 },
    };
  },
};
