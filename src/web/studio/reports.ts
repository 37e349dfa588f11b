import type { Request, Response } from 'express';
import { Problem } from '../../model/problem.ts';
import { showDate } from '../../render/helpers.ts';
import { REPORT_FORMATS, REPORT_KINDS, type ReportFormat, type ReportKind } from '../../reports/document.ts';
import { readBrand } from '../../services/report-brand.ts';
import { KIND_NAMES } from '../../services/report-documents.ts';
import type { ReportForm } from '../../services/reports.ts';
import type { HandedOn, Report } from '../../store/reports.ts';
import type { House } from '../app.ts';
import { contentDisposition } from '../content-disposition.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { fieldsOf, formOf, queryOf } from '../form.ts';
import { buttons, type fieldMaker, head, isForForm, showForm, showPage, studyAddress } from './frame.ts';

const LISTED = 50;
/** An open preview looks again after so many seconds. */
const LIVE_SECONDS = 3;
/** A report brings its style and typefaces along, and nothing else. */
const PREVIEW_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox allow-same-origin";

const KINDS: Readonly<Record<ReportKind, string>> = {
  'persona-sheet': 'One persona, whole, with everything it rests on',
  'persona-set': 'All personas, one after the other',
  'study-report': 'Method, sample, weighting, themes, segments, personas and limits',
  'segment-comparison': 'Segments side by side, with what tells them apart',
  'code-book': 'Codes, when to use each and when not, with examples',
  'quote-book': 'What people said, code by code',
};
const FORMATS: Readonly<Record<ReportFormat, { label: string; hint: string }>> = {
  html: { label: 'Web page (.html)', hint: 'One file that needs nothing else' },
  pdf: { label: 'PDF', hint: 'Tagged, to print and to read aloud' },
  docx: { label: 'Word (.docx)', hint: 'To write on' },
  pptx: { label: 'Slides (.pptx)', hint: 'With charts that can be changed, on your master' },
  png: { label: 'Picture (.png)', hint: 'The card of one persona' },
  md: { label: 'Markdown (.md)', hint: 'For wikis and repositories' },
  json: { label: 'JSON', hint: 'The document itself, for programs' },
  csv: { label: 'Table (.csv)', hint: 'Claims, quotes and figures, a row each' },
  qdpx: { label: 'Project (.qdpx)', hint: 'The study for other programs that code, with a note for each claim' },
};
const AUDIENCES = {
  internal: {
    label: 'The study’s own researchers',
    hint: 'Everybody’s words, masked as on these pages, and every figure',
  },
  client: {
    label: 'Those it was made for',
    hint: 'Words of people who agreed to be quoted, names behind pseudonyms; nothing of too few people',
  },
  public: {
    label: 'Anybody',
    hint: 'Words of people who agreed that they are shared outside, all that is personal hidden; nothing of too few people',
  },
} as const;
const STATES: Readonly<Record<Report['state'], string>> = {
  waiting: 'waiting',
  running: 'being built',
  done: 'ready',
  failed: 'failed',
  cancelled: 'cancelled',
};

const reportAddress = (study: { publicId: string }, report: Pick<Report, 'publicId'>): string =>
  `${studyAddress(study)}/reports/${report.publicId}`;
const cell = (text: string, href: string | null = null, isNumber = false) => ({ text, href, isNumber });
const column = (label: string, isNumber = false) => ({ label, isNumber });

