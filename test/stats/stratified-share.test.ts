import { expect, test } from 'vitest';
import { mulberry32 } from '../../src/stats/random.ts';
import { stratifiedShare } from '../../src/stats/stratified-share.ts';
import { wilsonInterval } from '../../src/stats/wilson-interval.ts';

const of = (yes: number, n: number) => Array.from({ length: n }, (_, index) => (index < yes ? 1 : 0));

test('where everything was looked at it is Wilson’s interval, as published', () => {
  const { share, low, high } = stratifiedShare([{ size: 38, seen: of(19, 38) }])!;
  expect([share, low, high].map((one) => one.toFixed(9))).toEqual(['0.500000000', '0.348499284', '0.651500716']);
});

test('each part counts by its size, not by what was drawn from it', () => {
  const { share } = stratifiedShare([
    { size: 100, seen: of(27, 30) },
    { size: 900, seen: of(3, 60) },
  ])!;
  expect(share).toBeCloseTo(0.1 * 0.9 + 0.9 * 0.05, 12);
});

test('draws that are all alike leave room for others', () => {
  const { low, high } = stratifiedShare([{ size: 1000, seen: of(0, 30) }])!;
  expect(low).toBe(0);
  expect(high).toBeCloseTo(wilsonInterval(0, 30)?.high ?? Number.NaN, 12);
});

test('the truth lies in the interval about as often as is said', () => {
  const random = mulberry32(7);
  for (const [first, second] of [
    [
      { size: 200, p: 0.85, n: 45 },
      { size: 1800, p: 0.02, n: 60 },
    ],
    [
      { size: 100, p: 0.7, n: 43 },
      { size: 900, p: 0.05, n: 60 },
    ],
  ] as const) {
    const truth = (first.size * first.p + second.size * second.p) / (first.size + second.size);
    let covered = 0;
    for (let round = 0; round < 1000; round += 1) {
      const strata = [first, second].map(({ size, p, n }) => ({
        size,
        seen: Array.from({ length: n }, () => (random() < p ? 1 : 0)),
      }));
      const { low, high } = stratifiedShare(strata)!;
      if (low <= truth && truth <= high) covered += 1;
    }
    expect(covered).toBeGreaterThan(930);
  }
});

test('a part that nobody looked at leaves the share unknown, and so does having nothing', () => {
  expect(
    stratifiedShare([
      { size: 10, seen: [] },
      { size: 5, seen: [1] },
    ]),
  ).toBeNull();
  expect(stratifiedShare([])).toBeNull();
  expect(
    stratifiedShare([
      { size: 0, seen: [] },
      { size: 5, seen: [1, 1] },
    ])?.share,
  ).toBe(1);
  expect(() => stratifiedShare([{ size: 1, seen: [1, 1] }])).toThrow(RangeError);
});
