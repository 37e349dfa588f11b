import { createHash } from 'node:crypto';
import { type Clustering, clusterRespondents } from '../../segments/cluster.ts';
import { buildFeatures } from '../../segments/features.ts';
import { mulberry32 } from '../../stats/random.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { scoreSurvey } from './scores.ts';
import { Unanswerable } from './unanswerable.ts';

export type SegmentsArgs = { studyId: number; surveyId: number; scales: string[]; k: number; seed: number };
export type FoundSegments = {
  clustering: Omit<Clustering, 'labels'>;
  scales: { scale: string; name: string }[];
  grouped: number;
  leftOut: number;
  /** Response ids of each segment, the largest first. */
  members: number[][];
  inputHash: string;
  watermark: number;
  version: number;
};

/** Groups respondents by the scale scores chosen, in as many segments as asked for. */
export async function segmentsTask({ store, onProgress }: TaskContext, args: SegmentsArgs): Promise<FoundSegments> {
  onProgress('Reading and scoring answers', 0.1);
  const table = await scoreSurvey(store, args, () => {});
  const chosen = table.scales.flatMap((report, index) =>
    args.scales.includes(report.scale) ? [{ report, values: table.values[index] ?? [] }] : [],
  );
  if (chosen.length === 0) throw new Unanswerable('Choose at least one scale to group people by');
  onProgress('Looking for groups', 0.4);
  const features = buildFeatures(chosen.map(({ report, values }) => ({ name: report.scale, values })));
  const { labels, ...clustering } = clusterRespondents(features, {
    k: args.k,
    random: mulberry32(args.seed),
    starts: features.rows.length > 5000 ? 10 : 50,
  });
  onProgress('Writing down what was found', 0.95);
  return {
    clustering,
    scales: chosen.map(({ report }) => ({ scale: report.scale, name: report.name })),
    grouped: features.kept.length,
    leftOut: features.dropped.length,
    members: clustering.segments.map((_, segment) => table.responseIds.filter((_, row) => labels[row] === segment)),
    inputHash: createHash('sha256')
      .update(JSON.stringify([table.inputHash, args.scales, args.k]))
      .digest('base64url'),
    watermark: table.watermark,
    version: table.version,
  };
}
