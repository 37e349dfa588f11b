import { describe, expect, test } from 'vitest';
import { kMeans } from '../../src/stats/k-means.ts';
import { mulberry32, normalDeviate, shuffled } from '../../src/stats/random.ts';

/** Three clouds of unequal size around (0, 0), (6, 0) and (0, 8). */
function clouds(seed: number): number[][] {
  const random = mulberry32(seed);
  const centres = [
    [0, 0, 30],
    [6, 0, 20],
    [0, 8, 10],
  ] as const;
  return centres.flatMap(([x, y, size]) =>
    Array.from({ length: size }, () => [x + normalDeviate(random), y + normalDeviate(random)]),
  );
}

/** Five steps on three items: many respondents answer alike. */
function likert(seed: number): number[][] {
  const random = mulberry32(seed);
  return Array.from({ length: 80 }, () => Array.from({ length: 3 }, () => 1 + Math.floor(random() * 5)));
}

const run = (rows: readonly (readonly number[])[], k: number, seed = 1) =>
  kMeans(rows, { k, random: mulberry32(seed), starts: 20 });

test('clouds that lie apart are found, the largest first', () => {
  const found = run(clouds(2), 3);
  expect(found.sizes).toEqual([30, 20, 10]);
  expect(found.labels).toEqual([...Array(30).fill(0), ...Array(20).fill(1), ...Array(10).fill(2)]);
  expect(found.shareOfStartsAtBest).toBeGreaterThan(0.9);
  expect(found.converged).toBe(true);
});

test('the same seed gives the same digits', () => {
  expect(run(likert(1), 4, 9)).toEqual(run(likert(1), 4, 9));
});

test('the order of the rows does not matter, to the last digit', () => {
  const rows = likert(4);
  const order = shuffled([...rows.keys()], mulberry32(8));
  const straight = run(rows, 4);
  const mixed = run(
    order.map((i) => rows[i]!),
    4,
  );
  expect(mixed.labels).toEqual(order.map((i) => straight.labels[i]));
  expect({ ...mixed, labels: [] }).toEqual({ ...straight, labels: [] });
});

test('equal rows share a group', () => {
  const rows = likert(6);
  const { labels } = run(rows, 5);
  const groupOf = new Map<string, number>();
  for (const [i, row] of rows.entries()) {
    const before = groupOf.get(row.join());
    if (before !== undefined) expect(labels[i]).toBe(before);
    groupOf.set(row.join(), labels[i]!);
  }
  expect(groupOf.size).toBeLessThan(rows.length);
});

test('centres are the means of their groups, and the sums of squares add up', () => {
  const rows = clouds(3);
  const found = run(rows, 4);
  let within = 0;
  for (const [group, centre] of found.centres.entries()) {
    const own = rows.filter((_, i) => found.labels[i] === group);
    expect(own).toHaveLength(found.sizes[group]!);
    for (const [j, value] of centre.entries()) {
      expect(value).toBeCloseTo(own.reduce((sum, row) => sum + row[j]!, 0) / own.length, 10);
      within += own.reduce((sum, row) => sum + (row[j]! - value) ** 2, 0);
    }
  }
  expect(found.withinSumOfSquares).toBeCloseTo(within, 8);
  expect(found.totalSumOfSquares).toBeCloseTo(run(rows, 1).withinSumOfSquares, 8);
});

test('every way of splitting a small table in two was beaten', () => {
  const rows = likert(11).slice(0, 11);
  const squares = (group: number[][]) => {
    const centre = [0, 1, 2].map((j) => group.reduce((sum, row) => sum + row[j]!, 0) / group.length);
    return group.reduce((sum, row) => sum + row.reduce((own, value, j) => own + (value - centre[j]!) ** 2, 0), 0);
  };
  let least = Number.POSITIVE_INFINITY;
  for (let split = 1; split < 2 ** 10; split++) {
    const groups = [rows.filter((_, i) => (split >> i) & 1), rows.filter((_, i) => !((split >> i) & 1))];
    least = Math.min(least, squares(groups[0]!) + squares(groups[1]!));
  }
  expect(run(rows, 2).withinSumOfSquares).toBeCloseTo(least, 10);
});

