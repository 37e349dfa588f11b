import { expect, test } from 'vitest';
import {
  canonicalDirections,
  fitLinearDiscriminant,
  indexOfLargest,
  leaveOneOutPosteriors,
  linearPosteriors,
  softmax,
  wilksLambda,
} from '../../src/stats/linear-discriminant.ts';
import { mulberry32, normalDeviate } from '../../src/stats/random.ts';

const random = mulberry32(5);
const labels = Array.from({ length: 60 }, (_, i) => i % 3);
const rows = labels.map((group) => [
  group + normalDeviate(random),
  -group / 2 + normalDeviate(random),
  normalDeviate(random),
]);

test('leaving one out gives what fitting without that row gives', () => {
  const quick = leaveOneOutPosteriors(rows, labels, { priors: 'equal' });
  for (const out of [0, 17, 42, 59]) {
    const others = rows.filter((_, i) => i !== out);
    const model = fitLinearDiscriminant(
      others,
      labels.filter((_, i) => i !== out),
      { priors: 'equal' },
    );
    linearPosteriors(model, rows[out]!).forEach((p, group) => expect(quick[out]![group]).toBeCloseTo(p, 10));
  }
});

test('priors move the border and nothing else', () => {
  const rare = fitLinearDiscriminant(rows, labels, { priors: [0.01, 0.01, 0.98] });
  const equal = fitLinearDiscriminant(rows, labels, { priors: 'equal' });
  expect(rare.weights).toEqual(equal.weights);
  expect(indexOfLargest(linearPosteriors(rare, [0, 0, 0]))).toBe(2);
  expect(indexOfLargest(linearPosteriors(equal, [0, 0, 0]))).toBe(0);
});

test('canonical directions have a variance of one within groups', () => {
  const model = fitLinearDiscriminant(rows, labels);
  const { scaling, traceShares } = canonicalDirections(model);
  expect(traceShares[0]! + traceShares[1]!).toBeCloseTo(1, 12);
  let variance = 0;
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) variance += scaling[i]![0]! * model.covariance[i]![j]! * scaling[j]![0]!;
  expect(variance).toBeCloseTo(1, 10);
  expect(wilksLambda(rows, labels)).toBeGreaterThan(0);
  expect(wilksLambda(rows, labels)).toBeLessThan(1);
});

test('columns that repeat each other are refused, and a ridge makes them bearable', () => {
  const twice = rows.map((row) => [...row, row[0]! * 2]);
  expect(() => fitLinearDiscriminant(twice, labels)).toThrow('repeat each other');
  const plain = linearPosteriors(fitLinearDiscriminant(rows, labels), rows[0]!);
  linearPosteriors(fitLinearDiscriminant(twice, labels, { ridge: 1e-6 }), twice[0]!).forEach((p, group) =>
    expect(p).toBeCloseTo(plain[group]!, 4),
  );
});

test('wrong calls are refused in words', () => {
  expect(() => fitLinearDiscriminant([[1], [2]], [0, 0])).toThrow('at least two groups');
  expect(() => fitLinearDiscriminant([[1], [Number.NaN]], [0, 1])).toThrow('finite');
  expect(() => fitLinearDiscriminant([[1], [2], [3]], [0, 2, 2])).toThrow('every group');
  expect(() => fitLinearDiscriminant([[1], [2]], [0, 1])).toThrow('more rows than groups');
  expect(() => fitLinearDiscriminant(rows, labels, { priors: [1, 0, 0] })).toThrow('prior above 0');
});

test('scores of any size give shares', () => {
  expect(softmax([1e308, -1e308, 1e308])).toEqual([0.5, 0, 0.5]);
});
