import { expect, test } from 'vitest';
import { line } from '../../src/charts/line.ts';

const chart = (...values: number[]) =>
  line({
    id: 'line',
    title: 'Days',
    points: values.map((value, index) => ({ label: `${index + 1} March`, value })),
    unit: 'responses',
    note: null,
  });

test('the line runs from edge to edge and from zero to its highest day', () => {
  expect(chart(0, 5, 10).path).toBe('0,38 50,20 100,2');
});

test('a single day is a level line', () => {
  expect(chart(7).path).toBe('0,2 100,2');
  expect(chart(7), 'with its value, and named once').toMatchObject({ firstLabel: '1 March: 7', lastLabel: '' });
});

test('days without anybody lie on the ground', () => {
  expect(chart(0, 0).path).toBe('0,38 100,38');
});

test('no days at all are said to be none', () => {
  expect(chart()).toMatchObject({ path: '', description: 'No responses yet', firstLabel: '' });
});

test('the description tells beginning, end and height', () => {
  expect(chart(4, 204, 86).description).toBe('1 March to 3 March: from 4 to 86 responses, at most 204 in one step');
});

test('both ends are named with their values', () => {
  expect(chart(4, 204, 86)).toMatchObject({ firstLabel: '1 March: 4', lastLabel: '3 March: 86' });
});
