import type { Cell, Row, SheetData } from 'write-excel-file/node';
import { codebookCells } from './codebook.ts';
import { type DataCell, type DataColumn, type DataTable, momentOf } from './data-table.ts';

/** Limits of the format. */
const ROWS_MAX = 1_048_575;
const COLUMNS_MAX = 16_384;
const CELL_LETTERS_MAX = 32_767;
const DAY_MS = 86_400_000;
/** Before this day spreadsheets disagree on how to count; such dates are written as text. */
const FIRST_SURE_DAY = Date.UTC(1900, 2, 1);
const FORMATS = { date: 'yyyy-mm-dd', datetime: 'yyyy-mm-dd hh:mm:ss', time: 'hh:mm:ss' };

/** How many cells could not be taken as they were: letters that XML forbids, and texts longer than a cell. */
export type XlsxNotice = { kind: 'letters-replaced' | 'text-cut'; cells: number };

/**
 * A table as a workbook with two sheets, “Answers” and “Codebook”. Numbers are numbers, dates are dates, and words are
 * always text, never a formula. Control characters, which a workbook cannot hold, become their visible signs (␀, ␛), other
 * letters that it cannot hold become □, and the notices say in how many cells. Line breaks are all written as one kind.
 * The whole workbook is held in memory, and the zip around it carries the time at which it was made.
 *
 * @throws {RangeError} for more rows or columns than a sheet has
 */
export async function writeXlsx(table: DataTable): Promise<{ bytes: Uint8Array; notices: XlsxNotice[] }> {
  const counts = { 'letters-replaced': 0, 'text-cut': 0 };
  const text = (words: string, style: object = {}): Cell => xlsxText(words, style, (kind) => (counts[kind] += 1));
  const header = (names: readonly string[]): Row => names.map((name) => text(name, { fontWeight: 'bold' }));
  const { columns } = table;
  if (columns.length > COLUMNS_MAX) throw new RangeError(`writeXlsx can write ${COLUMNS_MAX} columns at most`);

  const answers: SheetData = [header(columns.map(({ name }) => name))];
  for (const row of table.rows) {
    if (answers.length > ROWS_MAX) throw new RangeError(`writeXlsx can write ${ROWS_MAX} rows at most`);
    answers.push(columns.map((column, index) => cellOf(column, row[index] ?? null, text)));
  }
  const codebook = codebookCells(columns);
  const meanings: SheetData = [
    header(codebook.header),
    ...codebook.rows.map((row) => row.map((cell) => (typeof cell === 'string' ? text(cell) : numberCell(cell)))),
  ];
  const { default: writeExcelFile } = await import('write-excel-file/node');
  const bytes = await writeExcelFile([
    { data: answers, sheet: 'Answers', stickyRowsCount: 1 },
    { data: meanings, sheet: 'Codebook', stickyRowsCount: 1 },
  ]).toBuffer();
  const notices = Object.entries(counts).map(([kind, cells]) => ({ kind: kind as XlsxNotice['kind'], cells }));
  return { bytes, notices: notices.filter(({ cells }) => cells > 0) };
}

/**
 * Words as a cell that is text and nothing else, whatever sign they begin with.
 *
 * @param onNotice is told what could not be taken as it was
 */
export function xlsxText(words: string, style: object = {}, onNotice?: (kind: XlsxNotice['kind']) => void): Cell {
  const shown = showControls(words);
  const cut = cutLetters(shown, CELL_LETTERS_MAX);
  if (shown !== words.replace(/\r\n?/g, '\n')) onNotice?.('letters-replaced');
  if (cut !== shown) onNotice?.('text-cut');
  return { value: escapeCellText(cut), type: String, format: '@', ...style };
}

const numberCell = (value: number | null): Cell =>
  value === null || !Number.isFinite(value) ? null : { value, type: Number };

function cellOf({ type }: DataColumn, cell: DataCell, text: (words: string) => Cell): Cell {
  if (cell === null) return null;
  if (type === 'text') return text(`${cell}`);
  if (typeof cell === 'number') return numberCell(cell);
  if (type === 'number') return text(cell);
  const moment = momentOf(type, cell);
  if (type === 'time') return { value: moment / DAY_MS, type: Number, format: FORMATS.time };
  if (moment < FIRST_SURE_DAY) return text(cell);
  return { value: new Date(moment), type: Date, format: FORMATS[type] };
}

/**
 * Words without letters that a workbook cannot hold, and with one kind of line break.
 *
 * @example
 * showControls('a\u0000b\r\nc\uFFFF') // => 'a␀b\nc□'
 */
export function showControls(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g, (sign) => String.fromCharCode(0x2400 + sign.charCodeAt(0)))
    .replace(/\u007F/g, '\u2421')
    .replace(/[\u0080-\u0084\u0086-\u009F\uFFFD\p{Noncharacter_Code_Point}\p{Cs}]/gu, '\u25A1');
}

function cutLetters(text: string, lettersMax: number): string {
  if (text.length <= lettersMax) return text;
  return text.slice(0, lettersMax).replace(/[\uD800-\uDBFF]$/, '');
}

/**
 * Words as a shared string: `_x0041_` would be read as the letter that it names, so such a sign is named itself. So is the
 * first letter of words like “constructor”, which the package underneath mistakes for properties that every object has.
 *
 * @see ECMA-376, part 1, 22.9.2.19 ST_Xstring
 */
function escapeCellText(text: string): string {
  const escaped = text.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');
  return escaped in {}
    ? `_x${escaped.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_${escaped.slice(1)}`
    : escaped;
}
