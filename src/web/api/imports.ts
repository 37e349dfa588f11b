import { z } from 'zod';
import { ImportPlan } from '../../model/import-plan.ts';
import { Problem } from '../../model/problem.ts';
import type { ImportBatch } from '../../store/responses.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { waitAMoment } from '../studio/import-place.ts';
import { Id, listOf, operation, PageQuery, Time } from './operation.ts';
import { tagOf } from './requests.ts';
import { surveyIn } from './surveys.ts';

const Plan = ImportPlan.meta({
  id: 'ImportPlan',
  description:
    'How the file is written, and what each of its columns is: ignore, person, time, language, item:code or attribute:name',
});
const LISTED = {
  id: Id,
  file: z.string(),
  state: z.enum(['staged', 'loading', 'complete', 'interrupted', 'undone']).meta({
    description: 'Only of a complete one anything counts; an interrupted one is taken back and brought again',
  }),
  rows: z.number().int(),
  createdAt: Time,
  endedAt: Time.nullable(),
};
const Listed = z.strictObject(LISTED).meta({ id: 'ListedImport' });
const Import = z
  .strictObject({
    ...LISTED,
    survey: Id,
    imported: z.number().int().meta({ description: 'Responses of it that are there' }),
    plan: Plan.nullable().meta({ description: 'Null of one that came with a project' }),
    preview: z
      .strictObject({
        header: z.array(z.string()).nullable(),
        fitting: z.number().int().meta({ description: 'Rows that fit' }),
        faultyRows: z.number().int(),
        faults: z
          .array(z.strictObject({ row: z.number().int(), column: z.number().int(), detail: z.string() }))
          .meta({ description: 'The first hundred cells that do not fit; columns from 0' }),
        notes: z.array(z.string()),
        unreadable: z
          .string()
          .nullable()
          .meta({ description: 'Why it cannot be read the way it is said to be written' }),
      })
      .nullable()
      .meta({ description: 'What would come in; null once it has been confirmed or taken back' }),
  })
  .meta({ id: 'Import' });

const CHAPTER = 'Imports of answers';
const ALL = '/studies/:study/surveys/:survey/imports';
const ONE = '/studies/:study/imports/:import';

const listed = (batch: ImportBatch): z.input<typeof Listed> => ({
  id: batch.publicId,
  file: batch.fileName,
  state: batch.state as z.input<typeof Listed>['state'],
  rows: Number(batch.rowCount),
  createdAt: batch.createdAt,
  endedAt: batch.endedAt,
});
const planTag = ({ mapping, state }: ImportBatch) => tagOf(`${state} ${mapping}`);

