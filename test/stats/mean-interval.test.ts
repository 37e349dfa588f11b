import { expect, test } from 'vitest';
import { meanInterval } from '../../src/stats/mean-interval.ts';

test('one person gives no interval, equal answers one of no width', () => {
  expect(meanInterval([])).toBeNull();
  expect(meanInterval([3])).toBeNull();
  expect(meanInterval([3, 3, 3])).toEqual({ n: 3, mean: 3, low: 3, high: 3, standardError: 0 });
});

test('a higher level gives a wider interval around the same mean', () => {
  const values = Object.freeze([2, 3, 5, 6]);
  const usual = meanInterval(values)!;
  const surer = meanInterval(values, 0.99)!;
  expect(usual.mean).toBe(4);
  expect(surer.high - surer.low).toBeGreaterThan(usual.high - usual.low);
  expect((surer.high + surer.low) / 2).toBeCloseTo(4, 12);
});
