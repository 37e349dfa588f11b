import { foldRows } from '../distinct-rows.ts';

/** Answers of several people to nominal items, null where one is missing. */
export type Codes = readonly (number | null)[];

/** Rows that answered alike (and have the same covariates) as one, in an order of their own. */
export type Patterns = {
  count: number;
  items: number;
  /** How many different answers each item has. */
  levels: number[];
  /** For each item, the place of its first level among the levels of all items. */
  firstLevel: number[];
  levelsInAll: number;
  /** count × items: the place of each answer among the levels of all items, −1 where it is missing. */
  places: Int32Array;
  weights: Float64Array;
  /** count × covariates, the first of them 1 for everybody; the others standardised. One column when there are none. */
  design: Float64Array;
  covariates: number;
  /** For each row, which pattern it is. */
  patternOf: Int32Array;
  /** Of each covariate but the first: what was taken off and what it was divided by. */
  scaling: { mean: number; deviation: number }[];
  n: number;
};

const MISSING = -1;

/**
 * Checks the answers and folds those that are equal.
 *
 * @param weights how much each row counts, once unless given
 * @throws {RangeError} as `fitLatentClasses` says
 */
export function foldPatterns(
  rows: readonly Codes[],
  {
    levels,
    covariates,
    weights,
  }: {
    levels: readonly number[] | null;
    covariates: readonly (readonly number[])[] | null;
    weights: readonly number[] | null;
  },
): Patterns {
  if (rows.length < 2) throw new RangeError('fitLatentClasses requires at least two rows');
  const items = rows[0]!.length;
  if (items === 0) throw new RangeError('fitLatentClasses requires at least one item');
  if (covariates && covariates.length !== rows.length) {
    throw new RangeError('fitLatentClasses requires the covariates of every row');
  }
  if (weights && weights.length !== rows.length)
    throw new RangeError('fitLatentClasses requires a weight for every row');
  const counted = countLevels(rows, items, levels);
  const extra = covariates?.[0]?.length ?? 0;
  const scaling = standardising(covariates ?? [], extra);

  const width = items + extra;
  const table = new Float64Array(rows.length * width);
  for (const [i, row] of rows.entries()) {
    for (let j = 0; j < items; j++) table[i * width + j] = row[j] ?? MISSING;
    for (let c = 0; c < extra; c++) {
      const { mean, deviation } = scaling[c]!;
      table[i * width + items + c] = (covariates![i]![c]! - mean) / deviation;
    }
  }
  const folded = foldRows(table, width);
  const firstLevel = counted.map((_, item) => counted.slice(0, item).reduce((sum, one) => sum + one, 0));
  const places = new Int32Array(folded.count * items);
  const design = new Float64Array(folded.count * (1 + extra));
  for (let i = 0; i < folded.count; i++) {
    for (let j = 0; j < items; j++) {
      const code = folded.values[i * width + j]!;
      places[i * items + j] = code === MISSING ? -1 : firstLevel[j]! + code;
    }
    design[i * (1 + extra)] = 1;
    for (let c = 0; c < extra; c++) design[i * (1 + extra) + 1 + c] = folded.values[i * width + items + c]!;
  }
  return {
    count: folded.count,
    items,
    levels: counted,
    firstLevel,
    levelsInAll: counted.reduce((sum, one) => sum + one, 0),
    places,
    weights: weights ? addWeights(weights, folded.distinctOf, folded.count) : folded.weights,
    design,
    covariates: 1 + extra,
    patternOf: folded.distinctOf,
    scaling,
    n: rows.length,
  };
}

function countLevels(rows: readonly Codes[], items: number, levels: readonly number[] | null): number[] {
  if (levels && levels.length !== items) {
    throw new RangeError('fitLatentClasses requires the number of levels of every item');
  }
  for (const [i, row] of rows.entries()) {
    if (row.length !== items) throw new RangeError('fitLatentClasses requires the same items in every row');
    for (const code of row) {
      if (code !== null && !(Number.isInteger(code) && code >= 0)) {
        throw new RangeError('fitLatentClasses requires codes that are whole numbers from 0, or null');
      }
    }
    if (row.every((code) => code === null)) throw new RangeError(`Row ${i + 1} has no answer; leave it out`);
  }
  return Array.from({ length: items }, (_, j) => {
    const codes = new Set(rows.map((row) => row[j]!).filter((code) => code !== null));
    if (codes.size < 2) throw new RangeError(`Item ${j + 1} has fewer than two different answers; leave it out`);
    const most = Math.max(...codes);
    const told = levels?.[j] ?? most + 1;
    if (!(Number.isInteger(told) && told > most)) {
      throw new RangeError(`Item ${j + 1} has the code ${most}, which needs at least ${most + 1} levels`);
    }
    if (told > LEVELS_MAX) throw new RangeError(`Item ${j + 1} has more than ${LEVELS_MAX} levels; join some`);
    return told;
  });
}
const LEVELS_MAX = 1000;

/** Means and deviations, from the values in order of size, so that the order of the rows does not matter. */
function standardising(covariates: readonly (readonly number[])[], extra: number) {
  for (const row of covariates) {
    if (row.length !== extra || !row.every(Number.isFinite)) {
      throw new RangeError('fitLatentClasses requires the same covariates in every row, none missing');
    }
  }
  return Array.from({ length: extra }, (_, c) => {
    const values = Float64Array.from(covariates, (row) => row[c]!).sort();
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    if (values[0] === values.at(-1)) throw new RangeError(`Covariate ${c + 1} has one value only; leave it out`);
    if (!(deviation > 0 && Number.isFinite(deviation))) {
      throw new RangeError(`Covariate ${c + 1} has numbers whose squares cannot be added up`);
    }
    return { mean, deviation };
  });
}

/** The weights of equal rows together, added in order of size. */
function addWeights(weights: readonly number[], patternOf: Int32Array, count: number): Float64Array {
  for (const weight of weights) {
    if (!(weight > 0 && Number.isFinite(weight))) throw new RangeError('fitLatentClasses requires weights above 0');
  }
  const sums = new Float64Array(count);
  const order = Array.from(weights.keys()).sort((a, b) => weights[a]! - weights[b]!);
  for (const row of order) sums[patternOf[row]!]! += weights[row]!;
  return sums;
}
