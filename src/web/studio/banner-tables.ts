import type { Request, Response } from 'express';
import { tableMethod, writeTableCsv } from '../../exchange/table-layout.ts';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import { refuseUnpublished } from '../../services/surveys.ts';
import type { Run } from '../../store/analyses.ts';
import type { KeptTable } from '../../store/banner-tables.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import { contentDisposition } from '../content-disposition.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import {
  formOfTable,
  linesFor,
  type TableFormContext,
  tableFieldOf,
  tableFields,
  tableIn,
  usualTable,
} from './banner-table-form.ts';
import { BLOCKS_A_PAGE, bannerView } from './banner-table-view.ts';
import { variablesAddress } from './data-dictionary.ts';
import { SURVEY, surveyCrumbs } from './fieldwork-place.ts';
import { buttons, fieldMaker, head, isForForm, showForm, showPage } from './frame.ts';
import { showMoment } from './person-view.ts';
import type { ReadFilter } from './response-filters.ts';
import { runAddress } from './runs.ts';
import { segmentationOf } from './segmentation-place.ts';
import { showUnpublished, surveyAddress, surveyOf } from './surveys.ts';
import { asTableFilter, filterOfTable, refuseFaults, tableFilter } from './table-filter.ts';

/** A small table is there by then, and its page shows it at once. */
const QUICK_MS = 2500;
const LOOK_MS = 50;

export const tablesAddress = (study: { publicId: string }, survey: { publicId: string }): string =>
  `${surveyAddress(study, survey)}/tables`;

