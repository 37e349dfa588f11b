import { asCorrelations, covarianceMatrix } from '../stats/covariance-matrix.ts';
import { fitFactors } from '../stats/factor-analysis.ts';
import { quantile } from '../stats/quantile.ts';
import type { Random } from '../stats/random.ts';
import { requireScores } from './complete-rows.ts';
import { sortedRows } from './sorted-rows.ts';

/** How much of a total score's variance one common factor explains. */
export type Omega = {
  /** Of the items as they are scored. */
  omega: number;
  /** Of the items with equal spread. */
  standardised: number;
  /** One for each item, of its correlation with the factor. */
  loadings: number[];
  /** False where an item had nothing of its own left, or the fit did not settle: the figure is not to be relied on. */
  isProper: boolean;
};

/** So few of the resamples may fail before no interval is given. */
const SHARE_FITTED_MIN = 0.9;
const RESAMPLES = 500;

/**
 * McDonald's omega total of one factor, found by maximum likelihood. Unlike alpha it does not ask that all items measure
 * equally well.
 *
 *   omega = (sum of loadings)² / ((sum of loadings)² + sum of uniquenesses),  in the items' own units
 *
 * @param scores respondents × items; reversed items already turned, no answer missing
 * @returns null when it has no value: an item that does not vary, items that repeat each other, or loadings that cancel
 * @throws {RangeError} for fewer than two respondents, fewer than three items, or ragged rows
 * @see McDonald (1999), Test Theory: A Unified Treatment
 *
 * @example
 * omegaTotal([[2, 3, 3], [4, 4, 5], [1, 2, 1], [5, 5, 4], [3, 3, 4], [2, 1, 2]])?.omega // => 0.93629
 */
export function omegaTotal(scores: readonly (readonly number[])[]): Omega | null {
  requireScores(scores, 'omegaTotal');
  if (scores[0]!.length < 3) throw new RangeError('omegaTotal requires at least three items');
  return fromCovariances(covarianceMatrix(sortedRows(scores)), scores[0]!.length);
}

/**
 * A percentile interval for omega over resampled respondents.
 *
 * @param scores as for `omegaTotal`
 * @returns null where more than a tenth of the resamples have no omega: too few people, or too little in common
 *
 * @see Kelley and Pornprasertmanit (2016), Psychological Methods 21(1), 69–92
 */
export function omegaInterval(
  scores: readonly (readonly number[])[],
  { random, level = 0.95, resamples = RESAMPLES }: { random: Random; level?: number; resamples?: number },
): { low: number; high: number } | null {
  requireScores(scores, 'omegaInterval');
  const items = scores[0]!.length;
  const rows = sortedRows(scores);
  const found: number[] = [];
  for (let resample = 0; resample < resamples; resample++) {
    const drawn = rows.map(() => rows[Math.floor(random() * rows.length)]!);
    const one = fromCovariances(covarianceMatrix(drawn), items);
    if (one !== null) found.push(one.omega);
  }
  if (found.length < SHARE_FITTED_MIN * resamples) return null;
  return { low: quantile(found, (1 - level) / 2)!, high: quantile(found, (1 + level) / 2)! };
}

function fromCovariances(covariances: Float64Array, items: number): Omega | null {
  const correlations = asCorrelations(covariances, items);
  if (correlations === null) return null;
  const fit = fitted(correlations, items);
  if (fit === null) return null;
  const loadings = fit.loadings.map(([loading]) => loading!);
  const shareOf = (weights: readonly number[]) => {
    const common = loadings.reduce((sum, loading, i) => sum + loading * weights[i]!, 0) ** 2;
    return common / (common + fit.uniquenesses.reduce((sum, own, i) => sum + own * weights[i]! ** 2, 0));
  };
  return {
    omega: shareOf(loadings.map((_, i) => Math.sqrt(covariances[i * items + i]!))),
    standardised: shareOf(loadings.map(() => 1)),
    loadings,
    isProper: fit.converged && !fit.isImproper,
  };
}

/** Null where the items repeat each other, which is no mistake of the caller. */
function fitted(correlations: Float64Array, items: number) {
  try {
    return fitFactors(correlations, items, 1);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
