import { decodeText, guessFormat, readDelimitedInParts, wideEncoding } from './delimited.ts';
import { readXlsx } from './read-xlsx.ts';
import { looksPacked } from './safe-archive.ts';

const ZIP = [0x50, 0x4b, 0x03, 0x04];
const OLD_WORKBOOK = [0xd0, 0xcf, 0x11, 0xe0];
const PDF = [0x25, 0x50, 0x44, 0x46];
const SAMPLE_BYTES = 4096;
/** A few letters of JSON can ask for many cells, as each object has a cell for every name there is. */
const CELLS_MOST = 5_000_000;
/** What the engine says of a value that is nested deeper than it can follow. */
const STACK_FULL = 'Maximum call stack size exceeded';
/** A whole number that counting would round. */
const LONG_NUMBER = /[\s:,[-]\d{16}/;

/**
 * A table from a file, whichever way it is written: CSV and its kin, the first sheet of an XLSX, or JSON as a list of
 * objects with the same names. Whole numbers of JSON keep the digits with which they are written.
 *
 * @returns rows of text; the names of JSON's members are the first row, and `isNamed` says so
 * @throws {RangeError} in words for a researcher, for what is no such table or has more than `columnsMost` columns
 */
export async function readAnyTable(
  bytes: Uint8Array,
  columnsMost: number,
): Promise<{ rows: string[][]; isNamed: boolean }> {
  const table = await tableIn(bytes, columnsMost);
  const width = table.rows.reduce((most, row) => Math.max(most, row.length), 0);
  if (width > columnsMost)
    throw new RangeError(
      `This table has ${width} columns, more than ${columnsMost}: keep those that say something, and leave out the others`,
    );
  return table;
}

async function tableIn(bytes: Uint8Array, columnsMost: number): Promise<{ rows: string[][]; isNamed: boolean }> {
  const begins = (with_: readonly number[]) => with_.every((byte, at) => bytes[at] === byte);
  if (begins(ZIP)) return { rows: await readXlsx(bytes), isNamed: false };
  if (begins(OLD_WORKBOOK))
    throw new RangeError('This is a workbook of the old kind: save it as XLSX or CSV, and send that');
  if (begins(PDF) || (wideEncoding(bytes) === null && bytes.subarray(0, SAMPLE_BYTES).includes(0)))
    throw new RangeError('This is no table: send a CSV, XLSX or JSON file');
  const text = decodeText(bytes);
  if (/^\uFEFF?\s*[[{]/.test(text)) return { rows: jsonRows(text.replace(/^\uFEFF/, ''), columnsMost), isNamed: true };
  try {
    const format = { ...guessFormat(text), hasHeader: false };
    const { rows } = await readDelimitedInParts(text, format).catch((error: unknown) => {
      if (!format.isQuoted) throw error;
      // A stray quotation mark is a letter like any other.
      return readDelimitedInParts(text, { ...format, isQuoted: false });
    });
    return { rows, isNamed: false };
  } catch (error) {
    throw new RangeError(`This file cannot be read as a table. The reader says: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * The text of a file that holds a table in text, and no other.
 *
 * @throws {RangeError} in words for a researcher, for a workbook, a PDF or anything else that is no text
 */
export function tableText(bytes: Uint8Array): string {
  const begins = (with_: readonly number[]) => with_.every((byte, at) => bytes[at] === byte);
  if (looksPacked(bytes))
    throw new RangeError(
      'This is a workbook or another packed file: save it as CSV in your spreadsheet, and send that',
    );
  if (begins(OLD_WORKBOOK)) throw new RangeError('This is a workbook of the old kind: save it as CSV, and send that');
  if (begins(PDF) || (wideEncoding(bytes) === null && bytes.subarray(0, SAMPLE_BYTES).includes(0)))
    throw new RangeError('This is no table: send a CSV file');
  return decodeText(bytes);
}

function jsonRows(text: string, namesMost: number): string[][] {
  try {
    // Asking for each number as it is written takes ten times as long, so only where one could be rounded.
    const told: unknown = LONG_NUMBER.test(text) ? JSON.parse(text, asWritten) : JSON.parse(text);
    return rowsOf(told, namesMost);
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new RangeError(`This JSON cannot be read: ${error.message}`, { cause: error });
    if (error instanceof RangeError && error.message === STACK_FULL)
      throw new RangeError(
        'This JSON is nested too deeply: write a list of objects whose values are texts or numbers',
        {
          cause: error,
        },
      );
    throw error;
  }
}

function asWritten(_: string, value: unknown, { source }: { source?: string } = {}): unknown {
  return typeof value === 'number' && source !== undefined && /^-?\d+$/.test(source) ? source : value;
}

function rowsOf(told: unknown, namesMost: number): string[][] {
  if (!Array.isArray(told) || !told.every((one) => one !== null && typeof one === 'object' && !Array.isArray(one)))
    throw new RangeError(
      'This JSON is no list of objects, such as [{ "id": "c1", "segment": "Savers" }]: write it as one, or as CSV',
    );
  const objects = told as Record<string, unknown>[];
  const names = new Set<string>();
  for (const one of objects) {
    for (const name of Object.keys(one)) names.add(name);
    if (names.size > namesMost)
      throw new RangeError(
        `The objects of this JSON have more than ${namesMost} different names: give each object the same few, such as “id” and “segment”`,
      );
  }
  if (objects.length * names.size > CELLS_MOST)
    throw new RangeError('This JSON is too large: leave out the names that say nothing, or cut it into several files');
  const list = [...names];
  return [list, ...objects.map((one) => list.map((name) => (Object.hasOwn(one, name) ? cellOf(one[name]) : '')))];
}

function cellOf(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
