import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scoreNorms, standingOf } from '../../src/scales/score-norms.ts';

test('a score stands so many deviations from the mean, and above so many of the others', () => {
  // Mean 5, sample standard deviation √(32 / 7); below 7 lie six of eight, and one is 7.
  const norms = scoreNorms([2, 4, 4, 4, 5, 5, 7, 9]);
  expect(standingOf(7, norms)).toEqual({ raw: 7, z: 2 / Math.sqrt(32 / 7), percentile: (100 * 6.5) / 8 });
  expect(standingOf(4, norms).percentile).toBe((100 * 2.5) / 8);
  // Somebody who was scored later stands outside.
  expect(standingOf(1, norms).percentile).toBe(0);
  expect(standingOf(10, norms).percentile).toBe(100);
});

test('where everybody has the same, or there is nobody else, a score is but itself', () => {
  expect(standingOf(3, scoreNorms([3, 3, 3]))).toEqual({ raw: 3 });
  expect(standingOf(3, scoreNorms([3]))).toEqual({ raw: 3 });
  expect(standingOf(3, scoreNorms([]))).toEqual({ raw: 3 });
});

test('it is the same in whatever order the scores come, and percentiles average to the middle', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 2, maxLength: 40 }), (values) => {
      const norms = scoreNorms(values);
      const turned = scoreNorms(values.toReversed());
      for (const value of values) {
        const [one, other] = [standingOf(value, norms), standingOf(value, turned)];
        expect(other.percentile).toBe(one.percentile);
        if (one.z !== undefined) expect(other.z).toBeCloseTo(one.z, 9);
      }
      const ranks = values.map((value) => standingOf(value, norms).percentile ?? 50);
      expect(ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length).toBeCloseTo(50, 9);
    }),
  );
});
