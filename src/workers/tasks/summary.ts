import { type QuestionSummary, summariseQuestions } from '../../reports/question-summary.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { Unanswerable } from './unanswerable.ts';

/** Counts for every question of a survey, over counted responses. */
export async function summaryTask(
  { store }: TaskContext,
  place: { studyId: number; surveyId: number },
): Promise<{ n: number; questions: QuestionSummary[] }> {
  const survey = await store.surveys.findById(place.studyId, place.surveyId);
  if (!survey || survey.publishedVersionId === null) throw new Unanswerable('The survey has not been published yet');
  const { definition } = await store.surveys.version(survey.publishedVersionId);
  const tallies = await store.responses.tally(place.surveyId);
  const { completed } = (await store.responses.countBySurvey(place.studyId)).get(place.surveyId) ?? { completed: 0 };
  return { n: completed, questions: summariseQuestions(definition, tallies, definition.languages[0] ?? 'en') };
}
