import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { guidFor } from '../exchange/refi-qda/guid.ts';
import { packProject } from '../exchange/refi-qda/write-project.ts';
import { cleanText } from '../model/clean-text.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import type { QuoteSpan } from '../personas/portrait.ts';
import { AUDIENCES } from '../privacy/audience.ts';
import {
  allBlocks,
  type QuoteBlock,
  REPORT_FORMATS,
  REPORT_KINDS,
  type ReportDocument,
  type ReportFormat,
  type ReportKind,
} from '../reports/document.ts';
import { spanKey } from '../reports/report-ground.ts';
import type { Report } from '../store/reports.ts';
import type { Study } from '../store/studies.ts';
import { type Progress, Refusal, type Thread } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import type { Evidence } from './evidence.ts';
import type { Masking } from './masking.ts';
import { printPage } from './print-page.ts';
import type { ProjectExport } from './project-export.ts';
import { readBrand, reportFolders } from './report-brand.ts';
import type { ReportAsked, ReportDocuments } from './report-documents.ts';
import type { WorkQueue } from './work-queue.ts';

/** So many wait for their turn at most. */
const WAITING_MAX = 20;
const REASON_LETTERS = 500;

/** What a form or a command asks for, as it was typed. */
export type ReportForm = {
  kind: string;
  format: string;
  audience: string;
  persona: string;
  version: string;
  segmentation: string;
  /** Why words go out without leave, where they do. */
  reason: string;
  /** Of a PDF: `page` has the operator's Chromium print the page. */
  print: string;
};
export type ReportSettings = Omit<ReportAsked, 'kind' | 'audience'> & { reason: string; print: 'own' | 'page' };
type Wanted = { asked: ReportAsked; format: ReportFormat; settings: ReportSettings };
export type BuiltReport = { name: string; mediaType: string; bytes: Uint8Array; document: ReportDocument };

export const FORMAT_TYPES: Readonly<Record<ReportFormat, string>> = {
  html: 'text/html; charset=utf-8',
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  png: 'image/png',
  md: 'text/markdown; charset=utf-8',
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
  qdpx: 'application/zip',
};
/** A picture shows one persona. */
export const isFormatOf = (format: ReportFormat, kind: ReportKind): boolean =>
  format !== 'png' || kind === 'persona-sheet';

function refuse(errors: ProblemError[]): void {
  if (errors.length > 0)
    throw new Problem('invalid', 'This report cannot be made as it is asked for', {
      detail: 'Mend what is named, then ask for it again',
      errors,
    });
}

