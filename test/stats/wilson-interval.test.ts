import { expect, test } from 'vitest';
import { effectiveN } from '../../src/stats/effective-n.ts';
import { wilsonInterval } from '../../src/stats/wilson-interval.ts';

test('nobody asked, nothing known', () => {
  expect(wilsonInterval(0, 0)).toBeNull();
});

test('nobody and everybody touch the ends exactly and leave room on the other side', () => {
  expect(wilsonInterval(0, 20)).toMatchObject({ share: 0, low: 0 });
  expect(wilsonInterval(20, 20)).toMatchObject({ share: 1, high: 1 });
  expect(wilsonInterval(0, 20)!.high).toBeCloseTo(1 - wilsonInterval(20, 20)!.low, 12);
  expect(wilsonInterval(1, 1)!.low).toBeCloseTo(0.2065, 4);
});

test('the interval holds its share, and narrows with more people and a lower level', () => {
  const some = wilsonInterval(3, 20)!;
  const many = wilsonInterval(300, 2000)!;
  const less = wilsonInterval(3, 20, 0.8)!;
  expect(some.low).toBeLessThan(0.15);
  expect(some.high).toBeGreaterThan(0.15);
  expect(many.high - many.low).toBeLessThan(some.high - some.low);
  expect(less.high - less.low).toBeLessThan(some.high - some.low);
});

test('a weighted share takes the effective n and need not be whole', () => {
  const weights = [1, 1, 2, 4];
  const n = effectiveN(weights);
  expect(n).toBeCloseTo(64 / 22, 12);
  expect(wilsonInterval(0.5 * n, n)!.share).toBeCloseTo(0.5, 12);
});

test('a count outside the total is refused', () => {
  expect(() => wilsonInterval(3, 2)).toThrow(RangeError);
  expect(() => wilsonInterval(-1, 2)).toThrow(RangeError);
  expect(() => wilsonInterval(Number.NaN, 2)).toThrow(RangeError);
  expect(() => wilsonInterval(1, 2, 1)).toThrow(RangeError);
});

test('shares as statsmodels prints them', () => {
  const found = wilsonInterval(19, 38)!;
  expect(found.low).toBeCloseTo(0.348499284, 8);
  expect(found.high).toBeCloseTo(0.651500716, 8);
  expect(wilsonInterval(100, 200)!.low).toBeCloseTo(0.4313609, 7);
  expect(wilsonInterval(100, 200)!.high).toBeCloseTo(0.5686391, 7);
  expect(wilsonInterval(0, 77)!.low).toBe(0);
  expect(wilsonInterval(0, 77)!.high).toBeCloseTo(0.0475, 4);
});
