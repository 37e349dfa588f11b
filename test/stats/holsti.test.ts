import { expect, test } from 'vitest';
import { holsti } from '../../src/stats/holsti.ts';

test('twice what is alike over all that was decided', () => {
  expect(holsti(6, 10, 8)).toBeCloseTo(2 / 3, 12);
  expect(holsti(5, 5, 5)).toBe(1);
  expect(holsti(0, 0, 4)).toBe(0);
});

test('there is none where nobody decided anything, and nothing can be alike that one did not decide', () => {
  expect(holsti(0, 0, 0)).toBeNull();
  expect(() => holsti(3, 2, 9)).toThrow(RangeError);
});
