import { expect, test } from 'vitest';
import { asCorrelations, covarianceMatrix } from '../../src/stats/covariance-matrix.ts';
import { factorChiSquare, fitFactors } from '../../src/stats/factor-analysis.ts';
import { parallelAnalysis } from '../../src/stats/parallel-analysis.ts';
import { mulberry32, normalDeviate } from '../../src/stats/random.ts';
import { promax, varimax } from '../../src/stats/rotate-factors.ts';

/** Covariances of six ability tests of 112 people: Smith and Stanley (1983), as in Bartholomew (1987), table 3.1. */
const ABILITY = Float64Array.of(
  ...[24.641, 5.991, 33.52, 6.023, 20.755, 29.701],
  ...[5.991, 6.7, 18.137, 1.782, 4.936, 7.204],
  ...[33.52, 18.137, 149.831, 19.424, 31.43, 50.753],
  ...[6.023, 1.782, 19.424, 12.711, 4.757, 9.075],
  ...[20.755, 4.936, 31.43, 4.757, 52.604, 66.762],
  ...[29.701, 7.204, 50.753, 9.075, 66.762, 135.292],
);
const ability = asCorrelations(ABILITY, 6)!;
const rounded = (rows: readonly (readonly number[])[], places: number) =>
  rows.map((row) => row.map((value) => Number(value.toFixed(places))));

test('six ability tests have the published two factors, by maximum likelihood', () => {
  const fit = fitFactors(ability, 6, 2);
  expect(fit.uniquenesses.map((value) => Number(value.toFixed(3)))).toEqual([0.455, 0.589, 0.218, 0.769, 0.052, 0.334]);
  expect(fit).toMatchObject({ converged: true, isImproper: false, degreesOfFreedom: 4 });
  const { chiSquare, p } = factorChiSquare(fit, { n: 112, items: 6, factors: 2 });
  expect(chiSquare).toBeCloseTo(6.11, 2);
  expect(p).toBeCloseTo(0.191, 3);
  // The published pattern, to three places.
  const oblique = promax(fit.loadings);
  expect(rounded(oblique.loadings, 3).map(([a, b]) => Math.max(a!, b!))).toEqual([
    0.47, 0.671, 0.932, 0.508, 1.024, 0.812,
  ]);
  expect(oblique.correlations[0]![1]).toBeCloseTo(0.557, 3);
  // Published with a rotation that stops early: 0.499 and 0.543 for the first test.
  const straight = varimax(fit.loadings);
  expect(straight.loadings[0]![0]).toBeCloseTo(0.5, 2);
  expect(straight.loadings[4]![0]).toBeCloseTo(0.956, 2);
});

test('minimum residuals leave less unexplained than maximum likelihood does, and both find exact factors', () => {
  const residual = (fit: { loadings: number[][] }) => {
    let sum = 0;
    for (let i = 0; i < 6; i++)
      for (let j = 0; j < i; j++)
        sum +=
          (ability[i * 6 + j]! - fit.loadings[i]!.reduce((all, one, m) => all + one * fit.loadings[j]![m]!, 0)) ** 2;
    return sum;
  };
  expect(residual(fitFactors(ability, 6, 2, 'minres'))).toBeLessThan(residual(fitFactors(ability, 6, 2, 'ml')));
  const loadings = [0.9, 0.8, 0.7, 0.6, 0.5];
  const exact = Float64Array.from({ length: 25 }, (_, at) =>
    at % 6 === 0 ? 1 : loadings[Math.floor(at / 5)]! * loadings[at % 5]!,
  );
  for (const method of ['ml', 'minres'] as const)
    fitFactors(exact, 5, 1, method).loadings.forEach(([found], i) => {
      expect(found).toBeCloseTo(loadings[i]!, 6);
    });
});

test('what cannot be factored is refused in words', () => {
  expect(() => fitFactors(ability, 6, 0)).toThrow('at least one factor');
  expect(() => fitFactors(ability, 6, 4)).toThrow('too few for 4 factors');
  const twins = covarianceMatrix([
    [1, 1, 2, 5],
    [2, 2, 1, 3],
    [3, 3, 5, 1],
    [4, 4, 4, 2],
    [2, 2, 2, 2],
  ]);
  expect(() => fitFactors(asCorrelations(twins, 4)!, 4, 1)).toThrow('cannot be told apart');
});

test('parallel analysis finds planted factors, none in unrelated answers, and the same for the same seed', () => {
  const random = mulberry32(7);
  const rows = Array.from({ length: 300 }, () => {
    const [a, b] = [normalDeviate(random), normalDeviate(random)];
    return Array.from({ length: 8 }, (_, i) => (i < 4 ? a : b) + normalDeviate(random));
  });
  const planted = asCorrelations(covarianceMatrix(rows), 8)!;
  const found = parallelAnalysis(planted, 8, { n: 300, random: mulberry32(1) });
  expect(found.factors).toBe(2);
  expect(parallelAnalysis(planted, 8, { n: 300, random: mulberry32(1) })).toEqual(found);
  const noise = asCorrelations(
    covarianceMatrix(Array.from({ length: 300 }, () => Array.from({ length: 8 }, () => normalDeviate(random)))),
    8,
  )!;
  expect(parallelAnalysis(noise, 8, { n: 300, random: mulberry32(1) }).factors).toBe(0);
  // Horn's simulated first eigenvalue for 300 people and 8 items lies near 1.3.
  expect(found.eigenvalues[0]!.chance).toBeGreaterThan(1.25);
  expect(found.eigenvalues[0]!.chance).toBeLessThan(1.36);
  expect(() => parallelAnalysis(planted, 8, { n: 8, random })).toThrow('more people than items');
});
