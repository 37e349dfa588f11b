import { expect, test } from 'vitest';
import { countedMedianInterval } from '../../src/stats/counted-median-interval.ts';

const upTo = (n: number) => Array.from({ length: n }, (_, index) => ({ value: index + 1, count: 1 }));

/** How likely a sample's values at places r and n + 1 − r lie on both sides of the median, from the binomial itself. */
function coverage(n: number, r: number): number {
  let term = 2 ** -n;
  let below = 0;
  for (let k = 0; k < r; k += 1) {
    below += term;
    term *= (n - k) / (k + 1);
  }
  return 1 - 2 * below;
}

test('it covers the median as often as it says, and no narrower one would, for every size up to two hundred', () => {
  for (let n = 6; n <= 200; n += 1) {
    const found = countedMedianInterval(upTo(n));
    const r = found?.low ?? 0;
    expect(found?.high, `${n} values`).toBe(n + 1 - r);
    // The rule is an approximation, good to two tenths of a per cent at these sizes.
    expect(coverage(n, r), `${n} values`).toBeGreaterThanOrEqual(0.948);
    expect(coverage(n, r + 1), `${n} values`).toBeLessThan(0.952);
  }
});

test('counts stand for values one by one, in any order', () => {
  expect(
    countedMedianInterval([
      { value: 9, count: 3 },
      { value: 2, count: 3 },
      { value: 5, count: 3 },
      { value: 100, count: 0 },
    ]),
  ).toEqual({ n: 9, median: 5, low: 2, high: 9 });
});

test('five values are too few', () => {
  expect(countedMedianInterval(upTo(5))).toBeNull();
  expect(countedMedianInterval([])).toBeNull();
});
