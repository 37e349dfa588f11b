import type { DemoAnswer } from '../../demo/fill-survey.ts';
import type { DemoResponse } from '../../demo/moving-house.ts';
import type { Answer } from '../../model/answers.ts';
import { type Item, surveyItems } from '../../model/items.ts';
import type { Purpose, SurveyDefinition } from '../../model/survey.ts';
import type { LoadRow } from '../../services/imports.ts';

/** On one page in five visits the invented shop's widget asked. */
const WIDGET_PROBABILITY = 0.2;

/**
 * The demonstration's responses as rows to load: every item of the survey has an answer, a refusal, or was skipped.
 */
export function demoRows(definition: SurveyDefinition, responses: readonly DemoResponse[]): LoadRow[] {
  const items = surveyItems(definition);
  return responses.map((response) => ({
    person: response.personExternalId,
    // Known of the person already, by themselves.
    attributes: {},
    answers: Object.fromEntries(
      items.map((item) => [item.address, answerTo(item, response.answers[item.question.code])]),
    ),
    startedAt: response.startedAt,
    completedAt: response.completedAt,
    language: response.language,
    asked: response.source === 'widget' ? { how: 'widget', probability: WIDGET_PROBABILITY } : { how: 'list' },
    purposes: response.purposes satisfies Purpose[],
  }));
}

function answerTo({ row }: Item, given: DemoAnswer | undefined): Answer {
  if (given === undefined) return { state: 'skipped' };
  if (typeof given !== 'object' || Array.isArray(given)) return { state: 'answered', value: given };
  if ('refused' in given) return { state: 'refused' };
  const step = row === null ? undefined : given[row];
  return step === undefined ? { state: 'skipped' } : { state: 'answered', value: step };
}
