import type { Cell, SheetData } from 'write-excel-file/node';
import { sheetNames } from './table-book.ts';
import { xlsxText } from './xlsx.ts';

/** Rows of words and numbers; the first one is the header. */
export type PlainSheet = { title: string; rows: readonly (readonly (string | number | null)[])[] };

/**
 * Sheets of words and numbers as a workbook. Words are always text, never a formula; numbers keep all their digits.
 *
 * @throws {RangeError} when there is no sheet
 */
export async function writePlainBook(sheets: readonly PlainSheet[]): Promise<Uint8Array> {
  if (sheets.length === 0) throw new RangeError('There is no sheet to write');
  const names = sheetNames(sheets.map(({ title }) => title));
  const { default: writeExcelFile } = await import('write-excel-file/node');
  return writeExcelFile(
    sheets.map(({ rows }, i) => ({
      sheet: names[i]!,
      data: rows.map((row, r) =>
        row.map((cell): Cell => {
          if (cell === null || cell === '') return null;
          if (typeof cell === 'string') return xlsxText(cell, r === 0 ? { fontWeight: 'bold' } : {});
          return Number.isFinite(cell) ? { value: cell, type: Number } : null;
        }),
      ) as SheetData,
    })),
  ).toBuffer();
}
