import { expect, test } from 'vitest';
import { trend } from '../../src/charts/trend.ts';

const point = (value: number, low: number | null = null, high: number | null = null) => ({ n: 20, value, low, high });
const chart = (measure: 'share' | 'number', ...rows: (ReturnType<typeof point> | null)[][]) =>
  trend({
    id: 'trend',
    title: 'Home',
    measure,
    times: ['Spring', 'Autumn'],
    rows: rows.map((points) => ({ label: 'In a city', points, change: { difference: 0.1, low: -0.05, high: 0.25 } })),
    changeLabel: 'Autumn against spring',
    note: null,
  });

test('a higher value stands higher, and all rows share one scale', () => {
  const { rows } = chart('share', [point(0.2), point(0.4)], [point(0.4), point(0.8)]);
  const [first, second] = rows;
  expect(first?.points[0]?.y).toBeGreaterThan(first?.points[1]?.y ?? 0);
  expect((first?.baseY ?? 0) - (first?.points[1]?.y ?? 0)).toBe((second?.baseY ?? 0) - (second?.points[0]?.y ?? 0));
  expect(rows[0]?.points.map(({ x }) => x)).toEqual(['25%', '75%']);
});

test('whiskers reach from the high end down to the low, and a point without an interval has none', () => {
  const [row] = chart('number', [point(3, 2, 4), point(3)]).rows;
  const [first, second] = row?.points ?? [];
  expect(first?.whisker?.from).toBeLessThan(first?.y ?? 0);
  expect(first?.whisker?.to).toBeGreaterThan(first?.y ?? 0);
  expect(second?.whisker).toBeNull();
});

test('what was not asked leaves a gap that no line crosses by itself', () => {
  const { rows, table, description } = chart('share', [null, point(0.5, 0.3, 0.7)]);
  expect(rows[0]?.points).toHaveLength(1);
  expect(rows[0]?.stretches).toEqual([]);
  expect(description).toContain('not asked, 50.0%');
  expect(table.rows[0]?.cells.map((cell) => cell.text)).toEqual([
    'In a city',
    'not asked',
    '50.0% (30.0% to 70.0%), n 20',
    '+10.0 points (−5.0 points to +25.0 points)',
  ]);
});

test('one equal value everywhere, or none, can still be drawn', () => {
  for (const one of [chart('number', [point(3), point(3)]), chart('share', [point(0), point(0)]), chart('share')])
    for (const { points } of one.rows) expect(points.every(({ y }) => Number.isFinite(y))).toBe(true);
});
