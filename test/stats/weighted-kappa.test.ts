import { describe, expect, test } from 'vitest';
import {
  linearDisagreement,
  nominalDisagreement,
  quadraticDisagreement,
  weightedKappa,
} from '../../src/stats/weighted-kappa.ts';

const dermatologists = [
  [0, 4, 1],
  [0, 8, 0],
  [0, 1, 5],
];

describe('weighted kappa as others print it', () => {
  test('SAS, linear weights: kappa, standard error, interval and z', () => {
    const found = weightedKappa(dermatologists, linearDisagreement)!;
    expect(found.kappa).toBeCloseTo(0.47012, 6);
    expect(found.standardError).toBeCloseTo(0.1457, 4);
    expect(found.low).toBeCloseTo(0.1845, 4);
    expect(found.high).toBeCloseTo(0.7558, 4);
    expect(found.z).toBeCloseTo(3.2971, 4);
  });

  test('SAS, without weights: z', () => {
    expect(weightedKappa(dermatologists, nominalDisagreement)!.z).toBeCloseTo(3.2626, 4);
  });

  test('four ordered codes of couples, linear', () => {
    const couples = [
      [7, 7, 2, 3],
      [2, 8, 3, 7],
      [1, 5, 4, 9],
      [2, 8, 9, 14],
    ];
    expect(weightedKappa(couples, linearDisagreement)!.kappa).toBeCloseTo(0.237381, 6);
  });

  test('R’s irr on two raters of anxiety, equal and squared weights over the codes that occur', () => {
    const second = [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4];
    const third = [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2];
    const codes = [1, 2, 3, 4, 6];
    const table = codes.map((a) => codes.map((b) => second.filter((one, i) => one === a && third[i] === b).length));
    expect(weightedKappa(table, linearDisagreement)!.kappa).toBeCloseTo(0.1459075, 6);
    expect(weightedKappa(table, linearDisagreement)!.z).toBeCloseTo(1.282472, 5);
    expect(weightedKappa(table, quadraticDisagreement)!.kappa).toBeCloseTo(0.2520325, 6);
    expect(weightedKappa(table, quadraticDisagreement)!.z).toBeCloseTo(1.437451, 5);
  });
});

test('weights are of disagreement: those that grow with agreement are refused', () => {
  expect(() => weightedKappa(dermatologists, (i, j) => (i === j ? 1 : 0))).toThrow(RangeError);
});

test('the unit of the weights makes no difference', () => {
  const one = weightedKappa(dermatologists, linearDisagreement);
  const tenfold = weightedKappa(dermatologists, (i, j) => 10 * Math.abs(i - j));
  expect(tenfold!.kappa).toBeCloseTo(one!.kappa, 12);
  expect(tenfold!.standardError).toBeCloseTo(one!.standardError, 12);
});

test('where one coder never varies kappa is exactly 0 and has no z; where neither does there is none', () => {
  for (const [a, b] of [
    [6, 4],
    [7, 3],
    [1, 48],
  ]) {
    const found = weightedKappa(
      [
        [a!, 0],
        [b!, 0],
      ],
      nominalDisagreement,
    );
    expect(found?.kappa).toBe(0);
    expect(found?.z).toBeNull();
  }
  expect(
    weightedKappa(
      [
        [10, 0],
        [0, 0],
      ],
      linearDisagreement,
    ),
  ).toBeNull();
});
