import { expect, test } from 'vitest';
import { slope } from '../../src/charts/slope.ts';

const point = (value: number, half = 0.05) => ({ value, n: 40, low: value - half, high: value + half });
const chart = (rows: Parameters<typeof slope>[0]['rows'], marks = ['A', 'B']) =>
  slope({ id: 's', title: 'T', marks, names: marks.map((mark) => `Segment ${mark}`), rows, note: null });

test('shares stand on one scale from zero, numbers each on their own', () => {
  const { rows } = chart([
    { label: 'Low', measure: 'share', points: [point(0.1), point(0.2)], all: 0.15 },
    { label: 'High', measure: 'share', points: [point(0.8), point(0.95)], all: 0.9 },
    { label: 'Spend', measure: 'number', points: [point(100, 1), point(200, 1)], all: 150 },
  ]);
  const [low, high, spend] = rows.map(({ points }) => points.map(({ y }) => y));
  expect(low![0]).toBeGreaterThan(high![0]!);
  expect(low![0]! - low![1]!).toBeLessThan(12);
  expect(spend![0]! - spend![1]!).toBeGreaterThan(60);
});

test('a gap is no point, breaks no line and is said in the table', () => {
  const { rows, table } = chart(
    [{ label: 'Car', measure: 'share', points: [point(0.3), null, point(0.5)], all: null }],
    ['A', 'B', 'C'],
  );
  expect([rows[0]!.points.length, rows[0]!.stretches.length, rows[0]!.allY]).toEqual([2, 1, null]);
  expect(table.rows[0]!.cells.map(({ text }) => text)).toEqual([
    'Car',
    '30% (25% to 35%), n 40',
    'too few',
    '50% (45% to 55%), n 40',
    '–',
  ]);
  expect(rows[0]!.description).toBe('Car: A 30%, B too few, C 50%');
});

test('where everything is the same, and where there is nothing, there are still numbers', () => {
  const { rows } = chart([
    { label: 'Same', measure: 'number', points: [{ value: 3, n: 9, low: null, high: null }, point(3, 0)], all: 3 },
    { label: 'None', measure: 'share', points: [null, null], all: null },
  ]);
  expect(rows[0]!.points.every(({ y }) => Number.isFinite(y))).toBe(true);
  expect(rows[1]!.points).toEqual([]);
});
