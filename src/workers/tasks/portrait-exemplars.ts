import { isSealed } from '../../coding/seal.ts';
import { codePointLength } from '../../coding/spans.ts';
import type { Exemplar, QuoteSpan } from '../../personas/portrait.ts';
import { nearestCentre } from '../../segments/nearest-centre.ts';
import { prepareLater } from '../../segments/prepare-answers.ts';
import { standardDeviation } from '../../stats/variance.ts';
import type { TaskContext } from '../analysis-thread.ts';
import type { FoundSegment } from './portrait-found.ts';
import { answersByResponse } from './segment-profile.ts';
import type { SurveyColumns } from './survey-columns.ts';
import { numbersOf, type SurveyTableColumn } from './table-columns.ts';

const EXEMPLARS = 5;
const QUOTES_EACH = 3;
/** A whole answer longer than this is too long to stand as a quote. */
export const QUOTE_LENGTH_MAX = 320;

/**
 * The members nearest the middle of the segment who agreed to be quoted, with what they said: near by what people were
 * grouped by, or else by all scales and numbers that they answered.
 *
 * @param quotable public ids of the responses that may be quoted
 */
export async function exemplarsOf(
  { store, textKey }: Pick<TaskContext, 'store' | 'textKey'>,
  place: { workspaceId: number; studyId: number; surveyId: number },
  of: {
    columns: SurveyColumns;
    labels: readonly (number | null)[];
    found: FoundSegment | null;
    told: readonly SurveyTableColumn[];
    quotable: ReadonlySet<string>;
  },
): Promise<Exemplar[]> {
  const { columns, labels, found, told, quotable } = of;
  // By id, so that the order in which answers came does not matter.
  const members = [...labels.keys()]
    .filter((row) => labels[row] === 0)
    .sort((a, b) => (columns.responses[a]!.publicId < columns.responses[b]!.publicId ? -1 : 1));
  const space = found?.fit && found.settings ? await groupedSpace(store, place, found, columns) : toldSpace(told);
  if (space === null) return [];
  const near = nearestCentre(
    members.map((row) => space.rowOf(row)),
    space.spreads,
  )
    .map(({ row, distance }) => ({ response: columns.responses[members[row]!]!.publicId, distance }))
    .filter(({ response }) => quotable.has(response))
    .slice(0, EXEMPLARS);
  const exemplars: Exemplar[] = [];
  for (const one of near) exemplars.push({ ...one, quotes: await saidBy(store, textKey, place.studyId, one.response) });
  return exemplars;
}

type Space = { rowOf: (row: number) => ArrayLike<number>; spreads: number[] };

/** Answers as people were grouped by them. */
async function groupedSpace(
  store: TaskContext['store'],
  place: { workspaceId: number; studyId: number; surveyId: number },
  { fit, settings, segmentation }: FoundSegment,
  columns: SurveyColumns,
): Promise<Space | null> {
  if (!fit || !settings || segmentation.surveyId === null) return null;
  const { model } = fit.fit;
  const own = { ...place, surveyId: segmentation.surveyId };
  const answersOf = await answersByResponse(store, own, { settings, model });
  const nothing = new Float64Array(model.p).fill(Number.NaN);
  return {
    rowOf: (row) => {
      const answers = answersOf(columns.responses[row]!.id);
      if (!answers || answers.every(Number.isNaN)) return nothing;
      return prepareLater(answers, model, model.preparation);
    },
    spreads: new Array<number>(model.p).fill(1),
  };
}

/** Scales and numbers, each in standard deviations of everybody who answered. */
function toldSpace(told: readonly SurveyTableColumn[]): Space | null {
  const numbers = told.flatMap(({ column, family, isScored }) =>
    column.kind === 'number' && family !== 'attribute' && !isScored ? [numbersOf(column)] : [],
  );
  const spread = numbers.map((values) => standardDeviation(values.filter((value) => value !== null)) ?? 0);
  const varying = numbers.filter((_, place) => spread[place]! > 0);
  if (varying.length === 0) return null;
  return {
    rowOf: (row) => varying.map((values) => values[row] ?? Number.NaN),
    spreads: spread.filter((one) => one > 0),
  };
}

/** Whole answers in somebody's own words, as they were kept, in the order of the questions. */
async function saidBy(
  store: TaskContext['store'],
  textKey: Uint8Array,
  studyId: number,
  response: string,
): Promise<QuoteSpan[]> {
  const sources = (await store.notes.versionsOfSubject(studyId, response)).filter(
    ({ kind, erasedAt, supersededAt, text, textHash }) =>
      kind === 'answer' &&
      erasedAt === null &&
      supersededAt === null &&
      text.trim() !== '' &&
      codePointLength(text) <= QUOTE_LENGTH_MAX &&
      isSealed(textKey, text, textHash),
  );
  return sources
    .toSorted((a, b) => a.position - b.position || (a.item < b.item ? -1 : 1))
    .slice(0, QUOTES_EACH)
    .map(({ publicId, version, text, textHash }) => ({
      sourceId: publicId,
      sourceVersion: version,
      spanStart: 0,
      spanEnd: codePointLength(text),
      spanHash: textHash,
    }));
}
