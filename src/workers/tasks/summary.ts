import { questionsOf } from '../../model/survey.ts';
import { type QuestionSummary, summariseQuestions } from '../../reports/question-summary.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { Unanswerable } from './unanswerable.ts';

/** Counts for every question of a survey, over counted responses, from the columns that this thread keeps. */
export async function summaryTask(
  { store, shelf }: TaskContext,
  place: { studyId: number; surveyId: number },
): Promise<{ n: number; questions: QuestionSummary[] }> {
  const survey = await store.surveys.findById(place.studyId, place.surveyId);
  if (!survey || survey.publishedVersionId === null) throw new Unanswerable('The survey has not been published yet');
  const { definition } = await store.surveys.version(survey.publishedVersionId);
  const table = await shelf.take({ id: survey.id, versionId: survey.publishedVersionId, definition });
  const { n, tallies } = table.tally();
  const tasks = new Map(
    questionsOf(definition)
      .filter(({ kind }) => kind === 'best-worst')
      .map(({ code }) => [code, table.bestWorst(code).map((person) => person.tasks)]),
  );
  return { n, questions: summariseQuestions(definition, tallies, definition.languages[0] ?? 'en', tasks) };
}
