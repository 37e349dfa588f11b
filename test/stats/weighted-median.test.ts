import { expect, test } from 'vitest';
import { countedMedianInterval } from '../../src/stats/counted-median-interval.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import { rankContrast } from '../../src/stats/rank-contrast.ts';
import { weightedMedian } from '../../src/stats/weighted-median.ts';

test('of equally weighted values it is the usual median with its interval', () => {
  const random = mulberry32(7);
  for (let n = 6; n < 40; n++) {
    const counted = Array.from({ length: n }, () => ({ value: Math.floor(random() * 12), count: 1 }));
    expect(weightedMedian(counted)).toEqual(countedMedianInterval(counted));
  }
});

test('weight moves it, and what weighs nothing does not', () => {
  expect(
    weightedMedian([
      { value: 1, count: 0.5 },
      { value: 5, count: 3 },
      { value: 99, count: 0 },
    ])!.median,
  ).toBe(5);
  expect(weightedMedian([{ value: 99, count: 0 }])).toBeNull();
  expect(weightedMedian([])).toBeNull();
});

test('Cliff’s delta turns round with its groups and keeps to its ends', () => {
  const counted = (...values: number[]) => values.map((value) => ({ value, count: 1 }));
  const [one, two] = [counted(1, 2, 2, 3, 5), counted(2, 4, 4, 6)];
  expect(rankContrast(one, two)!.delta).toBeCloseTo(-rankContrast(two, one)!.delta, 12);
  expect(rankContrast(counted(1, 2), counted(8, 9))).toMatchObject({ delta: -1, low: -1 });
  expect(rankContrast(counted(1), counted(1))).toBeNull();
});
