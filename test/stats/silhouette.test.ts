import { expect, test } from 'vitest';
import { calinskiHarabasz } from '../../src/stats/calinski-harabasz.ts';
import { silhouette } from '../../src/stats/silhouette.ts';

test('a wrong label shows as a negative width', () => {
  const found = silhouette([[0], [1], [9], [10]], ['a', 'b', 'b', 'b'])!;
  expect(found.widths[1]).toBeLessThan(0);
  expect(found.widths[2]).toBeGreaterThan(0);
  expect(found.byGroup.get('a')).toBe(0);
});

test('means are over rows and over the rows of a group', () => {
  const found = silhouette([[0], [1], [5]], ['a', 'a', 'b'])!;
  expect(found.byGroup.get('a')).toBeCloseTo(0.775, 12);
  expect(found.mean).toBeCloseTo(1.55 / 3, 12);
});

test('equal rows in two groups lie on the border', () => {
  expect(silhouette([[1], [1], [1], [1]], [1, 1, 2, 2])!.mean).toBe(0);
});

test('a single group has no neighbour', () => {
  expect(silhouette([[1], [2]], [1, 1])).toBeNull();
  expect(silhouette([], [])).toBeNull();
});

test('what does not fit together is refused', () => {
  expect(() => silhouette([[1]], [])).toThrow(RangeError);
  expect(() => silhouette([[1], [1, 2]], [1, 2])).toThrow(RangeError);
  expect(() => silhouette([[1], [Number.NaN]], [1, 2])).toThrow(RangeError);
});

test('the Calinski–Harabasz index needs more than one group, fewer groups than rows, and some width', () => {
  expect(calinskiHarabasz({ within: 4, total: 24, n: 12, k: 1 })).toBeNull();
  expect(calinskiHarabasz({ within: 4, total: 24, n: 3, k: 3 })).toBeNull();
  expect(calinskiHarabasz({ within: 0, total: 24, n: 5, k: 3 })).toBeNull();
  expect(() => calinskiHarabasz({ within: 25, total: 24, n: 5, k: 3 })).toThrow(RangeError);
});
