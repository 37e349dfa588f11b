import { questionsOf } from '../../model/survey.ts';
import { type QuestionSummary, summariseQuestions } from '../../reports/question-summary.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { Unanswerable } from './unanswerable.ts';

type SummaryPlace = { studyId: number; surveyId: number };

export type SurveySummary = {
  n: number;
  /** How many answered each version, the first version first. */
  versions: { number: number; n: number }[];
  questions: QuestionSummary[];
};

/**
 * Counts for every question of a survey, over counted responses, from the columns that this thread keeps.
 *
 * @param place.only ids of the responses to count; all that count unless told
 */
export async function summaryTask(
  context: TaskContext,
  place: SummaryPlace & { only?: readonly number[] },
): Promise<SurveySummary> {
  const { store } = context;
  const { survey, definition, table } = await tableOf(context, place);
  const only = place.only && new Set(place.only);
  const { n, byVersion, tallies } = table.tally(only);
  const tasks = new Map(
    questionsOf(definition)
      .filter(({ kind }) => kind === 'best-worst')
      .map(({ code }) => [code, table.bestWorst(code, only).map((person) => person.tasks)]),
  );
  const answered = await Promise.all(
    [...byVersion].map(async ([id, count]) => ({ id, n: count, ...(await store.surveys.version(id)) })),
  );
  const versions = answered.sort((a, b) => a.version - b.version);
  const before = versions.filter(({ id }) => id !== survey.publishedVersionId).map((one) => one.definition);
  const language = definition.languages[0] ?? 'en';
  return {
    n,
    versions: versions.map((one) => ({ number: one.version, n: one.n })),
    questions: summariseQuestions(definition, tallies, language, tasks, before.toReversed()),
  };
}

/** The ids of the responses that count, in their order. */
export const countedIdsTask = async (context: TaskContext, place: SummaryPlace): Promise<number[]> =>
  (await tableOf(context, place)).table.ids();

async function tableOf({ store, shelf }: TaskContext, place: SummaryPlace) {
  const survey = await store.surveys.findById(place.studyId, place.surveyId);
  const versionId = survey?.publishedVersionId ?? null;
  if (!survey || versionId === null) throw new Unanswerable('The survey has not been published yet');
  const { definition } = await store.surveys.version(versionId);
  const table = await shelf.take({ id: survey.id, versionId, definition });
  return { survey: { ...survey, publishedVersionId: versionId }, definition, table };
}