/** Reports: asked for, watched while they are built, fetched; what was handed on; and how reports look. */
export function reportDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { store, reports, reportLooks } = verbatim;

  async function formPage(study: EnteredStudy) {
    const at = `${studyAddress(study)}/reports`;
    const personas = await store.personas.list(study.id);
    const segmentations = await store.segmentations.list(study.id);
    const asked = await store.reports.list(study.id, LISTED);
    return {
      view: 'studio/reports',
      head: head(
        [{ label: study.name, href: studyAddress(study) }],
        'Reports',
        'One document, in the format its readers use. Every sentence in it leads to its source, and every quote is checked again when it is built.',
        [
          { label: 'What was handed on', href: `${at}/handed-on`, isPrimary: false },
          { label: 'How reports look', href: `${at}/looks`, isPrimary: false },
        ],
      ),
      action: at,
      fields: (make: ReturnType<typeof fieldMaker>) => [
        make.radios(
          'kind',
          'What it tells of',
          REPORT_KINDS.map((value) => ({ value, label: KIND_NAMES[value], hint: KINDS[value] })),
          { isRequired: true },
        ),
        ...(personas.length === 0
          ? []
          : [
              make.select(
                'persona',
                'Persona, of a sheet',
                [
                  { value: '', label: 'Choose a persona' },
                  ...personas.map(({ publicId, versions }) => ({
                    value: publicId,
                    label: versions[0]?.name ?? publicId,
                  })),
                ],
                { hint: 'Its newest version' },
              ),
            ]),
        ...(segmentations.length === 0
          ? []
          : [
              make.select('segmentation', 'Segmentation, of a comparison', [
                { value: '', label: 'Choose a segmentation' },
                ...segmentations.map(({ publicId, name }) => ({ value: publicId, label: name })),
              ]),
            ]),
        make.radios(
          'audience',
          'Who is to read it',
          (['internal', 'client', 'public'] as const).map((value) => ({ value, ...AUDIENCES[value] })),
          { isRequired: true },
        ),
        make.radios(
          'format',
          'Format',
          REPORT_FORMATS.map((value) => ({ value, ...FORMATS[value] })),
          { isRequired: true },
        ),
        ...(reports.canPrint
          ? [
              make.boxes('print', 'PDF', [
                { value: 'page', label: 'Print the web page with Chromium rather than set it here' },
              ]),
            ]
          : []),
        make.text('reason', 'Why, of a project for the study’s own researchers', {
          hint: 'It holds words of people who did not agree to be quoted; kept with your name',
        }),
      ],
      buttons: buttons('Build the report'),
      more: {
        hasReports: asked.length > 0,
        reports: {
          caption: 'Reports so far',
          isStacked: true,
          columns: [column('Report'), column('For'), column('Format'), column('State'), column('Asked for')],
          rows: asked.map((report) => ({
            cells: [
              cell(KIND_NAMES[report.kind as ReportKind] ?? report.kind, reportAddress(study, report)),
              cell(AUDIENCES[report.audience].label),
              cell(report.format),
              cell(report.goneAt === null ? STATES[report.state] : 'gone'),
              cell(showDate(report.createdAt, true)),
            ],
          })),
        },
      },
    };
  }

  const formFrom = (form: ReturnType<typeof formOf>): ReportForm =>
    fieldsOf(form, ['kind', 'format', 'audience', 'persona', 'version', 'segmentation', 'reason', 'print']);

  door.get('/studio/:study/reports', 'researcher', async (visit, req, res) => {
    const asked = (name: string, usual: string) => queryOf(req, name) || usual;
    await showForm(house, visit, res, 'reports', await formPage(visit.study), {
      kind: asked('kind', queryOf(req, 'persona') === '' ? 'study-report' : 'persona-sheet'),
      persona: asked('persona', ''),
      segmentation: asked('segmentation', ''),
      audience: asked('audience', 'client'),
      format: asked('format', 'pdf'),
    });
  });
  door.post('/studio/:study/reports', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    try {
      const report = await reports.ask(visit.study, formFrom(form), { userId: visit.user.id });
      res.redirect(303, reportAddress(visit.study, report));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'reports', await formPage(visit.study), form, error);
    }
  });

  door.get('/studio/:study/reports/handed-on', 'researcher', async (visit, _req, res) => {
    const { study } = visit;
    const entries = await store.reports.handedOn(study.id);
    const coders = new Map((await store.studies.coders(study)).map(({ id, name }) => [id, name]));
    await showPage(house, visit, res, 'reports', 'studio/list', {
      head: head(
        crumbs(study),
        'What was handed on',
        'Everything that left, for whom it was meant, and who took it. What has left cannot be called back.',
      ),
      isEmpty: false,
      table: {
        caption: 'What was handed on, the newest first',
        isStacked: true,
        columns: [column('What'), column('For'), column('Format'), column('By'), column('When'), column('Why')],
        rows: entries.map((entry) => ({
          cells: [
            cell(KIND_NAMES[entry.what as ReportKind] ?? entry.what),
            cell(AUDIENCES[entry.audience].label),
            cell(entry.format),
            cell(takenBy(entry, coders)),
            cell(showDate(entry.at, true)),
            cell(entry.reason),
          ],
        })),
        emptyText: 'Nothing was handed on yet.',
      },
    });
  });

  door.get('/studio/:study/reports/looks', 'researcher', async (visit, _req, res) => {
    const { study } = visit;
    const files = await reportLooks.files();
    const at = `${studyAddress(study)}/reports/looks`;
    const brand = brandFacts(verbatim.folder);
    await showPage(house, visit, res, 'reports', 'studio/reports-looks', {
      head: head(
        crumbs(study),
        'How reports look',
        'Web pages are laid out by templates. Whoever runs this installation can put files of the same names into report-templates in its data folder, and name, colour, logo and master into report-brand.',
        [{ label: 'Look at a sample report', href: `${at}/preview`, isPrimary: true }],
      ),
      live: `${at}/preview?live=1`,
      faults: files.flatMap(({ fault }) =>
        fault === null
          ? []
          : [
              {
                kind: 'bad',
                title: `${fault.name}${fault.line === null ? '' : `, line ${fault.line}`}`,
                text: fault.message,
                links: null,
              },
            ],
      ),
      files: {
        caption: 'Templates',
        isStacked: true,
        columns: [column('File'), column('From'), column('State')],
        rows: files.map(({ name, origin, fault }) => ({
          cells: [
            cell(name),
            cell(origin === 'own' ? 'report-templates' : 'Verbatim'),
            cell(fault === null ? 'can be read' : 'cannot be read'),
          ],
        })),
      },
      facts: brand,
    });
  });
  /** The sample report in the templates as they stand now. */
  door.get('/studio/:study/reports/looks/preview', 'researcher', async (_visit, req, res) => {
    if (queryOf(req, 'live') === '1') res.setHeader('Refresh', String(LIVE_SECONDS));
    const html = await reportLooks.preview();
    res.setHeader('Content-Security-Policy', PREVIEW_POLICY);
    res.type('html').send(html);
  });

  async function reportOf(study: EnteredStudy, req: Request): Promise<Report> {
    const report = await store.reports.find(study.id, String(req.params['report']));
    if (!report)
      throw new Problem('not-found', 'There is no such report in this study', {
        detail: 'Look at the list of reports',
      });
    return report;
  }

  door.get('/studio/:study/reports/:report', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const report = await reportOf(study, req);
    const name = KIND_NAMES[report.kind as ReportKind] ?? 'Report';
    const at = reportAddress(study, report);
    const isReady = report.state === 'done' && report.goneAt === null;
    await showPage(house, visit, res, 'reports', 'studio/report', {
      head: head(crumbs(study), report.state === 'failed' ? `${name} could not be built` : name),
      isGoing: report.state === 'waiting' || report.state === 'running',
      progress: {
        label: 'Building the report',
        percent: Math.round(report.done * 100),
        step: report.step || 'Waiting for its turn',
        progressUrl: `${at}/progress`,
      },
      at,
      isReady,
      file: report.fileName ?? '',
      notices: isReady ? (JSON.parse(report.notices) as string[]) : [],
      failed: report.state === 'failed' ? (report.error ?? 'It is not known why') : '',
      isCancelled: report.state === 'cancelled',
      isGone: report.goneAt !== null,
      facts: [
        { label: 'For', value: AUDIENCES[report.audience].label, note: null },
        { label: 'Format', value: FORMATS[report.format as ReportFormat]?.label ?? report.format, note: null },
        { label: 'Asked for', value: showDate(report.createdAt, true), note: null },
        ...(isReady
          ? [
              {
                label: 'Size',
                value: `${Math.ceil((report.bytes ?? 0) / 1024).toLocaleString('en-GB')} KB`,
                note: null,
              },
              { label: 'SHA-256', value: report.hash ?? '', note: null },
            ]
          : []),
      ],
      again: `${studyAddress(study)}/reports?${againWith(report)}`,
    });
  });
  door.get('/studio/:study/reports/:report/progress', 'researcher', async (visit, req, res) => {
    const report = await reportOf(visit.study, req);
    res.json({ state: report.state, percent: Math.round(report.done * 100), step: report.step });
  });
  door.post('/studio/:study/reports/:report/cancel', 'researcher', async (visit, req, res) => {
    const report = await reportOf(visit.study, req);
    await reports.cancel(report);
    res.redirect(303, reportAddress(visit.study, report));
  });
  door.post('/studio/:study/reports/:report/remove', 'researcher', async (visit, req, res) => {
    await reports.remove(await reportOf(visit.study, req));
    res.redirect(303, `${studyAddress(visit.study)}/reports`);
  });
  door.get('/studio/:study/reports/:report/file', 'researcher', async (visit: StudyVisit, req, res: Response) => {
    const { name, mediaType, bytes } = await reports.fetch(visit.study, await reportOf(visit.study, req), {
      userId: visit.user.id,
    });
    res.setHeader('Content-Disposition', contentDisposition(name));
    res.type(mediaType).send(Buffer.from(bytes));
  });
}

