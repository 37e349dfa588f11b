import { expect, test } from 'vitest';
import { rateInteraction } from '../../src/stats/rate-interaction.ts';

const cell = (c1: number, c2: number, n = 200) => ({
  first: { count: c1, total: n },
  second: { count: c2, total: n },
});

test('two traits that each change a rate add up to nothing beyond themselves', () => {
  // −10 and −20 points by themselves, −30 together.
  const found = rateInteraction({
    both: cell(160, 100),
    one: cell(160, 140),
    other: cell(160, 120),
    neither: cell(160, 160),
  });
  expect(found?.contrast).toBeCloseTo(0, 12);
  expect(found?.p).toBeCloseTo(1, 6);
});

test('a loss that only both together bring stands out', () => {
  const found = rateInteraction({
    both: cell(160, 100),
    one: cell(160, 160),
    other: cell(160, 160),
    neither: cell(160, 160),
  });
  expect(found?.contrast).toBeCloseTo(-0.3, 12);
  // By hand: seven rates of 161 in 202 and one of 101 in 202.
  const variance = (7 * (161 / 202) * (41 / 202) + (101 / 202) ** 2) / 202;
  expect(-0.3 / Math.sqrt(variance)).toBeCloseTo(-3.6264, 4);
  expect(found?.p).toBeCloseTo(0.000287, 6);
});

test('an empty cell gives nothing', () => {
  expect(rateInteraction({ both: cell(0, 0, 0), one: cell(1, 1), other: cell(1, 1), neither: cell(1, 1) })).toBeNull();
});
