import { createHash } from 'node:crypto';
import type { SegmentationSettings } from '../../model/segmentation.ts';
import { beyondNotes, type TableColumn } from '../../model/table-column.ts';
import { membershipRow } from '../../segments/membership-rows.ts';
import { type SegmentOutcome, segmentOutcomes } from '../../segments/outcomes.ts';
import type { SegmentModel } from '../../segments/place-in-segment.ts';
import { profileSegments, type SegmentProfile } from '../../segments/profile.ts';
import { rankDrivers, type SegmentDriver } from '../../segments/rank-drivers.ts';
import type { TableBlock } from '../../segments/table-cells.ts';
import type { Store } from '../../store/store.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { chosenColumns } from './chosen-columns.ts';
import type { VariableColumn } from './derived-columns.ts';
import { readSegmentInputs, type SegmentationPlace } from './segment-inputs.ts';
import { type SegmentLabels, segmentLabels } from './segment-labels.ts';
import type { SurveyColumns } from './survey-columns.ts';
import { weightsOf } from './survey-weights.ts';
import { inputsOf } from './table-columns.ts';
import { Unanswerable } from './unanswerable.ts';

export type SegmentProfileArgs = SegmentationPlace & {
  segmentationId: number;
  /** The solution that is told of. */
  runId: number;
  /** What that solution was made from, and what places people in it; null for segments that were made otherwise. */
  made: { settings: SegmentationSettings; model: SegmentModel } | null;
  /** Ids of columns that are told corrected. */
  outcomes: string[];
  /** The public id of a weighting with its version, `id@2`; null for none. */
  weighting: string | null;
};
export type ProfiledFamily = VariableColumn['family'];
/** What segments are like, as it is kept. */
export type ProfiledSegments = Omit<SegmentProfile, 'blocks' | 'segments'> & {
  segments: (SegmentProfile['segments'][number] & { publicId: string })[];
  /** Segments with nobody left in them. */
  empty: string[];
  /** Responses that count; those that are in no segment are not told of. */
  responses: number;
  blocks: (TableBlock & { family: ProfiledFamily })[];
  /** Options by their labels. */
  drivers: SegmentDriver[];
  outcomes: SegmentOutcome[];
  /** Which weighting, and who does not count under it. */
  weightingNote: string | null;
  /** What was left out of its columns; profiles of before do not say. */
  notes?: string[];
  /** People are in segments by what else is known of them, not by these answers. */
  isPlaced: boolean;
  /** Nobody's membership is in doubt, so there is nothing to correct. */
  isCertain: boolean;
  inputHash: string;
  watermark: number;
  version: number;
};

const DRIVERS_MOST = 100;

/** What the segments of a solution are like in everything that is known of those who answered. */
export async function segmentProfileTask(
  { store, textKey, onProgress }: TaskContext,
  args: SegmentProfileArgs,
): Promise<ProfiledSegments> {
  onProgress('Reading answers', 0.05);
  const segmentation = await store.segmentations.findById(args.segmentationId);
  if (!segmentation) throw new Unanswerable('This segmentation is no longer there');
  const inputs = new Set(
    (await store.segmentations.segmentsOf(args.runId)).flatMap(({ profile }) => [...inputsOf(profile)]),
  );
  const { columns, variables } = await chosenColumns(store, args, { wanted: null, textKey, inputs });
  if (columns.responses.length === 0)
    throw new Unanswerable('No responses of this survey count, so there is nobody to tell of');
  const known = await segmentLabels(store, segmentation, columns.responses, { run: { id: args.runId } });
  // Of the answers that segments were found in, those count that they were found in; of others, those of people known since.
  const isPlaced = segmentation.surveyId !== args.surveyId || !known.isMember.includes(true);
  if (!isPlaced) known.labels = known.labels.map((label, row) => (known.isMember[row] ? label : null));
  const { kept, labels, empty } = withoutEmpty(known);
  const weighed = args.weighting === null ? null : await weightsOf(store, args, columns, args.weighting);
  // Other segmentations are held against this one where they are crossed.
  const told = variables.filter(
    ({ column, family, isScored }) =>
      family !== 'segment' && (!isScored || inputs.has(column.id)) && isAnswered(column, labels),
  );

  onProgress('Comparing', 0.3);
  const { blocks, segments, ...profile } = profileSegments(labels, {
    names: kept.map(({ name }) => name),
    columns: told,
    weights: weighed?.weights,
  });
  onProgress('Ranking what tells them apart', 0.7);
  const drivers = rankDrivers(labels, told)
    .slice(0, DRIVERS_MOST)
    .map((driver) => ({ ...driver, option: optionLabel(told, driver) }));
  onProgress('Correcting outcomes', 0.8);
  const isCertain = labels.every((label, row) => label === null || known.probabilities[row] === null);
  const chosen = args.outcomes.flatMap((id) => told.filter((one) => one.column.id === id && !one.isInput));
  const outcomes =
    chosen.length === 0
      ? []
      : segmentOutcomes(
          {
            labels,
            probabilities: await membershipRows(store, args, columns, known),
            segments: kept.length,
          },
          chosen.flatMap(({ column }) => (column.kind === 'text' ? [] : [column])),
          weighed?.weights,
        );
  return {
    ...profile,
    segments: segments.map((segment, place) => ({ ...segment, publicId: kept[place]!.publicId })),
    empty,
    responses: columns.responses.length,
    blocks: blocks.map((block, place) => ({ ...block, family: told[place]!.family })),
    drivers,
    outcomes,
    weightingNote: weighed?.note ?? null,
    notes: beyondNotes(told.map(({ column }) => column)),
    isPlaced,
    isCertain,
    inputHash: createHash('sha256')
      .update(
        JSON.stringify([
          args.runId,
          args.outcomes,
          args.weighting,
          labels,
          columns.responses.map(({ publicId }) => publicId),
        ]),
      )
      .digest('base64url'),
    watermark: columns.watermark,
    version: columns.version,
  };
}

