import { expect, test } from 'vitest';
import { poissonInterval } from '../../src/stats/poisson-interval.ts';

// The exact interval as Garwood (1936), Biometrika 28, 437–442, tabled it.
test.each([
  [0, 0, 3.6889],
  [1, 0.0253, 5.5716],
  [5, 1.6235, 11.6683],
  [10, 4.7954, 18.3904],
  [50, 37.1109, 65.9183],
])('%d comes within two hundredths of the exact interval', (count, low, high) => {
  const found = poissonInterval(count);
  expect(Math.abs(found.low - low)).toBeLessThan(0.02);
  expect(Math.abs(found.high - high)).toBeLessThan(0.02);
});

test('less than nothing cannot be counted', () => {
  expect(() => poissonInterval(-1)).toThrow('poissonInterval requires a count of 0 or more');
});
