import { expect, test } from 'vitest';
import { effectiveN } from '../../src/stats/effective-n.ts';

test('equal weights lose nobody, whatever their unit', () => {
  expect(effectiveN([1, 1, 1])).toBe(3);
  expect(effectiveN([0.2, 0.2, 0.2])).toBeCloseTo(3, 12);
});

test('one heavy weight is worth little more than one person, none are worth none', () => {
  expect(effectiveN([100, 1, 1])).toBeLessThan(1.05);
  expect(effectiveN([])).toBe(0);
  expect(effectiveN([0, 0])).toBe(0);
});

test('a negative weight is refused', () => {
  expect(() => effectiveN([1, -1])).toThrow(RangeError);
});
