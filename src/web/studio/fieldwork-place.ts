import type { SurveySettings } from '../../model/survey-settings.ts';
import { wallTime } from '../../model/zoned-time.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { EnteredStudy } from '../doorway.ts';
import { studyAddress } from './frame.ts';
import { surveyAddress, surveyTitle } from './surveys.ts';

/** What every page of a survey's fieldwork and of its settings stands under. */
export const SURVEY = '/studio/:study/surveys/:survey';

export const fieldworkAddress = (study: EnteredStudy, survey: SurveyRow): string =>
  `${surveyAddress(study, survey)}/fieldwork`;
export const settingsAddress = (study: EnteredStudy, survey: SurveyRow): string =>
  `${surveyAddress(study, survey)}/settings`;

export const surveyCrumbs = (study: EnteredStudy, survey: SurveyRow) => [
  { label: study.name, href: studyAddress(study) },
  { label: surveyTitle(survey), href: surveyAddress(study, survey) },
];
export const fieldworkCrumbs = (study: EnteredStudy, survey: SurveyRow) => [
  ...surveyCrumbs(study, survey),
  // How collecting goes is for researchers; how many answers are needed is for everybody.
  { label: 'Fieldwork', href: study.role === 'viewer' ? null : fieldworkAddress(study, survey) },
];
export const settingsCrumbs = (study: EnteredStudy, survey: SurveyRow) => [
  ...surveyCrumbs(study, survey),
  { label: 'Settings', href: settingsAddress(study, survey) },
];

/** The zone that a survey's times are written in: its own, else that of the server. */
export const zoneOf = (settings: SurveySettings): string =>
  settings.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

export const wallTimeOrNone = (instant: string | null | undefined, zone: string): string =>
  instant ? wallTime(instant, zone) : '';

/** A number as a form says it: nothing is null, and what is no number is NaN. */
export function numberIn(written: string): number | null {
  const text = written.trim().replace(',', '.');
  return text === '' ? null : Number(text);
}
