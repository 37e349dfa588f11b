import { expect, test } from 'vitest';
import { chartTable, place } from '../../src/charts/marks.ts';

test('places outside the picture are drawn at its edge', () => {
  expect([place(-0.2), place(1 / 3), place(1.5)]).toEqual(['0%', '33.33%', '100%']);
});

test('the first column of a table names the row and the others are numbers', () => {
  const table = chartTable('Ages', ['', 'n'], [['under 30', '12']]);
  expect(table.columns.map((column) => column.isNumber)).toEqual([false, true]);
  expect(table.rows[0]?.cells).toEqual([
    { text: 'under 30', href: null, isNumber: false },
    { text: '12', href: null, isNumber: true },
  ]);
});
