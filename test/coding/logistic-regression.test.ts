import { expect, test } from 'vitest';
import { fitLogistic, logisticProbability } from '../../src/coding/logistic-regression.ts';
import type { SparseMatrix } from '../../src/text/sparse-svd.ts';

function matrixOf(rows: readonly (readonly number[])[]): SparseMatrix {
  const columns = rows[0]?.length ?? 0;
  const [starts, column, value] = [[0], [] as number[], [] as number[]];
  for (const row of rows) {
    for (const [at, one] of row.entries()) {
      if (one === 0) continue;
      column.push(at);
      value.push(one);
    }
    starts.push(column.length);
  }
  return {
    rows: rows.length,
    columns,
    starts: Int32Array.from(starts),
    column: Int32Array.from(column),
    value: Float64Array.from(value),
  };
}
const all = (n: number) => Int32Array.from({ length: n }, (_, row) => row);

test('hours of study and passing an examination, as an encyclopaedia works it: −4.0777 and 1.5046', () => {
  const hours = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5, 5.5];
  const labels = Int8Array.of(0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1);
  const matrix = matrixOf(hours.map((hour) => [hour]));
  const model = fitLogistic(matrix, { chosen: all(20), labels, cost: 1e7, tolerance: 1e-9 });
  expect(model.intercept).toBeCloseTo(-4.0777, 3);
  expect(model.weights[0]).toBeCloseTo(1.5046, 3);
  expect(logisticProbability(model, matrix, 7)).toBeCloseTo(0.26, 2);
});

test('without much of a penalty one feature weighs the logarithm of its odds ratio', () => {
  const rows = [...Array(30).fill([1]), ...Array(50).fill([0])];
  const labels = Int8Array.from(rows, (row, at) => (row[0] === 1 ? Number(at < 20) : Number(at < 40)));
  const model = fitLogistic(matrixOf(rows), { chosen: all(80), labels, cost: 1e7, tolerance: 1e-9 });
  expect(model.intercept).toBeCloseTo(Math.log(10 / 40), 4);
  expect(model.weights[0]).toBeCloseTo(Math.log(20 / 10 / (10 / 40)), 4);
});

test('with a penalty the gradient vanishes where it stops, and a smaller cost draws the weights in', () => {
  const rows = Array.from({ length: 60 }, (_, n) => [Math.sin(n), Math.cos(3 * n), n % 4 === 0 ? 1 : 0]);
  const labels = Int8Array.from(rows, ([a = 0, b = 0], n) => Number(a + 0.5 * b + (n % 7) / 7 > 0.4));
  const matrix = matrixOf(rows);
  const cost = 2;
  const model = fitLogistic(matrix, { chosen: all(60), labels, cost, tolerance: 1e-7 });
  expect(model.converged).toBe(true);
  const gradient = [...model.weights, 0];
  for (const [row, values] of rows.entries()) {
    const pull = cost * (logisticProbability(model, matrix, row) - labels[row]!);
    for (const [at, value] of values.entries()) gradient[at]! += pull * value;
    gradient[3]! += pull;
  }
  for (const slope of gradient) expect(Math.abs(slope)).toBeLessThan(1e-5);
  const tight = fitLogistic(matrix, { chosen: all(60), labels, cost: 0.05 });
  expect(Math.hypot(...tight.weights)).toBeLessThan(Math.hypot(...model.weights));
});

test('rows that are not chosen have no say', () => {
  const labels = Int8Array.of(1, 0, 1, 0, 1, 1);
  const rows = [
    [1, 0],
    [0, 1],
    [1, 0.5],
    [0.2, 1],
  ];
  const one = fitLogistic(matrixOf([...rows, [0, 5], [9, 9]]), { chosen: all(4), labels, cost: 3 });
  const other = fitLogistic(matrixOf([...rows, [7, 0], [0, 1]]), { chosen: all(4), labels, cost: 3 });
  expect(one).toEqual(other);
});

test('rows of one kind cannot be learned from', () => {
  expect(() => fitLogistic(matrixOf([[1], [0]]), { chosen: all(2), labels: Int8Array.of(1, 1), cost: 1 })).toThrow(
    RangeError,
  );
});