/** Reports: asked for, built in the queue of long work, kept until somebody withdraws, and handed on with a note of it. */
export function reportService(
  context: Context,
  deps: {
    documents: ReportDocuments;
    evidence: Pick<Evidence, 'readQuotes'>;
    masking: Masking;
    projectExports: ProjectExport;
    queue: WorkQueue;
    /** The Chromium that prints pages; null where the operator names none. */
    chromium: string | null;
    publicUrl: string | null;
    report: (error: unknown) => void;
  },
) {
  const { store, logs, now, folder, templatesFolder, thread, audit } = context;
  const at = () => now().toISOString();
  const kept = path.join(folder, 'reports');
  const fileOf = (publicId: string) => path.join(kept, publicId);
  const quotesOf = (publicId: string) => path.join(kept, `${publicId}.quotes`);
  const templates = reportFolders(folder, templatesFolder);

  function read(form: ReportForm): Wanted {
    const errors: ProblemError[] = [];
    const choose = <Choice extends string>(name: keyof ReportForm, choices: readonly Choice[], detail: string) => {
      const found = choices.find((one) => one === form[name]);
      if (found === undefined) errors.push({ pointer: `#/${name}`, detail });
      return found ?? choices[0]!;
    };
    const kind = choose('kind', REPORT_KINDS, `Choose one of ${REPORT_KINDS.join(', ')}`);
    const format = choose('format', REPORT_FORMATS, `Choose one of ${REPORT_FORMATS.join(', ')}`);
    const audience = choose('audience', AUDIENCES, `Choose who is to read it: ${AUDIENCES.join(', ')}`);
    if (errors.length === 0 && !isFormatOf(format, kind))
      errors.push({
        pointer: '#/format',
        detail: 'A picture shows one persona: choose a persona sheet, or another format',
      });
    if (kind === 'persona-sheet' && form.persona === '')
      errors.push({ pointer: '#/persona', detail: 'Choose the persona that it shows' });
    if (kind === 'segment-comparison' && form.segmentation === '')
      errors.push({ pointer: '#/segmentation', detail: 'Choose the segmentation whose segments are compared' });
    const version = form.version === '' ? null : Number(form.version);
    if (version !== null && !/^[1-9]\d{0,8}$/.test(form.version))
      errors.push({ pointer: '#/version', detail: 'Enter the number of a version, such as 2, or leave it empty' });
    const reason = cleanText(form.reason, 'note').text.trim();
    if (format === 'qdpx' && audience === 'internal' && reason === '')
      errors.push({
        pointer: '#/reason',
        detail: 'Say why words of people who did not agree to be quoted are to go out; it is kept with your name',
      });
    if (reason.length > REASON_LETTERS)
      errors.push({ pointer: '#/reason', detail: `Shorten it to ${REASON_LETTERS} characters` });
    const print = form.print === 'page' ? 'page' : 'own';
    if (!['', 'own', 'page'].includes(form.print))
      errors.push({ pointer: '#/print', detail: 'Send page to have the web page printed, or nothing' });
    if (format === 'pdf' && print === 'page' && deps.chromium === null)
      errors.push({
        pointer: '#/print',
        detail: 'No Chromium is named that could print it: choose the PDF that Verbatim sets itself',
      });
    refuse(errors);
    const of = {
      persona: kind === 'persona-sheet' ? form.persona : null,
      version: kind === 'persona-sheet' ? version : null,
      segmentation: kind === 'segment-comparison' ? form.segmentation : null,
    };
    return { asked: { kind, audience, ...of }, format, settings: { ...of, reason, print } };
  }

  /** @throws Problem `invalid` for what is not there to be told of */
  async function look(study: Study, { persona, version, segmentation }: ReportAsked): Promise<void> {
    const errors: ProblemError[] = [];
    const found = persona === null ? null : await store.personas.find(study.id, persona);
    if (persona !== null && !found)
      errors.push({ pointer: '#/persona', detail: 'This persona is not there: choose one that is' });
    if (found && version !== null) {
      const versions = await store.personas.versionsOf(found.id);
      if (!versions.some(({ number }) => Number(number) === version))
        errors.push({ pointer: '#/version', detail: `The newest version is ${versions[0]?.number ?? 'none'}` });
    }
    if (segmentation !== null && !(await store.segmentations.find(study.id, segmentation)))
      errors.push({ pointer: '#/segmentation', detail: 'This segmentation is not there: choose one that is' });
    refuse(errors);
  }

  /** Gathers and lays out; the words in it are those of this moment. */
  async function build(
    study: Study,
    { asked, format, settings }: Wanted,
    actor: Actor,
    own: Thread,
    onProgress: Progress = () => {},
    stopped?: AbortSignal,
  ): Promise<BuiltReport> {
    await logs.settle();
    const document = await deps.documents.gather(study, asked, onProgress);
    const name = `${fileName(document)}.${format}`;
    const base = { name, mediaType: FORMAT_TYPES[format], document };
    if (format === 'qdpx') {
      onProgress('Gathering the project', 0.5);
      return { ...base, bytes: await projectOf(study, asked, document, settings.reason, actor) };
    }
    const isPrinted = format === 'pdf' && settings.print === 'page' && deps.chromium !== null;
    const bytes = await own.ask(
      'layOutReport',
      {
        document,
        format: isPrinted ? 'html' : format,
        brand: readBrand(folder),
        templates,
        base: asked.audience === 'internal' ? deps.publicUrl : null,
      },
      onProgress,
    );
    if (!isPrinted) return { ...base, bytes };
    onProgress('Printing', 0.8);
    return { ...base, bytes: await printPage(deps.chromium ?? '', bytes, stopped) };
  }

  /** The study as a project of other programs, with a note for each claim of the report. */
  async function projectOf(
    study: Study,
    { audience }: ReportAsked,
    document: ReportDocument,
    reason: string,
    actor: Actor,
  ): Promise<Uint8Array> {
    const { project } = await deps.projectExports.prepare(
      study,
      { format: 'qdpx', audience, unmasked: false, answers: true, recordings: false, reason },
      actor,
    );
    if (audience === 'internal')
      await deps.masking.exported({ studyId: study.id, surveyId: null }, 'report as qdpx, masked', reason, actor);
    const sources = new Map(document.sources.map(({ id, title }) => [id, title]));
    for (const block of allBlocks(document.blocks)) {
      if (block.kind !== 'claim') continue;
      const guid = guidFor('report claim', `${study.publicId} ${block.refs.join(' ')} ${block.id}`);
      if (project.notes.some((note) => note.guid === guid)) continue;
      project.ownNotes.push(guid);
      project.notes.push({
        guid,
        name: block.heading,
        text: [
          block.text,
          [block.evidence, block.detail].filter((part) => part !== '').join('; '),
          block.notice,
          ...block.quotes.map(({ words, by }) => `“${words}” (${by})`),
          ...block.counterQuotes.map(({ words, by }) => `Against it: “${words}” (${by})`),
          `Rests on: ${block.refs.map((id) => sources.get(id) ?? id).join('; ')}`,
        ]
          .filter((part) => part !== '')
          .join('\n\n'),
        places: [],
        by: null,
        at: document.asOf,
      });
    }
    return packProject(project);
  }

  /** @throws {Refusal} saying what to do where it cannot be written; nothing of it stays then */
  async function keep(report: Report, { bytes, document }: BuiltReport): Promise<string> {
    const file = fileOf(report.publicId);
    try {
      await mkdir(kept, { recursive: true, mode: 0o700 });
      await writeFile(quotesOf(report.publicId), JSON.stringify(digestsOf(document)), { mode: 0o600 });
      await writeFile(`${file}.part`, bytes, { mode: 0o600 });
      await rename(`${file}.part`, file);
    } catch (error) {
      await discard(report).catch(deps.report);
      const { code } = error as { code?: unknown };
      if (typeof code !== 'string') throw error;
      deps.report(error);
      throw new Refusal(
        code === 'ENOSPC' || code === 'EDQUOT'
          ? 'The disk is full, so the report could not be kept. Free some space where the data folder lies, then ask for it again'
          : `The report could not be kept: the folder reports within the data folder cannot be written to (${code}). Have whoever runs this installation make it a folder that Verbatim may write to, then ask for it again`,
      );
    }
    return createHash('sha256').update(bytes).digest('hex');
  }

  async function discard(report: Pick<Report, 'publicId'>): Promise<void> {
    for (const file of [fileOf(report.publicId), `${fileOf(report.publicId)}.part`, quotesOf(report.publicId)])
      await rm(file, { force: true, recursive: true });
  }

  /** Whether every quote in it still reads as it did, and nobody has taken anything back since it was begun. */
  async function stands(report: Report): Promise<boolean> {
    if (await store.reports.hasWithdrawals(report.studyId, report.createdAt)) return false;
    const quotes = readDigests(await readFile(quotesOf(report.publicId), 'utf8').catch(() => ''));
    if (quotes === null) return false;
    const read = await deps.evidence.readQuotes(
      report.studyId,
      quotes.map(({ span }) => span),
      report.audience === 'internal' ? {} : { audience: report.audience },
    );
    return quotes.every(({ digest }, place) => {
      const quote = read[place];
      return quote?.isVerbatim === true && digestOf(quote.before, quote.marked, quote.after) === digest;
    });
  }

  async function letGo(report: Report): Promise<void> {
    await store.reports.letGo(report.id, at());
    await discard(report);
  }

  const wantedOf = (report: Report): Wanted => {
    const settings = JSON.parse(report.settings) as ReportSettings;
    const { persona, version, segmentation } = settings;
    return {
      asked: { kind: report.kind as ReportKind, audience: report.audience, persona, version, segmentation },
      format: report.format as ReportFormat,
      settings,
    };
  };

  async function handOn(study: Study, { asked, format, settings }: Wanted, actor: Actor): Promise<void> {
    await store.reports.handOn({
      studyId: study.id,
      what: asked.kind,
      subject: asked.persona ?? asked.segmentation,
      format,
      audience: asked.audience,
      rowsOut: null,
      reason: settings.reason,
      byUser: actor?.userId ?? null,
      byLink: null,
      at: at(),
    });
    await audit.note({
      action: 'export',
      ...(actor ? { actor } : {}),
      study,
      detail: {
        level: asked.audience,
        format: `${asked.kind}-${format}`,
        ...(settings.reason === '' ? {} : { reason: settings.reason }),
      },
    });
  }

  async function perform(report: Report, own: Thread, onProgress: Progress, stopped: AbortSignal): Promise<void> {
    const study = await store.studies.find(report.studyId);
    if (!study) throw new Refusal('This study is no longer there');
    const actor = report.createdBy === null ? null : { userId: report.createdBy };
    const built = await build(study, wantedOf(report), actor, own, onProgress, stopped).catch((error: unknown) => {
      throw error instanceof Problem ? new Refusal(sentenceOf(error)) : error;
    });
    const hash = await keep(report, built);
    const isFinished =
      (await stands(report)) &&
      (await store.reports.finish(
        report.id,
        {
          fileName: built.name,
          mediaType: built.mediaType,
          bytes: built.bytes.length,
          hash,
          notices: JSON.stringify(built.document.notices),
        },
        at(),
      ));
    if (isFinished) return;
    await discard(report);
    throw new Refusal('Somebody withdrew what they said, or words changed, while this was built. Ask for it again');
  }

  deps.queue.handles('report', async (id) => {
    const report = await store.reports.findById(id);
    return (
      report && {
        begin: () => store.reports.begin(id),
        again: () => store.reports.putBack(id),
        perform: (own, onProgress, stopped) => perform(report, own, onProgress, stopped),
        progress: (step, done) => store.reports.progress(id, step, done),
        isCancelled: async () => (await store.reports.findById(id))?.state === 'cancelled',
        fail: (reason) => store.reports.fail(id, reason, at()),
        report: deps.report,
      }
    );
  });

  return {
    canPrint: deps.chromium !== null,
    /** Asks for a report, which is then built in its turn. @throws Problem `invalid` naming every field that does not fit */
    ask: async (study: Study, form: ReportForm, actor: Actor): Promise<Report> => {
      const wanted = read(form);
      await look(study, wanted.asked);
      if ((await deps.queue.waiting()) >= WAITING_MAX)
        throw new Problem('busy', 'Too much is waiting for its turn', {
          detail: 'Wait until some of it is done, then ask for this report again',
        });
      const added = await store.reports.add(
        {
          studyId: study.id,
          kind: wanted.asked.kind,
          format: wanted.format,
          audience: wanted.asked.audience,
          settings: JSON.stringify(wanted.settings),
          createdBy: actor?.userId ?? null,
        },
        at(),
      );
      await deps.queue.add('report', added.id);
      return added;
    },
    cancel: async (report: Report): Promise<void> => {
      if (await store.reports.cancel(report.id, at())) await deps.queue.interrupt('report', report.id);
    },
    /** Takes a report and its file away before its time. */
    remove: letGo,
    /**
     * Hands a finished report out, once every quote in it has been read again, and writes down who took it.
     *
     * @throws Problem `gone` when something in it may not be shown any more; `conflict` while it is not finished
     */
    fetch: async (
      study: Study,
      report: Report,
      actor: Actor,
    ): Promise<{ name: string; mediaType: string; bytes: Uint8Array }> => {
      const again = { detail: 'Ask for it again: a new one holds what may be shown today' };
      if (report.goneAt !== null) throw new Problem('gone', 'This report is gone', again);
      if (report.state !== 'done')
        throw new Problem('conflict', 'This report is not finished', {
          detail: 'Look at its page to see how far it is',
        });
      if (!(await stands(report))) {
        await letGo(report);
        throw new Problem('gone', 'This report is gone: somebody took back words in it, or they changed', again);
      }
      const bytes = await readFile(fileOf(report.publicId)).catch(() => null);
      if (bytes === null || createHash('sha256').update(bytes).digest('hex') !== report.hash) {
        await letGo(report);
        throw new Problem('gone', 'The file of this report is not as it was kept', again);
      }
      await handOn(study, wantedOf(report), actor);
      return { name: report.fileName ?? 'report', mediaType: report.mediaType ?? 'application/octet-stream', bytes };
    },
    /** Builds a report at once and keeps no copy, for the command line. */
    make: async (study: Study, form: ReportForm, actor: Actor, onProgress?: Progress): Promise<BuiltReport> => {
      const wanted = read(form);
      const built = await build(study, wanted, actor, thread, onProgress).catch((error: unknown) => {
        throw error instanceof Refusal
          ? new Problem('conflict', 'This report cannot be made', { detail: error.message, cause: error })
          : error;
      });
      await handOn(study, wanted, actor);
      return built;
    },
    /** Lets go of every kept report that may not be shown any more, and of files nobody knows. */
    sweep: async (): Promise<void> => {
      const standing = new Set<string>();
      for (const report of await store.reports.kept())
        if (await stands(report)) standing.add(report.publicId);
        else await letGo(report);
      for (const name of await readdir(kept).catch(() => [])) {
        const id = name.replace(/\.(quotes|part)$/, '');
        if (!standing.has(id) && !(await store.reports.isUnderway(id)))
          await rm(path.join(kept, name), { force: true, recursive: true });
      }
    },
  };
}
export type Reports = ReturnType<typeof reportService>;

