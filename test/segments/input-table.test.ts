import { describe, expect, test } from 'vitest';
import { buildInputTable, type InputBlock, type InputColumn } from '../../src/segments/input-table.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';
import { plantAnswers } from '../support/plant-answers.ts';

const PEOPLE = 80;
const { columns } = plantAnswers('two factors', { n: PEOPLE, p: 6, seed: 1 });
const block = (own: readonly InputColumn[], about: Partial<InputBlock> = {}): InputBlock => ({
  id: 'items',
  name: 'Items',
  centring: 'none',
  weight: 1,
  columns: own,
  ...about,
});
const usual = { missing: 'fill', isBalanced: true } as const;
const renamed = (own: readonly InputColumn[], prefix: string) =>
  own.map((column) => ({ ...column, id: `${prefix}-${column.id}` }));
const columnOf = (rows: Float64Array, p: number, column: number) =>
  Array.from({ length: rows.length / p }, (_, row) => rows[row * p + column]!);
const varianceOf = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
};

test('columns come out as z-scores, and a battery centred within the person sums to the same for all before that', () => {
  const table = buildInputTable([block(columns)], usual);
  for (let column = 0; column < table.p; column++) {
    const values = columnOf(table.rows, table.p, column);
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9);
    expect(varianceOf(values)).toBeCloseTo(1, 9);
  }
  const centred = buildInputTable([block(columns, { centring: 'person-mean' })], usual);
  const { means, scales } = centred.preparation;
  for (let row = 0; row < centred.n; row++) {
    let sum = 0;
    for (let j = 0; j < centred.p; j++) sum += centred.rows[row * centred.p + j]! / scales[j]! + means[j]!;
    expect(sum).toBeCloseTo(0, 9);
  }
});

test.each([
  ['0 and 1', 0, 1],
  ['1 and 2', 1, 2],
  ['0 and 1,000', 0, 1000],
])('two answers only, %s, differ by 1 and are never z-scored, so that rare ones do not explode', (_, no, yes) => {
  const rare: InputColumn = {
    id: 'z-rare',
    name: 'Rare',
    kind: 'numeric',
    values: Array.from({ length: PEOPLE }, (__, i) => (i < 2 ? yes : no)),
  };
  const table = buildInputTable([block([...columns, rare])], usual);
  expect(table.columns.at(-1)).toMatchObject({ id: 'z-rare', isBinary: true });
  const values = columnOf(table.rows, table.p, table.p - 1);
  expect(Math.max(...values) - Math.min(...values)).toBeCloseTo(1, 12);
});

test('gaps are filled from the person and the column, within what was answered', () => {
  const gappy = columns.map((column, j) => ({
    ...column,
    values: column.values.map((value, i) => (i % 30 === j ? null : value)),
  }));
  const table = buildInputTable([block(gappy)], usual);
  expect(table.n).toBe(PEOPLE);
  expect(table.rows.every(Number.isFinite)).toBe(true);
  expect(Array.from(table.answers).filter(Number.isNaN)).not.toHaveLength(0);
  const left = buildInputTable([block(gappy)], { ...usual, missing: 'leave-out' }).n;
  expect(left).toBe(PEOPLE - table.kept.filter((i) => i % 30 < 6).length);
});

test('who lacks too much of one block is set aside with what they did answer, who lacks all is left out', () => {
  const mostly = (own: readonly InputColumn[], isAway: (i: number) => boolean) =>
    own.map((column) => ({ ...column, values: column.values.map((value, i) => (isAway(i) ? null : value)) }));
  const table = buildInputTable(
    [
      block(
        mostly(columns, (i) => i < 3),
        { id: 'a' },
      ),
      block(
        mostly(renamed(columns, 'b'), (i) => i < 8),
        { id: 'b' },
      ),
    ],
    usual,
  );
  expect(table.dropped).toEqual([0, 1, 2]);
  expect(table.partial).toEqual([3, 4, 5, 6, 7]);
  expect(table.n).toBe(PEOPLE - 8);
  const first = Array.from(table.partialAnswers.subarray(0, table.p));
  expect(first.slice(0, 6)).toEqual(columns.map(({ values }) => values[3]));
  expect(first.slice(6).every(Number.isNaN)).toBe(true);
});

