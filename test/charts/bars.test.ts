import { expect, test } from 'vitest';
import { bars } from '../../src/charts/bars.ts';

const row = (label: string, share: number, low: number | null = null, high: number | null = null) => ({
  label,
  share,
  count: 10,
  low,
  high,
  segmentClass: null,
  mark: null,
});
const chart = (rows: ReturnType<typeof row>[], reference: { label: string; share: number } | null = null) =>
  bars({ id: 'bars', title: 'Shares', rows, reference, note: null });

test('a bar is that part of the picture which its share is of the whole, however small all of them are', () => {
  expect(chart([row('a', 0.34), row('b', 0.17)]).rows.map((bar) => bar.width)).toEqual(['34%', '17%']);
});

test('a share of everything fills the picture, and nobody leaves it empty', () => {
  expect(chart([row('a', 1), row('b', 0)]).rows.map((bar) => bar.width)).toEqual(['100%', '0%']);
});

test('an interval stays inside the picture and the table holds it whole', () => {
  const { rows, table } = chart([row('a', 0.95, 0.9, 1.02)]);
  expect(rows[0]?.whisker).toMatchObject({ from: '90%', to: '100%' });
  expect(table.rows[0]?.cells.map((cell) => cell.text)).toEqual(['a', '95.0%', '90.0% to 102.0%', '10']);
});

test('the common share is drawn on the same axis and named in the table', () => {
  const { reference, table, description } = chart([row('a', 0.4)], { label: 'all', share: 0.2 });
  expect(reference?.x).toBe('20%');
  expect(table.rows.at(-1)?.cells[0]?.text).toBe('all');
  expect(description).toBe('a 40.0%; all 20.0%');
});

test('a long label is cut in the picture and whole in the table', () => {
  const label = 'A very long label indeed, far too long for a telephone';
  const { rows, table } = chart([row(label, 0.1)]);
  expect(rows[0]?.label).toMatch(/…$/);
  expect(table.rows[0]?.cells[0]?.text).toBe(label);
});

test('no rows give an empty picture', () => {
  expect(chart([])).toMatchObject({ height: 0, rows: [], description: '' });
});
