import { z } from 'zod';
import { writeTableCsv } from '../../exchange/table-layout.ts';
import { Problem } from '../../model/problem.ts';
import { TableSettings } from '../../model/table-settings.ts';
import { showDate } from '../../render/helpers.ts';
import { refuseUnpublished } from '../../services/surveys.ts';
import type { KeptTable } from '../../store/banner-tables.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { asTableFilter, filterOfTable, refuseFaults, tableFilter } from '../studio/table-filter.ts';
import { File, Id, inOne, listOf, operation, PageQuery, Time } from './operation.ts';
import { revisionTag } from './requests.ts';
import { Begun } from './runs.ts';
import { surveyIn } from './surveys.ts';
import { Made, madeView } from './table-view.ts';

const LISTED = {
  id: Id,
  name: z.string(),
  version: z.number().int().meta({ description: 'Rises with each change of the settings' }),
  createdAt: Time,
  changedAt: Time,
};
const Listed = z.strictObject(LISTED).meta({ id: 'ListedTable' });
const Settings = TableSettings.meta({
  id: 'TableSettings',
  description:
    'rows and banners name variables by their id, as the list of variables has them; filter is the query of the list of responses, such as wave=…, and empty for everybody',
});
const Whole = z.strictObject({ ...LISTED, settings: Settings }).meta({ id: 'Table' });
const Body = z.strictObject({ name: z.string().min(1).max(200), settings: Settings });

const CHAPTER = 'Tables';
const ALL = '/studies/:study/surveys/:survey/tables';
const ONE = `${ALL}/:table`;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const EXAMPLE: z.input<typeof Body> = {
  name: 'Everything by coming again',
  settings: {
    format: 1,
    rows: [],
    banners: [{ of: 'answer:again', within: null, nets: [] }],
    weighting: null,
    filter: '',
    adjustment: 'benjamini-hochberg',
    alpha: 0.05,
    baseMin: 30,
    baseWarned: 50,
    medians: false,
  },
};

const listed = ({ publicId, name, version, createdAt, changedAt }: KeptTable): z.input<typeof Listed> => ({
  id: publicId,
  name,
  version,
  createdAt,
  changedAt,
});

