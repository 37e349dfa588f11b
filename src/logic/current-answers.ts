import type { AnswerState, AnswerValue } from '../model/answers.ts';
import type { CurrentResponse } from '../model/response.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import { compileSurvey } from './compile-survey.ts';
import { walkSurvey } from './walk.ts';

export type CurrentAnswer = { item: string; state: AnswerState; value: AnswerValue | null };

/** What was known when a response began and its pages may tell; nothing of somebody who only said who they are. */
export const toldAttributes = ({ asked, attributes }: CurrentResponse): CurrentResponse['attributes'] =>
  asked.isUnproven ? null : attributes;
/** The same of the segments they were in. */
export const toldSegments = ({ asked, segments }: CurrentResponse): CurrentResponse['segments'] =>
  asked.isUnproven ? null : segments;

/** Who a response's walk is about: its answers and what its pages may tell of the person. */
export const respondentOf = (response: CurrentResponse) => ({
  id: response.responseId,
  answers: response.answers,
  attributes: toldAttributes(response),
  segments: toldSegments(response),
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
