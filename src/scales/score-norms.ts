import { mean } from '../stats/mean.ts';
import { standardDeviation } from '../stats/variance.ts';

/** How the scores of everybody who was scored together are spread; sorted from the lowest. */
export type ScoreNorms = { sorted: Float64Array; mean: number | null; deviation: number | null };

/** One score, and where it stands among the others. */
export type ScoreStanding = { raw: number; z?: number; percentile?: number };

/** @param values every score of one scale in one scoring, in any order */
export function scoreNorms(values: readonly number[]): ScoreNorms {
  return {
    sorted: Float64Array.from(values).sort(),
    mean: mean(values),
    deviation: standardDeviation(values),
  };
}

/**
 * Where a score stands: z in sample standard deviations from the mean, and the percentile rank, the share of scores below
 * it and half of those equal to it, from 0 to 100 (the mid-rank definition).
 *
 * @returns the raw score alone where everybody has the same, or nobody else was scored
 *
 * @example
 * standingOf(4, scoreNorms([1, 2, 4, 4, 9])) // => { raw: 4, z: 0, percentile: 60 }
 */
export function standingOf(raw: number, { sorted, mean: centre, deviation }: ScoreNorms): ScoreStanding {
  if (centre === null || deviation === null || deviation === 0) return { raw };
  const below = countBelow(sorted, raw, false);
  const upTo = countBelow(sorted, raw, true);
  return { raw, z: (raw - centre) / deviation, percentile: (100 * (below + (upTo - below) / 2)) / sorted.length };
}

/** How many lie below a value, or at it as well. */
function countBelow(sorted: Float64Array, value: number, isWithEqual: boolean): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const one = sorted[middle] ?? 0;
    if (one < value || (isWithEqual && one === value)) from = middle + 1;
    else to = middle;
  }
  return from;
}
