import type { Request, Response } from 'express';
import type { SurveyDefinition } from '../../model/survey.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { EnteredStudy, StudyVisit } from '../doorway.ts';
import type { Place } from './builder-places.ts';
import { studyAddress } from './frame.ts';
import { surveyAddress, surveyTitle } from './surveys.ts';

/** What every page of the builder shares: its address, the way back, and how a change is asked for. */

export const builderAddress = (study: { publicId: string }, survey: { publicId: string }): string =>
  `${surveyAddress(study, survey)}/build`;

export const builderCrumbs = (study: EnteredStudy, survey: SurveyRow) => [
  { label: study.name, href: studyAddress(study) },
  { label: surveyTitle(survey), href: surveyAddress(study, survey) },
];

/** One change that a form asks for. */
export type Operation = {
  part: (definition: SurveyDefinition) => unknown;
  change: (definition: SurveyDefinition) => SurveyDefinition;
  /** Where to go on from there, in the builder. */
  next: (definition: SurveyDefinition) => string;
  place: Place;
};

export type Perform = (
  visit: StudyVisit,
  req: Request,
  res: Response,
  survey: SurveyRow,
  operation: Operation,
) => Promise<void>;
