import { expect, test } from 'vitest';
import { quintileCutoffs, quintileOf } from '../../src/stats/quintiles.ts';

/** As it is stated: one and five times the share of those who have less. */
const stated = (values: readonly number[], value: number): number =>
  1 + Math.floor((5 * values.filter((other) => other < value).length) / values.length);

test('every value has the quintile that its rank states, whatever the ties', () => {
  for (const values of [
    [3],
    [1, 1, 1, 1, 1, 1, 1, 2],
    Array.from({ length: 53 }, (_, index) => (index * 7) % 13),
    Array.from({ length: 100 }, (_, index) => index - 50),
  ]) {
    const cutoffs = quintileCutoffs(values) ?? [];
    expect(values.map((value) => quintileOf(cutoffs, value))).toEqual(values.map((value) => stated(values, value)));
  }
});

test('there are no quintiles of nothing, nor of what is no number', () => {
  expect(quintileCutoffs([])).toBeNull();
  expect(() => quintileCutoffs([1, Number.NaN])).toThrow(RangeError);
});
