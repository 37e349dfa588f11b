import { normalTwoSidedP } from '../stats/distributions.ts';

/** What an operator knows of a population's scores of one scale: their mean and spread, or scores with percentiles. */
export type LoadedNorm =
  | { scale: string; kind: 'normal'; mean: number; standardDeviation: number; n: number | null }
  | { scale: string; kind: 'percentiles'; points: { score: number; percentile: number }[]; n: number | null };

/**
 * The percentile of a score in a population that an operator brought norms of: by the normal distribution from a mean and
 * a spread, or between the two nearest points of a table.
 *
 * @returns 0 to 100; beyond a table's ends the end's own percentile
 *
 * @example
 * percentileIn({ scale: 'calm', kind: 'normal', mean: 3, standardDeviation: 1, n: null }, 4) // => 84.1345
 * @example
 * percentileIn({ scale: 'calm', kind: 'percentiles', points: [{ score: 1, percentile: 10 }, { score: 3, percentile: 50 }], n: null }, 2) // => 30
 */
export function percentileIn(norm: LoadedNorm, score: number): number {
  if (norm.kind === 'normal') {
    const tail = normalTwoSidedP((score - norm.mean) / norm.standardDeviation) / 2;
    return 100 * (score > norm.mean ? 1 - tail : tail);
  }
  const [first, last] = [norm.points[0]!, norm.points.at(-1)!];
  if (score <= first.score) return first.percentile;
  if (score >= last.score) return last.percentile;
  const above = norm.points.findIndex((point) => point.score >= score);
  const [from, to] = [norm.points[above - 1]!, norm.points[above]!];
  return from.percentile + ((score - from.score) / (to.score - from.score)) * (to.percentile - from.percentile);
}
