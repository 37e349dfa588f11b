import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { sheetNames, writeTableBook } from '../../src/exchange/table-book.ts';
import { choiceColumn } from '../../src/model/table-column.ts';
import { bannerTable } from '../../src/reports/banner-table.ts';

const hostile = ['=1+1', '+1', '-1', '@x', '=cmd|x'];
const column = (id: string) =>
  choiceColumn(
    { id, name: hostile[0]!, options: hostile.map((label, i) => ({ code: `${i}`, label })) },
    Array.from({ length: 100 }, (_, i) => `${i % 5}`),
  );
const table = (title: string) =>
  bannerTable({ title, rows: [{ column: column('r') }], banners: [{ of: column('b') }] });
const open = async (...args: Parameters<typeof writeTableBook>) => {
  const files = unzipSync(await writeTableBook(...args));
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, strFromU8(bytes)]));
};

test('a book has contents, a sheet for each table and notes, and nothing in it is a formula', async () => {
  const long = 'A very long title of a table that no sheet can bear';
  const files = await open({
    title: 'Book',
    tables: [table(long), table(long), table('=1')],
    date: '30 November 2026',
  });
  const names = [...files['xl/workbook.xml']!.matchAll(/<sheet [^>]*name="([^"]*)"/g)].map(([, name]) => name!);
  expect(names).toEqual([
    'Contents',
    'A very long title of a table th',
    'A very long title of a table 2',
    '=1',
    'Notes',
  ]);
  const sheets = Object.entries(files).filter(([name]) => name.startsWith('xl/worksheets/sheet'));
  expect(sheets).toHaveLength(5);
  for (const [, xml] of sheets) expect(xml).not.toMatch(/<f[ >]|NaN|Infinity/);
  const words = files['xl/sharedStrings.xml']!;
  for (const text of [
    ...hostile,
    '30 November 2026',
    'adjusted together (Benjamini and Hochberg)',
    'Answers are not weighted',
  ])
    expect(words).toContain(text);
});

test('all tables can stand on one sheet, and a book of none is refused', async () => {
  const files = await open({ title: 'Book', tables: [table('One'), table('Two')], date: '' }, { oneSheet: true });
  expect(Object.keys(files).filter((name) => name.startsWith('xl/worksheets/sheet'))).toHaveLength(3);
  await expect(writeTableBook({ title: '', tables: [], date: '' })).rejects.toThrow(/no table/);
});

test('names of sheets are ones that a workbook takes', () => {
  const names = sheetNames(["'x'", '[a]:*?/\\', '', '\u0000', 'History', 'HISTORY', '\u{1F600}'.repeat(20)]);
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[^':\\/?*[\]]{1,31}$/);
});
