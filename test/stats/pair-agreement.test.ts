import { expect, test } from 'vitest';
import { adjustedRandIndex } from '../../src/stats/adjusted-rand-index.ts';
import { pairAgreement } from '../../src/stats/pair-agreement.ts';
import { mulberry32, shuffled } from '../../src/stats/random.ts';

test('the names of groups do not matter', () => {
  expect(adjustedRandIndex([1, 1, 2, 3], ['c', 'c', 'a', 'b'])).toBe(1);
});

test('two trivial partitions of the same kind agree, of opposite kinds do not', () => {
  expect(adjustedRandIndex([1, 1, 1], ['a', 'a', 'a'])).toBe(1);
  expect(adjustedRandIndex([1, 2, 3], ['a', 'b', 'c'])).toBe(1);
  expect(adjustedRandIndex([1, 1, 1], ['a', 'b', 'c'])).toBe(0);
  expect(pairAgreement([1, 2, 3], [4, 5, 6])).toEqual({ rand: 1, adjustedRand: 1, jaccard: 1 });
});

test('crossing partitions agree less than chance', () => {
  expect(adjustedRandIndex([1, 1, 2, 2], [1, 2, 1, 2])).toBeCloseTo(-0.5, 12);
});

test('unrelated partitions agree by about nothing', () => {
  const random = mulberry32(1);
  const labels = Array.from({ length: 300 }, (_, i) => i % 3);
  const found = Array.from({ length: 50 }, () => adjustedRandIndex(labels, shuffled(labels, random))!);
  expect(Math.abs(found.reduce((sum, x) => sum + x, 0) / found.length)).toBeLessThan(0.003);
});

test('without a pair there is nothing to agree on, and partitions of other things are refused', () => {
  expect(adjustedRandIndex([], [])).toBeNull();
  expect(adjustedRandIndex([1], [1])).toBeNull();
  expect(() => adjustedRandIndex([1, 2], [1])).toThrow(RangeError);
});
