import { expect, test } from 'vitest';
import { mean } from '../../src/stats/mean.ts';

test('the mean of nobody is unknown, of one person that person', () => {
  expect(mean([])).toBeNull();
  expect(mean([4])).toBe(4);
  expect(mean([1, 2, 6])).toBe(3);
});

test('what is not a number is refused rather than passed on', () => {
  expect(() => mean([1, Number.NaN])).toThrow('finite');
  expect(() => mean([Number.POSITIVE_INFINITY])).toThrow(RangeError);
});
