import { expect, test } from 'vitest';
import { countedMeanInterval } from '../../src/stats/counted-mean-interval.ts';
import { meanInterval } from '../../src/stats/mean-interval.ts';

test('counts give what the values give one by one', () => {
  const values = [1, 1, 1, 2, 4, 4, 5];
  const counted = [
    { value: 4, count: 2 },
    { value: 1, count: 3 },
    { value: 2, count: 1 },
    { value: 5, count: 1 },
    { value: 9, count: 0 },
  ];
  const [one, other] = [meanInterval(values, 0.9), countedMeanInterval(counted, 0.9)];
  for (const key of ['n', 'mean', 'low', 'high', 'standardError'] as const)
    expect(other?.[key]).toBeCloseTo(one?.[key] ?? Number.NaN, 10);
});

test('one value is no interval', () => {
  expect(countedMeanInterval([])).toBeNull();
  expect(countedMeanInterval([{ value: 3, count: 1 }])).toBeNull();
});
