import { expect, test } from 'vitest';
import { correlation } from '../../src/stats/correlation.ts';

test('columns on one line correlate to 1 or −1', () => {
  expect(correlation([0.1, 0.2, 0.3], [1, 2, 3])).toBeCloseTo(1, 12);
  expect(correlation([1, 2, 3], [6, 4, 2])).toBeCloseTo(-1, 12);
});

test('a hand-sized case comes out as worked by hand', () => {
  expect(correlation([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])).toBeCloseTo(0.8, 12);
});

test('where a column does not vary, or there is one pair or none, there is no correlation', () => {
  expect(correlation([2, 2, 2], [1, 2, 3])).toBeNull();
  expect(correlation([1], [1])).toBeNull();
  expect(correlation([], [])).toBeNull();
});

test('columns of different length are refused', () => {
  expect(() => correlation([1, 2], [1])).toThrow(RangeError);
});
