import { expect, test } from 'vitest';
import { distinctRows } from '../../src/stats/distinct-rows.ts';

test('equal rows become one with a count, sorted by their numbers', () => {
  const found = distinctRows([
    [2, 1],
    [-1, 5],
    [2, 0],
    [2, 1],
  ]);
  expect(found.count).toBe(3);
  expect([...found.values]).toEqual([-1, 5, 2, 0, 2, 1]);
  expect([...found.weights]).toEqual([1, 1, 2]);
  expect([...found.distinctOf]).toEqual([2, 0, 1, 2]);
});

test('no rows are no rows, and gaps are refused', () => {
  expect(distinctRows([]).count).toBe(0);
  expect(() => distinctRows([[1], [1, 2]])).toThrow(RangeError);
  expect(() => distinctRows([[]])).toThrow(RangeError);
  expect(() => distinctRows([[Number.NaN]])).toThrow(RangeError);
});
