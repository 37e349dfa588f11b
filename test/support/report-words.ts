import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describeChart } from '../../src/charts/draw-chart.ts';
import { unguardCell } from '../../src/exchange/delimited.ts';
import { readParts, xmlText } from '../../src/exchange/reports/office-archive.ts';
import { allBlocks, type ReportDocument, type ReportFormat, type Span } from '../../src/reports/document.ts';
import { plain, textsOf, wordsIn } from '../exchange/reports/office-parts.ts';
import { slidesOf } from '../exchange/reports/office-slides.ts';

/** One sentence, number or row of a report as its words, with the ids of what it rests on. */
export type Said = { kind: string; words: string[]; refs: readonly string[] };

/** Everything that a report says, part by part. */
export function saidBy(document: ReportDocument): Said[] {
  const joined = (spans: readonly Span[]) => spans.map(({ text }) => text).join('');
  return [...allBlocks(document.blocks)]
    .flatMap((block): Said[] => {
      const { kind } = block;
      switch (block.kind) {
        case 'paragraph':
          return [{ kind, words: [joined(block.spans)], refs: block.refs }];
        case 'notice':
          return [{ kind, words: [block.title, joined(block.spans)], refs: block.refs }];
        case 'list':
          return block.items.map(({ spans, refs }) => ({ kind, words: [joined(spans)], refs }));
        case 'card': {
          const { name, mark, lede, share, lines, refs } = block;
          return [{ kind, words: [name, mark, joined(lede), share ?? '', ...lines], refs }];
        }
        case 'figures':
          return block.cells.map(({ value, label, note, refs }) => ({ kind, words: [value, label, note], refs }));
        case 'claim': {
          const { heading, text, evidence, detail, notice, refs } = block;
          // The heading of a brief claim is that of its section.
          return [{ kind, words: [text, ...(block.isBrief ? [] : [heading]), evidence, detail, notice], refs }];
        }
        case 'quote':
          return [{ kind, words: [block.words, block.by], refs: block.refs }];
        case 'table':
          return block.rows.map(({ cells, refs }) => ({
            kind,
            words: [...cells, block.caption],
            refs,
          }));
        case 'chart': {
          const { title, table } = describeChart(block.chart);
          return table.rows.map(({ cells }) => ({
            kind,
            words: [...cells.map(({ text }) => text), title],
            refs: block.refs,
          }));
        }
        default:
          return [];
      }
    })
    .map((said) => ({ ...said, words: said.words.map(plain).filter((words) => words !== '') }));
}

export const hasPdfReader = spawnSync('pdftotext', ['-v']).error === undefined;

/**
 * The words of a file as its reader meets them, blanks of all kinds alike, the numbers of sources in square brackets where
 * the format can be read that way.
 *
 * @returns null for a PDF where no program is at hand that reads it
 */
export function wordsOf(format: ReportFormat, bytes: Uint8Array): string | null {
  const text = () => new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  switch (format) {
    case 'html':
      return plain(
        unescaped(
          text()
            .replaceAll(/<(style|title)\b[\s\S]*?<\/\1>/g, ' ')
            .replaceAll(/<sup class="ref"><a href="#source-(\d+)"[^>]*>\d+<\/a><\/sup>/g, ' [$1]')
            .replaceAll(/<\/?(?:strong|em|span|mark|bdi)\b[^>]*>/g, '')
            .replaceAll(/<[^>]*>/g, ' '),
        ),
      );
    case 'md':
      return plain(
        text()
          .replaceAll(/\\(.)/g, (_, sign: string) => String.fromCharCode(0xe000 + sign.charCodeAt(0)))
          .replaceAll(/^> ?/gm, '')
          .replaceAll('*', '')
          .replaceAll(/[\ue000-\ue0ff]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xe000))
          .replaceAll('&amp;', '&'),
      );
    case 'json':
      return plain(textsIn(JSON.parse(text())).join('\n'));
    case 'csv':
      return plain(
        (parse(text(), { bom: true }) as string[][]).map((row) => row.map(unguardCell).join('\n')).join('\n'),
      );
    case 'docx':
      return wordsIn(textsOf(bytes).get('word/document.xml') ?? '', 'w:t').replaceAll(
        /\[(\d+(?:, \d+)+)\]/g,
        (_, all: string) =>
          all
            .split(', ')
            .map((number) => `[${number}]`)
            .join(' '),
      );
    case 'pptx':
      // What finds no room on a slide stands in its notes.
      return slideWords(bytes)
        .map(({ words, notes }) => `${words}\n${notes}`)
        .join('\n');
    case 'png':
      return plain(pictureWords(bytes));
    case 'qdpx': {
      const project = readParts(bytes).get('project.qde') ?? new Uint8Array();
      const others = [...readParts(bytes)].flatMap(([name, part]) => (name.endsWith('.txt') ? [xmlText(part)] : []));
      return plain([unescaped(xmlText(project)), ...others].join('\n'));
    }
    case 'pdf':
      return hasPdfReader ? plain(pdfText(bytes).replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, '')) : null;
  }
}

/** Each slide with the notes below it. */
export function slideWords(bytes: Uint8Array): { words: string; notes: string }[] {
  const texts = textsOf(bytes);
  return slidesOf(texts).map((slide, at) => ({
    words: wordsIn(slide.replaceAll(/(<a:hlinkClick [^>]*\/><\/a:rPr><a:t>)(\d+)(?=<\/a:t>)/g, '$1[$2]'), 'a:t'),
    notes: wordsIn(texts.get(`ppt/notesSlides/notesSlide${at + 1}.xml`) ?? '', 'a:t'),
  }));
}

const textsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsIn)
      : [];

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };
const unescaped = (text: string): string =>
  text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, number?: string, name?: string) =>
    name !== undefined ? (NAMED[name] ?? whole) : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(number)),
  );

function pictureWords(bytes: Uint8Array): string {
  const png = Buffer.from(bytes);
  const found: string[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const content = png.subarray(at + 8, at + 8 + length);
    if (png.toString('latin1', at + 4, at + 8) === 'iTXt')
      found.push(content.subarray(content.indexOf(0) + 5).toString());
    at += 12 + length;
  }
  return found.join('\n');
}

function pdfText(bytes: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'verbatim-pdf-'));
  try {
    const file = join(folder, 'report.pdf');
    writeFileSync(file, bytes);
    // Neither way of reading keeps every pair of columns apart, so both are given, one after the other.
    return [['-raw'], []]
      .map((way) => execFileSync('pdftotext', [...way, file, '-'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }))
      .join('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
