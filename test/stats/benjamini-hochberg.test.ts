import { expect, test } from 'vitest';
import { benjaminiHochberg } from '../../src/stats/benjamini-hochberg.ts';

test('a single test stays as it is, and none stay none', () => {
  expect(benjaminiHochberg([0.03])).toEqual([0.03]);
  expect(benjaminiHochberg([])).toEqual([]);
  expect(benjaminiHochberg([null])).toEqual([null]);
});

test('adjusted values keep the order of the ps, equal ones staying equal', () => {
  const adjusted = benjaminiHochberg(Object.freeze([0.04, 0.01, 0.04, 0.9]));
  expect(adjusted[0]).toBe(adjusted[2]);
  expect(adjusted[0]).toBeCloseTo((0.04 * 4) / 3, 12);
  expect(adjusted[1]).toBeCloseTo(0.04, 12);
  expect(adjusted[3]).toBe(0.9);
});

test('what was not tested neither counts nor is adjusted', () => {
  expect(benjaminiHochberg([0.01, null, 0.02])).toEqual([0.02, null, 0.02]);
});

test('a p outside 0 to 1 is refused', () => {
  expect(() => benjaminiHochberg([1.2])).toThrow(RangeError);
  expect(() => benjaminiHochberg([Number.NaN])).toThrow(RangeError);
});
