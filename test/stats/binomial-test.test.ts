import { expect, test } from 'vitest';
import { binomialTwoSided } from '../../src/stats/binomial-test.ts';

test('Conover’s plant genetics example', () => {
  expect(binomialTwoSided(682, 925, 0.75)).toBeCloseTo(0.3825, 4);
});
test('hand-sized cases', () => {
  expect(binomialTwoSided(0, 3, 0.5)).toBeCloseTo(0.25, 12);
  expect(binomialTwoSided(1, 2, 0.5)).toBe(1);
  expect(binomialTwoSided(0, 0, 0.5)).toBe(1);
  expect(binomialTwoSided(9, 10, 0.5)).toBeCloseTo(22 / 1024, 12);
});
test('what does not fit is refused', () => {
  expect(() => binomialTwoSided(3, 2, 0.5)).toThrow(RangeError);
  expect(() => binomialTwoSided(1, 2, 1)).toThrow(RangeError);
});
