import { expect, test } from 'vitest';
import { codebookCsv, codebookMarkdown, codebookRows, escapeMarkdown } from '../../src/exchange/codebook.ts';
import type { DataColumn } from '../../src/exchange/data-table.ts';
import { readDelimited } from '../../src/exchange/delimited.ts';
import { writeJsonLines } from '../../src/exchange/json-lines.ts';

const columns: DataColumn[] = [
  {
    name: 'q1',
    label: '=How <b>are</b> you | today?',
    type: 'number',
    measure: 'ordinal',
    missing: [{ value: -99, label: 'Refused' }],
    valueLabels: [
      { value: 1, label: 'Well' },
      { value: -99, label: 'Would rather not say' },
    ],
    description: 'One of five',
  },
  { name: 'words', label: 'Words', type: 'text', measure: 'nominal' },
];

test('every code has a line, those for no answer last, and a variable without codes has one', () => {
  expect(
    codebookRows(columns).map(({ variable, value, valueLabel, isMissing }) => [variable, value, valueLabel, isMissing]),
  ).toEqual([
    ['q1', 1, 'Well', false],
    ['q1', -99, 'Would rather not say', true],
    ['words', null, null, false],
  ]);
});

test('the codebook as CSV reads back with its guard taken off', () => {
  const { rows } = readDelimited(codebookCsv(columns), {
    delimiter: ',',
    isQuoted: true,
    hasHeader: true,
    removeGuard: true,
  });
  expect(rows[1]).toEqual([
    'q1',
    '=How <b>are</b> you | today?',
    'number',
    'ordinal',
    '-99',
    'Would rather not say',
    'yes',
    '',
    'One of five',
  ]);
  expect(rows[2]?.[6]).toBe('');
});

test('the codebook to read has a heading and a table, and nothing in it is HTML or breaks a table', () => {
  const text = codebookMarkdown({ name: 's', label: 'Study', columns });
  expect(text).toContain('# Study\n\n2 variables.\n\n## q1\n');
  expect(text).toContain('| -99'.replace('-', '\\-'));
  expect(text).not.toMatch(/(?<!\\)</);
  expect(escapeMarkdown('a | b\n# c')).toBe('a \\| b \\# c');
  expect(escapeMarkdown('1. one')).toBe('1\\. one');
});

test('JSON lines hold a row each, whatever the words, with null for nothing', () => {
  const lines = [
    ...writeJsonLines({
      columns,
      rows: [
        [1, 'two\nlines'],
        [null, null],
      ],
    }),
  ];
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { q1: 1, words: 'two\nlines' },
    { q1: null, words: null },
  ]);
  expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
});
