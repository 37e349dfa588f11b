import { anonymousFaults } from '../model/anonymous.ts';
import type { SurveyDefinition } from '../model/survey.ts';
import type { SurveyFault } from '../model/survey-check.ts';
import { checkSurvey } from './check-survey.ts';

/** Every place of a draft that stands in the way of publishing it, as what it is: an anonymous survey asks for no names. */
export const publishingFaults = ({
  draft,
  isAnonymous,
}: {
  draft: SurveyDefinition;
  isAnonymous: number;
}): SurveyFault[] => [...checkSurvey(draft), ...(isAnonymous === 1 ? anonymousFaults(draft) : [])];
