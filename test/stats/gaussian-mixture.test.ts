import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adjustedRandIndex } from '../../src/stats/adjusted-rand-index.ts';
import { COVARIANCE_FAMILIES } from '../../src/stats/gaussian-mixture/covariance-families.ts';
import {
  fitGaussianMixture,
  type GaussianMixtureOptions,
  gaussianProbabilities,
} from '../../src/stats/gaussian-mixture.ts';
import { mulberry32, normalDeviate, shuffled } from '../../src/stats/random.ts';

/** A wide cloud of 60, a narrow one of 40 and a flat one of 20. */
function clouds(seed: number): number[][] {
  const random = mulberry32(seed);
  const kinds = [
    { size: 60, x: 0, y: 0, sx: 2, sy: 2 },
    { size: 40, x: 9, y: 0, sx: 0.5, sy: 0.5 },
    { size: 20, x: 0, y: 12, sx: 2, sy: 0.4 },
  ];
  return kinds.flatMap(({ size, x, y, sx, sy }) =>
    Array.from({ length: size }, () => [x + sx * normalDeviate(random), y + sy * normalDeviate(random)]),
  );
}
const truth = [...Array(60).fill(0), ...Array(40).fill(1), ...Array(20).fill(2)] as number[];

const run = (rows: readonly (readonly number[])[], options: Partial<GaussianMixtureOptions> = {}) =>
  fitGaussianMixture(rows, { k: 3, random: mulberry32(1), starts: 20, ...options });

describe.each(COVARIANCE_FAMILIES)('family %s', (family) => {
  test('finds clouds that lie apart, with probabilities that add up', () => {
    const rows = clouds(1);
    const found = run(rows, { family });
    expect(adjustedRandIndex(found.labels, truth)!).toBeGreaterThan(0.9);
    expect(found.sizes.reduce((sum, size) => sum + size, 0)).toBe(rows.length);
    for (const own of found.probabilities) expect(own.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    expect(found.model.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(found.converged).toBe(true);
  });

  test('a later row is placed as an equal row was', () => {
    const rows = clouds(2);
    const { probabilities, model } = run(rows, { family });
    for (const i of [0, 50, 70, 110]) {
      const later = gaussianProbabilities(model, rows[i]!);
      for (const [c, p] of later.entries()) expect(p).toBeCloseTo(probabilities[i]![c]!, 6);
    }
  });
});

test('one group has the mean and the covariances of all rows, and their likelihood', () => {
  const rows = [[1], [2], [4], [5]];
  const found = run(rows, { k: 1, family: 'VVV' });
  expect(found.model).toEqual({ shares: [1], means: [[3]], covariances: [[[2.5]]] });
  expect(found.logLikelihood).toBeCloseTo(-2 * (Math.log(2 * Math.PI * 2.5) + 1), 10);
  expect(found.parameters).toBe(2);
  expect(found.aic).toBeCloseTo(4 - 2 * found.logLikelihood, 10);
  expect(found.bic).toBeCloseTo(2 * Math.log(4) - 2 * found.logLikelihood, 10);
  expect(found.entropyR2).toBeNull();
});

test('shares, means and variances come near those the rows were drawn with', () => {
  const random = mulberry32(6);
  const rows = Array.from({ length: 2000 }, (_, i) => [
    i < 1400 ? normalDeviate(random) : 5 + 2 * normalDeviate(random),
    normalDeviate(random),
  ]);
  const { model, labels, entropyR2 } = run(rows, { k: 2 });
  expect(model.shares[0]).toBeCloseTo(0.7, 1);
  expect(model.means[1]![0]).toBeCloseTo(5, 0);
  expect(Math.sqrt(model.covariances[1]![0]![0]!)).toBeCloseTo(2, 0);
  expect(labels[0]).toBe(0);
  expect(entropyR2!).toBeGreaterThan(0.8);
});

test('the order of the rows does not matter, to the last digit', () => {
  const table = fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })), {
    minLength: 40,
    maxLength: 60,
  });
  fc.assert(
    fc.property(table, fc.integer(), fc.constantFrom(...COVARIANCE_FAMILIES), (rows, seed, family) => {
      fc.pre(new Set(rows.map(String)).size > 8);
      const order = shuffled([...rows.keys()], mulberry32(seed));
      const options = { k: 2, family, starts: 6 };
      const straight = run(rows, options);
      const mixed = run(
        order.map((i) => rows[i]!),
        options,
      );
      expect(mixed.labels).toEqual(order.map((i) => straight.labels[i]));
      expect(mixed.probabilities).toEqual(order.map((i) => straight.probabilities[i]));
      expect(mixed.model).toEqual(straight.model);
      expect([mixed.logLikelihood, mixed.bic]).toEqual([straight.logLikelihood, straight.bic]);
      expect(JSON.stringify(straight)).not.toContain('null');
    }),
    { seed: 7, numRuns: 40 },
  );
});

test('a group of equal answers holds its variance at the floor, which is said', () => {
  const random = mulberry32(8);
  const rows = [
    ...Array.from({ length: 40 }, () => [normalDeviate(random), normalDeviate(random)]),
    ...Array.from({ length: 40 }, () => [20, 20 + normalDeviate(random)]),
  ];
  const found = run(rows, { k: 2 });
  expect(found.isAtFloor).toBe(true);
  expect(found.sizes).toEqual([40, 40]);
  expect(Number.isFinite(found.logLikelihood)).toBe(true);
  expect(run(clouds(3)).isAtFloor).toBe(false);
});

test('a row far from everything still has a place', () => {
  const { model } = run(clouds(4));
  const far = gaussianProbabilities(model, [1e6, -1e6]);
  expect(far.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  expect(() => gaussianProbabilities(model, [1])).toThrow(RangeError);
  expect(() => gaussianProbabilities(model, [1, Number.NaN])).toThrow(RangeError);
});

test('what cannot be fitted is refused with what to do', () => {
  const line = Array.from({ length: 40 }, (_, i) => [i, 2 * i + 1]);
  expect(() => run(line, { k: 2, family: 'VVV' })).toThrow(/Some columns follow from the others/);
  expect(() => run(line, { k: 2, family: 'VVI' })).not.toThrow();
  expect(() => run(clouds(1).slice(0, 14))).toThrow(/14 rows are too few for the 14 parameters of 3 groups/);
  expect(() => run(Array.from({ length: 40 }, (_, i) => [i, 7]))).toThrow('Column 2 has one value only; leave it out');
  expect(() =>
    run(
      Array.from({ length: 40 }, () => [1, 1]),
      { k: 1 },
    ),
  ).toThrow(RangeError);
  expect(() => run(Array.from({ length: 40 }, (_, i) => [i % 2]))).toThrow(/cannot make 3 groups out of 2/);
  expect(() => run([[1, 2]], { k: 1 })).toThrow(RangeError);
  expect(() => run([...clouds(1), [Number.NaN, 1]])).toThrow(RangeError);
  expect(() => run([...clouds(1), [1e200, 1]])).toThrow(RangeError);
  expect(() => run(clouds(1), { k: 0 })).toThrow(RangeError);
  expect(() => run(clouds(1), { starts: 0 })).toThrow(RangeError);
});
