import { expect, test } from 'vitest';
import { mantelHaenszel } from '../../src/stats/mantel-haenszel.ts';

/** Bickel, Hammel and O'Connell (1975): men admitted and not, women admitted and not, by department. */
const BERKELEY = [
  { a: 512, b: 313, c: 89, d: 19 },
  { a: 353, b: 207, c: 17, d: 8 },
  { a: 120, b: 205, c: 202, d: 391 },
  { a: 138, b: 279, c: 131, d: 244 },
  { a: 53, b: 138, c: 94, d: 299 },
  { a: 22, b: 351, c: 24, d: 317 },
];

test('admissions at Berkeley come out as R’s mantelhaen.test prints them', () => {
  // R 4, stats::mantelhaen.test(UCBAdmissions, correct = FALSE).
  const found = mantelHaenszel(BERKELEY);
  expect(found?.oddsRatio?.ratio).toBeCloseTo(0.9046968, 6);
  expect(found?.oddsRatio?.low).toBeCloseTo(0.7719074, 6);
  expect(found?.oddsRatio?.high).toBeCloseTo(1.0603298, 6);
  expect(found?.chiSquare).toBeCloseTo(1.5246, 4);
  expect(found?.p).toBeCloseTo(0.2169, 4);
});

test('the tolbutamide trial comes out as Rothman, Greenland and Lash printed it', () => {
  // Modern Epidemiology, 3rd ed., chapter 15: risk difference 0.035, 90% interval -0.018 to 0.087, odds ratio 1.40.
  const trial = [
    { a: 8, b: 98, c: 5, d: 115 },
    { a: 22, b: 76, c: 16, d: 69 },
  ];
  const found = mantelHaenszel(trial, 0.9);
  expect(found?.riskDifference.difference).toBeCloseTo(0.035, 3);
  expect(found?.riskDifference.low).toBeCloseTo(-0.018, 3);
  expect(found?.riskDifference.high).toBeCloseTo(0.087, 3);
  expect(found?.oddsRatio?.ratio).toBeCloseTo(1.4, 2);
});

test('of matched pairs the odds ratio is that of the pairs that differ, and the test is McNemar’s', () => {
  const pair = (isCase: 0 | 1, isControl: 0 | 1) => ({ a: isCase, b: 1 - isCase, c: isControl, d: 1 - isControl });
  const pairs = [
    ...Array.from({ length: 30 }, () => pair(1, 0)),
    ...Array.from({ length: 12 }, () => pair(0, 1)),
    ...Array.from({ length: 40 }, () => pair(1, 1)),
    ...Array.from({ length: 50 }, () => pair(0, 0)),
  ];
  const found = mantelHaenszel(pairs);
  expect(found?.oddsRatio?.ratio).toBeCloseTo(30 / 12, 10);
  expect(found?.chiSquare).toBeCloseTo((30 - 12) ** 2 / (30 + 12), 10);
  expect(found?.riskDifference.difference).toBeCloseTo((30 - 12) / 132, 10);
  // The odds ratio's variance is that of McNemar's pairs: 1/30 + 1/12.
  expect(Math.log(found!.oddsRatio!.high / found!.oddsRatio!.ratio)).toBeCloseTo(
    1.959964 * Math.sqrt(1 / 30 + 1 / 12),
    4,
  );
});

test('a confounder that makes all of an association leaves none', () => {
  const found = mantelHaenszel([
    { a: 80, b: 20, c: 8, d: 2 },
    { a: 1, b: 9, c: 10, d: 90 },
  ]);
  expect(found?.oddsRatio?.ratio).toBeCloseTo(1, 10);
  expect(found?.riskDifference.difference).toBeCloseTo(0, 10);
});

test('strata with one group alone say nothing, and none with both says nothing at all', () => {
  expect(mantelHaenszel([...BERKELEY, { a: 5, b: 5, c: 0, d: 0 }])).toEqual(mantelHaenszel(BERKELEY));
  expect(mantelHaenszel([{ a: 5, b: 5, c: 0, d: 0 }])).toBeNull();
  expect(mantelHaenszel([])).toBeNull();
  expect(() => mantelHaenszel([{ a: -1, b: 1, c: 1, d: 1 }])).toThrow(RangeError);
});

test('what nobody has is without ratio and without test', () => {
  const found = mantelHaenszel([{ a: 0, b: 5, c: 0, d: 7 }]);
  expect(found).toMatchObject({ oddsRatio: null, chiSquare: null, p: null });
  expect(found?.riskDifference.difference).toBe(0);
});

test('the margin is that of a table’s smallest expected count, summed over strata', () => {
  // One table: with both margins large enough, the least is 0 and the most is the smaller margin.
  expect(mantelHaenszel([{ a: 3, b: 7, c: 5, d: 25 }])?.margin).toBeCloseTo(2, 12);
  const pairs = Array.from({ length: 40 }, (_, one) => ({
    a: one % 2,
    b: 1 - (one % 2),
    c: 1 - (one % 2),
    d: one % 2,
  }));
  expect(mantelHaenszel(pairs)?.margin).toBeCloseTo(20, 12);
});