test('even one start ends where no single row is better off elsewhere', () => {
  const random = mulberry32(21);
  const rows = Array.from({ length: 40 }, () => [normalDeviate(random), normalDeviate(random)]);
  for (let seed = 1; seed <= 20; seed++) {
    const { labels, sizes, centres } = kMeans(rows, { k: 5, random: mulberry32(seed), starts: 1 });
    for (const [i, row] of rows.entries()) {
      const change = (group: number, sign: 1 | -1) =>
        (sizes[group]! / (sizes[group]! + sign)) *
        row.reduce((sum, value, j) => sum + (value - centres[group]![j]!) ** 2, 0);
      const own = labels[i]!;
      if (sizes[own] === 1) continue;
      for (const other of centres.keys()) {
        if (other !== own) expect(change(other, 1)).toBeGreaterThanOrEqual(change(own, -1) * (1 - 1e-8));
      }
    }
  }
});

test('nor is any of many equal rows, all of which move together', () => {
  const rows = Array.from({ length: 6 }, (_, seed) => likert(seed + 30)).flat();
  const sizeOf = new Map<string, number>();
  for (const row of rows) sizeOf.set(row.join(), (sizeOf.get(row.join()) ?? 0) + 1);
  for (let seed = 1; seed <= 10; seed++) {
    const { labels, sizes, centres } = kMeans(rows, { k: 7, random: mulberry32(seed), starts: 1 });
    for (const [i, row] of rows.entries()) {
      const weight = sizeOf.get(row.join())!;
      const change = (group: number, sign: 1 | -1) =>
        (sizes[group]! / (sizes[group]! + sign * weight)) *
        row.reduce((sum, value, j) => sum + (value - centres[group]![j]!) ** 2, 0);
      const own = labels[i]!;
      if (sizes[own] === weight) continue;
      for (const other of centres.keys())
        if (other !== own) expect(change(other, 1)).toBeGreaterThanOrEqual(change(own, -1) * (1 - 1e-8));
    }
  }
});

test('as many groups as different rows leave nothing within', () => {
  const found = run([[0.1], [0.7], [0.1], [0.3], [0.1]], 3);
  expect(found.withinSumOfSquares).toBeCloseTo(0, 25);
  expect(found.sizes).toEqual([3, 1, 1]);
  expect(found.labels).toEqual([0, 2, 0, 1, 0]);
  expect(found.shareOfStartsAtBest).toBe(1);
});

test('one iteration may not be enough, and the result says so', () => {
  const found = kMeans(likert(1), { k: 6, random: mulberry32(1), starts: 1, iterationsMax: 1 });
  expect(found.converged).toBe(false);
  expect(found.sizes.every((size) => size > 0)).toBe(true);
});

test('the table is left as it was', () => {
  const rows = Object.freeze(clouds(1).map((row) => Object.freeze(row)));
  expect(() => run(rows, 3)).not.toThrow();
});

describe('what cannot be grouped is refused:', () => {
  const random = mulberry32(1);
  test.each([
    ['more groups than different rows', [[1], [1], [2]], { k: 3 }, '3 groups out of 2 distinct rows'],
    ['nobody', [], { k: 1 }, '0 distinct rows'],
    ['no groups', [[1]], { k: 0 }, 'at least one'],
    ['half a group', [[1], [2]], { k: 1.5 }, 'whole number'],
    ['no starts', [[1]], { k: 1, starts: 0 }, 'one start'],
    ['no iterations', [[1]], { k: 1, iterationsMax: 0 }, 'one iteration'],
    ['a gap', [[1], [Number.NaN]], { k: 1 }, 'finite'],
    ['ragged rows', [[1], [1, 2]], { k: 1 }, 'same columns'],
    ['numbers too large to square', [[1e200], [-1e200]], { k: 1 }, 'squares'],
  ])('%s', (_, rows, options, message) => {
    expect(() => kMeans(rows, { random, ...options })).toThrow(message);
    expect(() => kMeans(rows, { random, ...options })).toThrow(RangeError);
  });
});
