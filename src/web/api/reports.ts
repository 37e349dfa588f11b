import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { AUDIENCES } from '../../privacy/audience.ts';
import { REPORT_FORMATS, REPORT_KINDS } from '../../reports/document.ts';
import { FORMAT_TYPES } from '../../services/reports.ts';
import type { Report } from '../../store/reports.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { Ref } from './codes.ts';
import { File, Id, inOne, listOf, operation, PageQuery, Time } from './operation.ts';

const Kind = z.enum(REPORT_KINDS);
const Format = z.enum(REPORT_FORMATS);
const Audience = z.enum(AUDIENCES).meta({
  description: 'internal: the study’s researchers; client: those it was made for; public: anybody',
});
const ReportAnswer = z
  .strictObject({
    id: Id,
    kind: Kind,
    format: Format,
    audience: Audience,
    state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled', 'gone']),
    step: z.string(),
    progress: z.number().min(0).max(1),
    error: z.string().nullable(),
    notices: z.array(z.string()).meta({ description: 'What was left out of it, and why' }),
    file: z.string().nullable(),
    bytes: z.number().int().nullable(),
    sha256: z.string().nullable(),
    createdAt: Time,
  })
  .meta({ id: 'Report' });

const CHAPTER = 'Reports';
const ALL = '/studies/:study/reports';
const ONE = `${ALL}/:report`;
const LISTED = 1_000;

function shown(report: Report): z.input<typeof ReportAnswer> {
  const isReady = report.state === 'done' && report.goneAt === null;
  return {
    id: report.publicId,
    kind: report.kind as z.input<typeof Kind>,
    format: report.format as z.input<typeof Format>,
    audience: report.audience,
    state: report.goneAt === null ? report.state : 'gone',
    step: report.step,
    progress: Number(report.done),
    error: report.error,
    notices: isReady ? (JSON.parse(report.notices) as string[]) : [],
    file: isReady ? report.fileName : null,
    bytes: isReady && report.bytes !== null ? Number(report.bytes) : null,
    sha256: isReady ? report.hash : null,
    createdAt: report.createdAt,
  };
}

/** Documents for readers, built from what may be shown to them when they are built. */
export const reportResource = ({ verbatim }: House) => {
  const { store, reports } = verbatim;

  async function find(study: EnteredStudy, id: string): Promise<Report> {
    const report = await store.reports.find(study.id, id);
    if (!report) throw new Problem('not-found', 'There is no such report in this study');
    return report;
  }

  return {
    listReports: operation({
      method: 'GET',
      path: ALL,
      scope: 'report:write',
      chapter: CHAPTER,
      title: 'List reports that were asked for',
      query: PageQuery,
      answer: listOf(ReportAnswer),
      example: { query: { limit: 20 } },
      handle: async ({ study, part }) => {
        const { rows, next } = part(await store.reports.list(study.id, LISTED), ({ id }) => Number(id));
        return { items: rows.map(shown), next };
      },
    }),
    askForReport: operation({
      method: 'POST',
      path: ALL,
      scope: 'report:write',
      chapter: CHAPTER,
      title: 'Ask for a report',
      text: 'It is built in its turn: read it until it is done, then fetch its file.',
      body: z.strictObject({
        kind: Kind,
        format: Format,
        audience: Audience,
        persona: Ref.optional().meta({ description: 'Of a persona sheet' }),
        version: z.number().int().min(1).optional(),
        segmentation: Ref.optional().meta({ description: 'Of a comparison of segments' }),
      }),
      answer: ReportAnswer,
      status: 202,
      example: { body: { kind: 'study-report', format: 'md', audience: 'client' } },
      handle: async ({ study, body, actor, created }) => {
        const { kind, format, audience, persona, version, segmentation } = body;
        if (format === 'qdpx' && audience === 'internal')
          throw new Problem('forbidden', 'A key takes out no words of people who did not agree to be quoted', {
            detail: 'Ask for the project for client or public here, or for the whole of it in the studio',
          });
        const report = await reports.ask(
          study,
          {
            kind,
            format,
            audience,
            persona: persona ?? '',
            version: version === undefined ? '' : String(version),
            segmentation: segmentation ?? '',
            reason: '',
            print: '',
          },
          actor,
        );
        created(`/reports/${report.publicId}`);
        return shown(report);
      },
    }),
    readReport: operation({
      method: 'GET',
      path: ONE,
      scope: 'report:write',
      chapter: CHAPTER,
      title: 'Read how far a report is',
      answer: ReportAnswer,
      handle: async ({ study, params }) => shown(await find(study, params.report)),
    }),
    cancelReport: operation({
      method: 'POST',
      path: `${ONE}/cancel`,
      scope: 'report:write',
      chapter: CHAPTER,
      title: 'Cancel a report',
      text: 'One that is done stays as it is.',
      answer: ReportAnswer,
      handle: async ({ study, params }) => {
        await reports.cancel(await find(study, params.report));
        return shown(await find(study, params.report));
      },
    }),
    downloadReport: operation({
      method: 'GET',
      path: `${ONE}/file`,
      scope: 'report:write',
      chapter: CHAPTER,
      title: 'Fetch the file of a report',
      text: 'Every quote in it is checked again, and that it was handed on is written down.',
      answer: File,
      media: [...new Set(Object.values(FORMAT_TYPES).map((type) => type.split(';')[0] ?? type))],
      handle: async ({ study, params, actor }) => {
        const { name, mediaType, bytes } = await reports.fetch(study, await find(study, params.report), actor);
        return { name, mediaType, chunks: inOne(bytes) };
      },
    }),
  };
};
