import { expect, test } from 'vitest';
import { standardDeviation, variance } from '../../src/stats/variance.ts';

test('one value says nothing of spread', () => {
  expect(variance([])).toBeNull();
  expect(variance([3])).toBeNull();
  expect(standardDeviation([3])).toBeNull();
});

test('variance divides by n − 1', () => {
  expect(variance([1, 3])).toBe(2);
  expect(standardDeviation([1, 3])).toBeCloseTo(Math.SQRT2, 12);
});

test('equal values vary by exactly nothing, even where their mean is off by a last digit', () => {
  expect(variance([0.1, 0.1, 0.1])).toBe(0);
});

test('a large offset does not swallow the spread', () => {
  expect(variance([1e9 + 1, 1e9 + 2, 1e9 + 3])).toBeCloseTo(1, 9);
});
