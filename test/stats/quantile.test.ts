import { expect, test } from 'vitest';
import { median, quantile } from '../../src/stats/quantile.ts';

test('quantiles are drawn straight between neighbours', () => {
  const values = Object.freeze([15, 20, 35, 40, 50]);
  expect([0, 0.25, 0.4, 0.5, 1].map((p) => quantile(values, p))).toEqual([15, 20, 29, 35, 50]);
});

test('the order of the values does not matter, and nothing has no quantile', () => {
  expect(quantile(Object.freeze([10, 9, 100, 1]), 0.5)).toBe(9.5);
  expect(median([])).toBeNull();
  expect(median([7])).toBe(7);
});

test('a share outside 0 to 1 is refused', () => {
  expect(() => quantile([1], 1.1)).toThrow(RangeError);
  expect(() => quantile([1], Number.NaN)).toThrow(RangeError);
});
