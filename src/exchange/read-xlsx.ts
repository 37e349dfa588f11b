import { readSheet } from 'read-excel-file/universal';
import { ArchiveFault, openArchive } from './safe-archive.ts';

/** Sheets larger than this are no tables of people, or made to fill the memory. */
const PART_BYTES_MOST = 64 * 1024 * 1024;
/** With its pictures, which are not unpacked; a workbook has a few dozen parts. */
const LIMITS = { entriesMost: 10_000, entryBytesMost: PART_BYTES_MOST, totalBytesMost: 4 * PART_BYTES_MOST };
/** The reader makes a table as large as its last cell says, and a single cell far out is told in a few bytes. */
const CELLS_MOST = 5_000_000;
const TOO_LARGE = 'This workbook is too large: save its sheet as CSV, and cut that into several files';

/**
 * The first sheet of a workbook, as text: formulas by the value they had when it was saved, numbers as they are kept, dates
 * as ISO 8601. Empty rows are left out.
 *
 * @throws {RangeError} in words for a researcher, for what is no workbook, or too large
 */
export async function readXlsx(bytes: Uint8Array): Promise<string[][]> {
  try {
    refuseLarge(bytes);
    const rows = await readSheet(new Uint8Array(bytes).buffer, { parseNumber: (written) => written, trim: false });
    return rows
      .map((row) => row.map((cell) => (cell instanceof Date ? cell.toISOString() : String(cell ?? ''))))
      .filter((row) => row.some((cell) => cell !== ''));
  } catch (error) {
    if (error instanceof ArchiveFault && (error.kind === 'too-large' || error.kind === 'too-many'))
      throw new RangeError(TOO_LARGE, { cause: error });
    if (error instanceof RangeError && !(error instanceof ArchiveFault)) throw error;
    throw new RangeError('This workbook cannot be read: it is damaged, or locked with a password', { cause: error });
  }
}

function refuseLarge(bytes: Uint8Array): void {
  const archive = openArchive(bytes, LIMITS);
  const decoder = new TextDecoder();
  for (const { name } of archive.entries) {
    if (!name.endsWith('.xml')) continue;
    // Unpacking a part holds it to its size, also where its cells are not looked at.
    const part = archive.read(name) ?? new Uint8Array();
    if (!name.startsWith('xl/worksheets/')) continue;
    let [rows, columns] = [1, 1];
    for (const [, where = ''] of decoder.decode(part).matchAll(/\sr\s*=\s*["']([^"']*)["']/g)) {
      const [, letters = '', digits = ''] = /^([A-Z]{0,3})(\d{1,7})$/.exec(where) ?? [];
      if (digits === '') throw new RangeError(`This workbook cannot be read: it has a cell at “${where.slice(0, 20)}”`);
      rows = Math.max(rows, Number(digits));
      columns = Math.max(columns, columnOf(letters));
    }
    if (rows * columns > CELLS_MOST) throw new RangeError(TOO_LARGE);
  }
}

const columnOf = (letters: string): number =>
  [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0);
