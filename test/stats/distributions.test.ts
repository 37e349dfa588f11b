import { expect, test } from 'vitest';
import {
  chiSquareUpperP,
  fQuantile,
  fUpperP,
  normalQuantile,
  normalTwoSidedP,
  studentQuantile,
  studentTwoSidedP,
} from '../../src/stats/distributions.ts';

// Expected values: SciPy 1.17.1. Tolerance: relative 2e-7, which is what the library behind these functions reaches.
const relative = (actual: number, expected: number) => Math.abs(actual / expected - 1);

test.each([
  ['normal', normalTwoSidedP(-2.5), 0.012419330651552265],
  ['normal quantile', normalQuantile(0.995), 2.5758293035489004],
  ['t, few degrees of freedom', studentTwoSidedP(2.5, 2.5), 0.1045699630781554],
  ['t, many degrees of freedom', studentTwoSidedP(-6.7129291504, 1908.25), 2.5075615968702893e-11],
  ['t, far out', studentTwoSidedP(10, 58.3), 2.932569457384e-14],
  ['t quantile', studentQuantile(0.975, 58.3), 2.001498197878836],
  ['chi-square', chiSquareUpperP(30, 5), 1.474858103844e-5],
  ['F', fUpperP(4.8460878624, 2, 27), 0.015909958326],
  ['F quantile', fQuantile(0.025, 2708, 10832), 0.9416694945391854],
])('%s agrees with an independent computation', (_, actual, expected) => {
  expect(relative(actual, expected)).toBeLessThan(2e-7);
});

test('p never leaves 0 to 1', () => {
  expect(normalTwoSidedP(0)).toBe(1);
  expect(normalTwoSidedP(50)).toBe(0);
  expect(studentTwoSidedP(0, 3)).toBeCloseTo(1, 7);
  expect(studentTwoSidedP(0, 3)).toBeLessThanOrEqual(1);
  expect(chiSquareUpperP(0, 3)).toBe(1);
  expect(chiSquareUpperP(1e6, 3)).toBe(0);
});

test('arguments without meaning are refused', () => {
  expect(() => normalTwoSidedP(Number.NaN)).toThrow(RangeError);
  expect(() => studentTwoSidedP(1, 0)).toThrow(RangeError);
  expect(() => studentQuantile(1, 5)).toThrow(RangeError);
  expect(() => chiSquareUpperP(-1, 5)).toThrow(RangeError);
  expect(() => fUpperP(1, 2, Number.POSITIVE_INFINITY)).toThrow(RangeError);
  expect(() => normalQuantile(0)).toThrow(RangeError);
});
