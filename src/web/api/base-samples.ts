import { z } from 'zod';
import { BaseSample } from '../../model/base-sample.ts';
import { Problem } from '../../model/problem.ts';
import type { SampleDefinition, SampleKind } from '../../store/sample-definitions.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { Id, listOf, operation, PageQuery, Time } from './operation.ts';
import { revisionTag } from './requests.ts';
import { surveyIn } from './surveys.ts';

export const SAMPLE = {
  id: Id,
  name: z.string(),
  version: z.number().int().meta({ description: 'Rises with each change; earlier ones stay readable' }),
  madeBy: z.string().nullable(),
  madeAt: Time,
  removedAt: Time.nullable().meta({ description: 'What was removed is offered no more, and still read' }),
};
const Listed = z.strictObject(SAMPLE).meta({ id: 'ListedSample' });
const Definition = BaseSample.meta({ id: 'BaseSample', description: 'Who counts when shares of people are told' });
const Whole = z.strictObject({ ...SAMPLE, definition: Definition }).meta({ id: 'NamedBase' });
const Body = z.strictObject({ name: z.string().min(1).max(200), definition: Definition });

export const sampleView = ({ publicId, name, number, madeBy, madeAt, removedAt }: SampleDefinition) => ({
  id: publicId,
  name,
  version: Number(number),
  madeBy,
  madeAt,
  removedAt,
});

/** A definition of a survey in the version that stands. @throws Problem `not-found` */
export async function sampleIn(house: House, study: EnteredStudy, surveyId: string, kind: SampleKind, id: string) {
  const survey = await surveyIn(house, study, surveyId);
  return { survey, kept: await house.verbatim.samples.find(survey, kind, id) };
}

/** @throws Problem `conflict` for what was removed */
export function refuseRemoved({ removedAt }: SampleDefinition): void {
  if (removedAt !== null)
    throw new Problem('conflict', 'This was removed, and is changed no more', { detail: 'Make another instead' });
}

const CHAPTER = 'Named bases';
const ALL = '/studies/:study/surveys/:survey/bases';
const ONE = `${ALL}/:base`;
const EXAMPLE: z.input<typeof Body> = {
  name: 'Everybody asked by the open link',
  definition: { ways: ['open'], flagged: 'leave-out' },
};

/** Who counts in a survey when shares of its people are told. */
export const baseSampleResource = (house: House) => {
  const { store, samples } = house.verbatim;
  const whole = (kept: SampleDefinition): z.input<typeof Whole> => ({
    ...sampleView(kept),
    definition: BaseSample.parse(kept.definition),
  });

  return {
    listBases: operation({
      method: 'GET',
      path: ALL,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'List the named bases of a survey',
      query: PageQuery,
      answer: listOf(Listed),
      handle: async ({ study, params, part }) => {
        const survey = await surveyIn(house, study, params.survey);
        const { rows, next } = part(await store.sampleDefinitions.list(survey.id, 'base'), ({ id }) => Number(id));
        return { items: rows.map(sampleView), next };
      },
    }),
    addBase: operation({
      method: 'POST',
      path: ALL,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Name a base',
      body: Body,
      answer: Whole,
      status: 201,
      example: { body: EXAMPLE },
      handle: async ({ study, params, body, actor, created, tag }) => {
        const survey = await surveyIn(house, study, params.survey);
        const id = await samples.addBase(survey, body, actor);
        created(`/surveys/${survey.publicId}/bases/${id}`);
        tag(revisionTag(1));
        return whole(await samples.find(survey, 'base', id));
      },
    }),
    readBase: operation({
      method: 'GET',
      path: ONE,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Read a named base',
      answer: Whole,
      handle: async ({ study, params, tag }) => {
        const { kept } = await sampleIn(house, study, params.survey, 'base', params.base);
        tag(revisionTag(Number(kept.number)));
        return whole(kept);
      },
    }),
    changeBase: operation({
      method: 'PUT',
      path: ONE,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Change a named base',
      text: 'It becomes another version; what was counted of the one before says so.',
      needsMatch: true,
      body: Body,
      answer: Whole,
      example: { body: EXAMPLE },
      handle: async ({ study, params, body, actor, insistMatch, tag }) => {
        const { survey, kept } = await sampleIn(house, study, params.survey, 'base', params.base);
        refuseRemoved(kept);
        insistMatch(revisionTag(Number(kept.number)));
        await samples.changeBase(survey, kept, kept.number, body, actor);
        const changed = await samples.find(survey, 'base', params.base);
        tag(revisionTag(Number(changed.number)));
        return whole(changed);
      },
    }),
    removeBase: operation({
      method: 'DELETE',
      path: ONE,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Remove a named base',
      handle: async ({ study, params }) => {
        await samples.remove((await sampleIn(house, study, params.survey, 'base', params.base)).kept);
        return null;
      },
    }),
    countBase: operation({
      method: 'GET',
      path: `${ONE}/count`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Count who is in a base',
      answer: z.strictObject({
        n: z.number().int(),
        leftOut: z.record(z.string(), z.number().int()).meta({ description: 'How many are not, by why' }),
        words: z.string().meta({ description: 'What has to stand beside figures of this base' }),
      }),
      handle: async ({ study, params }) => {
        const { survey, kept } = await sampleIn(house, study, params.survey, 'base', params.base);
        const { rows, leftOut, words } = await samples.count(survey, `${kept.publicId}@${kept.number}`);
        return { n: rows, leftOut: Object.fromEntries(Object.entries(leftOut)), words };
      },
    }),
  };
};
