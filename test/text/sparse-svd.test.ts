import { expect, test } from 'vitest';
import { mulberry32 } from '../../src/stats/random.ts';
import { leadingDimensions, type SparseMatrix } from '../../src/text/sparse-svd.ts';

function fromRows(rows: number[][]): SparseMatrix {
  const starts = [0];
  const column: number[] = [];
  const value: number[] = [];
  for (const row of rows) {
    row.forEach((entry, j) => {
      if (entry !== 0) {
        column.push(j);
        value.push(entry);
      }
    });
    starts.push(column.length);
  }
  return {
    rows: rows.length,
    columns: rows[0]!.length,
    starts: Int32Array.from(starts),
    column: Int32Array.from(column),
    value: Float64Array.from(value),
  };
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, j) => sum + x * b[j]!, 0);

test('with all dimensions kept, rows lie to each other as before', () => {
  const random = mulberry32(1);
  const rows = Array.from({ length: 30 }, () => Array.from({ length: 9 }, () => (random() < 0.3 ? random() : 0)));
  const { values, dimensions } = leadingDimensions(fromRows(rows), { dimensions: 9, passes: 3, random });
  expect(dimensions).toBe(9);
  const reduced = rows.map((_, i) => Array.from(values.subarray(9 * i, 9 * i + 9)));
  for (let i = 0; i < 30; i++) {
    for (let j = 0; j <= i; j++) expect(dot(reduced[i]!, reduced[j]!)).toBeCloseTo(dot(rows[i]!, rows[j]!), 8);
  }
});

test('singular values of a small matrix are those worked out by hand', () => {
  // [[3, 0], [4, 5]] has singular values √45 and √5.
  const { values } = leadingDimensions(
    fromRows([
      [3, 0],
      [4, 5],
    ]),
    { dimensions: 2, passes: 3, random: mulberry32(2) },
  );
  expect(Math.hypot(values[0]!, values[2]!)).toBeCloseTo(Math.sqrt(45), 8);
  expect(Math.hypot(values[1]!, values[3]!)).toBeCloseTo(Math.sqrt(5), 8);
});

test('dimensions that are not there come out as zero, not as noise', () => {
  const rows = Array.from({ length: 12 }, (_, i) => [i, 2 * i, 0, 3 * i]);
  const { values } = leadingDimensions(fromRows(rows), { dimensions: 4, passes: 3, random: mulberry32(3) });
  expect(values.every(Number.isFinite)).toBe(true);
  for (let i = 0; i < 12; i++) {
    expect(Math.abs(values[4 * i]!)).toBeCloseTo(i * Math.sqrt(14), 6);
    for (let t = 1; t < 4; t++) expect(values[4 * i + t]).toBeCloseTo(0, 6);
  }
});

test('a matrix of nothing stays nothing', () => {
  const { values } = leadingDimensions(
    fromRows([
      [0, 0],
      [0, 0],
    ]),
    { dimensions: 2, passes: 2, random: mulberry32(4) },
  );
  expect([...values].map(Math.abs)).toEqual([0, 0, 0, 0]);
});
