import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readParts } from '../../../src/exchange/reports/office-archive.ts';
import {
  allBlocks,
  REPORT_FORMATS,
  REPORT_KINDS,
  type ReportDocument,
  type ReportFormat,
  type ReportKind,
} from '../../../src/reports/document.ts';
import { isFormatOf } from '../../../src/services/reports.ts';
import type { Verbatim } from '../../../src/verbatim.ts';
import { brokenParts, textsOf } from '../../exchange/reports/office-parts.ts';
import { looseEnds } from '../../exchange/reports/office-slides.ts';
import { openHouse } from '../../support/house.ts';
import { saidBy, wordsOf } from '../../support/report-words.ts';
import type { Figures, ReferenceCase } from '../case.ts';
import { readJson } from '../read.ts';
import { type ExpectedScales, type RealStudy, realStudy } from '../real-study.ts';

/** What would show that something was laid out that nobody measured. */
const SLIPS = /\b(?:NaN|undefined|Infinity)\b|\[object \w+\]|−?∞/;
/** What a picture and a project leave out on purpose: the one shows part of a persona, the other its claims and their words. */
const HOLDS: Partial<Record<ReportFormat, ReadonlySet<string>>> = { png: new Set(), qdpx: new Set(['claim']) };
const OPENS_WITHIN_MS = 60_000;

/** Reports of real answers, all kinds in all formats: their figures, their quotes, their sources, their bytes. */
export const referenceCase: ReferenceCase = {
  id: 'reports',
  async run(folder, figures) {
    await using house = await openHouse({ now: () => new Date('2026-03-20T10:00:00.000Z') });
    const { verbatim } = house;
    const began = performance.now();
    const seconds = () => `${((performance.now() - began) / 1000).toFixed(0)} s`;
    const real = await realStudy(verbatim, folder);
    figures.note(`studied after ${seconds()}`);
    const built = new Map<string, Uint8Array>();
    for (const kind of REPORT_KINDS) {
      const files = await build(verbatim, real, kind);
      for (const [format, bytes] of files) built.set(`${kind}.${format}`, bytes);
      const document = JSON.parse(new TextDecoder().decode(files.get('json'))) as ReportDocument;
      checkDocument(kind, document, figures);
      for (const [format, bytes] of files) checkWords(kind, format, bytes, document, figures);
      if (kind === 'persona-sheet')
        for (const [format, bytes] of await build(verbatim, real, kind))
          figures.same(`${kind} ${format}, built twice`, sameParts(format, bytes, files.get(format)!), true);
      await checkQuotes(kind, document, verbatim, real, figures);
    }
    const study = JSON.parse(new TextDecoder().decode(built.get('study-report.json'))) as ReportDocument;
    checkScales(study, readJson<ExpectedScales>(folder, 'expected/bfi_reliability.json'), figures);
    figures.same(
      'people whose answers were imported',
      figureOf(study, 'complete responses'),
      count(real.people + real.words.length),
    );
    figures.same('nothing went wrong unseen', house.reported, []);
    figures.note(`${built.size} reports, built after ${seconds()}`);
    openFiles(built, figures);
  },
};

async function build(
  { reports }: Verbatim,
  { study, persona, segmentation }: RealStudy,
  kind: ReportKind,
): Promise<Map<ReportFormat, Uint8Array>> {
  const files = new Map<ReportFormat, Uint8Array>();
  for (const format of REPORT_FORMATS) {
    if (!isFormatOf(format, kind)) continue;
    const form = { kind, format, audience: 'internal', persona, version: '', segmentation, print: '' };
    const { bytes } = await reports.make(study, { ...form, reason: 'To compare it with its source' }, null);
    files.set(format, bytes);
  }
  return files;
}

function checkDocument(kind: ReportKind, document: ReportDocument, figures: Figures): void {
  const listed = new Set(document.sources.map(({ id }) => id));
  const said = saidBy(document);
  figures.atLeast(`${kind}: sentences and numbers`, said.length, 10);
  figures.same(
    `${kind}: without a source`,
    said.filter(({ refs }) => refs.length === 0 || refs.some((id) => !listed.has(id))).map(({ words }) => words),
    [],
  );
}

function checkWords(
  kind: ReportKind,
  format: ReportFormat,
  bytes: Uint8Array,
  document: ReportDocument,
  figures: Figures,
): void {
  const words = wordsOf(format, bytes);
  if (words === null) {
    figures.note(`not run: ${kind}.${format}, no program here reads it`);
    return;
  }
  const kinds = HOLDS[format];
  // Of a chart, the document as JSON holds the numbers themselves, and not how they are written.
  const wanted = saidBy(document).filter((said) =>
    kinds ? kinds.has(said.kind) : format !== 'json' || said.kind !== 'chart',
  );
  figures.same(
    `${kind} ${format}: what is not in it`,
    wanted.flatMap((said) => said.words.filter((one) => !holds(format, words, one))),
    [],
  );
  figures.same(`${kind} ${format}: slips`, SLIPS.exec(words)?.[0] ?? null, null);
}

/**
 * On paper columns stand side by side, so that a reader of its words meets a sentence in pieces, and what stands aside has no
 * caption: there every word of it has to be met.
 */
