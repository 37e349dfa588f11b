import { expect, test } from 'vitest';
import {
  readCodebookTable,
  writeOwnCodebook,
  writeTaguetteCodebook,
} from '../../../src/exchange/codebook-files/codebook-table.ts';
import { planCodebook } from '../../../src/exchange/codebook-files/plan-codebook.ts';
import { codeTable } from '../../../src/exchange/codebook-files/quote-table.ts';
import { readDelimited } from '../../../src/exchange/delimited.ts';

const code = (id: number, name: string, parentId: number | null = null, more = {}) => ({
  id,
  name,
  parentId,
  position: 0,
  definition: '',
  inclusion: '',
  exclusion: '',
  color: null as string | null,
  isCodable: 1,
  isFixed: false,
  isGone: false,
  ...more,
});
const rowsOf = (csv: string) => {
  const { header, rows } = readDelimited(csv, { delimiter: ',', isQuoted: true, hasHeader: true, removeGuard: true });
  return { header: header ?? [], rows };
};
const CODES = [
  code(1, 'Price', null, {
    definition: 'What it costs,\n"all in all"',
    inclusion: '=SUM',
    exclusion: 'time',
    color: '#CC0066',
    isCodable: 0,
  }),
  code(2, 'Too high.', 1),
  code(3, 'Ärger 😀', null, { color: '#2F6F9F' }),
];

test('our own file holds every field, and reading it changes nothing', () => {
  const { header, rows } = rowsOf(writeOwnCodebook(CODES));
  const read = readCodebookTable(header, rows, { hasPaths: true });
  expect(read).toMatchObject({ isOurs: true, notTaken: [], columns: [] });
  expect(planCodebook(CODES, read.codes)).toEqual({ added: [], changed: [], same: 3, notTaken: [] });
  expect(
    planCodebook([], read.codes).added.map(({ name, under, color, isCodable }) => [name, under, color, isCodable]),
  ).toEqual([
    ['Ärger 😀', '', '#2F6F9F', true],
    ['Price', '', '#CC0066', false],
    ['Too high.', 'Price', '', true],
  ]);
});

test('a file for Taguette has tags with their path, and what it has no place for in the description', () => {
  const { header, rows } = rowsOf(writeTaguetteCodebook(CODES));
  expect(header).toEqual(['tag', 'description']);
  expect(rows.map(([tag]) => tag)).toEqual(['Ärger 😀', 'Price', 'Price.Too high·']);
  expect(rows[1]?.[1]).toContain('When to use it: =SUM');
});

test.each([['tag'], ['name'], ['path'], [' Path ']])(
  'a codebook with a column “%s” is read, levels and all',
  (column) => {
    const { codes, columns } = readCodebookTable(
      [column, 'description', 'number of highlights'],
      [
        ['price.high', 'dear', '3'],
        ['price', '', '1'],
        ['support.other', '', '0'],
        ['price.other', '', '0'],
      ],
      { hasPaths: true },
    );
    expect(codes.map(({ name, under, definition }) => [name, under, definition])).toEqual([
      ['price', null, ''],
      ['high', 'price', 'dear'],
      ['support', null, null],
      ['other', 'support', ''],
      ['price · other', 'price', ''],
    ]);
    expect(columns).toEqual(['number of highlights']);
  },
);

test('what cannot be taken is said row by row, and the rest is taken', () => {
  const { codes, notTaken } = readCodebookTable(
    ['name', 'color'],
    [
      ['', ''],
      ['a'.repeat(201), ''],
      ['x', 'reddish'],
      ['x', '#fff'],
    ],
    { hasPaths: false },
  );
  expect(codes.map(({ name, color }) => [name, color])).toEqual([['x', null]]);
  expect(notTaken.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
  expect(() => readCodebookTable(['something'], [['x']], { hasPaths: true })).toThrow(/“name”, “tag” or “path”/);
});

test('a parent that is not there, and a circle, are left out and said', () => {
  const standing = [code(1, 'A'), code(2, 'B', 1), code(3, 'Security', null, { isFixed: true })];
  const file = (name: string, under: string) => ({
    name,
    under,
    definition: null,
    inclusion: null,
    exclusion: null,
    color: null,
    isCodable: null,
  });
  const plan = planCodebook(standing, [
    file('A', 'B'),
    file('C', 'nowhere'),
    file('D', 'Security'),
    file('Security', ''),
  ]);
  expect(plan.notTaken).toEqual([
    '“A” would stand under itself',
    '“C” names “nowhere” above itself, which is not there',
    '“D” cannot stand under “Security”, one of the human values',
    '“Security” is one of the human values, which stay as they are',
  ]);
  expect(plan.added.map(({ name, under }) => [name, under])).toEqual([
    ['C', null],
    ['D', null],
  ]);
});

test('fields that a file does not have stay, and those it has are compared', () => {
  const plan = planCodebook(CODES, [
    { name: 'Price', under: null, definition: 'Dear', inclusion: null, exclusion: '', color: null, isCodable: true },
  ]);
  expect(plan.changed[0]?.changes.map(({ field, after }) => [field, after])).toEqual([
    ['definition', 'Dear'],
    ['exclusion', ''],
    ['codable', 'yes'],
  ]);
});

test('a table of codes says whether, or how often; who has none has a row of zeros', () => {
  const units = {
    header: ['who'],
    units: [
      { key: 'a', cells: ['R1'] },
      { key: 'b', cells: ['R2'] },
    ],
  };
  const codes = [
    { id: 1, name: 'Price' },
    { id: 2, name: 'Time' },
  ];
  const counts = new Map([['a 1', 3]]);
  expect(codeTable(units, codes, counts, 'counts').rows).toEqual([
    ['R1', 3, 0],
    ['R2', 0, 0],
  ]);
  expect(codeTable(units, codes, counts, 'presence').rows).toEqual([
    ['R1', 1, 0],
    ['R2', 0, 0],
  ]);
});
