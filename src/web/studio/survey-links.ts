import { writeCsv } from '../../exchange/delimited.ts';
import { Problem } from '../../model/problem.ts';
import { SINGLE_LINKS_MAX } from '../../services/fieldwork-desk.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { SURVEY, settingsAddress, settingsCrumbs } from './fieldwork-place.ts';
import { buttons, type fieldMaker, head, isForForm, showForm } from './frame.ts';
import { surveyOf } from './surveys.ts';

/** Links that are good for one response each, made and taken along in one go. */
export function singleLinkDoor(door: Doorway, house: House): void {
  const { verbatim, publicUrl } = house;
  const { fieldworkDesk, store } = verbatim;

  const linksPage = async (study: EnteredStudy, survey: SurveyRow) => {
    const made = await store.fieldwork.countSingleLinks(survey.id);
    return {
      view: 'studio/survey-links',
      head: head(
        settingsCrumbs(study, survey),
        'Single-use links',
        'Each is good for one response. They belong to nobody in particular, so nothing tells who answered.',
      ),
      action: `${settingsAddress(study, survey)}/links.csv`,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.text('count', 'How many', {
          type: 'number',
          isShort: true,
          isRequired: true,
          hint: `Up to ${SINGLE_LINKS_MAX.toLocaleString('en-GB')} at once`,
        }),
      ],
      buttons: buttons('Make links, and take them as CSV'),
      more: { made, isLocal: publicUrl === null, at: `${settingsAddress(study, survey)}/links` },
    };
  };
  door.get(`${SURVEY}/settings/links`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await showForm(house, visit, res, 'surveys', await linksPage(visit.study, survey));
  });
  /** It makes the links, so it is posted; and as nothing but their hashes is kept, this is the only time they are sent. */
  door.post(`${SURVEY}/settings/links.csv`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    try {
      if (survey.publishedVersionId === null)
        throw new Problem('conflict', 'The survey is not published yet', { detail: 'Publish it first' });
      const tokens = await fieldworkDesk.makeSingleLinks(survey, Number(field(form, 'count') || 'x'));
      const origin = publicUrl ?? `${req.protocol}://${req.headers.host ?? ''}`;
      res.setHeader('Content-Disposition', `attachment; filename="${survey.slug}-single-use-links.csv"`);
      res.setHeader('Cache-Control', 'no-store');
      res.type('text/csv').send(
        writeCsv(
          ['number', 'link'],
          tokens.map((token, index) => [index + 1, `${origin}/s/${survey.slug}/once/${token}`]),
        ),
      );
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'surveys', await linksPage(visit.study, survey), form, error);
    }
  });
}