/** Tables of questions by the answers to others: set up, made by a run, kept, and taken along as files. */
export function bannerTableDoor(door: Doorway, house: House): void {
  const { store, bannerTables, cells, derivedVariables } = house.verbatim;
  const at = tablesAddress;
  const crumbs = (study: EnteredStudy, survey: SurveyRow, ...more: { label: string; href: string }[]) => [
    ...surveyCrumbs(study, survey),
    { label: 'Tables', href: at(study, survey) },
    ...more,
  ];

  async function tableOf(survey: SurveyRow, req: Request): Promise<KeptTable> {
    const found = await store.bannerTables.find(survey.id, String(req.params['table']));
    if (!found)
      throw new Problem('not-found', 'There is no such table of this survey', {
        detail: 'It may have been removed: look at the list of tables',
      });
    return found;
  }

  door.get(`${SURVEY}/tables`, 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    if (survey.publishedVersionId === null)
      return showUnpublished(house, visit, res, survey, 'Tables', 'Tables can be made once the survey is published.');
    const mayWrite = study.role !== 'viewer';
    const list = await store.bannerTables.list(survey.id);
    const action = { label: 'New table', href: `${at(study, survey)}/new` };
    const cell = (text: string, href: string | null = null) => ({ text, href, isNumber: false });
    await showPage(house, visit, res, 'surveys', 'studio/list', {
      head: head(
        surveyCrumbs(study, survey),
        'Tables',
        'Questions down the side, answers to others across, with letters for what lies above what.',
        [
          { label: 'Variables', href: variablesAddress(study, survey), isPrimary: false },
          ...(mayWrite ? [{ ...action, isPrimary: true }] : []),
        ],
      ),
      notice:
        queryOf(req, 'done') === 'removed'
          ? { kind: 'good', title: 'The table is removed', text: null, links: [] }
          : null,
      table: {
        caption: 'Tables of this survey',
        isCaptionHidden: true,
        isStacked: true,
        columns: [
          { label: 'Table', isNumber: false },
          { label: 'Set up', isNumber: false },
        ],
        rows: list.map((table) => ({
          cells: [
            cell(table.name, `${at(study, survey)}/${table.publicId}`),
            cell(`${showDate(table.changedAt)}, version ${table.version}`),
          ],
        })),
      },
      isEmpty: list.length === 0,
      empty: {
        title: 'No table yet',
        text: 'Put questions across, such as age or a segmentation, and every other question down the side.',
        action: mayWrite ? action : null,
      },
    });
  });

  async function showSetUp(
    visit: StudyVisit,
    res: Response,
    of: { survey: SurveyRow; table: KeptTable | null; filter: ReadFilter },
    form: Form,
    problem: Problem | null = null,
  ): Promise<void> {
    const { study } = visit;
    const { survey, table, filter } = of;
    const own = table ? `${at(study, survey)}/${table.publicId}` : null;
    const used = Object.keys(form).filter((name) => /^of-\d+$/.test(name) && field(form, name) !== '').length + 1;
    const context: TableFormContext = {
      variables: await derivedVariables.names(study, survey),
      weightings: await store.sampleDefinitions.list(survey.id, 'weighting'),
      lines: linesFor(used),
    };
    const parts = tableFields(fieldMaker(form, problem?.errors ?? []), context);
    await showForm(
      house,
      visit,
      res,
      'surveys',
      {
        view: 'studio/banner-table-form',
        head: head(
          crumbs(study, survey, ...(table && own ? [{ label: table.name, href: own }] : [])),
          table ? 'Change the table' : 'New table',
          'Columns are held against the others of their question. Several questions stand side by side.',
        ),
        action: own ? `${own}/edit` : `${at(study, survey)}/new`,
        fields: () => [...parts.first, ...parts.banners.flat(), parts.rows, ...parts.rules],
        buttons: buttons(table ? 'Save it, and make it anew' : 'Make the table', {
          label: 'Cancel',
          href: own ?? at(study, survey),
        }),
        more: {
          parts,
          filters: {
            fields: filter.fields.filter(({ name }) => name !== 'state'),
            conditions: filter.conditions,
            isUsed: filter.query !== '',
          },
        },
      },
      form,
      problem,
    );
  }

  door.get(`${SURVEY}/tables/new`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    refuseUnpublished(survey);
    const filter = await tableFilter(house, visit.study, survey, []);
    await showSetUp(visit, res, { survey, table: null, filter }, usualTable(queryOf(req, 'across')));
  });

  /** Keeps what a form sets up, and makes the table of it. */
  async function receive(
    visit: StudyVisit,
    req: Request,
    res: Response,
    survey: SurveyRow,
    table: KeptTable | null,
  ): Promise<void> {
    const { study } = visit;
    const form = formOf(req);
    const filter = await tableFilter(
      house,
      study,
      survey,
      Object.keys(form).map((name): [string, string] => [name, field(form, name)]),
    );
    const actor = { userId: visit.user.id };
    try {
      refuseFaults(filter, '');
      const said = { name: field(form, 'name'), settings: tableIn(form, filter.query) };
      if (table) await bannerTables.change(table, { ...said, version: Number(field(form, 'revision')) }, actor);
      const kept = table
        ? await store.bannerTables.find(survey.id, table.publicId)
        : await bannerTables.add(study, survey, said, actor);
      if (!kept) throw new Problem('not-found', 'There is no such table of this survey');
      await make(visit, res, survey, kept, filter, false);
    } catch (error) {
      if (!isForForm(error) || req.accepts(['html', 'json', 'application/problem+json']) !== 'html') throw error;
      const problem = new Problem(error.kind, error.message, {
        detail: error.detail,
        errors: error.errors.map(({ pointer, detail }) => ({ pointer: tableFieldOf(pointer), detail })),
      });
      await showSetUp(visit, res, { survey, table, filter }, form, problem);
    }
  }
  door.post(`${SURVEY}/tables/new`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    refuseUnpublished(survey);
    await receive(visit, req, res, survey, null);
  });
  door.get(`${SURVEY}/tables/:table/edit`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const table = await tableOf(survey, req);
    const settings = bannerTables.settingsOf(table);
    const filter = await tableFilter(house, visit.study, survey, new URLSearchParams(settings.filter));
    await showSetUp(visit, res, { survey, table, filter }, formOfTable(table.name, table.version, settings));
  });
  door.post(`${SURVEY}/tables/:table/edit`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await receive(visit, req, res, survey, await tableOf(survey, req));
  });

  async function make(
    visit: StudyVisit,
    res: Response,
    survey: SurveyRow,
    table: KeptTable,
    filter: ReadFilter,
    isBook: boolean,
  ): Promise<void> {
    const { study } = visit;
    const run = await bannerTables.make(study, survey, table, asTableFilter(filter), isBook, { userId: visit.user.id });
    const isDone = await doneSoon(run);
    res.redirect(303, isDone ? `${at(study, survey)}/${table.publicId}` : runAddress(study, run));
  }
  async function doneSoon({ id }: Run): Promise<boolean> {
    for (let waited = 0; waited < QUICK_MS; waited += LOOK_MS) {
      const run = await store.analyses.findRunState(id);
      if (run !== 'queued' && run !== 'running') return run === 'done';
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return false;
  }
  for (const [path, isBook] of [
    ['make', false],
    ['book', true],
  ] as const)
    door.post(`${SURVEY}/tables/:table/${path}`, 'researcher', async (visit, req, res) => {
      const survey = await surveyOf(house, visit.study, req);
      const table = await tableOf(survey, req);
      const filter = await filterOfTable(house, visit.study, survey, table);
      await make(visit, res, survey, table, filter, isBook);
    });

  door.get(`${SURVEY}/tables/:table`, 'viewer', async (visit, req, res) => {
    const { study } = visit;
    const survey = await surveyOf(house, study, req);
    const table = await tableOf(survey, req);
    const own = `${at(study, survey)}/${table.publicId}`;
    const mayWrite = study.role !== 'viewer';
    const made = await toldTo(study, table);
    // The workbook is written once, with everything in it.
    const book = mayWrite ? await bannerTables.book(table) : null;
    const show = {
      counts: queryOf(req, 'counts') === '1',
      intervals: queryOf(req, 'intervals') === '1',
      page: Math.max(0, Math.trunc(Number(queryOf(req, 'page')) || 1) - 1),
    };
    const pages = Math.ceil((made?.table.blocks.length ?? 0) / BLOCKS_A_PAGE);
    show.page = Math.min(show.page, Math.max(0, pages - 1));
    const pageAt = (page: number) =>
      `${own}?${new URLSearchParams({ ...(show.counts && { counts: '1' }), ...(show.intervals && { intervals: '1' }), page: String(page + 1) })}`;
    await showPage(house, visit, res, 'surveys', 'studio/banner-table', {
      head: head(
        crumbs(study, survey),
        table.name,
        made ? `Made on ${showMoment(made.run.finishedAt ?? '')} of version ${made.version}.` : null,
        mayWrite ? [{ label: 'Change the table', href: `${own}/edit`, isPrimary: false }] : [],
      ),
      own,
      mayWrite,
      since: made ? await sinceNotice(survey, table, made) : null,
      isMade: made !== null,
      view: made && bannerView(made.table, show),
      method: made ? [...made.notes, ...tableMethod(made.table)] : [],
      filter: made?.table.filter ?? null,
      show,
      pages:
        pages > 1
          ? [
              ...(show.page > 0 ? [{ label: 'Questions before', href: pageAt(show.page - 1) }] : []),
              ...(show.page < pages - 1 ? [{ label: 'Further questions', href: pageAt(show.page + 1) }] : []),
            ]
          : [],
      book: book && {
        href: `${own}/book.xlsx`,
        text: `made on ${showMoment(book.run.finishedAt ?? '')} of version ${book.version}: ${book.questions.toLocaleString('en-GB')} questions, ${book.people.toLocaleString('en-GB')} people`,
      },
    });
  });

  async function sinceNotice(survey: SurveyRow, table: KeptTable, made: { run: Run; version: number }) {
    const { watermark = 0 } = JSON.parse(made.run.inputCut) as { watermark?: number };
    const reasons = [
      ...(made.version === table.version ? [] : ['The table has been changed']),
      ...((await store.derivedVariables.list(survey.id)).some(({ madeAt }) => madeAt > made.run.createdAt)
        ? ['Derived variables have been changed']
        : []),
      ...((await store.qualityFlags.lastSeq(survey.id)) > watermark
        ? ['Responses have come in or were corrected']
        : []),
    ];
    return reasons.length === 0
      ? null
      : {
          kind: 'info',
          title: 'These figures are older than what they are of',
          text: `${reasons.join('. ')} since. Make it anew to count that.`,
          links: [],
        };
  }

  const toldTo = (study: EnteredStudy, table: KeptTable) => bannerTables.told(table, cells.policyOf(study, study.role));

  const notMade = (title: string) =>
    new Problem('conflict', title, { detail: 'Make it on the page of the table, then fetch the file' });
  /** @throws Problem `conflict` when it was not made */
  async function madeOf(study: EnteredStudy, survey: SurveyRow, req: Request) {
    const made = await toldTo(study, await tableOf(survey, req));
    if (!made) throw notMade('This table has not been made yet');
    return made;
  }
  door.get(`${SURVEY}/tables/:table/table.csv`, 'viewer', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const { table, notes } = await madeOf(visit.study, survey, req);
    res.setHeader('Content-Disposition', contentDisposition(`${survey.slug}-table.csv`));
    res.type('text/csv; charset=utf-8').send(writeTableCsv(table, { counts: true, notes }));
  });
  const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  door.get(`${SURVEY}/tables/:table/table.xlsx`, 'viewer', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const { table, notes, run } = await madeOf(visit.study, survey, req);
    res.setHeader('Content-Disposition', contentDisposition(`${survey.slug}-table.xlsx`));
    res.type(XLSX).send(Buffer.from(await bannerTables.workbook({ table, notes }, showDate(run.finishedAt ?? ''))));
  });
  door.get(`${SURVEY}/tables/:table/book.xlsx`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    const book = await bannerTables.book(await tableOf(survey, req));
    if (!book) throw notMade('The table book has not been made yet');
    res.setHeader('Content-Disposition', contentDisposition(`${survey.slug}-tables.xlsx`));
    res.type(XLSX).send(Buffer.from(book.bytes));
  });

  door.post(`${SURVEY}/tables/:table/remove`, 'researcher', async (visit, req, res) => {
    const survey = await surveyOf(house, visit.study, req);
    await bannerTables.remove(await tableOf(survey, req));
    res.redirect(303, `${at(visit.study, survey)}?done=removed`);
  });

  /** A table with the segments of a segmentation across. */
  door.get('/studio/:study/segmentations/:segmentation/tables', 'researcher', async (visit, req, res) => {
    const segmentation = await segmentationOf(house, visit.study, req);
    const survey =
      segmentation.surveyId === null ? null : await store.surveys.findById(visit.study.id, segmentation.surveyId);
    if (!survey)
      throw new Problem('conflict', 'This segmentation is of no survey of its own', {
        detail: 'Open a survey, go to its tables, and put the segmentation across there',
      });
    res.redirect(
      303,
      `${at(visit.study, survey)}/new?${new URLSearchParams({ across: `segment:${segmentation.publicId}` })}`,
    );
  });
}
