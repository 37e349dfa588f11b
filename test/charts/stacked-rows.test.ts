import { expect, test } from 'vitest';
import { type StackedRowsInput, stackedRows } from '../../src/charts/stacked-rows.ts';

const chart = (shares: number[][], more: Partial<StackedRowsInput> = {}) =>
  stackedRows({
    id: 'rows',
    title: 'How much it is like you',
    parts: { labels: shares[0]?.map((_, index) => `step ${index + 1}`) ?? [], are: 'steps' },
    layout: 'one-bar',
    rows: shares.map((row, index) => ({
      label: `Row ${index + 1}`,
      value: 'n 40',
      cells: row.map((share) => ({ share, low: share / 2, high: share })),
      more: ['40'],
    })),
    moreHeadings: ['n'],
    note: null,
    ...more,
  });

test('the parts of a row stand end to end, and a part of nothing is not drawn', () => {
  expect(chart([[0.25, 0, 0.75]]).rows[0]?.marks.map(({ x, width }) => [x, width])).toEqual([
    ['0%', '25%'],
    ['25%', '75%'],
  ]);
});

test('in lanes every part begins at the same place in every row, and fills its lane when all chose it', () => {
  const { rows } = chart(
    [
      [1, 0.5],
      [0.25, 1],
    ],
    { layout: 'lanes' },
  );
  expect(rows.map(({ marks }) => marks.map(({ x }) => x))).toEqual([
    ['0%', '50%'],
    ['0%', '50%'],
  ]);
  expect(rows[0]?.marks[0]?.width).toBe(rows[0]?.tracks[0]?.width);
  expect(rows[1]?.marks[1]?.width).toBe(rows[1]?.tracks[1]?.width);
});

test('steps go from the palest shade to the darkest, however many there are; choices have colours of their own', () => {
  const classes = (count: number, are: 'steps' | 'choices') =>
    chart([], { parts: { labels: Array(count).fill('x'), are } }).legend.map(({ partClass }) => partClass);
  expect(classes(5, 'steps')).toEqual(['shade-0', 'shade-3', 'shade-5', 'shade-8', 'shade-10']);
  expect(new Set(classes(11, 'steps')).size).toBe(11);
  expect(classes(1, 'steps')).toEqual(['shade-10']);
  expect(classes(9, 'choices').slice(6)).toEqual(['seg-7', 'seg-8', 'seg-1']);
});

test('every share has its interval in the table, and rows say in words what they show', () => {
  const { table, rows } = chart([[0.25, 0.75]]);
  expect(table.columns.map(({ label }) => label)).toEqual(['Row', 'step 1', 'step 2', 'n']);
  expect(table.rows[0]?.cells.map(({ text }) => text)).toEqual([
    'Row 1',
    '25.0% (12.5 to 25.0)',
    '75.0% (37.5 to 75.0)',
    '40',
  ]);
  expect(rows[0]?.description).toBe('Row 1: step 1 25%, step 2 75%');
});

test('no rows are an empty picture', () => {
  expect(chart([]).rows).toEqual([]);
  expect(chart([[0, 0]]).rows[0]?.marks).toEqual([]);
});
