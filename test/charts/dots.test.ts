import { expect, test } from 'vitest';
import { dots } from '../../src/charts/dots.ts';

const chart = (...differences: number[]) =>
  dots({
    id: 'dots',
    title: 'Values',
    rows: differences.map((difference) => ({ label: 'Security', difference, low: null, high: null })),
    digits: 2,
    zeroLabel: 'the rest',
    segmentClass: null,
    note: null,
  });

test('opposite differences stand equally far from the middle', () => {
  expect(chart(2, -2, 1).rows.map((dot) => dot.x)).toEqual(['97%', '3%', '73.5%']);
});

test('when nothing differs every dot stands at zero', () => {
  expect(chart(0, 0).rows.map((dot) => dot.x)).toEqual(['50%', '50%']);
});

test('differences carry their sign in the picture, the table and the description', () => {
  const { rows, table, description } = chart(0.5);
  expect(rows[0]?.value).toBe('+0.50');
  expect(table.rows[0]?.cells[1]?.text).toBe('+0.50');
  expect(description).toBe('Against the rest: Security +0.50');
});

test('an interval that reaches further than any dot still fits', () => {
  const { rows } = dots({
    id: 'dots',
    title: 'Values',
    rows: [{ label: 'a', difference: 1, low: -1, high: 4 }],
    digits: 0,
    zeroLabel: 'all',
    segmentClass: null,
    note: null,
  });
  expect(rows[0]?.whisker).toEqual({ from: '38.25%', to: '97%' });
});

test('no rows give no dots', () => {
  expect(chart().rows).toEqual([]);
});
