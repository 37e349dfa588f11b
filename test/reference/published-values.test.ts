import { expect, test } from 'vitest';
import { benjaminiHochberg } from '../../src/stats/benjamini-hochberg.ts';
import { kMeans } from '../../src/stats/k-means.ts';
import { meanDifference } from '../../src/stats/mean-difference.ts';
import { meanInterval } from '../../src/stats/mean-interval.ts';
import { pairAgreement } from '../../src/stats/pair-agreement.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import { silhouette } from '../../src/stats/silhouette.ts';
import { wilsonInterval } from '../../src/stats/wilson-interval.ts';

/** Values printed in papers, or recomputed with the program named, small enough to stand here with their data. */

test('shares as in Newcombe (1998), Statistics in Medicine 17, table I, Wilson without correction, four decimals', () => {
  const found = [
    [81, 263],
    [15, 148],
    [0, 20],
    [1, 29],
  ].map(([count, total]) => wilsonInterval(count!, total!)!);
  expect(found.map(({ low, high }) => [low.toFixed(4), high.toFixed(4)])).toEqual([
    ['0.2553', '0.3662'],
    ['0.0624', '0.1605'],
    ['0.0000', '0.1611'],
    ['0.0061', '0.1718'],
  ]);
});

test('the fifteen ps of Benjamini and Hochberg (1995), section 4: four findings at 0.05', () => {
  const ps = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
  ];
  const adjusted = benjaminiHochberg(ps);
  expect(adjusted.filter((p) => p <= 0.05)).toHaveLength(4);
  // The fourth is 0.0095 × 15 / 4.
  expect(adjusted[3]).toBeCloseTo(0.035625, 12);
});

// Student (1908), Biometrika 6, 1–25: hours of sleep gained with two drugs; recomputed with SciPy 1.17.1, tolerance 1e-6.
const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

test('two drugs for sleep, compared with Welch’s t', () => {
  const found = meanDifference(first, second)!;
  expect(found.t).toBeCloseTo(-1.8608135, 6);
  expect(found.df).toBeCloseTo(17.7764735, 6);
  expect(found.p).toBeCloseTo(0.0793941, 6);
  expect(found.low).toBeCloseTo(-3.3654832, 6);
  expect(found.high).toBeCloseTo(0.2054832, 6);
  expect(found.cohenD).toBeCloseTo(-0.8321811, 6);
});

test('the mean gain of one drug, with its interval', () => {
  const found = meanInterval(second)!;
  expect(found.mean).toBeCloseTo(2.33, 12);
  expect(found.low).toBeCloseTo(0.8976775, 6);
  expect(found.high).toBeCloseTo(3.7623225, 6);
});

test('two partitions of six things, as the user guide of scikit-learn works them', () => {
  const found = pairAgreement([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2])!;
  expect(found.rand).toBeCloseTo(0.6667, 4);
  expect(found.adjustedRand).toBeCloseTo(0.2424, 4);
});

test('six points in two columns, as the reference of scikit-learn groups them', () => {
  const rows = [
    [1, 2],
    [1, 4],
    [1, 0],
    [10, 2],
    [10, 4],
    [10, 0],
  ];
  const found = kMeans(rows, { k: 2, random: mulberry32(0) });
  expect(found.centres).toEqual([
    [1, 2],
    [10, 2],
  ]);
  expect(found.withinSumOfSquares).toBe(16);
  // SciPy and scikit-learn, tolerance 1e-6.
  expect(silhouette(rows, found.labels)!.mean).toBeCloseTo(0.7133477791749615, 6);
});
