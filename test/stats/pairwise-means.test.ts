import { expect, test } from 'vitest';
import { adjustP } from '../../src/stats/adjust-p.ts';
import { analysisOfVariance } from '../../src/stats/analysis-of-variance.ts';
import { kruskalWallis } from '../../src/stats/kruskal-wallis.ts';
import { meanDifferenceOf } from '../../src/stats/mean-difference.ts';
import { pairwiseMeans } from '../../src/stats/pairwise-means.ts';
import { mulberry32, normalDeviate } from '../../src/stats/random.ts';
import { studentizedRange } from '../../src/stats/studentized-range.ts';

const groups = [
  { n: 10, mean: 5.032, variance: 0.34 },
  { n: 12, mean: 4.661, variance: 0.63 },
  { n: 30, mean: 5.526, variance: 0.2 },
];

test('of two groups Games and Howell’s comparison is Welch’s test', () => {
  const [pair] = pairwiseMeans(groups.slice(0, 2), 'games-howell', studentizedRange(2), 0.95);
  const welch = meanDifferenceOf(groups[1]!, groups[0]!)!;
  expect(pair!.p).toBeCloseTo(welch.p, 5);
  expect(pair!.low).toBeCloseTo(welch.low, 4);
});

test('the family of pairs is wrong in about 5% of draws, however unlike the groups spread', () => {
  const random = mulberry32(5);
  const range = studentizedRange(4);
  const runs = 600;
  let wrong = 0;
  for (let run = 0; run < runs; run++) {
    const drawn = [1, 2, 4, 8].map((spread, i) => {
      const values = Array.from({ length: 15 + 10 * i }, () => spread * normalDeviate(random));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
      return { n: values.length, mean, variance };
    });
    if (pairwiseMeans(drawn, 'games-howell', range).some(({ p }) => p < 0.05)) wrong += 1 / runs;
  }
  expect(wrong).toBeGreaterThan(0.025);
  expect(wrong).toBeLessThan(0.075);
});

test('groups that cannot be compared are passed over', () => {
  expect(pairwiseMeans([{ n: 1, mean: 1, variance: 0 }, ...groups.slice(0, 1)], 'tukey', studentizedRange(2))).toEqual(
    [],
  );
  const flat = { n: 40, mean: 3, variance: 0 };
  expect(pairwiseMeans([flat, flat], 'games-howell', studentizedRange(2))).toEqual([]);
  expect(analysisOfVariance([flat, flat])).toBeNull();
  expect(analysisOfVariance([flat, groups[0]!])?.welch).toBeNull();
});

test('the effect lies within its interval, and what chance makes is taken off it', () => {
  const found = analysisOfVariance(groups)!;
  expect(found.eta2Low).toBeLessThan(found.eta2);
  expect(found.eta2High).toBeGreaterThan(found.eta2);
  expect(found.omega2).toBeLessThan(found.eta2);
});

test('ranks of one value, or of one group, tell nothing', () => {
  const ones = [{ value: 1, count: 1e9 }];
  expect(kruskalWallis([ones, ones])).toBeNull();
  expect(
    kruskalWallis([
      [
        { value: 1, count: 2 },
        { value: 2, count: 3 },
      ],
      [],
    ]),
  ).toBeNull();
});

test('adjusting lets no p fall and keeps their order, whichever way', () => {
  const random = mulberry32(3);
  const ps = Array.from({ length: 40 }, () => random() ** 3);
  for (const method of ['benjamini-hochberg', 'benjamini-yekutieli', 'holm', 'hochberg', 'bonferroni'] as const) {
    const adjusted = adjustP(ps, method) as number[];
    const byP = [...ps.keys()].sort((a, b) => ps[a]! - ps[b]!);
    expect(adjusted.every((p, i) => p >= ps[i]! - 1e-15 && p <= 1)).toBe(true);
    expect(byP.slice(1).every((i, rank) => adjusted[i]! >= adjusted[byP[rank]!]!)).toBe(true);
  }
  expect(adjustP([0.2, null], 'none')).toEqual([0.2, null]);
  expect(() => adjustP([2], 'holm')).toThrow(RangeError);
});
