import type { Form } from '../../model/answers.ts';
import { BaseSample, WAY_WORDS } from '../../model/base-sample.ts';
import { ASKED_WAYS, USUAL_WAYS } from '../../model/segmentation.ts';
import { showDate } from '../../render/helpers.ts';
import type { SaidSample } from '../../services/samples.ts';
import type { SampleDefinition } from '../../store/sample-definitions.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy } from '../doorway.ts';
import { field, fieldList, formOf } from '../form.ts';
import { SURVEY } from './fieldwork-place.ts';
import { buttons, type fieldMaker, head, isForForm, PAGE_WAIT_MS, showForm, showPage } from './frame.ts';
import { basesAddress, sampleCrumbs, sampleOfAddress, versionsTable, weightingsAddress } from './samples-place.ts';
import { surveyOf } from './surveys.ts';

/** Named base samples of a survey: who counts when sizes of segments, trends and weights are told. */
export function baseSampleDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { samples, store } = verbatim;

  async function formPage(study: EnteredStudy, survey: SurveyRow, kept: SampleDefinition | null) {
    const at = basesAddress(study, survey);
    const waves = await store.fieldwork.waves(survey.id);
    return {
      head: head(
        sampleCrumbs(study, survey, kept ? [{ label: kept.name, href: `${at}/${kept.publicId}` }] : []),
        kept ? 'Change the base' : 'Name a base',
        'Who counts when shares of people are told. The base stands by name beside every share, with how many it leaves out and why.',
      ),
      action: kept ? `${at}/${kept.publicId}` : `${at}/new`,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.text('name', 'Name', { isRequired: true, hint: 'Such as Everybody asked in spring' }),
        make.boxes(
          'ways',
          'Who came to be asked',
          ASKED_WAYS.map((way) => ({
            value: way,
            label: WAY_WORDS[way],
            ...(way === 'rule'
              ? { hint: 'A rule asks a chosen part of people, and makes that part look larger than it is' }
              : {}),
          })),
          { isRequired: true },
        ),
        ...(waves.length > 0
          ? [
              make.boxes(
                'waves',
                'Waves',
                waves.map(({ publicId, number, name }) => ({ value: publicId, label: `${number} ${name}` })),
                { hint: 'None ticked: the wave does not matter' },
              ),
            ]
          : []),
        make.text('from', 'Completed from', {
          type: 'date',
          isShort: true,
          hint: 'A day in UTC; empty for no beginning',
        }),
        make.text('to', 'Completed until', { type: 'date', isShort: true, hint: 'This day counts; empty for no end' }),
        make.radios('flagged', 'Responses that a quality check marked', [
          { value: 'count', label: 'Count' },
          { value: 'leave-out', label: 'Do not count' },
        ]),
        ...(kept ? [make.hidden('version')] : []),
      ],
      buttons: buttons(kept ? 'Save as a new version' : 'Save the base', {
        label: 'Cancel',
        href: kept ? `${at}/${kept.publicId}` : weightingsAddress(study, survey),
      }),
    };
  }
  const formFrom = (form: Form): SaidSample => ({
    name: field(form, 'name'),
    definition: {
      ways: fieldList(form, 'ways'),
      waves: fieldList(form, 'waves'),
      from: field(form, 'from').trim() || null,
      to: field(form, 'to').trim() || null,
      flagged: field(form, 'flagged') || 'count',
    },
  });

  door.get(`${SURVEY}/bases/new`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await showForm(house, visit, res, 'surveys', await formPage(visit.study, survey, null), {
      ways: [...USUAL_WAYS],
      flagged: 'count',
    });
  });
  door.post(`${SURVEY}/bases/new`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const form = formOf(req);
    try {
      const publicId = await samples.addBase(survey, formFrom(form), { userId: visit.user.id });
      res.redirect(303, `${basesAddress(study, survey)}/${publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'surveys', await formPage(study, survey, null), form, error);
    }
  });

  door.get(`${SURVEY}/bases/:sample`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    await verbatim.logs.settle(PAGE_WAIT_MS);
    const kept = await sampleOfAddress(house, survey, 'base', req);
    const at = `${basesAddress(study, survey)}/${kept.publicId}`;
    const base = BaseSample.parse(kept.definition);
    const { rows, leftOut, words } = await samples.count(survey, `${kept.publicId}@${kept.number}`);
    const waves = new Map((await store.fieldwork.waves(survey.id)).map((wave) => [wave.publicId, wave.name]));
    const mayChange = study.role !== 'viewer' && kept.removedAt === null && kept.number === kept.version;
    await showPage(house, visit, res, 'surveys', 'studio/base-sample', {
      head: head(
        sampleCrumbs(study, survey),
        kept.name,
        `Base sample, version ${kept.number}, made ${showDate(kept.madeAt)}.`,
        mayChange ? [{ label: 'Change', href: `${at}/edit`, isPrimary: true }] : [],
      ),
      notice: removedNotice(kept),
      words,
      facts: [
        { label: 'Responses in the base', value: rows.toLocaleString('en-GB'), note: null },
        {
          label: 'Left out',
          value: Object.values(leftOut)
            .reduce((sum, n) => sum + n, 0)
            .toLocaleString('en-GB'),
          note: null,
        },
      ],
      rules: [
        `Asked ${base.ways.map((way) => WAY_WORDS[way]).join(', ')}`,
        ...(base.waves.length > 0
          ? [`Of the waves ${base.waves.map((wave) => waves.get(wave) ?? 'one that is gone').join(', ')}`]
          : []),
        ...(base.from === null ? [] : [`Completed on ${showDate(base.from)} or later`]),
        ...(base.to === null ? [] : [`Completed on ${showDate(base.to)} or earlier`]),
        ...(base.flagged === 'leave-out' ? ['Not marked by a quality check'] : []),
      ],
      versions: await versionsTable(house, kept, at, showDate),
      remove: mayChange ? `${at}/remove` : null,
    });
  });
  door.get(`${SURVEY}/bases/:sample/edit`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const kept = await sampleOfAddress(house, survey, 'base', req);
    const { ways, waves, from, to, flagged } = BaseSample.parse(kept.definition);
    await showForm(house, visit, res, 'surveys', await formPage(visit.study, survey, kept), {
      name: kept.name,
      ways,
      waves,
      from: from ?? '',
      to: to ?? '',
      flagged,
      version: String(kept.number),
    });
  });
  door.post(`${SURVEY}/bases/:sample`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const kept = await sampleOfAddress(house, survey, 'base', req);
    const form = formOf(req);
    try {
      await samples.changeBase(survey, kept, Number(field(form, 'version')), formFrom(form), {
        userId: visit.user.id,
      });
      res.redirect(303, `${basesAddress(study, survey)}/${kept.publicId}`);
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'surveys', await formPage(study, survey, kept), form, error);
    }
  });
  door.post(`${SURVEY}/bases/:sample/remove`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await samples.remove(await sampleOfAddress(house, survey, 'base', req));
    res.redirect(303, weightingsAddress(visit.study, survey));
  });
}

/** What was removed can still be read by whatever was made with it. */
export const removedNotice = (kept: SampleDefinition) =>
  kept.removedAt === null
    ? null
    : {
        kind: 'warn',
        title: `Removed on ${showDate(kept.removedAt)}`,
        text: 'It is no longer offered. What was made with it is still worked out as it says.',
        links: [],
      };
