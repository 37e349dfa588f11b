/** How a column is compared: by size, by the order of its steps, or by whether two answers are the same. */
export type GowerColumn = { kind: 'numeric' | 'ordinal' | 'nominal' | 'binary' /** 1 unless told. */; weight?: number };

/** What Gower's distance needs to know of the columns. */
export type GowerScale = {
  /** `low` and `range` for columns compared by size, the steps that occur for ordinal ones, neither for the others. */
  columns: { weight: number; low: number | null; range: number | null; steps: number[] | null }[];
};

/** An answer, or null where there is none. */
export type MixedRow = readonly (number | null)[];

/**
 * Measures what Gower's distance divides by: the range of each numeric column, the number of steps of each ordinal one.
 *
 * @param rows respondents × columns, null where an answer is missing
 * @param columns how each column is compared. Ordinal answers are compared by their place among the answers that occur;
 *   binary ones as nominal ones, so that two who both did not choose something are as alike as two who both did
 * @throws {RangeError} for ragged rows, numbers that are not finite, weights that are not above 0, or a column in which
 *   all answers are the same
 * @see Gower (1971), Biometrics 27, 857–871; Kaufman and Rousseeuw (1990), Finding Groups in Data, section 1.2.6
 *
 * @example
 * fitGower([[20, 1], [60, 0]], [{ kind: 'numeric' }, { kind: 'nominal' }]).columns[0].range // => 40
 */
export function fitGower(rows: readonly MixedRow[], columns: readonly GowerColumn[]): GowerScale {
  if (columns.length === 0) throw new RangeError('fitGower requires at least one column');
  for (const row of rows) checkRow(row, columns.length, 'fitGower');
  return {
    columns: columns.map(({ kind, weight = 1 }, j) => {
      if (!(weight > 0 && Number.isFinite(weight))) throw new RangeError('fitGower requires weights above 0');
      const values = [...new Set(rows.flatMap((row) => row[j] ?? []))].sort((a, b) => a - b);
      if (values.length < 2) {
        throw new RangeError(`Column ${j + 1} has fewer than two different answers, so it tells nobody apart`);
      }
      if (kind === 'nominal' || kind === 'binary') return { weight, low: null, range: null, steps: null };
      if (kind === 'ordinal') return { weight, low: 0, range: values.length - 1, steps: values };
      const range = values.at(-1)! - values[0]!;
      if (!Number.isFinite(range)) throw new RangeError(`Column ${j + 1} has a range too large to divide by`);
      return { weight, low: values[0]!, range, steps: null };
    }),
  };
}

/**
 * Gower's distance between two rows: the mean of the differences of the columns both have answered, each between 0 (the
 * same) and 1 (as far apart as the column goes).
 *
 * @returns 0 to 1, above 1 only for a later row outside the ranges; null when there is no column that both have answered
 * @throws {RangeError} when a row has not the columns of the scale, or a number that is not finite
 *
 * @example
 * const scale = fitGower([[20, 1], [60, 0]], [{ kind: 'numeric' }, { kind: 'nominal' }]);
 * gowerDistance(scale, [30, 1], [40, 0]) // => 0.625
 */
export function gowerDistance(scale: GowerScale, a: MixedRow, b: MixedRow): number | null {
  return preparedDistance(scale, prepareGower(scale, a), 0, prepareGower(scale, b), 0);
}

/** A row on the scale, NaN where there is no answer: what `preparedDistance` takes, row after row. */
export function prepareGower(scale: GowerScale, row: MixedRow): Float64Array {
  checkRow(row, scale.columns.length, 'Gower’s distance');
  return Float64Array.from(scale.columns, ({ low, range, steps }, j) => {
    const value = row[j];
    if (value === null || value === undefined) return Number.NaN;
    if (low === null || range === null) return value;
    if (!steps) return (value - low) / range;
    return Math.min(range, steps.filter((step) => step < value).length) / range;
  });
}

/** The distance between row `i` of one prepared table and row `c` of another. */
export function preparedDistance(
  { columns }: GowerScale,
  a: Float64Array,
  i: number,
  b: Float64Array,
  c: number,
): number | null {
  const width = columns.length;
  let sum = 0;
  let compared = 0;
  for (let j = 0; j < width; j++) {
    const x = a[i * width + j]!;
    const y = b[c * width + j]!;
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    const { weight, low } = columns[j]!;
    compared += weight;
    if (low === null) sum += x === y ? 0 : weight;
    else sum += weight * Math.abs(x - y);
  }
  return compared === 0 ? null : sum / compared;
}

function checkRow(row: MixedRow, width: number, caller: string): void {
  if (row.length !== width) throw new RangeError(`${caller} requires the same columns in every row`);
  for (const value of row) {
    if (value !== null && !Number.isFinite(value)) throw new RangeError(`${caller} requires finite numbers only`);
  }
}
