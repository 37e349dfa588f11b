import type { Cell, SheetData } from 'write-excel-file/node';
import type { ShownTable } from '../reports/shown-table.ts';
import { type LaidCell, layOutTable, tableMethod } from './table-layout.ts';
import { xlsxText } from './xlsx.ts';

export type TableBook = {
  title: string;
  tables: readonly ShownTable[];
  /** As it is to be printed, for the notes. */
  date: string;
  /** Further sentences for the notes, such as what a segment is. */
  notes?: readonly string[];
};

const FORMATS = { percent: '0%', count: '#,##0', decimal: '#,##0.00' } as const;
const SHEET_NAME_MAX = 31;

/**
 * Tables as a workbook: a sheet of contents, one sheet for each table or all on one, and a sheet of notes that says how they
 * were made. Words are always text, never a formula.
 *
 * @param options.oneSheet all tables under each other
 * @param options.counts whether the number of people stands under each share
 * @throws {RangeError} when there are no tables
 */
export async function writeTableBook(
  book: TableBook,
  options: { oneSheet?: boolean; counts?: boolean } = {},
): Promise<Uint8Array> {
  if (book.tables.length === 0) throw new RangeError('There is no table to write');
  const names = options.oneSheet
    ? sheetNames(['Contents', 'Tables', 'Notes'])
    : sheetNames(['Contents', ...book.tables.map(({ title }) => title), 'Notes']);
  const laid = book.tables.map((table) => sheetOf(layOutTable(table, options)));
  const sheets: SheetData[] = options.oneSheet ? [laid.flatMap((rows) => [...rows, [], []])] : laid;
  const bold = (words: string) => xlsxText(words, { fontWeight: 'bold' });
  const contents: SheetData = [
    [bold(book.title)],
    [],
    [bold('Table'), bold('Sheet'), bold('People')],
    ...book.tables.map((table, index) => [
      xlsxText(table.title),
      xlsxText(options.oneSheet ? names[1]! : names[index + 1]!),
      { value: table.total.n, type: Number },
    ]),
  ];
  const notes: SheetData = [
    [bold('Notes')],
    [xlsxText(book.date)],
    ...(book.notes ?? []).map((words) => [xlsxText(words)]),
    ...book.tables.flatMap((table) => [
      [],
      [bold(table.title)],
      ...tableMethod(table).map((words) => [xlsxText(words)]),
    ]),
  ];
  const { default: writeExcelFile } = await import('write-excel-file/node');
  return writeExcelFile([contents, ...sheets, notes].map((data, i) => ({ data, sheet: names[i]! }))).toBuffer();
}

/**
 * Names that a workbook takes: at most 31 letters, without the signs that formulas are made of, and no two the same.
 *
 * @example
 * sheetNames(['Use: now?', 'use  now', '']) // => ['Use now', 'use now 2', 'Sheet']
 */
export function sheetNames(titles: readonly string[]): string[] {
  const taken = new Set<string>();
  return titles.map((title) => {
    const plain =
      title
        .replace(/[\p{Cc}\p{Cs}:\\/?*[\]]/gu, ' ')
        .replace(/\s+/g, ' ')
        .replace(/^[' ]+|[' ]+$/g, '') || 'Sheet';
    for (let number = 1; ; number++) {
      const ending = number === 1 ? '' : ` ${number}`;
      const name = `${cut(plain, SHEET_NAME_MAX - ending.length)}${ending}`;
      // A spreadsheet keeps this name for itself.
      const key = name.toLowerCase();
      if (taken.has(key) || key === 'history') continue;
      taken.add(key);
      return name;
    }
  });
}

/** Never through the middle of a letter, and without a blank or an apostrophe at the end. */
const cut = (text: string, lettersMax: number): string =>
  text
    .slice(0, lettersMax)
    .replace(/[\uD800-\uDBFF]$/, '')
    .replace(/[' ]+$/, '');

const sheetOf = (rows: readonly LaidCell[][]): SheetData =>
  rows.map((row) =>
    row.map((cell): Cell => {
      if (cell === null || cell === '') return null;
      return typeof cell === 'string'
        ? xlsxText(cell)
        : { value: cell.value, type: Number, format: FORMATS[cell.format] };
    }),
  );
