import type { AnswerState, AnswerValue } from '../model/answers.ts';
import type { CurrentResponse } from '../model/response.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import { compileSurvey } from './compile-survey.ts';
import { walkSurvey } from './walk.ts';

export type CurrentAnswer = { item: string; state: AnswerState; value: AnswerValue | null };

/** Who a response's walk is about: its answers and what was known when it began. */
export const respondentOf = (response: CurrentResponse) => ({
  id: response.responseId,
  answers: response.answers,
  attributes: response.attributes,
  segments: response.segments,
  today: (response.completedAt ?? response.updatedAt).slice(0, 10),
});

/**
 * Every item of the survey with its state. What was answered and is then no longer asked, because an earlier answer
 * changed, counts as not shown; what an import brought counts as it came.
 */
export function currentAnswers(definition: SurveyDefinition, response: CurrentResponse): CurrentAnswer[] {
  if (response.state === 'withdrawn') return [];
  const survey = compileSurvey(definition);
  const isImported = response.batchId !== null;
  const live =
    isImported || survey.isStraight
      ? new Map(Object.entries(response.answers))
      : walkSurvey(definition, respondentOf(response)).live;
  const isDone = response.state !== 'started' && !isImported;
  return survey.items.map(({ address, question }): CurrentAnswer => {
    const answer = live.get(address);
    if (answer) return { item: address, state: answer.state, value: answer.state === 'answered' ? answer.value : null };
    const isPassed = isDone || (survey.screenOf.get(question.code) ?? 0) <= response.lastPage;
    return { item: address, state: isPassed ? 'not_shown' : 'not_reached', value: null };
  });
}
