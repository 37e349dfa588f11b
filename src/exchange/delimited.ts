import { finished } from 'node:stream/promises';
import { type Options, parse as parseInParts } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';

export type Delimiter = ',' | ';' | '\t' | '|';
export type DelimitedFormat = {
  delimiter: Delimiter;
  isQuoted: boolean;
  hasHeader: boolean;
  /** Takes off the apostrophes that `writeCsv` puts before what could be a formula; for tables that it has written. */
  removeGuard?: boolean;
};
export type DelimitedTable = { header: string[] | null; rows: string[][] };

const DELIMITERS: readonly Delimiter[] = ['\t', ',', ';', '|'];

/**
 * Bytes to text: UTF-8 or UTF-16, each with or without BOM, else Windows Latin, which has a letter for every byte.
 *
 * @example
 * decodeText(new Uint8Array([0x69, 0, 0x64, 0])) // => 'id'
 */
export function decodeText(bytes: Uint8Array): string {
  const wide = wideEncoding(bytes);
  if (wide !== null) return new TextDecoder(wide).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** So many bytes tell in which encoding the rest is. */
const SAMPLE_BYTES = 4096;

/** UTF-16 by its BOM, or by the zero that stands beside every letter of English in it; null for all else. */
export function wideEncoding(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const zeros = [0, 0];
  for (let i = 0; i < sample.length; i += 1) if (sample[i] === 0) zeros[i % 2]! += 1;
  const [even = 0, odd = 0] = zeros;
  // Headings, delimiters and line ends are enough for a fifth, whatever letters the cells are in.
  if (bytes.length % 2 !== 0 || Math.max(even, odd) * 5 < sample.length / 2) return null;
  return odd > 0 && even === 0 ? 'utf-16le' : even > 0 && odd === 0 ? 'utf-16be' : null;
}

/** The first line that some programs write for spreadsheets: which sign parts the cells. */
const TOLD = /^\uFEFF?sep=([,;\t|])(?:\r\n|\n|\r)/;

/** A table without BOM, and without the line that tells its delimiter. */
export function plainTable(text: string, { delimiter }: DelimitedFormat): string {
  const told = TOLD.exec(text);
  return told?.[1] === delimiter ? text.slice(told[0].length) : text.replace(/^\uFEFF/, '');
}

/**
 * Guesses how a table is written: the delimiter that cuts its first lines into the same number of cells most often, and
 * whether quotation marks wrap cells or are just letters. A first line such as `sep=;` tells it. Anyone can overrule it.
 *
 * @example
 * guessFormat('id\ttext\n1\tso "fine\n').delimiter // => '\t'
 */
export function guessFormat(text: string): Omit<DelimitedFormat, 'hasHeader'> {
  const told = TOLD.exec(text);
  const lines = text
    .slice(told?.[0].length ?? 0, 65_536)
    .split(/\r\n|\n|\r/)
    .filter((line) => line !== '')
    .slice(0, 50);
  let best: { delimiter: Delimiter; score: number } = { delimiter: (told?.[1] ?? ',') as Delimiter, score: 0 };
  for (const delimiter of told ? [] : DELIMITERS) {
    const counts = lines.map((line) => countOutsideQuotes(line, delimiter));
    const usual = mode(counts);
    // A tab hardly ever stands in a sentence, and a comma often does.
    const score =
      usual === 0
        ? 0
        : (counts.filter((count) => count === usual).length / lines.length) * (delimiter === '\t' ? 1.5 : 1);
    if (score > best.score) best = { delimiter, score };
  }
  const wrapped = new RegExp(`(^|${best.delimiter === '|' ? '\\|' : best.delimiter})"`);
  const isQuoted =
    best.delimiter !== '\t' ||
    (lines.filter((line) => wrapped.test(line)).length > lines.length / 2 &&
      lines.every((line) => line.split('"').length % 2 === 1));
  return { delimiter: best.delimiter, isQuoted };
}

function countOutsideQuotes(line: string, delimiter: Delimiter): number {
  let count = 0;
  let isInside = false;
  for (const letter of line) {
    if (letter === '"' && delimiter !== '\t') isInside = !isInside;
    else if (letter === delimiter && !isInside) count += 1;
  }
  return count;
}

function mode(counts: readonly number[]): number {
  const seen = new Map<number, number>();
  for (const count of counts) seen.set(count, (seen.get(count) ?? 0) + 1);
  return [...seen].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

/**
 * Reads a table. Cells are as written: nothing is trimmed, and no row is dropped but those without any letter.
 *
 * @throws Error naming the line where quotation marks do not close
 */
export function readDelimited(text: string, format: DelimitedFormat): DelimitedTable {
  return asTable(parse(plainTable(text, format), optionsOf(format)) as string[][], format);
}

/** About a page of a long book: parsed in a few milliseconds. */
const PART_LETTERS = 100_000;

/** The same for a table that may be long: others are served between its parts. */
export async function readDelimitedInParts(text: string, format: DelimitedFormat): Promise<DelimitedTable> {
  const parser = parseInParts(optionsOf(format));
  const records: string[][] = [];
  parser.on('readable', () => {
    for (let record = parser.read() as string[] | null; record !== null; record = parser.read() as string[] | null) {
      records.push(record);
    }
  });
  const ended = finished(parser);
  // Heard below; a fault that comes before must not count as nobody's.
  ended.catch(() => {});
  const plain = plainTable(text, format);
  for (let from = 0; from < plain.length && !parser.destroyed; from += PART_LETTERS) {
    parser.write(plain.slice(from, from + PART_LETTERS));
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (!parser.destroyed) parser.end();
  await ended;
  return asTable(records, format);
}

export const optionsOf = (format: DelimitedFormat): Options => ({
  delimiter: format.delimiter,
  quote: format.isQuoted ? '"' : false,
  relax_column_count: true,
  skip_empty_lines: true,
  record_delimiter: ['\r\n', '\n', '\r'],
});

function asTable(written: string[][], format: DelimitedFormat): DelimitedTable {
  const records = format.removeGuard ? written.map((cells) => cells.map(unguardCell)) : written;
  const [first, ...rest] = records;
  if (!first) return { header: null, rows: [] };
  return format.hasHeader ? { header: first.map((name) => name.trim()), rows: rest } : { header: null, rows: records };
}

/** What a spreadsheet would run instead of showing: these signs, also in full width, at the start of a cell. */
const FORMULA = /^[=+\-@\t\r\n|%\uFF1D\uFF0B\uFF0D\uFF20]/;
const NUMBER = /^[+-]?\d+([.,]\d+)?(e[+-]?\d+)?$/i;

/** Whether a cell could be run, or looks as if a guard stood before such a cell. */
function needsGuard(cell: string): boolean {
  const plain = cell.replace(/^'+/, '');
  return FORMULA.test(plain) && !NUMBER.test(plain);
}

/**
 * A cell that no spreadsheet takes for a formula: an apostrophe goes before anything that could be one, and before
 * what has such an apostrophe already, so that `unguardCell` always gives back what was said. Numbers stay.
 *
 * @example
 * guardCell('=1+1') // => "'=1+1"
 * @example
 * guardCell("'=1+1") // => "''=1+1"
 * @example
 * guardCell('-3.5') // => '-3.5'
 */
export const guardCell = (cell: string): string => (needsGuard(cell) ? `'${cell}` : cell);

/**
 * Takes off the one apostrophe that `guardCell` has put there, and no other.
 *
 * @example
 * unguardCell("'=1+1") // => '=1+1'
 * @example
 * unguardCell("'tis") // => "'tis"
 */
export const unguardCell = (cell: string): string => (cell.startsWith("'") && needsGuard(cell) ? cell.slice(1) : cell);

/** Writes a table as CSV: every cell guarded, header too, with a BOM so that spreadsheets read it as UTF-8. */
export function writeCsv(header: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const guarded = [header, ...rows].map((row) =>
    row.map((cell) => (typeof cell === 'string' ? guardCell(cell) : cell)),
  );
  return stringify(guarded as (string | number | null)[][], {
    bom: true,
    record_delimiter: '\r\n',
    quoted_match: /[\r\n]/,
    // A lone empty cell would be an empty line, and those are no rows.
    quoted_empty: header.length === 1,
  });
}
