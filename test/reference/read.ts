import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { FileMissing } from './case.ts';

/** The text of a file in the reference folder. */
export function readText(folder: string, path: string): string {
  const file = join(folder, path);
  if (!existsSync(file)) throw new FileMissing(`${path} is missing`);
  return readFileSync(file, 'utf8');
}

/** A JSON file in the reference folder; the caller says what it expects to find. */
export function readJson<Content>(folder: string, path: string): Content {
  return JSON.parse(readText(folder, path)) as Content;
}

/** A CSV file in the reference folder: its rows by column name, as text. */
export function readCsv(folder: string, path: string): Record<string, string>[] {
  return parse(readText(folder, path), { columns: true });
}

/** The number in a cell; null when it is empty or `NA`. */
export function readNumber(cell: string | undefined): number | null {
  return cell === undefined || cell === '' || cell === 'NA' ? null : Number(cell);
}

/** A CSV file whose named columns hold nothing but numbers: rows × columns. */
export function readTable(folder: string, path: string, columns: readonly string[]): number[][] {
  return readCsv(folder, path).map((row) => columns.map((column) => Number(row[column])));
}
