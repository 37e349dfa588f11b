import { describe, expect, test } from 'vitest';
import { choleskyFactor, choleskyInverse, choleskyLogDeterminant } from '../../../src/stats/cholesky.ts';
import {
  COVARIANCE_FAMILIES,
  type CovarianceFamily,
  covarianceParameters,
  estimateCovariances,
  isDiagonal,
} from '../../../src/stats/gaussian-mixture/covariance-families.ts';
import { mulberry32, normalDeviate } from '../../../src/stats/random.ts';

const K = 3;
const P = 3;
const LEAST = new Float64Array(P).fill(1e-9);

/** Scatter matrices of groups of 40, 25 and 15, K × P × P. */
function scatters(seed: number): { weights: Float64Array; full: Float64Array } {
  const random = mulberry32(seed);
  const weights = Float64Array.of(40, 25, 15);
  const full = new Float64Array(K * P * P);
  for (let c = 0; c < K; c++) {
    const mixing = Array.from({ length: P * P }, () => normalDeviate(random));
    for (let i = 0; i < weights[c]!; i++) {
      const drawn = Array.from({ length: P }, (_, j) => (1 + j) * normalDeviate(random));
      const row = Array.from({ length: P }, (_, a) => drawn.reduce((sum, x, b) => sum + mixing[a * P + b]! * x, 0));
      for (let a = 0; a < P; a++) for (let b = 0; b < P; b++) full[c * P * P + a * P + b]! += row[a]! * row[b]!;
    }
  }
  return { weights, full };
}

const diagonalOf = (full: Float64Array) =>
  Float64Array.from({ length: K * P }, (_, at) => full[Math.floor(at / P) * P * P + (at % P) * (P + 1)]!);

function estimate(family: CovarianceFamily, weights: Float64Array, full: Float64Array): Float64Array[] {
  const values = isDiagonal(family) ? diagonalOf(full) : full;
  const { covariances } = estimateCovariances(family, { k: K, p: P, weights, values }, LEAST);
  return Array.from({ length: K }, (_, c) => {
    if (!isDiagonal(family)) return covariances.slice(c * P * P, (c + 1) * P * P);
    const own = new Float64Array(P * P);
    for (let j = 0; j < P; j++) own[j * (P + 1)] = covariances[c * P + j]!;
    return own;
  });
}

/** Twice the negative log-likelihood of the scatter, but for a constant: smaller is likelier. */
function misfit(covariances: readonly Float64Array[], weights: Float64Array, full: Float64Array): number {
  return covariances.reduce((sum, covariance, c) => {
    const factor = choleskyFactor(covariance, P)!;
    const inverse = choleskyInverse(factor, P);
    let trace = 0;
    for (let at = 0; at < P * P; at++) trace += inverse[at]! * full[c * P * P + at]!;
    return sum + weights[c]! * choleskyLogDeterminant(factor, P) + trace;
  }, 0);
}

/** Small changes that stay in the family: volumes, shapes and orientations, common ones the same for all groups. */
function neighbour(family: CovarianceFamily, found: readonly Float64Array[], seed: number): Float64Array[] {
  const random = mulberry32(seed);
  const step = () => 0.02 * normalDeviate(random);
  const one = { volume: step(), shape: Array.from({ length: P }, step), turn: step() };
  const own = () => ({ volume: step(), shape: Array.from({ length: P }, step), turn: step() });
  return found.map((covariance) => {
    const mine = own();
    const volume = family[0] === 'V' ? mine.volume : one.volume;
    const raw = family[1] === 'I' ? [0, 0, 0] : family[1] === 'V' ? mine.shape : one.shape;
    const middle = raw.reduce((sum, value) => sum + value, 0) / P;
    const shape = raw.map((value) => value - middle);
    // Along the columns a shape scales them; elsewhere it is left as it is, and volume and orientation change.
    const scale = isDiagonal(family)
      ? shape.map((value) => Math.exp(value + volume))
      : [0, 0, 0].fill(Math.exp(volume));
    const changed = Float64Array.from(
      covariance,
      (value, at) => value * Math.sqrt(scale[Math.floor(at / P)]! * scale[at % P]!),
    );
    if (isDiagonal(family)) return changed;
    const turn = family[2] === 'V' ? mine.turn : one.turn;
    return turned(changed, turn);
  });
}

