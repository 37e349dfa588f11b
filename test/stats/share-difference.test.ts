import { expect, test } from 'vitest';
import { shareDifference } from '../../src/stats/share-difference.ts';

// Newcombe (1998), Statistics in Medicine 17, 873–890, table II, method 10.
test.each([
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [10, 10, 0, 10, 0.6075, 1],
  [5, 56, 0, 29, -0.0381, 0.1926],
])('%d of %d against %d of %d is what Newcombe printed', (count, total, otherCount, otherTotal, low, high) => {
  const found = shareDifference({ count, total }, { count: otherCount, total: otherTotal });
  expect(found?.low).toBeCloseTo(low, 4);
  expect(found?.high).toBeCloseTo(high, 4);
});

test('an empty group leaves nothing to compare', () => {
  expect(shareDifference({ count: 0, total: 0 }, { count: 1, total: 2 })).toBeNull();
});
