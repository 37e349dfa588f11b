import { expect, test } from 'vitest';
import { histogram } from '../../src/charts/histogram.ts';

const chart = (...bins: [string, number][]) =>
  histogram({
    id: 'histogram',
    title: 'Ages',
    bins: bins.map(([label, count]) => ({ label, count })),
    unit: 'people',
    note: null,
  });

test('columns share the width and rise to the fullest range', () => {
  const { columns, baseY } = chart(['0', 5], ['1', 10]);
  expect(columns.map(({ x, height }) => [x, height])).toEqual([
    ['2%', 60],
    ['52%', 120],
  ]);
  for (const column of columns) expect(column.y + column.height).toBe(baseY);
});

test('a range without anybody is kept as a gap', () => {
  expect(chart(['0', 5], ['1', 0], ['2', 5]).columns[1]).toMatchObject({ height: 0, count: '0' });
});

test('short labels stand under every column, long ones only at both ends', () => {
  expect(chart(['0', 1], ['1', 1], ['2', 1]).labels.map((label) => label.text)).toEqual(['0', '1', '2']);
  expect(chart(['0–249', 1], ['250–499', 1], ['500–749', 1]).labels.map((label) => label.text)).toEqual([
    '0–249',
    '500–749',
  ]);
});

test('with many ranges the numbers move to the table', () => {
  const many = Array.from({ length: 20 }, (_, index): [string, number] => [String(index), index]);
  expect(chart(...many).columns.every((column) => column.count === null)).toBe(true);
  expect(chart(...many).table.rows).toHaveLength(20);
});

test('nobody at all leaves nothing but the ground', () => {
  expect(chart().columns).toEqual([]);
  expect(chart(['0', 0]).columns[0]?.height).toBe(0);
});
