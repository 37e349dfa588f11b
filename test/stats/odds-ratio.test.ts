import { expect, test } from 'vitest';
import { oddsRatio } from '../../src/stats/odds-ratio.ts';

test('hay fever and eczema come out as Bland and Altman printed them', () => {
  // Bland and Altman (2000), BMJ 320, 1468: 4.89, 4.00 to 5.99.
  const found = oddsRatio({ a: 141, b: 420, c: 928, d: 13_525 });
  expect(found?.ratio).toBeCloseTo(4.89, 2);
  expect(found?.low).toBeCloseTo(4, 2);
  expect(found?.high).toBeCloseTo(5.99, 2);
});

test('an empty cell gets half a case, and says so', () => {
  const found = oddsRatio({ a: 0, b: 10, c: 5, d: 5 });
  expect(found?.isCorrected).toBe(true);
  expect(found?.ratio).toBeCloseTo((0.5 * 5.5) / (10.5 * 5.5), 12);
});

test('a group that is empty, or a thing that all have, gives no ratio', () => {
  expect(oddsRatio({ a: 0, b: 0, c: 5, d: 5 })).toBeNull();
  expect(oddsRatio({ a: 4, b: 0, c: 5, d: 0 })).toBeNull();
  expect(() => oddsRatio({ a: -1, b: 1, c: 1, d: 1 })).toThrow(RangeError);
});