/** Segments that somebody is left in, labels counting these alone. */
function withoutEmpty({ segments, labels }: SegmentLabels) {
  const present = new Set(labels);
  const kept = segments.filter((_, place) => present.has(place));
  const empty = segments.filter((_, place) => !present.has(place)).map(({ name }) => name);
  if (kept.length < 2)
    throw new Unanswerable(
      kept.length === 0
        ? 'Nobody of those who answered is in any of these segments any more'
        : `Everybody who is left is in “${kept[0]!.name}”, so there is nothing to compare it with`,
    );
  const rank = new Map(kept.map((segment, place) => [segments.indexOf(segment), place]));
  return { kept, labels: labels.map((label) => (label === null ? null : (rank.get(label) ?? null))), empty };
}

function isAnswered(column: TableColumn, labels: readonly (number | null)[]): boolean {
  return labels.some((label, person) => {
    if (label === null) return false;
    if (column.kind === 'choice') return column.codes[person]! >= 0;
    if (column.kind === 'choices') return column.answered[person] === 1;
    return column.kind === 'number' ? !Number.isNaN(column.values[person]!) : column.texts[person] !== null;
  });
}

function optionLabel(told: readonly VariableColumn[], { id, option }: SegmentDriver): string | null {
  const column = told.find((one) => one.column.id === id)?.column;
  const options = column && 'options' in column ? column.options : [];
  return options.find(({ code }) => code === option)?.label ?? option;
}

/** How likely each response is in each segment that somebody is left in; null for those in none. */
async function membershipRows(
  store: Store,
  { made, ...place }: SegmentProfileArgs,
  columns: SurveyColumns,
  { segments, labels, probabilities, second }: SegmentLabels,
): Promise<(number[] | null)[]> {
  const answersOf = made === null ? () => null : await answersByResponse(store, place, made);
  const present = [...new Set(labels)].filter((label) => label !== null).toSorted((a, b) => a - b);
  return labels.map((label, row) => {
    if (label === null) return null;
    const own = { segment: label, probability: probabilities[row]!, second: second[row]! };
    const all = membershipRow(segments.length, own, made?.model ?? null, answersOf(columns.responses[row]!.id));
    const left = present.map((segment) => all[segment]!);
    const sum = left.reduce((total, value) => total + value, 0);
    return sum > 0 ? left.map((value) => value / sum) : present.map((segment) => Number(segment === label));
  });
}

/** What somebody answered, as the columns of a solution's model. */
export async function answersByResponse(
  store: Store,
  place: SegmentationPlace,
  { settings, model }: NonNullable<SegmentProfileArgs['made']>,
): Promise<(responseId: number) => Float64Array | null> {
  const { blocks, responses } = await readSegmentInputs(store, place, settings);
  const byId = new Map(blocks.flatMap((block) => block.columns.map((column) => [column.id, column.values])));
  const rowOf = new Map(responses.map(({ id }, row) => [id, row]));
  return (responseId) => {
    const row = rowOf.get(responseId);
    if (row === undefined) return null;
    return Float64Array.from(model.columns, ({ id }) => byId.get(id)?.[row] ?? Number.NaN);
  };
}
