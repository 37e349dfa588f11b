import type { DataRow, DataTable } from '../../exchange/data-table.ts';
import { writeXlsx } from '../../exchange/xlsx.ts';
import type { TaskContext } from '../analysis-thread.ts';

/** The rows of the one workbook that a thread of its own gathers; they come part by part, so that nobody else holds them all. */
const rows: DataRow[] = [];

export async function workbookRowsTask(_: TaskContext, part: readonly DataRow[]): Promise<void> {
  for (const row of part) rows.push(row);
}

/** The workbook of the rows that were gathered. */
export async function workbookTask(_: TaskContext, table: Omit<DataTable, 'rows'>): Promise<Uint8Array> {
  return (await writeXlsx({ ...table, rows })).bytes;
}
