import { z } from 'zod';
import { InstrumentFile } from '../../model/instrument.ts';
import { Problem } from '../../model/problem.ts';
import { Wording } from '../../model/survey.ts';
import { type InstrumentEntry, refuseUndeclared } from '../../services/instruments.ts';
import type { House } from '../app.ts';
import { listOf, operation, Time } from './operation.ts';
import { revisionTag } from './requests.ts';
import { surveyIn } from './surveys.ts';

const LISTED = {
  code: z.string(),
  name: Wording,
  version: z.string().meta({ description: 'As scores name it' }),
  languages: z.array(z.string()),
  items: z.number().int(),
  scales: z.array(z.strictObject({ code: z.string(), name: Wording })),
  terms: z.enum(['public-domain', 'own-work', 'licensed']),
  licence: z.string(),
  isShipped: z.boolean().meta({ description: 'Verbatim brings it along, changed here or not' }),
  number: z.number().int().meta({ description: 'Of the workspace’s own versions; 0 for what is shipped as it is' }),
  keyHash: z.string().meta({ description: 'The same key, the same hash, wherever its questions stand' }),
  changedAt: Time.nullable(),
};
const Listed = z.strictObject(LISTED).meta({ id: 'ListedInstrument' });
const Whole = InstrumentFile.meta({
  id: 'Instrument',
  description: 'Statements, their steps, and the key that makes scores',
});
const Body = z.strictObject({
  instrument: Whole,
  mayUseWords: z
    .boolean()
    .default(false)
    .meta({ description: 'Of licensed words: you say that you may use them here' }),
});

const CHAPTER = 'Instruments';
const ALL = '/studies/:study/instruments';
const ONE = `${ALL}/:instrument`;
const EXAMPLE: z.input<typeof Body> = {
  instrument: {
    format: 1,
    code: 'calm',
    name: { en: 'Calm' },
    version: '1',
    citation: 'Our own',
    languages: ['en'],
    terms: 'own-work',
    licence: 'For this workspace',
    stem: { en: 'How far do you agree?' },
    steps: { min: 1, max: 5 },
    centring: 'none',
    items: [
      { code: 'c1', text: { en: 'I like quiet evenings' } },
      { code: 'c2', text: { en: 'Noise follows me home' } },
    ],
    scales: [{ code: 'calm', name: { en: 'Calm' }, items: ['c1', '-c2'] }],
  },
};

const listed = ({ file, keyHash, isShipped, number, changedAt }: InstrumentEntry): z.input<typeof Listed> => ({
  code: file.code,
  name: file.name,
  version: file.version,
  languages: file.languages,
  items: file.items.length,
  scales: file.scales.map(({ code, name }) => ({ code, name })),
  terms: file.terms,
  licence: file.licence,
  isShipped,
  number: Number(number),
  keyHash,
  changedAt,
});

/** Instruments of the workspace that the study stands in. */
export const instrumentResource = (house: House) => {
  const { instruments } = house.verbatim;

  return {
    listInstruments: operation({
      method: 'GET',
      path: ALL,
      scope: 'survey:read',
      chapter: CHAPTER,
      title: 'List the instruments of the workspace',
      text: 'In one part: those that Verbatim brings along, and the workspace’s own.',
      answer: listOf(Listed),
      handle: async ({ study }) => ({ items: (await instruments.list(study.workspaceId)).map(listed), next: null }),
    }),
    addInstrument: operation({
      method: 'POST',
      path: ALL,
      scope: 'survey:write',
      chapter: CHAPTER,
      title: 'Add an instrument to the workspace',
      body: Body,
      answer: Listed,
      status: 201,
      example: { body: EXAMPLE },
      handle: async ({ study, body, actor, created, tag }) => {
        refuseUndeclared(body.instrument, body.mayUseWords, '#/mayUseWords');
        const entry = await instruments.save(study.workspaceId, body.instrument, null, actor);
        created(`/instruments/${entry.file.code}`);
        tag(revisionTag(Number(entry.number)));
        return listed(entry);
      },
    }),
    readInstrument: operation({
      method: 'GET',
      path: ONE,
      scope: 'survey:read',
      chapter: CHAPTER,
      title: 'Read an instrument, with its statements and its key',
      answer: Whole,
      handle: async ({ study, params, tag }) => {
        const entry = await instruments.find(study.workspaceId, params.instrument);
        tag(revisionTag(Number(entry.number)));
        return entry.file;
      },
    }),
    changeInstrument: operation({
      method: 'PUT',
      path: ONE,
      scope: 'survey:write',
      chapter: CHAPTER,
      title: 'Change an instrument',
      text: 'It becomes another version in this workspace. Surveys keep the key that they were given.',
      needsMatch: true,
      body: Body,
      answer: Listed,
      example: { body: EXAMPLE },
      handle: async ({ study, params, body, actor, insistMatch, tag }) => {
        const before = await instruments.find(study.workspaceId, params.instrument);
        insistMatch(revisionTag(Number(before.number)));
        if (body.instrument.code !== params.instrument)
          throw new Problem('invalid', 'An instrument keeps its code', {
            errors: [{ pointer: '#/instrument/code', detail: `Send ${params.instrument}, or add another instrument` }],
          });
        refuseUndeclared(body.instrument, body.mayUseWords, '#/mayUseWords');
        const entry = await instruments.save(study.workspaceId, body.instrument, Number(before.number), actor);
        tag(revisionTag(Number(entry.number)));
        return listed(entry);
      },
    }),
    removeInstrument: operation({
      method: 'DELETE',
      path: ONE,
      scope: 'survey:write',
      chapter: CHAPTER,
      title: 'Remove the workspace’s own versions of an instrument',
      text: 'What Verbatim brings along is left as it was brought. Surveys keep the key that they were given.',
      handle: async ({ study, params }) => {
        const { file } = await instruments.find(study.workspaceId, params.instrument);
        await instruments.remove(study.workspaceId, file.code);
        return null;
      },
    }),
    listInstrumentVersions: operation({
      method: 'GET',
      path: `${ONE}/versions`,
      scope: 'survey:read',
      chapter: CHAPTER,
      title: 'List the versions of an instrument',
      text: 'In one part, the newest first.',
      answer: listOf(Listed),
      handle: async ({ study, params }) => {
        await instruments.find(study.workspaceId, params.instrument);
        const versions = await instruments.versions(study.workspaceId, params.instrument);
        return { items: versions.map(listed), next: null };
      },
    }),
    insertInstrument: operation({
      method: 'POST',
      path: '/studies/:study/surveys/:survey/instruments/:instrument',
      scope: 'survey:write',
      chapter: CHAPTER,
      title: 'Put an instrument at the end of a survey’s draft',
      text: 'Once: a survey that has it already is left as it is, with 409.',
      answer: z.strictObject({ draftRevision: z.number().int() }),
      handle: async ({ study, params, actor }) => {
        const survey = await surveyIn(house, study, params.survey);
        await instruments.insert(survey, await instruments.find(study.workspaceId, params.instrument), actor);
        return { draftRevision: (await surveyIn(house, study, params.survey)).draftRevision };
      },
    }),
  };
};
