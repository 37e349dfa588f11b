import { z } from 'zod';
import { DerivedDefinition } from '../../model/derived-variable.ts';
import { Problem } from '../../model/problem.ts';
import { derivedId, type KeptVariable } from '../../store/derived-variables.ts';
import type { VariableCounts } from '../../workers/tasks/derived-preview.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { Id, listOf, operation, PageQuery, Time } from './operation.ts';
import { revisionTag } from './requests.ts';
import { surveyIn } from './surveys.ts';

const Definition = DerivedDefinition.meta({
  id: 'DerivedDefinition',
  description: 'What it is made of and how; assigned texts are named by the hash that the list of texts gives',
});
const Derived = z
  .strictObject({
    id: Id,
    variable: z.string().meta({ description: 'What tables and other variables name it by' }),
    name: z.string(),
    note: z.string().meta({ description: 'Of the version that stands' }),
    version: z.number().int(),
    madeAt: Time.meta({ description: 'When that version was made' }),
    definition: Definition,
  })
  .meta({ id: 'DerivedVariable' });
const Version = z.strictObject({
  number: z.number().int(),
  name: z.string(),
  note: z.string(),
  definition: Definition,
  madeBy: z.string().nullable(),
  madeAt: Time,
});
const Counts = z
  .strictObject({
    kind: z.enum(['choice', 'choices', 'number', 'text']),
    responses: z.number().int().meta({ description: 'That count' }),
    n: z.number().int().meta({ description: 'Those that have a value' }),
    options: z.array(
      z.strictObject({
        code: z.string(),
        label: z.string(),
        n: z.number().int(),
        share: z
          .strictObject({ share: z.number(), low: z.number(), high: z.number() })
          .nullable()
          .meta({ description: 'With its 95% Wilson interval' }),
      }),
    ),
  })
  .meta({ id: 'VariableCounts' });
const Body = z.strictObject({
  name: z.string().min(1).max(200),
  note: z.string().max(1_000).default('').meta({ description: 'Why it is made like this; stays with the version' }),
  definition: Definition,
});

const CHAPTER = 'Derived variables';
const ALL = '/studies/:study/surveys/:survey/derived-variables';
const ONE = `${ALL}/:variable`;
const EXAMPLE: z.input<typeof Body> = {
  name: 'Would come again, {unique}',
  note: 'For the table of regulars',
  definition: {
    kind: 'recode',
    of: 'answer:again',
    options: [
      { code: 'yes', label: 'Comes again' },
      { code: 'no', label: 'Stays away' },
    ],
    map: [
      { from: ['yes'], to: 'yes' },
      { from: ['no'], to: 'no' },
    ],
    rest: 'missing',
  },
};

const shown = (kept: KeptVariable): z.input<typeof Derived> => ({
  id: kept.publicId,
  variable: derivedId(kept),
  name: kept.name,
  note: kept.note,
  version: Number(kept.version),
  madeAt: kept.madeAt,
  definition: kept.definition,
});
const countsOf = ({ kind, responses, n, options }: VariableCounts): z.input<typeof Counts> => ({
  kind,
  responses,
  n,
  options: options.map(({ code, label, n: said, share }) => ({
    code,
    label,
    n: said,
    share: share && { share: share.share, low: share.low, high: share.high },
  })),
});

