import { asCorrelations } from './covariance-matrix.ts';
import { eigenSymmetric } from './eigen-symmetric.ts';
import { quantile } from './quantile.ts';
import { gammaDeviate, normalDeviate, type Random } from './random.ts';

/** Eigenvalues beside those of data in which nothing is related. */
export type ParallelAnalysis = {
  /** How many factors stand out: those before the first that does not. */
  factors: number;
  /** From the largest; `chance` is the 95th percentile over the draws. */
  eigenvalues: { found: number; chance: number }[];
  draws: number;
};

/** Of as many draws, the percentile is steady to about 0.01. */
const DRAWS = 100;
const PERCENTILE = 0.95;

/**
 * Parallel analysis: how many factors explain more than the first factors of unrelated data of the same size do.
 *
 * Correlations of unrelated normal data are drawn as such (Bartlett's decomposition of a Wishart matrix), so that the work
 * does not grow with n.
 *
 * @param correlations items × items, row by row
 * @param n how many people, more than items
 * @throws {RangeError} for fewer than three items, or not more people than items
 * @see Horn (1965), Psychometrika 30, 179–185
 */
export function parallelAnalysis(
  correlations: Float64Array,
  items: number,
  {
    n,
    random,
    draws = DRAWS,
    onStep = () => {},
  }: { n: number; random: Random; draws?: number; onStep?: (done: number) => void },
): ParallelAnalysis {
  if (items < 3) throw new RangeError('Parallel analysis requires at least three items');
  if (!(n > items)) throw new RangeError('Parallel analysis requires more people than items');
  const chance: number[][] = Array.from({ length: items }, () => []);
  for (let draw = 0; draw < draws; draw++) {
    const { eigenvalues } = eigenSymmetric(unrelated(items, n, random), items);
    eigenvalues.forEach((value, m) => chance[m]!.push(value));
    onStep((draw + 1) / draws);
  }
  const found = eigenSymmetric(correlations, items).eigenvalues;
  const eigenvalues = Array.from(found, (value, m) => ({ found: value, chance: quantile(chance[m]!, PERCENTILE)! }));
  const first = eigenvalues.findIndex((one) => one.found <= one.chance);
  return { factors: first < 0 ? items : first, eigenvalues, draws };
}

/** Correlations of n people's answers to items that have nothing to do with each other. */
function unrelated(items: number, n: number, random: Random): Float64Array {
  const lower = new Float64Array(items * items);
  for (let i = 0; i < items; i++) {
    for (let j = 0; j < i; j++) lower[i * items + j] = normalDeviate(random);
    lower[i * items + i] = Math.sqrt(2 * gammaDeviate((n - 1 - i) / 2, random));
  }
  const products = new Float64Array(items * items);
  for (let i = 0; i < items; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += lower[i * items + k]! * lower[j * items + k]!;
      products[i * items + j] = sum;
      products[j * items + i] = sum;
    }
  }
  return asCorrelations(products, items)!;
}
