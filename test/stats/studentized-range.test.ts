import { expect, test } from 'vitest';
import { studentizedRange } from '../../src/stats/studentized-range.ts';

// Computed with SciPy 1.17.1, scipy.stats.studentized_range; tolerance 1e-6.
test.each([
  [3, 3.5, 27, 0.050490680599995286],
  [12, 2, 50, 0.9551411505407452],
  [5, 4.5, 8.3, 0.07013972432044135],
  [3, 10, 2, 0.03524355785261013],
  [3, 3, 1.5, 0.33537573104354923],
  [2, 2.8, 1e6, 0.04771488023735104],
  [20, 6, 30, 0.02059116733217392],
])('the upper tail of %i means at %f with %f degrees of freedom is that of SciPy', (groups, q, df, p) => {
  expect(studentizedRange(groups).upperP(q, df)).toBeCloseTo(p, 6);
});

test('quantiles are those of SciPy, and turn the tail round', () => {
  expect(studentizedRange(3).quantile(0.95, 27)).toBeCloseTo(3.506426123354149, 6);
  const range = studentizedRange(12);
  expect(range.quantile(0.95, 200)).toBeCloseTo(4.677140609708962, 6);
  expect(range.upperP(range.quantile(0.9, 17.3), 17.3)).toBeCloseTo(0.1, 8);
});

test('no range is no surprise, and one beyond all measure has no chance', () => {
  const range = studentizedRange(4);
  expect([range.upperP(0, 10), range.upperP(1e6, 40_000)]).toEqual([1, 0]);
  expect(() => range.upperP(-1, 10)).toThrow(RangeError);
  expect(() => range.upperP(1, 1)).toThrow(RangeError);
  expect(() => studentizedRange(1)).toThrow(RangeError);
});
