import { choleskyInverse } from '../stats/cholesky.ts';
import { asCorrelations, correlationFactor, covarianceMatrix } from '../stats/covariance-matrix.ts';
import { type FactorMethod, factorChiSquare, fitFactors } from '../stats/factor-analysis.ts';
import { type ParallelAnalysis, parallelAnalysis } from '../stats/parallel-analysis.ts';
import type { Random } from '../stats/random.ts';
import { promax, varimax } from '../stats/rotate-factors.ts';
import { completeRows } from './complete-rows.ts';
import { sortedRows } from './sorted-rows.ts';

export type FactorRotation = 'varimax' | 'promax';

export type ExploredFactors = {
  /** Who answered every item. */
  n: number;
  items: string[];
  method: FactorMethod;
  rotation: FactorRotation;
  factors: number;
  /** True when parallel analysis chose the number. */
  isSuggested: boolean;
  parallel: ParallelAnalysis;
  /** Kaiser, Meyer and Olkin's measure of how much the items have in common, 0 to 1. */
  samplingAdequacy: number;
  loadings: number[][];
  factorCorrelations: number[][];
  uniquenesses: number[];
  /** Sum of squared loadings over items, factor by factor; of the pattern, where factors correlate. */
  explained: number[];
  chiSquare: { chiSquare: number; degreesOfFreedom: number; p: number | null } | null;
  warnings: string[];
};

const PEOPLE_MIN = 100;
const PEOPLE_PER_ITEM_MIN = 3;
const ADEQUACY_MIN = 0.5;

/**
 * Which items of a new battery go together: exploratory factor analysis with the number of factors that parallel analysis
 * suggests, unless somebody asks for another.
 *
 * @param answers respondents × items, as given or turned, null where an answer is missing; who misses one is left out
 * @param items names of the columns; the columns are taken in the order of their names
 * @throws {RangeError} in words for a researcher: too few people or items, items that do not vary or repeat each other, or
 *   that have too little in common, no factor found, or more factors than the items carry
 */
export function exploreFactors(
  answers: readonly (readonly (number | null)[])[],
  items: readonly string[],
  {
    random,
    factors: asked = null,
    method = 'minres',
    rotation = 'promax',
    draws,
    onStep,
  }: {
    random: Random;
    factors?: number | null;
    method?: FactorMethod;
    rotation?: FactorRotation;
    draws?: number;
    onStep?: (done: number) => void;
  },
): ExploredFactors {
  const order = items.map((_, i) => i).sort((a, b) => (items[a]! < items[b]! ? -1 : 1));
  const rows = sortedRows(completeRows(answers.map((row) => order.map((i) => row[i] ?? null))));
  const size = items.length;
  if (size < 4) throw new RangeError(`Looking for factors takes at least four items, and there are ${size}`);
  const needed = Math.max(PEOPLE_MIN, PEOPLE_PER_ITEM_MIN * size);
  if (rows.length < needed)
    throw new RangeError(
      `Looking for factors among ${size} items takes at least ${needed} people who answered all of them, and there are ${rows.length}: with fewer, other people would give other factors`,
    );
  const covariances = covarianceMatrix(rows);
  const still = order.filter((_, i) => covariances[i * size + i] === 0).map((i) => items[i]!);
  if (still.length > 0)
    throw new RangeError(`Everybody gave the same answer to ${still.join(', ')}: leave it out and look again`);
  const correlations = asCorrelations(covariances, size)!;
  const samplingAdequacy = adequacy(correlations, size);
  if (samplingAdequacy < ADEQUACY_MIN)
    throw new RangeError(
      `The items have too little in common for factors: the sampling adequacy (KMO) is ${samplingAdequacy.toFixed(2)}, and at least 0.50 is needed`,
    );

  const parallel = parallelAnalysis(correlations, size, {
    n: rows.length,
    random,
    ...(draws !== undefined && { draws }),
    ...(onStep && { onStep }),
  });
  const factors = asked ?? parallel.factors;
  if (factors < 1)
    throw new RangeError('No factor explains more than those of unrelated items do: there is nothing to find here');
  const fit = fitFactors(correlations, size, factors, method);
  const turned = rotation === 'varimax' ? varimax(fit.loadings) : promax(fit.loadings);
  const back = order.map((_, i) => order.indexOf(i));
  return {
    n: rows.length,
    items: [...items],
    method,
    rotation,
    factors,
    isSuggested: asked === null,
    parallel,
    samplingAdequacy,
    loadings: back.map((i) => turned.loadings[i]!),
    factorCorrelations: turned.correlations,
    uniquenesses: back.map((i) => fit.uniquenesses[i]!),
    explained: turned.correlations.map(
      (_, m) => turned.loadings.reduce((sum, row) => sum + row[m]! * row[m]!, 0) / size,
    ),
    chiSquare:
      method === 'ml'
        ? { ...factorChiSquare(fit, { n: rows.length, items: size, factors }), degreesOfFreedom: fit.degreesOfFreedom }
        : null,
    warnings: [
      ...(fit.isImproper ? ['An item is explained wholly by the factors (Heywood case): ask for fewer factors'] : []),
      ...(fit.converged ? [] : ['The fit did not settle: its loadings are not to be relied on']),
      ...(rows.length < 5 * size
        ? ['Fewer than five people for each item: loadings would differ in another sample']
        : []),
    ],
  };
}

/** Squared correlations against those that remain when all other items are held constant. */
function adequacy(correlations: Float64Array, size: number): number {
  const factor = correlationFactor(correlations, size);
  if (!factor)
    throw new RangeError('Some of the items repeat each other exactly: leave the repeated ones out and look again');
  const inverse = choleskyInverse(factor, size);
  let [own, partial] = [0, 0];
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      own += correlations[i * size + j]! ** 2;
      partial += inverse[i * size + j]! ** 2 / (inverse[i * size + i]! * inverse[j * size + j]!);
    }
  }
  return own + partial > 0 ? own / (own + partial) : 0;
}
