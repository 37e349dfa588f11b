import { questionsOf } from '../../model/survey.ts';
import { type QuestionSummary, summariseQuestions } from '../../reports/question-summary.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { Unanswerable } from './unanswerable.ts';

export type SurveySummary = {
  n: number;
  /** How many answered each version, the first version first. */
  versions: { number: number; n: number }[];
  questions: QuestionSummary[];
};

/** Counts for every question of a survey, over counted responses, from the columns that this thread keeps. */
export async function summaryTask(
  { store, shelf }: TaskContext,
  place: { studyId: number; surveyId: number },
): Promise<SurveySummary> {
  const survey = await store.surveys.findById(place.studyId, place.surveyId);
  if (!survey || survey.publishedVersionId === null) throw new Unanswerable('The survey has not been published yet');
  const { definition } = await store.surveys.version(survey.publishedVersionId);
  const table = await shelf.take({ id: survey.id, versionId: survey.publishedVersionId, definition });
  const { n, byVersion, tallies } = table.tally();
  const tasks = new Map(
    questionsOf(definition)
      .filter(({ kind }) => kind === 'best-worst')
      .map(({ code }) => [code, table.bestWorst(code).map((person) => person.tasks)]),
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