/** Answers from elsewhere: looked at first, then brought in, and taken back whole if need be. */
export const importResource = (house: House) => {
  const { store, imports, limits } = house.verbatim;
  const bytesMax = limits?.uploadBytes ?? 1;

  async function find(study: EnteredStudy, id: string) {
    const batch = await store.responses.findBatch(study.id, id);
    const survey = batch && (await store.surveys.findById(study.id, batch.surveyId));
    if (!batch || !survey) throw new Problem('not-found', 'There is no such import in this study');
    return { batch, survey };
  }
  async function whole(study: EnteredStudy, id: string): Promise<z.input<typeof Import>> {
    const { batch, survey } = await find(study, id);
    const preview = batch.state === 'staged' ? await imports.preview(survey, batch) : null;
    return {
      ...listed(batch),
      survey: survey.publicId,
      imported: batch.state === 'undone' ? 0 : await store.responses.countInBatch(batch.id),
      plan: ImportPlan.safeParse(JSON.parse(batch.mapping)).data ?? null,
      preview: preview && {
        header: preview.header,
        fitting: preview.fitting,
        faultyRows: preview.faultyRows,
        faults: preview.faults.map(({ row, column, detail }) => ({ row, column, detail })),
        notes: preview.notes,
        unreadable: preview.unreadable,
      },
    };
  }

  return {
    listImports: operation({
      method: 'GET',
      path: ALL,
      scope: 'submit',
      chapter: CHAPTER,
      title: 'List the imports of a survey',
      query: PageQuery,
      answer: listOf(Listed),
      handle: async ({ study, params, part }) => {
        const survey = await surveyIn(house, study, params.survey);
        const { rows, next } = part(await store.responses.batches(survey.id), ({ id }) => Number(id));
        return { items: rows.map(listed), next };
      },
    }),
    stageImport: operation({
      method: 'POST',
      path: ALL,
      scope: 'submit',
      chapter: CHAPTER,
      title: 'Bring a file of answers',
      text: 'CSV with one line for each respondent. It is looked at, and what its columns mean is guessed: nothing counts until it is confirmed.',
      body: z.strictObject({
        name: z.string().min(1).max(200).default('answers.csv').meta({ description: 'Of the file' }),
        text: z.string().min(1).max(Math.max(1, bytesMax)),
        hasHeader: z.boolean().default(true),
      }),
      answer: Import,
      status: 201,
      bytesMax: bytesMax * 2,
      example: { body: { name: 'answers.csv', text: 'again,why\nyes,The garden\nno,Too dear\n' } },
      handle: async ({ study, params, body, actor, created }) => {
        const survey = await surveyIn(house, study, params.survey);
        const file = { name: body.name, bytes: Buffer.from(body.text, 'utf8') };
        const batch = await imports.stage(survey, file, { hasHeader: body.hasHeader }, actor);
        created(`/imports/${batch.publicId}`);
        return whole(study, batch.publicId);
      },
    }),
    readImport: operation({
      method: 'GET',
      path: ONE,
      scope: 'submit',
      chapter: CHAPTER,
      title: 'Read an import, and what of it fits',
      answer: Import,
      handle: async ({ study, params, tag }) => {
        tag(planTag((await find(study, params.import)).batch));
        return whole(study, params.import);
      },
    }),
    planImport: operation({
      method: 'PUT',
      path: `${ONE}/plan`,
      scope: 'submit',
      chapter: CHAPTER,
      title: 'Say what the columns of an import mean',
      text: 'Where the way it is written changes, it is read anew and its columns are guessed anew: look at them in the answer.',
      needsMatch: true,
      body: Plan,
      answer: Import,
      example: {
        body: {
          format: { delimiter: ',', isQuoted: true, hasHeader: true },
          columns: ['item:again', 'item:why'],
          mayQuote: false,
        },
      },
      handle: async ({ study, params, body, insistMatch, tag }) => {
        const { batch, survey } = await find(study, params.import);
        insistMatch(planTag(batch));
        await imports.keepPlan(survey, batch, body);
        tag(planTag((await find(study, params.import)).batch));
        return whole(study, params.import);
      },
    }),
    confirmImport: operation({
      method: 'POST',
      path: `${ONE}/confirm`,
      scope: 'submit',
      chapter: CHAPTER,
      title: 'Bring in what was looked at',
      text: 'Read the import until it is complete: all of it counts then, and nothing before. One row that does not fit refuses the file, unless such rows are to be left out.',
      body: z.strictObject({ leaveOutFaulty: z.boolean().default(false) }),
      answer: Import,
      status: 202,
      example: { body: { leaveOutFaulty: false } },
      handle: async ({ study, params, body }) => {
        const { batch, survey } = await find(study, params.import);
        const { loaded } = await imports.begin(survey, batch, body.leaveOutFaulty);
        await waitAMoment(house, loaded, batch, 'an import stopped');
        return whole(study, params.import);
      },
    }),
    undoImport: operation({
      method: 'POST',
      path: `${ONE}/undo`,
      scope: 'submit',
      chapter: CHAPTER,
      title: 'Take an import back',
      text: 'At once nothing of it counts any more.',
      answer: Import,
      handle: async ({ study, params }) => {
        await imports.undo((await find(study, params.import)).batch);
        return whole(study, params.import);
      },
    }),
  };
};
