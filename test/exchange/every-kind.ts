import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { DataTable } from '../../src/exchange/data-table.ts';

/** Whether PSPP can be asked; where it must be, a test that cannot ask it fails. */
export const HAS_PSPP = process.env['REQUIRE_PSPP'] !== undefined || spawnSync('pspp', ['--version']).status === 0;

/** Runs syntax in a folder with these files, and gives what PSPP printed, as CSV cells. */
export function runPspp(
  files: Record<string, string | Uint8Array>,
  syntax: string,
): { cells: string[][]; text: string } {
  const folder = mkdtempSync(join(tmpdir(), 'verbatim-pspp-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    writeFileSync(join(folder, 'run.sps'), syntax);
    const run = spawnSync('pspp', ['--syntax-encoding=UTF-8', '-o', 'out.csv', 'run.sps'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    });
    if (run.error) throw run.error;
    const printed = existsSync(join(folder, 'out.csv')) ? readFileSync(join(folder, 'out.csv'), 'utf8') : '';
    const text = printed + run.stdout + run.stderr;
    return { cells: parse(printed, { relax_column_count: true, skip_empty_lines: true, relax_quotes: true }), text };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const LETTERS = 'Größe 😀 ';
export const LONG_300 = `${LETTERS.repeat(24)}Ende`;
export const LONG_2000 = `${'Ärger und Freude 😀, '.repeat(90)}Ende`;

/** Every kind of column that a system file knows, in three rows. */
export const EVERY_KIND: DataTable = {
  name: 'study',
  label: 'Die „Ä“ Studie',
  columns: [
    {
      name: 'sex',
      label: 'It\'s "the" question.\nEXECUTE. /* not a comment',
      type: 'number',
      measure: 'nominal',
      valueLabels: [
        { value: 1, label: "it's männlich" },
        { value: 2, label: 'female' },
      ],
      missing: [{ value: -99, label: 'refused' }],
    },
    {
      name: 'many',
      label: 'Four codes for nothing',
      type: 'number',
      measure: 'ordinal',
      missing: [-99, -98, -97, -96].map((value) => ({ value, label: `no ${value}` })),
    },
    { name: 'with', label: 'A word of the language', type: 'number', measure: 'scale', decimals: 3 },
    {
      name: 'short',
      label: 'Short text',
      type: 'text',
      measure: 'nominal',
      valueLabels: [{ value: 'a', label: 'Letter A' }],
      missing: [{ value: 'zz', label: 'none' }],
    },
    {
      name: 'middle_text',
      label: 'Middle text',
      type: 'text',
      measure: 'nominal',
      valueLabels: [{ value: 'a long value', label: 'A long one' }],
      missing: [{ value: 'refused', label: 'would not say' }],
    },
    { name: 'text300', label: '', type: 'text', measure: 'nominal', valueLabels: [{ value: 'x', label: 'An X' }] },
    { name: 'opinion_of_the_people_ö', label: 'Opinion', type: 'text', measure: 'nominal' },
    { name: 'day', label: 'Day', type: 'date', measure: 'scale' },
    { name: 'moment', label: 'Moment', type: 'datetime', measure: 'scale' },
    { name: 'clock', label: 'Clock', type: 'time', measure: 'scale' },
    { name: 'c1', label: 'First', type: 'number', measure: 'nominal', multipleSet: 'choices' },
    { name: 'c2', label: 'Second', type: 'number', measure: 'nominal', multipleSet: 'choices' },
  ],
  rows: [
    [1, -99, 1.5, 'a', 'a long value', LONG_300, LONG_2000, '2026-03-01', '2026-03-01T09:30:15Z', '09:30', 1, 0],
    [2, -96, -123456.789, 'zz', 'refused', 'x', '=1+1', null, null, null, 0, 1],
    [-99, 5, null, null, null, null, "'=1+1", '1999-12-31', '1999-12-31T23:59', '23:59:59', null, 1],
  ],
  multipleSets: [{ name: 'choices', label: 'Which ones, ö', counted: 1, columns: ['c1', 'c2'] }],
};