function turned(covariance: Float64Array, angle: number): Float64Array {
  const rotation = [Math.cos(angle), -Math.sin(angle), 0, Math.sin(angle), Math.cos(angle), 0, 0, 0, 1];
  const result = new Float64Array(P * P);
  for (let a = 0; a < P; a++) {
    for (let b = 0; b < P; b++) {
      for (let x = 0; x < P; x++) {
        for (let y = 0; y < P; y++) {
          result[a * P + b]! += rotation[a * P + x]! * covariance[x * P + y]! * rotation[b * P + y]!;
        }
      }
    }
  }
  return result;
}

describe.each(COVARIANCE_FAMILIES)('family %s', (family) => {
  test('no change within the family is likelier', () => {
    for (const seed of [1, 2, 3]) {
      const { weights, full } = scatters(seed);
      const found = estimate(family, weights, full);
      const least = misfit(found, weights, full);
      for (let other = 0; other < 40; other++) {
        expect(misfit(neighbour(family, found, 100 * seed + other), weights, full)).toBeGreaterThan(least - 1e-6);
      }
    }
  });

  test('what is common is common', () => {
    const { weights, full } = scatters(4);
    const [a, b] = estimate(family, weights, full) as [Float64Array, Float64Array];
    const determinants = [a, b].map((one) => choleskyLogDeterminant(choleskyFactor(one, P)!, P));
    if (family[0] === 'E') expect(determinants[0]).toBeCloseTo(determinants[1]!, 8);
    else expect(Math.abs(determinants[0]! - determinants[1]!)).toBeGreaterThan(0.01);
    if (family === 'EII' || family === 'VII') expect(a[0]).toBeCloseTo(a[4]!, 10);
    if (family === 'VEI') expect(a[0]! / a[4]!).toBeCloseTo(b[0]! / b[4]!, 8);
    if (isDiagonal(family)) expect([a[1], a[2], a[5]]).toEqual([0, 0, 0]);
  });
});

test('the fewer things in common, the likelier', () => {
  const { weights, full } = scatters(5);
  const misfits = Object.fromEntries(
    COVARIANCE_FAMILIES.map((family) => [family, misfit(estimate(family, weights, full), weights, full)]),
  ) as Record<CovarianceFamily, number>;
  const chains: CovarianceFamily[][] = [
    ['EII', 'VII', 'VEI', 'VVI', 'VVV'],
    ['EII', 'EEI', 'VEI', 'VVI'],
    ['EEI', 'EVI', 'VVI'],
    ['EEI', 'EEE', 'VVV'],
    ['VEV', 'VVV'],
  ];
  for (const chain of chains) {
    for (let at = 1; at < chain.length; at++) {
      expect(misfits[chain[at]!]).toBeLessThanOrEqual(misfits[chain[at - 1]!] + 1e-6);
    }
  }
});

test('parameters are counted as in Celeux and Govaert (1995), table 1, for three groups in four columns', () => {
  expect(COVARIANCE_FAMILIES.map((family) => covarianceParameters(family, 3, 4))).toEqual([
    1, 3, 4, 6, 10, 12, 10, 24, 30,
  ]);
});

test('variance below the least is raised in every direction, and said to be', () => {
  // Two columns that are the same but for nothing: no variance along one diagonal.
  const values = Float64Array.of(10, 10, 10, 10);
  const least = Float64Array.of(0.01, 0.01);
  const found = estimateCovariances('VVV', { k: 1, p: 2, weights: Float64Array.of(10), values }, least);
  expect(found.isRaised).toBe(true);
  expect(Array.from(found.covariances)).toEqual([1.005, 0.995, 0.995, 1.005].map((x) => expect.closeTo(x, 9)));
  const flat = Float64Array.of(0, 10);
  expect(estimateCovariances('VVI', { k: 1, p: 2, weights: Float64Array.of(10), values: flat }, least)).toEqual({
    covariances: Float64Array.of(0.01, 1),
    isRaised: true,
  });
});
