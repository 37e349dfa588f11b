import { expect, test } from 'vitest';
import { mulberry32, shuffled } from '../../src/stats/random.ts';
import { rankSum } from '../../src/stats/rank-sum.ts';

const counted = (values: readonly number[]) => values.map((value) => ({ value, count: 1 }));

test.each([
  [[0, 0, 0, 1, 2], [0, 1, 1, 5, 6, 9], 6.5, 0.1087697],
  [[1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 2, 7], [7, 8, 2, 2, 9, 10, 11], 3.5, 0.0032573],
])('ties share their ranks, as others have computed it (SciPy, asymptotic)', (first, second, u, p) => {
  const found = rankSum(counted(first), counted(second));
  expect(found?.u).toBe(u);
  expect(found?.p).toBeCloseTo(p, 6);
});

test('turned round, shuffled, gathered and stretched, the p is the same', () => {
  const random = mulberry32(4);
  const [a, b] = [30, 50].map((size) => Array.from({ length: size }, () => Math.floor(6 * random() * random())));
  const p = rankSum(counted(a!), counted(b!))!.p;
  expect(rankSum(counted(b!), counted(a!))!.p).toBeCloseTo(p, 12);
  expect(rankSum(counted(shuffled(a!, random)), counted(shuffled(b!, random)))!.p).toBe(p);
  const gathered = [...Map.groupBy(a!, (value) => value)].map(([value, { length: count }]) => ({ value, count }));
  expect(rankSum(gathered, counted(b!))!.p).toBe(p);
  const stretched = (values: number[]) => counted(values.map((value) => Math.exp(value)));
  expect(rankSum(stretched(a!), stretched(b!))!.p).toBe(p);
});

test('nothing to compare is null, and a number that is none is refused', () => {
  expect(rankSum([], counted([1]))).toBeNull();
  expect(rankSum(counted([2, 2]), counted([2]))).toBeNull();
  expect(() => rankSum(counted([1]), counted([Number.NaN]))).toThrow(RangeError);
});
