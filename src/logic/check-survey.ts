import type { SurveyDefinition } from '../model/survey.ts';
import { checkShape, type SurveyFault } from '../model/survey-check.ts';
import { checkLogic } from './check-logic.ts';

/** Everything that stands in the way of publishing. An empty list means the survey can be published. */
export function checkSurvey(definition: SurveyDefinition): SurveyFault[] {
  const faults = checkShape(definition);
  return [...faults, ...checkLogic(definition)];
}
