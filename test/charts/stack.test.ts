import { expect, test } from 'vitest';
import { stack } from '../../src/charts/stack.ts';

const chart = (...shares: number[]) =>
  stack({
    id: 'stack',
    title: 'Segments',
    parts: shares.map((share, index) => ({ label: `s${index}`, share, count: null, segmentClass: 'seg-1' })),
    note: null,
  });

test('each part begins where the one before ends', () => {
  expect(chart(0.5, 0.3, 0.2).parts.map(({ x, width }) => [x, width])).toEqual([
    ['0%', '50%'],
    ['50%', '30%'],
    ['80%', '20%'],
  ]);
});

test('what is missing from the whole is left blank', () => {
  expect(chart(0.25).parts[0]?.width).toBe('25%');
});

test('a count nobody knows is a dash in the table', () => {
  expect(chart(1).table.rows[0]?.cells.map((cell) => cell.text)).toEqual(['s0', '100.0%', '–']);
});
