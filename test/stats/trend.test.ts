import { expect, test } from 'vitest';
import { meanTrend, shareTrend } from '../../src/stats/trend.ts';

// R's help page of prop.trend.test: X-squared = 8.2249, p-value = 0.004132.
const smokers = [83, 90, 129, 70].map((count, i) => ({ count, total: [86, 93, 136, 82][i]! }));

test('the test for trend is that of R, and groups of nobody change nothing', () => {
  expect(shareTrend(smokers)!.p).toBeCloseTo(0.004132, 6);
  const [a, ...rest] = smokers;
  expect(shareTrend([a!, { count: 0, total: 0 }, ...rest], [1, 9, 2, 3, 4])).toEqual(shareTrend(smokers));
});

test('the slope follows the distance between groups', () => {
  const rising = [10, 20, 30].map((count) => ({ count, total: 100 }));
  expect(shareTrend(rising)!.slope).toBeCloseTo(0.1, 12);
  expect(shareTrend(rising, [0, 2, 4])!.slope).toBeCloseTo(0.05, 12);
});

test('what cannot rise or fall has no trend', () => {
  expect(
    shareTrend([
      { count: 5, total: 5 },
      { count: 7, total: 7 },
    ]),
  ).toBeNull();
  expect(shareTrend([{ count: 3, total: 5 }])).toBeNull();
  expect(
    meanTrend([
      { n: 5, mean: 1, variance: 0 },
      { n: 5, mean: 2, variance: 0 },
    ]),
  ).toBeNull();
  expect(meanTrend([])).toBeNull();
  expect(() => shareTrend(smokers, [1])).toThrow(RangeError);
});

test('of two groups the trend of means is Welch’s test', () => {
  const trend = meanTrend([
    { n: 4, mean: 2.5, variance: 5 / 3 },
    { n: 4, mean: 5, variance: 14 / 3 },
  ])!;
  expect(trend.p).toBeCloseTo(0.104833, 5);
  expect(trend.slope).toBeCloseTo(2.5, 12);
});
