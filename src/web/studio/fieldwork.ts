import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { readSettings } from '../../model/survey-settings.ts';
import { instantOf } from '../../model/zoned-time.ts';
import type { WaveForm } from '../../services/fieldwork-desk.ts';
import type { Wave } from '../../store/fieldwork.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import {
  fieldworkAddress,
  fieldworkCrumbs,
  numberIn,
  SURVEY,
  settingsAddress,
  surveyCrumbs,
  wallTimeOrNone,
  zoneOf,
} from './fieldwork-place.ts';
import { comparisonPage, fieldworkPage } from './fieldwork-view.ts';
import { buttons, type fieldMaker, head, isForForm, PAGE_WAIT_MS, showForm, showPage } from './frame.ts';
import { samplePlannerDoor } from './sample-planner.ts';
import { supplierDoor } from './suppliers.ts';
import { surveyAddress, surveyOf } from './surveys.ts';

/** Fieldwork: how collecting goes, in which waves, through whom, and how many answers are needed. */
export function fieldworkDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { fieldworkDesk, fieldworkReport, store } = verbatim;
  supplierDoor(door, house);
  samplePlannerDoor(door, house);

  door.get(`${SURVEY}/fieldwork`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const at = fieldworkAddress(study, survey);
    const mayWrite = study.role !== 'viewer';
    await showPage(house, visit, res, 'surveys', 'studio/fieldwork', {
      head: head(surveyCrumbs(study, survey), 'Fieldwork', null, [
        ...(mayWrite
          ? [
              { label: 'Suppliers', href: `${at}/suppliers`, isPrimary: false },
              { label: 'Settings', href: settingsAddress(study, survey), isPrimary: false },
            ]
          : []),
        { label: 'Sample size', href: `${at}/plan`, isPrimary: false },
      ]),
      courseAt: `${surveyAddress(study, survey)}/responses/course`,
      ...fieldworkPage(at, mayWrite, zoneOf(readSettings(survey.settings)), await fieldworkReport.overview(survey)),
    });
  });

  const waveForm = (survey: SurveyRow, wave: Wave | null): Form => {
    const zone = zoneOf(readSettings(survey.settings));
    const number = (value: number | null | undefined) => (value === null || value === undefined ? '' : String(value));
    return {
      name: wave?.name ?? '',
      startsAt: wallTimeOrNone(wave?.startsAt ?? verbatim.now().toISOString(), zone),
      endsAt: wallTimeOrNone(wave?.endsAt, zone),
      target: number(wave?.target),
      invited: number(wave?.invited),
      cost: number(wave?.cost),
    };
  };
  /** @throws Problem `invalid` for a time that cannot be read; all else the service looks at */
  function waveFrom(survey: SurveyRow, form: Form): WaveForm {
    const zone = zoneOf(readSettings(survey.settings));
    const read = (name: string) => instantOf(field(form, name).slice(0, 16), zone);
    const [startsAt, endsAt] = [read('startsAt'), read('endsAt')];
    const faulty = [
      ...(startsAt === null ? ['startsAt'] : []),
      ...(endsAt === null && field(form, 'endsAt') !== '' ? ['endsAt'] : []),
    ];
    if (startsAt === null || faulty.length > 0)
      throw new Problem('invalid', 'This wave does not fit', {
        errors: faulty.map((name) => ({
          pointer: `#/${name}`,
          detail: 'Enter a day and a time, such as 2026-03-09T08:00',
        })),
      });
    return {
      name: field(form, 'name'),
      startsAt,
      endsAt,
      target: numberIn(field(form, 'target')),
      invited: numberIn(field(form, 'invited')),
      cost: numberIn(field(form, 'cost')),
    };
  }
  function wavePage(study: EnteredStudy, survey: SurveyRow, wave: Wave | null) {
    const at = fieldworkAddress(study, survey);
    const zone = zoneOf(readSettings(survey.settings)).replaceAll('_', ' ');
    return {
      head: head(
        fieldworkCrumbs(study, survey),
        wave ? `Wave ${wave.number}` : 'Add a wave',
        'What begins while a wave is open belongs to it. Whoever answered an earlier wave can be asked again by the same link.',
      ),
      action: wave ? `${at}/waves/${wave.publicId}` : `${at}/waves/new`,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.text('name', 'Name', { isRequired: true, hint: 'Such as Spring 2026' }),
        make.text('startsAt', 'Begins', {
          type: 'datetime-local',
          isRequired: true,
          hint: `Time in ${zone}, as the survey’s settings have it`,
        }),
        make.text('endsAt', 'Ends', {
          type: 'datetime-local',
          hint: 'Empty: until the next wave begins or the survey is closed',
        }),
        make.text('target', 'Completed responses wanted', { type: 'number', isShort: true }),
        make.text('invited', 'People invited', {
          type: 'number',
          isShort: true,
          hint: 'For the response rate. Empty: those whom letters of this wave’s number invite',
        }),
        make.text('cost', 'Cost of the wave', {
          isShort: true,
          hint: 'In any currency; used for the cost of each response',
        }),
      ],
      buttons: buttons(wave ? 'Save the wave' : 'Add the wave', { label: 'Cancel', href: at }),
    };
  }

  door.get(`${SURVEY}/fieldwork/waves`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const [from, to] = [Number(queryOf(req, 'from')), Number(queryOf(req, 'to'))];
    const compared = await fieldworkReport.compare(survey, [from, to]);
    await showPage(house, visit, res, 'surveys', 'studio/fieldwork-waves', {
      head: head(
        fieldworkCrumbs(study, survey),
        'Waves compared',
        'The questions that waves share, over all versions of the survey. A question is the same where its code is.',
        [{ label: 'Trends, tested', href: `${fieldworkAddress(study, survey)}/trends`, isPrimary: false }],
      ),
      ...comparisonPage(`${fieldworkAddress(study, survey)}/waves`, compared),
    });
  });
  door.get(`${SURVEY}/fieldwork/waves/new`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await showForm(house, visit, res, 'surveys', wavePage(visit.study, survey, null), waveForm(survey, null));
  });
  door.post(`${SURVEY}/fieldwork/waves/new`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const form = formOf(req);
    try {
      await fieldworkDesk.addWave(survey, waveFrom(survey, form));
      res.redirect(303, fieldworkAddress(visit.study, survey));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'surveys', wavePage(visit.study, survey, null), form, error);
    }
  });

  async function waveOf(survey: SurveyRow, publicId: string): Promise<Wave> {
    const wave = (await store.fieldwork.waves(survey.id)).find((one) => one.publicId === publicId);
    if (!wave) throw new Problem('not-found', 'There is no such wave of this survey');
    return wave;
  }
  door.get(`${SURVEY}/fieldwork/waves/:wave`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const wave = await waveOf(survey, String(req.params['wave']));
    await showForm(house, visit, res, 'surveys', wavePage(visit.study, survey, wave), waveForm(survey, wave));
  });
  door.post(`${SURVEY}/fieldwork/waves/:wave`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const wave = await waveOf(survey, String(req.params['wave']));
    const form = formOf(req);
    try {
      await fieldworkDesk.changeWave(survey, wave.publicId, waveFrom(survey, form));
      res.redirect(303, fieldworkAddress(visit.study, survey));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'surveys', wavePage(visit.study, survey, wave), form, error);
    }
  });
}
