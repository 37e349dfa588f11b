import { expect, test } from 'vitest';
import { meanWithin } from '../../src/reports/mean-within.ts';

const twoFours = [
  { value: 4, count: 1 },
  { value: 5, count: 1 },
];

test('a mean’s interval ends where its scale ends', () => {
  expect(meanWithin(twoFours, { min: 1, max: 5 })).toEqual({ low: 1, high: 5 });
});

test('an interval within the scale is Student’s, as it is where a scale has no ends', () => {
  const found = meanWithin(twoFours, {});
  // 4.5 ± 12.7062 × 0.5.
  expect(found?.low).toBeCloseTo(-1.8531, 3);
  expect(found?.high).toBeCloseTo(10.8531, 3);
  expect(meanWithin(twoFours, { min: -5 })?.low).toBeCloseTo(-1.8531, 3);
});

test('values from a longer scale of before are not cut off', () => {
  expect(meanWithin([{ value: 9, count: 2 }], { min: 1, max: 5 })).toEqual({ low: 9, high: 9 });
  expect(meanWithin([{ value: 9, count: 1 }], { min: 1, max: 5 })).toBeNull();
});
