import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { studyAddress } from './frame.ts';
import { surveyAddress, surveyTitle } from './surveys.ts';

/** What every page of a survey's distribution stands under. */
export const BASE = '/studio/:study/surveys/:survey/distribution';

export const crumbs = (study: EnteredStudy, survey: SurveyRow) => [
  { label: study.name, href: studyAddress(study) },
  { label: surveyTitle(survey), href: surveyAddress(study, survey) },
  { label: 'Distribution', href: `${surveyAddress(study, survey)}/distribution` },
];

/** The wave that was asked for, else the one that is open, else the latest. */
export async function waveOf({ verbatim }: House, survey: SurveyRow, written: string): Promise<number> {
  const wave = /^\d{1,4}$/.test(written) ? Number(written) : 0;
  if (wave >= 1) return wave;
  const open = await verbatim.store.fieldwork.waveAt(survey.id, verbatim.now().toISOString());
  return open?.number ?? verbatim.store.mailings.lastWave(survey.id);
}

export const rulesOf = async ({ verbatim }: House, study: EnteredStudy) =>
  (await verbatim.store.segments.list(study.id)).filter((segment) => segment.rule !== null);