/** Questions by the answers to other questions, with tests. */
export const tableResource = (house: House) => {
  const { store, bannerTables, cells } = house.verbatim;

  async function find(study: EnteredStudy, surveyId: string, id: string) {
    const survey = await surveyIn(house, study, surveyId);
    const table = await store.bannerTables.find(survey.id, id);
    if (!table) throw new Problem('not-found', 'There is no such table of this survey');
    return { survey, table };
  }
  const whole = (table: KeptTable): z.input<typeof Whole> => ({
    ...listed(table),
    settings: bannerTables.settingsOf(table),
  });
  /** Settings with their filter in the one way it is written. */
  async function settled(study: EnteredStudy, survey: SurveyRow, { name, settings }: z.output<typeof Body>) {
    refuseUnpublished(survey);
    const filter = await tableFilter(house, study, survey, new URLSearchParams(settings.filter));
    refuseFaults(filter, '#/settings/filter');
    return { name, settings: { ...settings, filter: filter.query } };
  }
  /** What was made, as this reader may see it. @throws Problem `conflict` when nothing was */
  async function madeOf(study: EnteredStudy, surveyId: string, id: string) {
    const { survey, table } = await find(study, surveyId, id);
    const made = await bannerTables.told(table, cells.policyOf(study, study.role));
    if (!made) throw notMade('This table has not been made yet');
    return { survey, made };
  }

  return {
    listTables: operation({
      method: 'GET',
      path: ALL,
      scope: 'aggregate:read',
      chapter: CHAPTER,
      title: 'List the tables of a survey',
      query: PageQuery,
      answer: listOf(Listed),
      handle: async ({ study, params, part }) => {
        const survey = await surveyIn(house, study, params.survey);
        const { rows, next } = part(await store.bannerTables.list(survey.id), ({ id }) => Number(id));
        return { items: rows.map(listed), next };
      },
    }),
    addTable: operation({
      method: 'POST',
      path: ALL,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Set up a table',
      text: 'Without rows everything that can be counted goes down its side. Nothing is counted until it is made.',
      body: Body,
      answer: Whole,
      status: 201,
      example: { body: EXAMPLE },
      handle: async ({ study, params, body, actor, created, tag }) => {
        const survey = await surveyIn(house, study, params.survey);
        const table = await bannerTables.add(study, survey, await settled(study, survey, body), actor);
        created(`/surveys/${survey.publicId}/tables/${table.publicId}`);
        tag(revisionTag(table.version));
        return whole(table);
      },
    }),
    readTable: operation({
      method: 'GET',
      path: ONE,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Read how a table is set up',
      answer: Whole,
      handle: async ({ study, params, tag }) => {
        const { table } = await find(study, params.survey, params.table);
        tag(revisionTag(table.version));
        return whole(table);
      },
    }),
    changeTable: operation({
      method: 'PUT',
      path: ONE,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Change how a table is set up',
      text: 'What was made of it before stays until it is made anew.',
      needsMatch: true,
      body: Body,
      answer: Whole,
      example: { body: EXAMPLE },
      handle: async ({ study, params, body, actor, insistMatch, tag }) => {
        const { survey, table } = await find(study, params.survey, params.table);
        insistMatch(revisionTag(table.version));
        const next = await settled(study, survey, body);
        await bannerTables.change(table, { ...next, version: table.version }, actor);
        const changed = (await find(study, params.survey, params.table)).table;
        tag(revisionTag(changed.version));
        return whole(changed);
      },
    }),
    removeTable: operation({
      method: 'DELETE',
      path: ONE,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Remove a table',
      handle: async ({ study, params }) => {
        await bannerTables.remove((await find(study, params.survey, params.table)).table);
        return null;
      },
    }),
    makeTable: operation({
      method: 'POST',
      path: `${ONE}/make`,
      scope: 'analysis:write',
      chapter: CHAPTER,
      title: 'Make a table of today’s answers',
      text: 'As a book: a workbook of everything that can be counted by the same columns, a sheet for each question.',
      body: z.strictObject({ isBook: z.boolean().default(false) }),
      answer: Begun,
      status: 202,
      example: { body: { isBook: false } },
      handle: async ({ study, params, body, actor }) => {
        const { survey, table } = await find(study, params.survey, params.table);
        const filter = asTableFilter(await filterOfTable(house, study, survey, table));
        return { run: (await bannerTables.make(study, survey, table, filter, body.isBook, actor)).publicId };
      },
    }),
    readMadeTable: operation({
      method: 'GET',
      path: `${ONE}/made`,
      scope: 'aggregate:read',
      chapter: CHAPTER,
      title: 'Read a table that was made',
      text: 'As viewers read it: figures of too few people, and those by which such a figure could be worked out, are left out. One of only some of the people is refused.',
      answer: Made,
      handle: async ({ study, params }) => madeView((await madeOf(study, params.survey, params.table)).made),
    }),
    readTableFigures: operation({
      method: 'GET',
      path: `${ONE}/figures`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Read a table that was made, with every figure',
      text: 'As the study’s researchers read it.',
      answer: Made,
      handle: async ({ study, params }) => madeView((await madeOf(study, params.survey, params.table)).made),
    }),
    downloadTable: operation({
      method: 'GET',
      path: `${ONE}/file`,
      scope: 'aggregate:read',
      chapter: CHAPTER,
      title: 'Fetch a table that was made as CSV or a workbook',
      text: 'As viewers read it.',
      query: z.strictObject({ format: z.enum(['csv', 'xlsx']).default('csv') }),
      answer: File,
      media: ['text/csv', XLSX],
      example: { query: { format: 'csv' } },
      handle: async ({ study, params, query }) => {
        const { survey, made } = await madeOf(study, params.survey, params.table);
        const { table, notes, run } = made;
        return query.format === 'csv'
          ? {
              name: `${survey.slug}-table.csv`,
              mediaType: 'text/csv; charset=utf-8',
              chunks: inOne(writeTableCsv(table, { counts: true, notes })),
            }
          : {
              name: `${survey.slug}-table.xlsx`,
              mediaType: XLSX,
              chunks: inOne(await bannerTables.workbook({ table, notes }, showDate(run.finishedAt ?? ''))),
            };
      },
    }),
    downloadTableBook: operation({
      method: 'GET',
      path: `${ONE}/book`,
      scope: 'analysis:read',
      chapter: CHAPTER,
      title: 'Fetch the book of tables that was made',
      text: 'A workbook with every figure.',
      answer: File,
      media: [XLSX],
      handle: async ({ study, params }) => {
        const { survey, table } = await find(study, params.survey, params.table);
        const book = await bannerTables.book(table);
        if (!book) throw notMade('The table book has not been made yet');
        return { name: `${survey.slug}-tables.xlsx`, mediaType: XLSX, chunks: inOne(book.bytes) };
      },
    }),
  };
};

const notMade = (title: string) =>
  new Problem('conflict', title, { detail: 'Ask for it to be made, and fetch it once its run is done' });
