import { expect, test } from 'vitest';
import { fisherExact } from '../../src/stats/fisher-exact.ts';

test('Fisher’s test gives what a hand computes, and nothing for an empty group', () => {
  expect(fisherExact({ count: 3, total: 4 }, { count: 1, total: 4 })).toBeCloseTo(34 / 70, 12);
  // One of ten against eleven of fourteen: the sum over all tables that are no likelier.
  expect(fisherExact({ count: 1, total: 10 }, { count: 11, total: 14 })).toBeCloseTo(7462 / 2704156, 12);
  expect(fisherExact({ count: 0, total: 0 }, { count: 1, total: 2 })).toBeNull();
  expect(fisherExact({ count: 500, total: 100_000 }, { count: 500, total: 100_000 })).toBeCloseTo(1, 9);
  expect(() => fisherExact({ count: 0.5, total: 1 }, { count: 0, total: 1 })).toThrow(RangeError);
});