test('a question without an order becomes a column for each level, which remember where they come from', () => {
  const values = Array.from({ length: PEOPLE }, (_, i) => i % 3);
  const town: InputColumn = { id: 'town', name: 'Town', kind: 'nominal', values, levels: ['Ulm', 'Bonn', 'Jena'] };
  const table = buildInputTable([block([town])], usual);
  expect(table.columns.map(({ name, isBinary, levelOf }) => [name, isBinary, levelOf])).toEqual([
    ['Town: Ulm', true, 'town'],
    ['Town: Bonn', true, 'town'],
    ['Town: Jena', true, 'town'],
  ]);
  expect(table.notes.join()).toContain('answers without an order');
});

test('the order of blocks, columns and people leaves the same table', () => {
  const order = shuffled([...Array(PEOPLE).keys()], mulberry32(2));
  const moved = (own: readonly InputColumn[]) =>
    shuffled(own, mulberry32(3)).map((column) => ({ ...column, values: order.map((i) => column.values[i]!) }));
  const blocks = [block(columns, { id: 'a' }), block(renamed(columns.slice(0, 3), 'b').map(reversed), { id: 'b' })];
  const straight = buildInputTable(blocks, usual);
  const mixed = buildInputTable(
    blocks.toReversed().map((own) => ({ ...own, columns: moved(own.columns) })),
    usual,
  );
  expect({ ...mixed, kept: [] }).toEqual({ ...straight, kept: [] });
});
const reversed = (column: InputColumn): InputColumn => ({
  ...column,
  values: column.values.map((value, i) => (value === null ? null : value + (i % 2))),
});

test('weights travel with their people', () => {
  const weights = Array.from({ length: PEOPLE }, (_, i) => 1 + i);
  const table = buildInputTable([block(columns)], { ...usual, weights });
  expect(Array.from(table.weights!)).toEqual(table.kept.map((i) => weights[i]));
  expect(buildInputTable([block(columns)], usual).weights).toBeNull();
});

describe('what cannot be used is refused in words for a researcher:', () => {
  const alike: InputColumn = { id: 'same', name: 'Same', kind: 'ordinal', values: Array(PEOPLE).fill(3) };
  const build = (blocks: InputBlock[], weights?: number[]) =>
    buildInputTable(blocks, weights ? { ...usual, weights } : usual);
  test.each<[string, () => unknown, string]>([
    ['49 people', () => build([block(columns.map((c) => ({ ...c, values: c.values.slice(0, 49) })))]), 'there are 49'],
    [
      'an item answered alike by all',
      () => build([block([...columns, alike])]),
      'Everybody gave the same answer to “Same”',
    ],
    [
      'a block that hardly anybody answered, by its name',
      () =>
        build([
          block(columns, { id: 'a' }),
          block(
            renamed(columns, 'b').map((c) => ({ ...c, values: c.values.map((value, i) => (i < 40 ? value : null)) })),
            { id: 'b', name: 'Wishes' },
          ),
        ]),
      '40 of 80 did not answer enough of “Wishes”: take it out',
    ],
    ['a weight of 0', () => build([block(columns)], Array(PEOPLE).fill(0)), 'must be a number above 0'],
    ['a weight that is no number', () => build([block(columns)], Array(PEOPLE).fill(Number.NaN)), 'a number above 0'],
    ['too few weights', () => build([block(columns)], [1]), 'one weight for each respondent'],
    ['a block that counts nothing', () => build([block(columns, { weight: 0 })]), 'The weight of “Items”'],
    [
      'an endless number',
      () => build([block(columns.map((c) => ({ ...c, values: c.values.with(0, Number.POSITIVE_INFINITY) })))]),
      'holds something that is not a number',
    ],
    [
      'a number too large to square',
      () => build([block(columns.map((c) => ({ ...c, values: c.values.with(0, 1e200) })))]),
      'too large to compare',
    ],
    ['the same column twice', () => build([block([...columns, columns[0]!])]), 'was chosen twice'],
  ])('%s', (_, deed, reason) => {
    expect(deed).toThrow(RangeError);
    expect(deed).toThrow(reason);
  });
});
