import { expect, test } from 'vitest';
import { judgeDrift, type LaterPlaced, shareDrift, toolAccuracy } from '../../src/segments/segment-drift.ts';
import { mulberry32 } from '../../src/stats/random.ts';

const NOW = '2026-07-01T00:00:00.000Z';
const people = (counts: readonly number[], month = '2026-06'): LaterPlaced[] =>
  counts.flatMap((count, place) =>
    Array.from({ length: count }, () => ({
      at: `${month}-10T09:00:00.000Z`,
      segment: place === counts.length - 1 ? null : place,
    })),
  );
const segments = (counts: readonly number[]) => people(counts).map(({ segment }) => segment);

test('shares, chi-square and V as worked by hand', () => {
  // Base 50, 30, 20 of 100; later 20, 30, 50 of 100. Expected 35, 30, 35 in each: 4 × 15² / 35.
  const found = shareDrift(segments([50, 30, 20, 0]), people([20, 30, 50, 0]), 3, NOW)!;
  expect(found.since.test!.chiSquare).toBeCloseTo((4 * 225) / 35, 10);
  expect(found.since.test!.df).toBe(2);
  // V² of two groups of one size is chi-square over 200; chance gives 2 × (1/100 + 1/100) / 4 of it.
  expect(found.since.test!.v).toBeCloseTo(Math.sqrt((4 * 225) / 35 / 200 - 0.01), 10);
  expect(found.since.shares.map(({ share }) => share)).toEqual([0.2, 0.3, 0.5, 0]);
  expect(found.since.changes[0]!.difference).toBeCloseTo(-0.3, 12);
  expect(found.months).toMatchObject([{ month: '2026-06', n: 100 }]);
  expect(found.recent).toBeNull();
});

test('the same change is as large beside a large base as beside a small one', () => {
  const v = (times: number) =>
    shareDrift(segments([500 * times, 500 * times, 0]), people([600, 400, 0]), 2, NOW)!.since.test!.v;
  expect(Math.abs(v(1) - v(50))).toBeLessThan(0.003);
});

test('months stand apart, and the newest 90 days are looked at by themselves', () => {
  const later = [...people([100, 100, 0], '2026-01'), ...people([100, 100, 0], '2026-02'), ...people([90, 10, 0])];
  const found = shareDrift(segments([300, 300, 0]), later, 2, NOW)!;
  expect(found.months.map(({ month, n }) => [month, n])).toEqual([
    ['2026-01', 200],
    ['2026-02', 200],
    ['2026-06', 100],
  ]);
  expect(found.recent).toMatchObject({ n: 100 });
  expect(found.months[2]!.adjustedP).toBeLessThan(0.001);
  expect(found.months[0]!.adjustedP).toBeGreaterThan(0.9);
  const { verdict, tests } = judgeDrift({ answers: found, tool: null }, null, 0.8);
  expect(verdict).toBe('shares');
  expect(tests.map(({ window, isBeyond }) => [window, isBeyond])).toEqual([
    // Beside two months without any, 100 people are too few for a change of 0.1 over all of the time.
    ['since', false],
    ['recent', true],
  ]);
});

test('too few people are not judged, and nobody is no drift', () => {
  expect(shareDrift([], people([60, 0, 0]), 2, NOW)).toBeNull();
  const few = shareDrift(segments([100, 100, 0]), people([40, 9, 0]), 2, NOW)!;
  expect(few.since.test).toBeNull();
  expect(judgeDrift({ answers: few, tool: null }, null, 0.8)).toMatchObject({ verdict: 'too-few', tests: [] });
  // All in one segment: nothing varies that could have moved.
  expect(shareDrift(segments([100, 0, 0]), people([100, 0, 0]), 2, NOW)!.since.test).toBeNull();
});

test('accuracy of a tool counts those it told, beside how many it did not', () => {
  const pair = (known: number, told: number | null, times: number) =>
    Array.from({ length: times }, () => ({ known, told }));
  const found = toolAccuracy([...pair(0, 0, 40), ...pair(0, 1, 10), ...pair(1, 1, 30), ...pair(1, null, 20)], 2);
  expect(found).toMatchObject({
    n: 100,
    told: 80,
    confusion: [
      [40, 10],
      [0, 30],
    ],
  });
  expect(found.right!.share).toBeCloseTo(70 / 80, 12);
  expect(found.unsure!.share).toBe(0.2);
  // Po = 0.875, Pe = (50 × 40 + 30 × 40) / 80² = 0.5.
  expect(found.kappa!.kappa).toBeCloseTo(0.75, 12);
  // 0.785 to 0.931: not below a floor of 0.8, and wholly below one of 0.95.
  expect(judgeDrift({ answers: null, tool: null }, found, 0.8).verdict).toBe('steady');
  expect(judgeDrift({ answers: null, tool: null }, found, 0.95).verdict).toBe('tool');
});

/** How often drift is said of people who come from such shares. */
function said(
  shares: readonly number[],
  later: readonly number[],
  { base, n, rounds }: Record<string, number>,
  seed: number,
) {
  const random = mulberry32(seed);
  const draw = (from: readonly number[]): number => {
    let left = random();
    return Math.max(
      0,
      from.findIndex((share) => {
        left -= share;
        return left < 0;
      }),
    );
  };
  let found = 0;
  for (let round = 0; round < rounds!; round++) {
    const before = Array.from({ length: base! }, () => draw(shares));
    const after = Array.from({ length: n! }, (_, i) => ({
      at: new Date(Date.parse('2026-01-01') + (i * 181 * 86_400_000) / n!).toISOString(),
      segment: draw(later),
    }));
    const drift = shareDrift(before, after, shares.length, NOW);
    if (judgeDrift({ answers: drift, tool: null }, null, 0.8).verdict === 'shares') found += 1;
  }
  return found / rounds!;
}

test('without drift it is said in about 5% of simulated cases, and a change of 15 points is nearly always found', () => {
  const shares = [0.45, 0.35, 0.2];
  for (const [base, n] of [
    [300, 60],
    [300, 300],
    [2000, 500],
  ] as const)
    expect(said(shares, shares, { base, n, rounds: 400 }, 7), `${base}, ${n}`).toBeLessThan(0.08);
  expect(said(shares, [0.3, 0.35, 0.35], { base: 1000, n: 300, rounds: 200 }, 7)).toBeGreaterThan(0.95);
  // A change too small to act on is passed over, however many people show it.
  expect(said(shares, [0.42, 0.37, 0.21], { base: 20_000, n: 20_000, rounds: 20 }, 7)).toBe(0);
});
