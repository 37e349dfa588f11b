import { decodeText, guessFormat, readDelimitedInParts, wideEncoding } from './delimited.ts';
import { readXlsx } from './read-xlsx.ts';

const ZIP = [0x50, 0x4b, 0x03, 0x04];
const OLD_WORKBOOK = [0xd0, 0xcf, 0x11, 0xe0];
const PDF = [0x25, 0x50, 0x44, 0x46];
const SAMPLE_BYTES = 4096;

/**
 * A table from a file, whichever way it is written: CSV and its kin, the first sheet of an XLSX, or JSON as a list of
 * objects with the same names.
 *
 * @returns rows of text; the names of JSON's members are the first row, and `isNamed` says so
 * @throws {RangeError} in words for a researcher, for what is no such table
 */
export async function readAnyTable(bytes: Uint8Array): Promise<{ rows: string[][]; isNamed: boolean }> {
  const begins = (with_: readonly number[]) => with_.every((byte, at) => bytes[at] === byte);
  if (begins(ZIP)) return { rows: await readXlsx(bytes), isNamed: false };
  if (begins(OLD_WORKBOOK))
    throw new RangeError('This is a workbook of the old kind: save it as XLSX or CSV, and send that');
  if (begins(PDF) || (wideEncoding(bytes) === null && bytes.subarray(0, SAMPLE_BYTES).includes(0)))
    throw new RangeError('This is no table: send a CSV, XLSX or JSON file');
  const text = decodeText(bytes);
  if (/^\uFEFF?\s*[[{]/.test(text)) return { rows: jsonRows(text.replace(/^\uFEFF/, '')), isNamed: true };
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

function jsonRows(text: string): string[][] {
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch (error) {
    throw new RangeError(`This JSON cannot be read: ${(error as Error).message}`, { cause: error });
  }
  if (!Array.isArray(told) || !told.every((one) => one !== null && typeof one === 'object' && !Array.isArray(one)))
    throw new RangeError(
      'This JSON is no list of objects, such as [{ "id": "c1", "segment": "Savers" }]: write it as one, or as CSV',
    );
  const names = new Set<string>();
  for (const one of told) for (const name of Object.keys(one as object)) names.add(name);
  const list = [...names];
  return [
    list,
    ...told.map((one) =>
      list.map((name) => {
        const value = (one as Record<string, unknown>)[name];
        return value === null || value === undefined
          ? ''
          : typeof value === 'object'
            ? JSON.stringify(value)
            : String(value);
      }),
    ),
  ];
}
