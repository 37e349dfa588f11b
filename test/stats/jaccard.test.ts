import { expect, test } from 'vitest';
import { bestJaccards, jaccard } from '../../src/stats/jaccard.ts';

test('sets overlap from not at all to wholly', () => {
  expect(jaccard(new Set([1]), new Set([2]))).toBe(0);
  expect(jaccard(new Set([1, 2]), new Set([2, 1]))).toBe(1);
  expect(jaccard(new Set(), new Set([1]))).toBe(0);
  expect(jaccard(new Set(), new Set())).toBeNull();
});

test('each group finds its best match', () => {
  const a = ['x', 'x', 'x', 'y', 'y', 'z'];
  const b = [1, 1, 2, 2, 2, 3];
  expect([...bestJaccards(a, b)]).toEqual([
    ['x', 2 / 3],
    ['y', 2 / 3],
    ['z', 1],
  ]);
  expect(bestJaccards([], []).size).toBe(0);
});
