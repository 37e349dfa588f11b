import { expect, test } from 'vitest';
import { gapStatistic } from '../../src/stats/gap-statistic.ts';
import { mulberry32, normalDeviate, shuffled } from '../../src/stats/random.ts';

function clouds(centres: readonly (readonly [number, number])[], size: number, seed: number): number[][] {
  const random = mulberry32(seed);
  return centres.flatMap(([x, y]) =>
    Array.from({ length: size }, () => [x + normalDeviate(random), y + normalDeviate(random)]),
  );
}
const run = (rows: readonly (readonly number[])[], seed = 1) =>
  gapStatistic(rows, { groupsMax: 5, references: 40, random: mulberry32(seed) });

test('three clouds are three groups by every rule', () => {
  expect(
    run(
      clouds(
        [
          [0, 0],
          [12, 0],
          [6, 10],
        ],
        25,
        1,
      ),
    ).chosen,
  ).toEqual({ tibshirani: 3, firstPeak: 3, largest: 3 });
});

test('rows spread evenly are one group', () => {
  const random = mulberry32(2);
  const rows = Array.from({ length: 120 }, () => [random(), random()]);
  expect(run(rows).chosen.tibshirani).toBe(1);
});

test('one group has half the squares about the mean within it', () => {
  const { perK } = gapStatistic([[0], [2], [4], [10]], { groupsMax: 2, random: mulberry32(1) });
  // Squares about the mean of 4: 16 + 4 + 0 + 36.
  expect(perK[0]?.logWithin).toBeCloseTo(Math.log(28), 12);
  expect(perK[1]?.logWithin).toBeCloseTo(Math.log(4), 12);
  for (const { gap, logWithin, logWithinExpected, standardError } of perK) {
    expect(gap).toBeCloseTo(logWithinExpected - logWithin, 12);
    expect(standardError).toBeGreaterThan(0);
  }
});

test('the room of the data turns with them, unless it is to follow the columns', () => {
  const random = mulberry32(3);
  const rows = Array.from({ length: 100 }, () => {
    const along = 10 * random();
    return [along, along + 0.1 * normalDeviate(random)];
  });
  const rotated = gapStatistic(rows, { groupsMax: 2, references: 40, random: mulberry32(1) });
  const columns = gapStatistic(rows, { groupsMax: 2, references: 40, space: 'columns', random: mulberry32(1) });
  expect(rotated.chosen.tibshirani).toBe(1);
  expect(columns.chosen.tibshirani).toBe(2);
});

test('the same seed gives the same digits, in whatever order the rows come', () => {
  const rows = clouds(
    [
      [0, 0],
      [3, 0],
    ],
    30,
    4,
  );
  const mixed = shuffled(rows, mulberry32(5));
  expect(run(mixed, 7)).toEqual(run(rows, 7));
  expect(run(rows, 8)).not.toEqual(run(rows, 7));
});

test('what leaves nothing to compare is refused', () => {
  const options = { random: mulberry32(1) };
  expect(() => gapStatistic([[1], [1], [1]], { groupsMax: 1, ...options })).toThrow(
    'gapStatistic cannot look at 1 groups among 1 distinct rows',
  );
  expect(() => gapStatistic([[1], [2], [3]], { groupsMax: 3, ...options })).toThrow(RangeError);
  expect(() => gapStatistic([[1]], { groupsMax: 1, ...options })).toThrow(RangeError);
  expect(() => gapStatistic([[1], [Number.NaN]], { groupsMax: 1, ...options })).toThrow(RangeError);
  expect(() => gapStatistic([[1], [2], [3]], { groupsMax: 0, ...options })).toThrow(RangeError);
  expect(() => gapStatistic([[1], [2], [3]], { groupsMax: 1, references: 1, ...options })).toThrow(RangeError);
  expect(() => gapStatistic([[1e300], [-1e300], [3]], { groupsMax: 1, ...options })).toThrow(RangeError);
});