const crumbs = (study: EnteredStudy) => [
  { label: study.name, href: studyAddress(study) },
  { label: 'Reports', href: `${studyAddress(study)}/reports` },
];

/** What an operator's brand is, or which of its files cannot be used and why. */
function brandFacts(folder: string): { label: string; value: string; note: string | null }[] {
  try {
    const { name, accent, logo, master } = readBrand(folder);
    return [
      { label: 'Name', value: name ?? 'none', note: null },
      { label: 'Accent', value: accent ?? 'none', note: null },
      { label: 'Logo', value: logo ? 'there' : 'none', note: null },
      { label: 'Master for slides', value: master ? 'there' : 'none', note: null },
    ];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [{ label: 'Brand', value: error.message, note: error.detail }];
  }
}

const takenBy = ({ byUser, byLink }: HandedOn, names: ReadonlyMap<number, string>): string =>
  byUser !== null
    ? (names.get(Number(byUser)) ?? 'somebody who has left')
    : byLink !== null
      ? 'a shared link'
      : 'the command line';

function againWith({ kind, format, audience, settings }: Report): string {
  const { persona = null, segmentation = null } = JSON.parse(settings) as {
    persona?: string | null;
    segmentation?: string | null;
  };
  return new URLSearchParams({
    kind,
    format,
    audience,
    ...(persona !== null && { persona }),
    ...(segmentation !== null && { segmentation }),
  }).toString();
}
