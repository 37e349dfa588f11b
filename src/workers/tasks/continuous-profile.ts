import { createHash } from 'node:crypto';
import type { SegmentationSettings } from '../../model/segmentation.ts';
import type { NumberColumn } from '../../model/table-column.ts';
import { continuousProfile, type MeasureProfile } from '../../segments/continuous-profile.ts';
import type { TaskContext } from '../analysis-thread.ts';
import type { SegmentationPlace } from './segment-inputs.ts';
import { readColumns } from './survey-columns.ts';
import { surveyTableColumns } from './table-columns.ts';
import { Unanswerable } from './unanswerable.ts';

export type ContinuousProfileArgs = SegmentationPlace & {
  /** What people were to be grouped by: the measures told of, where these are numbers. */
  inputs: SegmentationSettings['inputs'];
};
/** How people lie on measures, as it is kept. */
export type ContinuousProfiles = {
  measures: MeasureProfile[];
  /** Measures beyond those told of. */
  leftOut: number;
  tests: number;
  responses: number;
  inputHash: string;
  watermark: number;
  version: number;
};

const MEASURES_MOST = 20;
const RELATIONS_MOST = 60;

/** How people lie on what they were to be grouped by, and what goes with it. */
export async function continuousProfileTask(
  { store, onProgress }: TaskContext,
  { inputs, ...place }: ContinuousProfileArgs,
): Promise<ContinuousProfiles> {
  onProgress('Reading answers', 0.05);
  const columns = await readColumns(store, place);
  if (columns.responses.length === 0)
    throw new Unanswerable('No responses of this survey count, so there is nobody to tell of');
  const chosen = new Set<string>(inputs);
  const all = await surveyTableColumns(store, {
    columns,
    attributes: await store.people.allAttributes(place.workspaceId),
    themeRuns: await store.analyses.latestThemeRuns(place.studyId, place.surveyId),
    inputs: new Set(),
  });
  const numbers = all.flatMap(({ column, family }) => (column.kind === 'number' ? [{ column, family }] : []));
  // Choices and themes are no measures; where nothing else was chosen, the scales are what there is to tell.
  const asked = numbers.filter(({ column }) => chosen.has(column.id));
  const measures = (asked.length > 0 ? asked : numbers.filter(({ family }) => family === 'scale')).map(
    ({ column }): NumberColumn => column,
  );
  if (measures.length === 0)
    throw new Unanswerable('There is no scale and no number among what people were to be grouped by');
  onProgress('Comparing', 0.3);
  const scaleItems = new Set(all.filter(({ isScored }) => isScored).map(({ column }) => column.id));
  const { measures: told, tests } = continuousProfile(
    measures.slice(0, MEASURES_MOST),
    all.map(({ column }) => column),
    // Items of scales are told by their scales.
    (_measure, column) => scaleItems.has(column),
  );
  return {
    measures: told.map((measure) => ({ ...measure, relations: measure.relations.slice(0, RELATIONS_MOST) })),
    leftOut: Math.max(0, measures.length - MEASURES_MOST),
    tests,
    responses: columns.responses.length,
    inputHash: createHash('sha256')
      .update(JSON.stringify([inputs, columns.responses.map(({ publicId, lastSeq }) => [publicId, lastSeq])]))
      .digest('base64url'),
    watermark: columns.watermark,
    version: columns.version,
  };
}
