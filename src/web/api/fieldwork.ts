import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import type { WaveForm } from '../../services/fieldwork-desk.ts';
import { SINGLE_LINKS_MAX } from '../../services/fieldwork-desk.ts';
import type { Wave } from '../../store/fieldwork.ts';
import type { House } from '../app.ts';
import { Id, listOf, operation, PageQuery, Time } from './operation.ts';
import { tagOf } from './requests.ts';
import { surveyIn } from './surveys.ts';

const WaveBody = z.strictObject({
  name: z.string().min(1).max(80),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime().nullable().default(null).meta({ description: 'Null: until the next wave begins' }),
  target: z.number().int().min(1).nullable().default(null).meta({ description: 'Completed responses wanted' }),
  invited: z
    .number()
    .int()
    .min(1)
    .nullable()
    .default(null)
    .meta({ description: 'People asked, for the response rate' }),
  cost: z.number().min(0).nullable().default(null),
});
const WaveAnswer = z
  .strictObject({
    id: Id,
    number: z.number().int(),
    name: z.string(),
    startsAt: Time,
    endsAt: Time.nullable(),
    target: z.number().nullable(),
    invited: z.number().nullable(),
    cost: z.number().nullable(),
  })
  .meta({ id: 'Wave' });
const Quota = z
  .strictObject({ code: z.string(), name: z.string(), most: z.number().int(), filled: z.number().int() })
  .meta({ id: 'QuotaCell' });

const CHAPTER = 'Fieldwork';
const ONE = '/studies/:study/surveys/:survey';
const EXAMPLE = { name: 'Spring 2026', startsAt: '2026-03-01T00:00:00Z', target: 400 };

const shown = (wave: Wave): z.input<typeof WaveAnswer> => ({
  id: wave.publicId,
  number: Number(wave.number),
  name: wave.name,
  startsAt: wave.startsAt,
  endsAt: wave.endsAt,
  target: wave.target,
  invited: wave.invited,
  cost: wave.cost,
});
const formOf = ({ startsAt, endsAt, ...rest }: z.output<typeof WaveBody>): WaveForm => ({
  ...rest,
  startsAt: new Date(startsAt).toISOString(),
  endsAt: endsAt === null ? null : new Date(endsAt).toISOString(),
});
const waveTag = (wave: Wave): string => tagOf(JSON.stringify(shown(wave)));

/** Waves, quotas and links that are good for one response. */
export const fieldworkResource = (house: House) => {
  const { verbatim } = house;
  const { store, fieldworkDesk } = verbatim;

  async function waveIn(surveyId: number, id: string): Promise<Wave> {
    const wave = (await store.fieldwork.waves(surveyId)).find(({ publicId }) => publicId === id);
    if (!wave) throw new Problem('not-found', 'There is no such wave of this survey');
    return wave;
  }

  return {
    listWaves: operation({
      method: 'GET',
      path: `${ONE}/waves`,
      scope: 'survey:read',
      chapter: CHAPTER,
      title: 'List waves',
      query: PageQuery,
      answer: listOf(WaveAnswer),
      handle: async ({ study, params, part }) => {
        const waves = await store.fieldwork.waves((await surveyIn(house, study, params.survey)).id);
        const { rows, next } = part(waves, ({ id }) => id);
        return { items: rows.map(shown), next };
      },
    }),
    addWave: operation({
      method: 'POST',
      path: `${ONE}/waves`,
      scope: 'survey:write',
      chapter: CHAPTER,
      title: 'Add a wave',
      text: 'What begins while a wave is open belongs to it.',
      body: WaveBody,
      answer: WaveAnswer,
      status: 201,
      example: { body: EXAMPLE },
      handle: async ({ study, params, body, created }) => {
        const survey = await surveyIn(house, study, params.survey);
        const wave = await fieldworkDesk.addWave(survey, formOf(body));
        created(`/surveys/${survey.publicId}/waves/${wave.publicId}`);
        return shown(wave);
      },
    }),
    readWave: operation({
      method: 'GET',
      path: `${ONE}/waves/:wave`,
      scope: 'survey:read',
      chapter: CHAPTER,
      title: 'Read a wave',
      answer: WaveAnswer,
      handle: async ({ study, params, tag }) => {
        const wave = await waveIn((await surveyIn(house, study, params.survey)).id, params.wave);
        tag(waveTag(wave));
        return shown(wave);
      },
    }),
    writeWave: operation({
      method: 'PUT',
      path: `${ONE}/waves/:wave`,
      scope: 'survey:write',
      chapter: CHAPTER,
      title: 'Change a wave',
      needsMatch: true,
      body: WaveBody,
      answer: WaveAnswer,
      example: { body: EXAMPLE },
      handle: async ({ study, params, body, insistMatch, tag }) => {
        const survey = await surveyIn(house, study, params.survey);
        insistMatch(waveTag(await waveIn(survey.id, params.wave)));
        await fieldworkDesk.changeWave(survey, params.wave, formOf(body));
        const wave = await waveIn(survey.id, params.wave);
        tag(waveTag(wave));
        return shown(wave);
      },
    }),
    listQuotas: operation({
      method: 'GET',
      path: `${ONE}/quotas`,
      scope: 'responses:read',
      chapter: CHAPTER,
      title: 'Read how far quotas are filled',
      answer: z.strictObject({ items: z.array(Quota) }),
      handle: async ({ study, params }) => {
        await verbatim.logs.settle();
        const cells = await store.fieldwork.quotas((await surveyIn(house, study, params.survey)).id);
        return {
          items: cells.map(({ code, name, most, filled }) => ({
            code,
            name,
            most: Number(most),
            filled: Number(filled),
          })),
        };
      },
    }),
    makeSingleLinks: operation({
      method: 'POST',
      path: `${ONE}/single-links`,
      scope: 'survey:publish',
      chapter: CHAPTER,
      title: 'Make links that are good for one response each',
      text: 'They are given out here and never again. Each stands behind the address of your server.',
      body: z.strictObject({ count: z.number().int().min(1).max(SINGLE_LINKS_MAX) }),
      answer: z.strictObject({ paths: z.array(z.string()) }),
      status: 201,
      example: { body: { count: 3 } },
      handle: async ({ study, params, body }) => {
        const survey = await surveyIn(house, study, params.survey);
        const tokens = await fieldworkDesk.makeSingleLinks(survey, body.count);
        return { paths: tokens.map((token) => `/s/${survey.slug}/once/${token}`) };
      },
    }),
  };
};
