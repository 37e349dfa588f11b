import { writeCsv } from '../../exchange/delimited.ts';
import { showDate } from '../../render/helpers.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf } from '../form.ts';
import { SURVEY, settingsAddress, settingsCrumbs } from './fieldwork-place.ts';
import { buttons, type fieldMaker, head, isForForm, showForm } from './frame.ts';
import { surveyOf } from './surveys.ts';

/** More addresses than these are for the file. */
const ENTRIES_SHOWN = 500;

/** The prize draw: who entered, kept apart from every answer, and who won. */
export function drawDoor(door: Doorway, house: House): void {
  const { fieldworkDesk, store } = house.verbatim;

  const drawPage = async (study: EnteredStudy, survey: SurveyRow) => {
    const entries = await store.fieldwork.drawEntries(survey.id);
    const draws = await fieldworkDesk.draws(survey);
    return {
      view: 'studio/survey-draw',
      head: head(settingsCrumbs(study, survey), 'Prize draw'),
      action: `${settingsAddress(study, survey)}/draw`,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.text('winners', 'How many winners', { type: 'number', isShort: true, isRequired: true }),
      ],
      buttons: buttons('Draw'),
      more: {
        count: entries.length,
        hidden: Math.max(0, entries.length - ENTRIES_SHOWN),
        csv: `${settingsAddress(study, survey)}/draw.csv`,
        draws: draws.map((draw) => ({
          title: `Drawn on ${showDate(draw.drawnAt, true)} UTC`,
          about: `${draw.winners} of ${draw.chances} addresses, with the seed ${draw.seed}.`,
          names: draw.names ?? [],
          isStale: draw.names === null,
        })),
        entries: {
          caption: 'Addresses entered',
          columns: [
            { label: 'Address', isNumber: false },
            { label: 'Entered on', isNumber: false },
          ],
          rows: entries.slice(0, ENTRIES_SHOWN).map((entry) => ({
            cells: [
              { text: entry.contact, href: null, isNumber: false },
              { text: showDate(entry.enteredOn), href: null, isNumber: false },
            ],
          })),
          emptyText: 'Nobody has entered yet.',
        },
      },
    };
  };
  door.get(`${SURVEY}/settings/draw`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await showForm(house, visit, res, 'surveys', await drawPage(visit.study, survey));
  });
  door.post(`${SURVEY}/settings/draw`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    try {
      await fieldworkDesk.draw(survey, Number(field(form, 'winners') || 'x'), { userId: visit.user.id });
      res.redirect(303, `${settingsAddress(visit.study, survey)}/draw`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'surveys', await drawPage(visit.study, survey), form, error);
    }
  });
  door.get(`${SURVEY}/settings/draw.csv`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const entries = await store.fieldwork.drawEntries(survey.id);
    res.setHeader('Content-Disposition', `attachment; filename="${survey.slug}-prize-draw.csv"`);
    res.type('text/csv').send(
      writeCsv(
        ['address', 'entered_on'],
        entries.map((entry) => [entry.contact, entry.enteredOn]),
      ),
    );
  });
}
