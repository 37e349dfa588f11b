import { anonymousFaults } from '../../model/anonymous.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { SURVEY, surveyCrumbs } from './fieldwork-place.ts';
import { head, showPage } from './frame.ts';
import { surveyAddress, surveyOf } from './surveys.ts';

/** Whether nobody who answers can be found again: what that means, and its choice before the first publishing. */
export function anonymousDoor(door: Doorway, house: House): void {
  const { surveys } = house.verbatim;
  const view = (study: EnteredStudy, survey: SurveyRow) => ({
    head: head(
      surveyCrumbs(study, survey),
      'Anonymous answers',
      'Whether anybody who answers can be found again. It is decided before the survey is first published, and holds for good.',
    ),
    isAnonymous: survey.isAnonymous === 1,
    isPublished: survey.publishedVersionId !== null,
    faults: anonymousFaults(survey.draft).map(({ detail }) => detail),
    action: `${surveyAddress(study, survey)}/anonymous`,
    back: surveyAddress(study, survey),
  });

  door.get(`${SURVEY}/anonymous`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await showPage(house, visit, res, 'surveys', 'studio/survey-anonymous', view(visit.study, survey));
  });
  door.post(`${SURVEY}/anonymous`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await surveys.setAnonymous(survey, field(formOf(req), 'anonymous') === 'yes');
    res.redirect(303, surveyAddress(visit.study, survey));
  });
}