function holds(format: ReportFormat, words: string, one: string): boolean {
  if (words.includes(one)) return true;
  if (format !== 'pdf') return false;
  return one === 'Quotes by source text and letters' || one.split(' ').every((word) => words.includes(word));
}

/** Packed formats are the same when what is inside them is. */
function sameParts(format: ReportFormat, one: Uint8Array, other: Uint8Array): boolean {
  if (!['docx', 'pptx', 'qdpx'].includes(format)) return Buffer.compare(one, other) === 0;
  const [parts, others] = [readParts(one), readParts(other)];
  return (
    parts.size === others.size &&
    [...parts].every(([name, part]) => others.has(name) && Buffer.compare(part, others.get(name)!) === 0)
  );
}

/** Each quote is what stands in the file that was read, byte for byte. */
async function checkQuotes(
  kind: ReportKind,
  document: ReportDocument,
  { store }: Verbatim,
  { study, words }: RealStudy,
  figures: Figures,
): Promise<void> {
  const file = new Set(words.map(({ text }) => text));
  const quotes = [...allBlocks(document.blocks)].filter((block) => block.kind === 'quote');
  const sources = new Map(
    (await store.notes.findSources(study.id, [...new Set(quotes.map(({ span }) => span.sourceId))])).map((source) => [
      source.publicId,
      source.text,
    ]),
  );
  const wrong = quotes.filter(({ span, words: shown }) => {
    const text = sources.get(span.sourceId) ?? '';
    return !file.has(text) || [...text].slice(span.spanStart, span.spanEnd).join('') !== shown;
  });
  figures.same(
    `${kind}: quotes that are not in the file`,
    wrong.map(({ words: shown }) => shown),
    [],
  );
  if (kind === 'quote-book') figures.atLeast('quotes in the book of quotes', quotes.length, 50);
}

const cellsOf = (document: ReportDocument): string[][] =>
  [...allBlocks(document.blocks)].flatMap((block) =>
    block.kind === 'table' ? block.rows.map(({ cells }) => cells) : [],
  );
const count = (value: number): string => value.toLocaleString('en-GB');
const figureOf = ({ blocks }: ReportDocument, label: string): string | undefined =>
  [...allBlocks(blocks)]
    .flatMap((block) => (block.kind === 'figures' ? block.cells : []))
    .find((cell) => cell.label === label)?.value;

/** The table of scales against what was computed elsewhere, to the digits it shows. */
function checkScales(document: ReportDocument, { listwise, scale_scores }: ExpectedScales, figures: Figures): void {
  const rows = new Map(cellsOf(document).map((cells) => [cells[0] ?? '', cells]));
  for (const [
    scale,
    {
      alpha_raw,
      alpha_feldt_ci95: [low, high],
      key,
    },
  ] of Object.entries(listwise)) {
    const two = (value: number | undefined) => (value ?? Number.NaN).toFixed(2);
    figures.same(scale, rows.get(scale), [
      scale,
      String(key.length),
      count(scale_scores.n[scale] ?? 0),
      two(scale_scores.mean[scale]),
      two(scale_scores.sd[scale]),
      `${two(alpha_raw)} (${two(low)} to ${two(high)})`,
    ]);
  }
}

/** Office documents are well-formed and hang together; where programs are at hand, they and those of PDF open. */
function openFiles(built: ReadonlyMap<string, Uint8Array>, figures: Figures): void {
  for (const [name, bytes] of built) {
    if (/\.(?:docx|pptx)$/.test(name))
      figures.same(`${name}: parts that are not well-formed`, brokenParts(textsOf(bytes)), []);
    if (/\.(?:docx|pptx)$/.test(name)) figures.same(`${name}: ways that lead nowhere`, looseEnds(bytes), []);
  }
  const folder = mkdtempSync(join(tmpdir(), 'verbatim-opens-'));
  try {
    const run = (program: string, args: string[]) =>
      spawnSync(program, args, { stdio: 'pipe', timeout: OPENS_WITHIN_MS, encoding: 'utf8' });
    const opens = (
      name: string,
      program: string,
      args: (file: string) => string[],
      succeeded: (output: string) => boolean,
    ) => {
      const file = join(folder, name);
      writeFileSync(file, built.get(name)!);
      const { error, stdout, status } = run(program, args(file));
      if (error && 'code' in error && error.code === 'ENOENT')
        figures.note(`not run: ${name} in ${program}, which is not here`);
      else figures.same(`${name} opens`, status === 0 && succeeded(stdout), true);
    };
    for (const name of built.keys())
      if (name.endsWith('.pdf')) {
        opens(
          name,
          'pdfinfo',
          (file) => [file],
          (said) => /Tagged: +yes/.test(said) && /Pages: +[1-9]/.test(said),
        );
        opens(
          name,
          'pdftoppm',
          (file) => ['-r', '20', '-png', file, join(folder, 'page')],
          () => true,
        );
      }
    for (const name of ['study-report.docx', 'study-report.pptx'])
      opens(
        name,
        'soffice',
        (file) => [
          `-env:UserInstallation=file://${join(folder, 'home')}`,
          '--headless',
          '--convert-to',
          'pdf',
          '--outdir',
          folder,
          file,
        ],
        (said) => said.includes('convert'),
      );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
