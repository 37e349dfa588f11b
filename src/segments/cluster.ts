import { kMeans } from '../stats/k-means.ts';
import type { Random } from '../stats/random.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';
import type { Features } from './features.ts';

export type ClusterOptions = {
  /** How many segments to make, at least two. */
  k: number;
  random: Random;
  /** How many times to begin anew; 50 unless told. */
  starts?: number;
  /** The most rounds one start may take; 100 unless told. */
  iterationsMax?: number;
};

/** One segment as found. */
export type FoundSegment = {
  size: number;
  /** Its share of the respondents who were grouped, with a 95% interval. */
  share: ShareInterval;
  /** The mean of each measure, by name: in the measure's own unit, and as a z-score. */
  centre: Record<string, number>;
  standardisedCentre: Record<string, number>;
};

/** Respondents in segments, the largest first. */
export type Clustering = {
  segments: FoundSegment[];
  /** For every respondent, the segment's index, or null for those left out because a measure was missing. */
  labels: (number | null)[];
  /** How many of the starts ended here, 0 to 1: low means that another run might find another grouping. */
  shareOfStartsAtBest: number;
  converged: boolean;
  /** In squared z-scores, summed over respondents and measures. */
  withinSumOfSquares: number;
  /** How much of the respondents' differences the segments account for, 0 to 1. */
  shareExplained: number;
};

/**
 * Groups respondents by k-means over their standardised measures. The same table and the same `random` give the same
 * segments, in whatever order the respondents come.
 *
 * @param features as `buildFeatures` made them
 * @throws {RangeError} with a sentence that can be shown to a researcher, when k is not a whole number from 2 up, or
 *   there are fewer different respondents than segments
 *
 * @example
 * clusterRespondents(
 *   { names: ['calm'], rows: [[-1], [-0.9], [1]], means: [5], standardDeviations: [2], kept: [0, 1, 3], dropped: [2] },
 *   { k: 2, random: () => 0.5 },
 * ).labels // => [0, 0, null, 1]
 */
export function clusterRespondents(features: Features, options: ClusterOptions): Clustering {
  const { k } = options;
  if (!(Number.isInteger(k) && k >= 2)) throw new RangeError('The number of segments is a whole number from 2 up');
  const different = new Set(features.rows.map((row) => row.join())).size;
  if (different < k) {
    throw new RangeError(
      `There are only ${different} different patterns of answers, which is too few for ${k} segments`,
    );
  }

  const found = kMeans(features.rows, options);
  const labels: (number | null)[] = Array(features.kept.length + features.dropped.length).fill(null);
  for (const [row, respondent] of features.kept.entries()) labels[respondent] = found.labels[row]!;

  return {
    segments: found.centres.map((centre, segment) => ({
      size: found.sizes[segment]!,
      share: wilsonInterval(found.sizes[segment]!, features.kept.length)!,
      centre: byName(features, (c) => features.means[c]! + centre[c]! * features.standardDeviations[c]!),
      standardisedCentre: byName(features, (c) => centre[c]!),
    })),
    labels,
    shareOfStartsAtBest: found.shareOfStartsAtBest,
    converged: found.converged,
    withinSumOfSquares: found.withinSumOfSquares,
    shareExplained: 1 - found.withinSumOfSquares / found.totalSumOfSquares,
  };
}

const byName = (features: Features, entryOf: (column: number) => number): Record<string, number> =>
  Object.fromEntries(features.names.map((name, column) => [name, entryOf(column)]));
