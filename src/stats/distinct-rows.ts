/** The rows of a table without repeats, in an order of their own, laid out row after row. */
export type DistinctRows = {
  count: number;
  width: number;
  /** `count` × `width` numbers. */
  values: Float64Array;
  /** How often each distinct row occurs. */
  weights: Float64Array;
  /** For each row of the table, which distinct row it is. */
  distinctOf: Int32Array;
};

/**
 * Folds equal rows into one with a count and sorts them by their numbers, first column first. What is computed from the
 * result cannot depend on the order of the table, and cannot tear equal rows apart.
 *
 * @param rows respondents × columns, no number missing
 * @throws {RangeError} for ragged rows, rows without columns, or a number that is not finite
 *
 * @example
 * distinctRows([[2, 1], [1, 5], [2, 1]]).weights // => [1, 2]
 */
export function distinctRows(rows: readonly (readonly number[])[]): DistinctRows {
  const width = rows[0]?.length ?? 0;
  for (const row of rows) {
    if (row.length !== width || width === 0) throw new RangeError('Every row requires the same columns, at least one');
    if (!row.every(Number.isFinite)) throw new RangeError('Every row requires finite numbers only');
  }

  const values = new Float64Array(rows.length * width);
  for (const [i, row] of rows.entries()) values.set(row, i * width);
  return foldRows(values, width);
}

/**
 * The same for a table laid out row after row.
 *
 * @param table finite numbers, a whole number of rows
 *
 * @example
 * foldRows(Float64Array.of(2, 1, 1, 5, 2, 1), 2).distinctOf // => Int32Array [1, 0, 1]
 */
export function foldRows(table: Float64Array, width: number): DistinctRows {
  const n = table.length / width;
  const order = Int32Array.from({ length: n }, (_, row) => row).sort((a, b) => compareAt(table, a, b, width));
  const distinctOf = new Int32Array(n);
  const weights = new Float64Array(n);
  const values = new Float64Array(table.length);
  let count = 0;
  for (let at = 0; at < n; at++) {
    const row = order[at]!;
    if (at === 0 || compareAt(table, order[at - 1]!, row, width) !== 0) {
      values.set(table.subarray(row * width, (row + 1) * width), count * width);
      count++;
    }
    weights[count - 1]! += 1;
    distinctOf[row] = count - 1;
  }
  return { count, width, values: values.subarray(0, count * width), weights: weights.subarray(0, count), distinctOf };
}

function compareAt(table: Float64Array, a: number, b: number, width: number): number {
  for (let j = 0; j < width; j++) {
    const difference = table[a * width + j]! - table[b * width + j]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Orders two rows by their numbers, the first column that differs deciding; 0 when they are equal. */
export function compareRows(a: readonly number[], b: readonly number[]): number {
  for (let j = 0; j < a.length; j++) {
    if (a[j]! !== b[j]!) return a[j]! - b[j]!;
  }
  return 0;
}
