import { expect, test } from 'vitest';
import { writeTableCsv } from '../../src/exchange/table-layout.ts';
import { choiceColumn, choicesColumn, numberColumn } from '../../src/model/table-column.ts';
import { bannerTable } from '../../src/reports/banner-table.ts';
import { mulberry32 } from '../../src/stats/random.ts';

const random = mulberry32(12);
const n = 800;
const people = Array.from({ length: n }, (_, i) => i);
const option = (code: string) => ({ code, label: code });
const sex = choiceColumn(
  { id: 'sex', name: 'Sex', options: ['F', 'M'].map(option) },
  people.map((i) => (i % 2 ? 'M' : 'F')),
);
const age = choiceColumn(
  { id: 'age', name: 'Age', options: ['y', 'm', 'o'].map(option) },
  people.map((i) => ['y', 'm', 'o'][i % 3]!),
);
const uses = choicesColumn(
  { id: 'uses', name: 'Uses', options: ['a', 'b'].map(option) },
  people.map((i) => (i % 5 ? ['a', ...(i % 2 ? ['b'] : [])] : null)),
);
const likes = choiceColumn(
  { id: 'likes', name: 'Likes', options: ['yes', 'no'].map(option) },
  people.map((i) => (random() < (i % 2 ? 0.7 : 0.4) ? 'yes' : 'no')),
);
const spend = numberColumn(
  { id: 'spend', name: 'Spend' },
  people.map((i) => (i % 10 ? i % 7 : null)),
);
const rows = [{ column: likes }, { column: spend, showsMedian: true }, { column: uses }];

test('columns are lettered through, nested ones within each outer answer, nets after their question', () => {
  const table = bannerTable({
    title: 'T',
    rows,
    banners: [{ of: sex }, { of: age, within: sex, nets: [{ label: 'not old', codes: ['y', 'm'] }] }],
  });
  expect(
    table.columns.map(({ letter, label, within, isNet }) => `${letter} ${within ?? ''} ${label}${isNet ? ' net' : ''}`),
  ).toEqual([
    'A  F',
    'B  M',
    'C F y',
    'D F m',
    'E F o',
    'F F not old net',
    'G M y',
    'H M m',
    'I M o',
    'J M not old net',
  ]);
  expect(table.columns[5]!.n).toBe(table.columns[2]!.n + table.columns[3]!.n);
  expect(table.blocks[0]!.rows[0]!.cells[1]!.above).toEqual([0]);
  // Letters never reach into another question, nor into another outer answer.
  for (const { families, blocks } of [table])
    for (const row of blocks.flatMap((block) => block.rows))
      for (const [place, cell] of row.cells.entries())
        for (const other of cell.above)
          expect(families.some(({ columns }) => columns.includes(place) && columns.includes(other))).toBe(true);
});

test('every cell stands on those who answered both, and the shares of a column come to 1', () => {
  const table = bannerTable({ title: 'T', rows, banners: [{ of: age }] });
  const [first, second] = table.blocks[0]!.rows;
  for (const place of [0, 1, 2]) expect(first!.cells[place]!.value! + second!.cells[place]!.value!).toBeCloseTo(1, 12);
  expect(table.blocks[1]!.totalBase.n).toBe(720);
  expect(table.blocks[1]!.bases.reduce((sum, base) => sum + base.n, 0)).toBe(720);
});

test('columns that share people are not held against each other', () => {
  const table = bannerTable({ title: 'T', rows, banners: [{ of: uses }] });
  expect(table.families[0]!.isTestedInPairs).toBe(false);
  expect(
    table.blocks
      .flatMap((block) => block.rows)
      .flatMap((row) => row.cells)
      .every((cell) => cell.above.length === 0),
  ).toBe(true);
});

test('a filter leaves out people everywhere, and says its name when nobody is left', () => {
  const filter = { name: 'Women', includes: (person: number) => person % 2 === 0 };
  const table = bannerTable({ title: 'T', rows, banners: [{ of: sex }], filter });
  expect([table.total.n, table.columns.map((column) => column.n), table.filter]).toEqual([400, [400, 0], 'Women']);
  expect(table.blocks[0]!.rows[0]!.cells[1]).toMatchObject({ value: null, standing: 'hidden' });
  expect(() =>
    bannerTable({ title: 'T', rows, banners: [], filter: { name: 'Nobody', includes: () => false } }),
  ).toThrow('Nobody is left by “Nobody”');
  expect(() => bannerTable({ title: 'T', rows: [], banners: [] })).toThrow(/at least one question/);
});

test('weights move shares and bases, and a table of them says what they cost', () => {
  const weights = people.map((i) => (i % 4 === 0 ? 3 : 0.5));
  const table = bannerTable({ title: 'T', rows, banners: [{ of: sex }], weights });
  expect(table.weighting!.designEffect).toBeGreaterThan(1.5);
  expect(table.total.effectiveN).toBeCloseTo(table.weighting!.effectiveN, 9);
  expect(table.blocks[0]!.rows[0]!.cells[0]!.weighted).not.toBe(table.blocks[0]!.rows[0]!.cells[0]!.count);
  expect(writeTableCsv(table)).toMatch(/design effect 1\.\d+, efficiency/);
});

test('as CSV a table is as wide as its columns, and words that could be a formula are guarded', () => {
  const hostile = { ...likes, name: '=HYPERLINK("x")' };
  const csv = writeTableCsv(bannerTable({ title: 'T', rows: [{ column: hostile }], banners: [{ of: sex }] }), {
    counts: true,
  });
  expect(csv).toContain(`"'=HYPERLINK(""x"")"`);
  expect(csv).not.toMatch(/NaN|Infinity|undefined/);
});
