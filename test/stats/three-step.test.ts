import { expect, test } from 'vitest';
import { mulberry32, normalDeviate } from '../../src/stats/random.ts';
import { threeStepMeans } from '../../src/stats/three-step.ts';

/** People of three classes whose membership is only seen through a noisy measure, with means of 0, 1 and 3 of an outcome. */
function draw(seed: number, n: number) {
  const random = mulberry32(seed);
  const centres = [0, 1.6, 3.2];
  const means = [0, 1, 3];
  const probabilities: number[][] = [];
  const outcome: number[] = [];
  for (let i = 0; i < n; i++) {
    const own = Math.floor(random() * 3);
    const seen = centres[own]! + normalDeviate(random);
    const likelihoods = centres.map((centre) => Math.exp(-((seen - centre) ** 2) / 2));
    const all = likelihoods.reduce((sum, value) => sum + value, 0);
    probabilities.push(likelihoods.map((value) => value / all));
    outcome.push(means[own]! + normalDeviate(random));
  }
  return { probabilities, outcome };
}

test('counting people in their likeliest class makes classes more alike than they are, and the correction takes it back', () => {
  const { probabilities, outcome } = draw(1, 20_000);
  const spread = (method: 'bch' | 'modal' | 'proportional') => {
    const { means } = threeStepMeans(probabilities, outcome, { method });
    return means[2]!.mean - means[0]!.mean;
  };
  expect(spread('modal')).toBeLessThan(2.6);
  expect(spread('proportional')).toBeLessThan(2.4);
  expect(spread('bch')).toBeGreaterThan(2.9);
  expect(spread('bch')).toBeLessThan(3.1);
});

test('corrected intervals hold the truth about as often as they say', () => {
  const runs = 200;
  let held = 0;
  for (let run = 0; run < runs; run++) {
    const { probabilities, outcome } = draw(100 + run, 600);
    const { means } = threeStepMeans(probabilities, outcome);
    if (means[1]!.low <= 1 && means[1]!.high >= 1) held += 1 / runs;
  }
  expect(held).toBeGreaterThan(0.9);
  expect(held).toBeLessThan(0.99);
});

test('drawing people again gives about the same errors, and the same digits for the same seed', () => {
  const { probabilities, outcome } = draw(3, 800);
  const sandwich = threeStepMeans(probabilities, outcome);
  const again = () => threeStepMeans(probabilities, outcome, { bootstrap: { random: mulberry32(1), repeats: 150 } });
  expect(again()).toEqual(again());
  for (const [s, mean] of again().means.entries())
    expect(mean!.standardError / sandwich.means[s]!.standardError).toBeCloseTo(1, 0);
  expect(sandwich.test!.p).toBeLessThan(1e-6);
  expect(sandwich.pairs).toHaveLength(3);
});

test('segments known for certain have the means of their people', () => {
  const found = threeStepMeans(
    [
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 1],
    ],
    [1, 3, 10, null],
  );
  expect(found.method).toBe('bch');
  expect(found.means.map((mean) => mean?.mean)).toEqual([2, 10]);
});

test('segments that nobody can tell apart are not corrected, and it is said', () => {
  const found = threeStepMeans(
    Array.from({ length: 50 }, (_, i) => (i % 2 ? [0.52, 0.48] : [0.48, 0.52])),
    Array.from({ length: 50 }, (_, i) => i),
  );
  expect(found.method).toBe('proportional');
  expect(found.fallback).toMatch(/overlap too much/);
  expect(found.means.every((mean) => Number.isFinite(mean!.mean))).toBe(true);
});

test('outcomes of nobody have no mean', () => {
  const found = threeStepMeans(
    [
      [0.9, 0.1],
      [0.2, 0.8],
    ],
    [null, null],
  );
  expect(found.means).toEqual([null, null]);
  expect([found.test, found.pairs]).toEqual([null, []]);
  expect(() => threeStepMeans([[0.9, 0.1]], [])).toThrow(RangeError);
});
