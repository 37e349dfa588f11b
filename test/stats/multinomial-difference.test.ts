import { expect, test } from 'vitest';
import { multinomialDifference } from '../../src/stats/multinomial-difference.ts';

test('a score worked by hand comes out', () => {
  // 40 promoters and 10 detractors of 80: p = 0.5, d = 0.125, variance (0.625 − 0.140625) / 80 = 0.0060546875,
  // standard error 0.0778119, times 1.959964 is 0.1525085.
  const found = multinomialDifference(40, 10, 80);
  expect(found?.difference).toBe(0.375);
  expect(found?.low).toBeCloseTo(0.375 - 0.1525085, 6);
  expect(found?.high).toBeCloseTo(0.375 + 0.1525085, 6);
});

test('which share comes first turns the sign and nothing else', () => {
  const [one, other] = [multinomialDifference(7, 3, 12), multinomialDifference(3, 7, 12)];
  expect(other?.difference).toBeCloseTo(-(one?.difference ?? 0), 12);
  expect(other?.low).toBeCloseTo(-(one?.high ?? 0), 12);
});

test('the variance is that of the values 1, 0 and −1', () => {
  const values = [...Array(9).fill(1), ...Array(5).fill(0), ...Array(6).fill(-1)] as number[];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length ** 2;
  const found = multinomialDifference(9, 6, 20);
  expect(((found?.high ?? 0) - (found?.low ?? 0)) / 2 / 1.959963985).toBeCloseTo(Math.sqrt(variance), 8);
});

test('an interval ends at the whole', () => {
  expect(multinomialDifference(3, 0, 4)).toMatchObject({ difference: 0.75, high: 1 });
});

test('where all had the same there is a difference and no interval', () => {
  for (const [first, second, difference] of [
    [3, 0, 1],
    [0, 3, -1],
    [0, 0, 0],
  ] as const)
    expect(multinomialDifference(first, second, 3)).toEqual({ difference, low: null, high: null });
});

test('nobody asked is no difference, and counts that cannot be are refused', () => {
  expect(multinomialDifference(0, 0, 0)).toBeNull();
  for (const counts of [
    [3, 2, 4],
    [-1, 0, 4],
    [Number.NaN, 0, 4],
  ] as [number, number, number][])
    expect(() => multinomialDifference(...counts)).toThrow(RangeError);
  expect(() => multinomialDifference(1, 1, 4, 1)).toThrow(RangeError);
});
