import { expect, test } from 'vitest';
import { cohensH } from '../../src/stats/cohens-h.ts';

const of = (share: number) => ({ count: share * 100, total: 100 });

// Cohen (1988), table 6.2.2, gives the arcsine transformation φ of a share; h is the difference of two of them.
test.each([
  [0.65, 0.5, 1.875 - 1.571],
  [0.9, 0.5, 2.498 - 1.571],
  [0.05, 0.5, 0.451 - 1.571],
  [0.75, 0.5, 0.524],
])('%d against %d is what Cohen’s table gives', (first, second, h) => {
  expect(cohensH(of(first), of(second))?.h).toBeCloseTo(h, 2);
});

test('turning the groups round turns h and its interval round', () => {
  const one = cohensH({ count: 3, total: 20 }, { count: 40, total: 60 });
  const other = cohensH({ count: 40, total: 60 }, { count: 3, total: 20 });
  expect(other?.h).toBeCloseTo(-one!.h, 12);
  expect(other?.low).toBeCloseTo(-one!.high, 12);
});

test('an empty group leaves nothing to compare, and an impossible count is refused', () => {
  expect(cohensH({ count: 0, total: 0 }, { count: 1, total: 2 })).toBeNull();
  expect(() => cohensH({ count: 3, total: 2 }, { count: 1, total: 2 })).toThrow(RangeError);
});
