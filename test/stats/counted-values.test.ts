import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countedMean, countedQuantile, countedStandardDeviation } from '../../src/stats/counted-values.ts';
import { mean } from '../../src/stats/mean.ts';
import { quantile } from '../../src/stats/quantile.ts';
import { standardDeviation } from '../../src/stats/variance.ts';

test('counted values have the mean, spread and quantiles of the values written out', () => {
  const counted = fc.array(
    fc.record({ value: fc.integer({ min: -50, max: 50 }), count: fc.integer({ min: 0, max: 6 }) }),
  );
  fc.assert(
    fc.property(counted, fc.double({ min: 0, max: 1, noNaN: true }), (pairs, p) => {
      const values = pairs.flatMap(({ value, count }) => Array<number>(count).fill(value));
      const close = (a: number | null, b: number | null) =>
        a === null || b === null ? expect(a).toBe(b) : expect(a).toBeCloseTo(b, 8);
      close(countedMean(pairs), mean(values));
      close(countedStandardDeviation(pairs), standardDeviation(values));
      close(countedQuantile(pairs, p), quantile(values, p));
    }),
    { numRuns: 300, seed: 1 },
  );
});

test('nobody has no mean, one has no spread, and the same value again and again spreads by nothing', () => {
  expect([countedMean([]), countedQuantile([], 0.5), countedStandardDeviation([{ value: 3, count: 1 }])]).toEqual([
    null,
    null,
    null,
  ]);
  expect(countedStandardDeviation([{ value: 0.1, count: 7 }])).toBe(0);
});

test('what is no number, and a share outside 0 to 1, are refused', () => {
  expect(() => countedMean([{ value: Number.NaN, count: 1 }])).toThrow(RangeError);
  expect(() => countedQuantile([{ value: 1, count: 1 }], 1.1)).toThrow(RangeError);
});
