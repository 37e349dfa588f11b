import { expect, test } from 'vitest';
import { fitSegments } from '../../../src/segments/fit-segments.ts';
import { buildInputTable, type InputColumn } from '../../../src/segments/input-table.ts';
import { typingStrength } from '../../../src/segments/typing/typing-strength.ts';
import { mulberry32, shuffled } from '../../../src/stats/random.ts';
import { plantAnswers } from '../../support/plant-answers.ts';

const tableOf = (columns: readonly InputColumn[]) =>
  buildInputTable([{ id: 'items', name: 'Items', centring: 'none', weight: 1, columns }], {
    missing: 'fill',
    isBalanced: true,
  });
const planted = plantAnswers('planted', { n: 240, p: 9, seed: 2, separation: 2 });

test('a few answers tell segments that were made of them, and tell shuffled ones no better than chance', () => {
  const table = tableOf(planted.columns);
  const { labels } = fitSegments(table, { k: 3, test: null, random: mulberry32(1) });
  const told = typingStrength(table, labels, 3, mulberry32(2));
  if ('reason' in told) throw new Error(told.reason);
  expect(told).toMatchObject({ questions: 8, people: 240 });
  expect(told.kappa).toBeGreaterThan(0.7);
  const mixed = Int32Array.from(shuffled([...labels], mulberry32(3)));
  const chance = typingStrength(table, mixed, 3, mulberry32(2));
  if ('reason' in chance) throw new Error(chance.reason);
  expect(Math.abs(chance.kappa!)).toBeLessThan(0.2);
});

test('a question without an order counts as one, and who left something out does not count', () => {
  const town: InputColumn = {
    id: 'town',
    name: 'Town',
    kind: 'nominal',
    values: planted.segments.map((segment, i) => (i < 10 ? null : segment)),
    levels: ['a', 'b', 'c'],
  };
  const table = buildInputTable(
    [{ id: 'items', name: 'Items', centring: 'none', weight: 1, columns: [...planted.columns, town] }],
    { missing: 'fill', isBalanced: true },
  );
  const labels = Int32Array.from(table.kept, (person) => planted.segments[person]!);
  const told = typingStrength(table, labels, 3, mulberry32(2));
  if ('reason' in told) throw new Error(told.reason);
  expect(told.people).toBe(230);
  expect(told.kappa).toBeCloseTo(1, 9);
});

test('where too few answered everything the reason is given', () => {
  const gaps = planted.columns.map((column, j) => ({
    ...column,
    values: column.values.map((value, i) => (i % 9 === j ? null : value)),
  }));
  const table = tableOf(gaps);
  const labels = Int32Array.from(table.kept, (person) => planted.segments[person]!);
  expect(typingStrength(table, labels, 3, mulberry32(2))).toEqual({
    reason: expect.stringContaining('at least 50 people'),
  });
});
