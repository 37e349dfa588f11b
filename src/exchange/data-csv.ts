import { type DataCell, type DataColumn, type DataRow, type DataTable, momentOf, momentText } from './data-table.ts';
import { writeCsv } from './delimited.ts';

/**
 * How cells are written: `plain` as they are, or `spss` as the syntax of `writeSps` reads them, with texts on one line
 * and dates without letters or zones.
 */
export type CsvDialect = 'plain' | 'spss';

/** The first piece of a CSV: byte order mark and names. */
export const dataCsvHeader = (columns: readonly Pick<DataColumn, 'name'>[]): string =>
  writeCsv(
    columns.map(({ name }) => name),
    [],
  );

/** One row of a CSV with codes as they are stored. */
export function dataCsvRow(columns: readonly DataColumn[], row: DataRow, dialect: CsvDialect): string {
  const cells = columns.map((column, index) => {
    const cell = row[index] ?? null;
    return dialect === 'spss' ? spssCell(column, cell) : cell;
  });
  // The byte order mark and the names come from the header, so an empty one is written and taken off.
  return writeCsv(columns.length === 1 ? [''] : [], [cells]).replace(/^\uFEFF(""|)\r\n/, '');
}

/** A table as CSV, one piece for each row; every text is guarded against being run as a formula. */
export function* writeDataCsv(table: Pick<DataTable, 'columns' | 'rows'>, dialect: CsvDialect): Generator<string> {
  yield dataCsvHeader(table.columns);
  for (const row of table.rows) yield dataCsvRow(table.columns, row, dialect);
}

function spssCell({ type }: DataColumn, cell: DataCell): DataCell {
  if (typeof cell !== 'string') return cell;
  if (type === 'text') return oneLine(cell);
  return type === 'number' ? cell : momentText(type, momentOf(type, cell));
}

/**
 * Words on one line: every control character becomes a space, since SPSS reads a line of a file as a case.
 *
 * @example
 * oneLine('first\r\nsecond') // => 'first second'
 */
export const oneLine = (text: string): string => text.replace(/\r\n|[\p{Cc}\u2028\u2029]/gu, ' ');
