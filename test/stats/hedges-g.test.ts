import { expect, test } from 'vitest';
import { hedgesG } from '../../src/stats/hedges-g.ts';

test('Borenstein’s worked example comes out as printed', () => {
  // Borenstein et al. (2009), Introduction to Meta-Analysis, chapter 4: d 0.5970, g 0.5924, standard error of g 0.2028.
  const found = hedgesG({ n: 50, mean: 103, variance: 5.5 ** 2 }, { n: 50, mean: 100, variance: 4.5 ** 2 });
  expect(found?.cohenD).toBeCloseTo(0.597, 4);
  expect(found?.g).toBeCloseTo(0.5924, 4);
  expect((found!.high - found!.low) / 2 / 1.959964).toBeCloseTo(0.2028, 4);
});

test('one value, or none that varies, gives no effect', () => {
  expect(hedgesG({ n: 1, mean: 1, variance: 0 }, { n: 5, mean: 2, variance: 1 })).toBeNull();
  expect(hedgesG({ n: 5, mean: 1, variance: 0 }, { n: 5, mean: 2, variance: 0 })).toBeNull();
  expect(() => hedgesG({ n: 5, mean: Number.NaN, variance: 1 }, { n: 5, mean: 2, variance: 1 })).toThrow(RangeError);
});