type Digest = { span: QuoteSpan; digest: string };
const digestOf = (before: string, words: string, after: string): string =>
  createHash('sha256')
    .update(JSON.stringify([before, words, after]))
    .digest('base64url');

/** Where each quote stands and a digest of how it reads, so that it can be told later whether it still does. */
const digestsOf = ({ blocks }: ReportDocument): Digest[] => {
  const quotes = [...allBlocks(blocks)].filter((block): block is QuoteBlock => block.kind === 'quote');
  return [...new Map(quotes.map((quote) => [spanKey(quote.span), quote])).values()].map(
    ({ span, before, words, after }) => ({ span, digest: digestOf(before, words, after) }),
  );
};

/** Null of what is missing or damaged: then nothing proves that the quotes still read so. */
function readDigests(text: string): Digest[] | null {
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) && read.every(isDigest) ? read : null;
  } catch {
    return null;
  }
}

function isDigest(value: unknown): value is Digest {
  const { span, digest } = (value ?? {}) as { span?: Partial<QuoteSpan> | null; digest?: unknown };
  return (
    typeof digest === 'string' &&
    typeof span?.sourceId === 'string' &&
    typeof span.spanHash === 'string' &&
    [span.sourceVersion, span.spanStart, span.spanEnd].every((number) => Number.isSafeInteger(number))
  );
}

const sentenceOf = ({ message, detail, errors }: Problem): string =>
  [message, detail || (errors[0]?.detail ?? '')].filter((part) => part !== '').join('. ');

function fileName({ title, kind, audience }: ReportDocument): string {
  const plain = title
    .normalize('NFKC')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
    .toLowerCase();
  return [...`${plain || 'report'}-${kind}`].slice(0, 100).join('') + (audience === 'internal' ? '' : `-${audience}`);
}