/** Variables that are made of others without code. */
export const derivedVariableResource = (house: House) => {
  const { store, derivedVariables } = house.verbatim;

  async function find(study: EnteredStudy, surveyId: string, id: string) {
    const survey = await surveyIn(house, study, surveyId);
    const kept = await store.derivedVariables.find(survey.id, id);
    if (!kept) throw new Problem('not-found', 'There is no such derived variable of this survey');
    return { survey, kept };
  }

  return {
    listDerivedVariables: operation({
      method: 'GET',
      path: ALL,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'List derived variables',
      query: PageQuery,
      answer: listOf(Derived),
      handle: async ({ study, params, part }) => {
        const survey = await surveyIn(house, study, params.survey);
        const { rows, next } = part(await store.derivedVariables.list(survey.id), ({ id }) => Number(id));
        return { items: rows.map(shown), next };
      },
    }),
    addDerivedVariable: operation({
      method: 'POST',
      path: ALL,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Make a variable of others',
      text: 'It follows the answers by itself: nothing is copied.',
      body: Body,
      answer: Derived,
      status: 201,
      example: { body: EXAMPLE },
      handle: async ({ study, params, body, actor, created, tag }) => {
        const survey = await surveyIn(house, study, params.survey);
        const id = await derivedVariables.add(study, survey, body, actor);
        created(`/surveys/${survey.publicId}/derived-variables/${id}`);
        const { kept } = await find(study, params.survey, id);
        tag(revisionTag(Number(kept.version)));
        return shown(kept);
      },
    }),
    previewDerivedVariable: operation({
      method: 'POST',
      path: `${ALL}/preview`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Count what a variable would come to',
      text: 'Nothing is kept.',
      body: z.strictObject({ definition: Definition }),
      answer: Counts,
      example: { body: { definition: EXAMPLE.definition } },
      handle: async ({ study, params, body }) =>
        countsOf(
          await derivedVariables.preview(study, await surveyIn(house, study, params.survey), null, {
            name: PREVIEW_NAME,
            note: '',
            definition: body.definition,
          }),
        ),
    }),
    listOtherTexts: operation({
      method: 'GET',
      path: '/studies/:study/surveys/:survey/other-texts/:item',
      scope: 'responses:read',
      chapter: CHAPTER,
      title: 'List what people wrote beside an option',
      text: 'Item is the question and the option, such as town.other. The 300 most frequent, in one part, with personal data masked. A variable of the kind back-coding assigns them to options.',
      answer: listOf(
        z.strictObject({
          hash: z.string().meta({ description: 'What an assigned text is named by' }),
          text: z.string(),
          n: z.number().int(),
        }),
      ),
      handle: async ({ study, params }) => {
        const survey = await surveyIn(house, study, params.survey);
        const { texts } = await derivedVariables.otherTexts(study, survey, params.item);
        return { items: texts.map(({ hash, text, n }) => ({ hash, text, n })), next: null };
      },
    }),
    readDerivedVariable: operation({
      method: 'GET',
      path: ONE,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Read a derived variable',
      answer: Derived,
      handle: async ({ study, params, tag }) => {
        const { kept } = await find(study, params.survey, params.variable);
        tag(revisionTag(Number(kept.version)));
        return shown(kept);
      },
    }),
    changeDerivedVariable: operation({
      method: 'PUT',
      path: ONE,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Change a derived variable',
      text: 'It becomes another version. Tables that are made from then on count it so.',
      needsMatch: true,
      body: Body,
      answer: Derived,
      example: { body: EXAMPLE },
      handle: async ({ study, params, body, actor, insistMatch, tag }) => {
        const { survey, kept } = await find(study, params.survey, params.variable);
        const version = Number(kept.version);
        insistMatch(revisionTag(version));
        await derivedVariables.change(study, survey, kept, { ...body, version }, actor);
        const changed = (await find(study, params.survey, params.variable)).kept;
        tag(revisionTag(Number(changed.version)));
        return shown(changed);
      },
    }),
    removeDerivedVariable: operation({
      method: 'DELETE',
      path: ONE,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Remove a derived variable',
      text: 'Its versions are kept. What was made of it says that it is gone.',
      handle: async ({ study, params, actor }) => {
        await derivedVariables.remove((await find(study, params.survey, params.variable)).kept, actor);
        return null;
      },
    }),
    countDerivedVariable: operation({
      method: 'GET',
      path: `${ONE}/counts`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Count how often each option of a variable is said',
      answer: z.strictObject({
        counts: Counts.nullable(),
        reasons: z.array(z.string()).meta({ description: 'Why it cannot be worked out any more' }),
      }),
      handle: async ({ study, params }) => {
        const { survey, kept } = await find(study, params.survey, params.variable);
        const { counts, reasons } = await derivedVariables.countsOf(study, survey, kept);
        return { counts: counts && countsOf(counts), reasons };
      },
    }),
    listDerivedVersions: operation({
      method: 'GET',
      path: `${ONE}/versions`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'List the versions of a derived variable',
      query: PageQuery,
      answer: listOf(Version),
      handle: async ({ study, params, part }) => {
        const { kept } = await find(study, params.survey, params.variable);
        const { rows, next } = part(await store.derivedVariables.versions(kept.id), ({ number }) => Number(number));
        return {
          items: rows.map(({ number, name, note, definition, madeBy, madeAt }) => ({
            number: Number(number),
            name,
            note,
            definition,
            madeBy,
            madeAt,
          })),
          next,
        };
      },
    }),
  };
};

/** No variable of a study has this name, so that a preview is refused for none. */
const PREVIEW_NAME = 'A preview, kept nowhere';
