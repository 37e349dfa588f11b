import { strFromU8, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { profileMethod, profileRows, writeProfileBook, writeProfileCsv } from '../../src/exchange/profile-layout.ts';
import { choiceColumn, numberColumn } from '../../src/model/table-column.ts';
import { profileSegments } from '../../src/segments/profile.ts';
import { rankDrivers } from '../../src/segments/rank-drivers.ts';

const hostile = ['=1+1', '@x', '-2'];
const labels = Array.from({ length: 200 }, (_, i) => (i < 20 ? 2 : i % 2));
const columns = [
  {
    column: choiceColumn(
      { id: 'a', name: hostile[0]!, options: hostile.map((label, i) => ({ code: `${i}`, label })) },
      labels.map((_, i) => `${i % 3}`),
    ),
  },
  {
    column: numberColumn(
      { id: 'b', name: 'Spend' },
      labels.map((label, i) => label * 3 + (i % 5)),
    ),
    isInput: true,
  },
];
const names = ['=A', '+B', 'Few'];
const profile = profileSegments(labels, { names, columns });
const told = {
  ...profile,
  title: '=SUM(A1)',
  about: ['Version 2; seed 7.'],
  blocks: profile.blocks.map((block) => ({ ...block, family: 'Questions' })),
  drivers: rankDrivers(labels, columns),
  outcomes: [],
  isCertain: true,
  responses: 220,
  empty: ['Gone'],
};

test('the head of a file says version, base, weighting and correction', () => {
  expect(profileMethod(told)).toEqual(
    expect.arrayContaining([
      '200 of 220 responses that count are in one of 3 segments; the others are not told of.',
      'Nobody is left in “Gone”, so it is not told of.',
      'Answers are not weighted.',
      `All ${profile.tests} tests are adjusted together (Benjamini and Hochberg). A finding is an adjusted p below 0.05.`,
    ]),
  );
  const csv = writeProfileCsv(told);
  expect(csv).toContain('Version 2; seed 7.');
  for (const line of csv.replace(/^\uFEFF/, '').split('\r\n')) expect(line).not.toMatch(/^"?[=+@]/);
});

test('figures that too few stand behind are blank, with the reason beside them', () => {
  const rows = profileRows(told);
  expect(rows).toHaveLength(3 * 3 + 3);
  const few = rows.filter((row) => row[4] === 'Few');
  expect(few.every((row) => row.slice(7, 10).every((cell) => cell === null) && row.at(-1) === 'too few')).toBe(true);
  expect(few.every((row) => row.slice(11, 18).every((cell) => cell === null))).toBe(true);
  expect(
    rows
      .find((row) => row[4] === '=A')!
      .slice(7, 10)
      .every((cell) => cell !== null),
  ).toBe(true);
  expect(rows.filter((row) => row[3] === 'input')).toHaveLength(3);
});

test('a workbook has nothing in it that is a formula or no number', async () => {
  const files = unzipSync(await writeProfileBook(told));
  const sheets = Object.entries(files).filter(([name]) => name.startsWith('xl/worksheets/sheet'));
  expect(sheets).toHaveLength(5);
  for (const [, bytes] of sheets) expect(strFromU8(bytes)).not.toMatch(/<f[ >]|NaN|Infinity/);
  expect(strFromU8(files['xl/sharedStrings.xml']!)).toContain('=SUM(A1)');
});
