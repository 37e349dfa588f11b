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

  const order = rows.map((_, index) => index).sort((a, b) => compareRows(rows[a]!, rows[b]!));
  const distinctOf = new Int32Array(rows.length);
  const values: number[] = [];
  const weights: number[] = [];
  let previous: readonly number[] | undefined;
  for (const index of order) {
    const row = rows[index]!;
    if (previous === undefined || compareRows(previous, row) !== 0) {
      values.push(...row);
      weights.push(0);
      previous = row;
    }
    weights[weights.length - 1]! += 1;
    distinctOf[index] = weights.length - 1;
  }
  return {
    count: weights.length,
    width,
    values: Float64Array.from(values),
    weights: Float64Array.from(weights),
    distinctOf,
  };
}

/** Orders two rows by their numbers, the first column that differs deciding; 0 when they are equal. */
export function compareRows(a: readonly number[], b: readonly number[]): number {
  for (let j = 0; j < a.length; j++) {
    if (a[j]! !== b[j]!) return a[j]! - b[j]!;
  }
  return 0;
}
