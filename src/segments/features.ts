import { mean } from '../stats/mean.ts';
import { standardDeviation } from '../stats/variance.ts';

/** One measure of every respondent, in the respondents' order; null where it is missing. */
export type FeatureColumn = { name: string; values: readonly (number | null)[] };

/** What respondents are grouped by: a table without gaps, every column on the same footing. */
export type Features = {
  names: string[];
  /** Kept respondents × columns: distances from the column's mean, in its standard deviations (n − 1). */
  rows: number[][];
  /** Of each column over the kept respondents, in its own unit. */
  means: number[];
  standardDeviations: number[];
  /** For each row, which respondent it is: an index into the columns. */
  kept: number[];
  /** The respondents left out because a measure is missing. */
  dropped: number[];
};

/** Fewer people than this are not grouped: every split of them is chance. */
const RESPONDENTS_MIN = 10;

/** A spread this small, beside 1 or the largest value, is what centring leaves of equal answers. */
const ROUNDING = 1e-12;

/**
 * Makes the table that respondents are grouped by: those with a missing measure are left out and named, every column is
 * turned into z-scores so that none counts more because its unit is small.
 *
 * @param columns at least one, all over the same respondents
 * @throws {RangeError} with a sentence that can be shown to a researcher, when there are no columns, names repeat,
 *   columns differ in length, a number is not finite, fewer than 10 respondents are complete, or a column does not vary
 *
 * @example
 * buildFeatures([{ name: 'calm', values: [1, 2, 3, 4, 5, 6, 7, 8, 9, null, 10] }]).dropped // => [9]
 */
export function buildFeatures(columns: readonly FeatureColumn[]): Features {
  const first = columns[0];
  if (first === undefined) throw new RangeError('Choose at least one measure to group respondents by');
  const names = columns.map((column) => column.name);
  for (const [index, column] of columns.entries()) {
    if (names.indexOf(column.name) !== index) throw new RangeError(`The measure ${column.name} was chosen twice`);
    if (column.values.length !== first.values.length) {
      throw new RangeError(`The measures ${first.name} and ${column.name} do not cover the same respondents`);
    }
    if (column.values.some((value) => value !== null && !Number.isFinite(value))) {
      throw new RangeError(`The measure ${column.name} holds something that is not a number`);
    }
  }

  const kept: number[] = [];
  const dropped: number[] = [];
  for (let respondent = 0; respondent < first.values.length; respondent++) {
    const isComplete = columns.every((column) => column.values[respondent] !== null);
    (isComplete ? kept : dropped).push(respondent);
  }
  if (kept.length < RESPONDENTS_MIN) {
    throw new RangeError(
      `Grouping needs at least ${RESPONDENTS_MIN} respondents with every measure, and there are ${kept.length}`,
    );
  }

  const standards = columns.map((column) => {
    // Sorted, so that the order of respondents cannot move even the last digit.
    const sorted = kept.map((respondent) => column.values[respondent]!).sort((a, b) => a - b);
    const spread = standardDeviation(sorted)!;
    const largest = Math.max(Math.abs(sorted[0]!), Math.abs(sorted.at(-1)!));
    if (spread <= ROUNDING * Math.max(1, largest)) {
      throw new RangeError(`The measure ${column.name} is the same for everyone, so it cannot tell groups apart`);
    }
    return { centre: mean(sorted)!, spread };
  });

  return {
    names,
    rows: kept.map((respondent) =>
      columns.map((column, c) => (column.values[respondent]! - standards[c]!.centre) / standards[c]!.spread),
    ),
    means: standards.map(({ centre }) => centre),
    standardDeviations: standards.map(({ spread }) => spread),
    kept,
    dropped,
  };
}
