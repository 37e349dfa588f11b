import type { DataColumn, DataRow } from './data-table.ts';

/**
 * A row as one line of JSON, by the names of its columns; null where nothing was said. A name that occurs twice keeps its
 * last cell, so names are best unique.
 *
 * @example
 * jsonLine([{ name: 'age', label: '', type: 'number', measure: 'scale' }], [41]) // => '{"age":41}\n'
 */
export function jsonLine(columns: readonly Pick<DataColumn, 'name'>[], row: DataRow): string {
  return `${JSON.stringify(Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])))}\n`;
}

/** A table as JSON lines, one piece for each row. */
export function* writeJsonLines(table: {
  columns: readonly Pick<DataColumn, 'name'>[];
  rows: Iterable<DataRow>;
}): Generator<string> {
  for (const row of table.rows) yield jsonLine(table.columns, row);
}
