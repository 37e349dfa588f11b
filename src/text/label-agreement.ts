import { adjustedRandIndex } from '../stats/adjusted-rand-index.ts';
import { normalisedMutualInformation } from '../stats/mutual-information.ts';

/** How often label a of one labelling meets label b of another: `cells[a * columns + b]`. */
export type LabelTable = { rows: number; columns: number; cells: Float64Array };

/**
 * Crosses two labellings of the same documents.
 *
 * @param first labels from 0
 * @param second labels from 0, as many as `first`
 *
 * @example
 * crossLabels(Int32Array.of(0, 0, 1), Int32Array.of(1, 1, 0)).cells // => Float64Array [0, 2, 1, 0]
 */
export function crossLabels(first: Int32Array, second: Int32Array): LabelTable {
  const rows = labelsUsed(first);
  const columns = labelsUsed(second);
  const cells = new Float64Array(rows * columns);
  for (let i = 0; i < first.length; i++) cells[first[i]! * columns + second[i]!]!++;
  return { rows, columns, cells };
}

/** One more than the highest label; 0 when there are none. */
export function labelsUsed(labels: Int32Array): number {
  let highest = -1;
  for (const label of labels) if (label > highest) highest = label;
  return highest + 1;
}

/** Sums of the rows and columns of a table, and of all its cells. */
export function marginsOf({ rows, columns, cells }: LabelTable) {
  const ofRows = new Float64Array(rows);
  const ofColumns = new Float64Array(columns);
  let total = 0;
  for (let a = 0; a < rows; a++) {
    for (let b = 0; b < columns; b++) {
      const cell = cells[a * columns + b]!;
      ofRows[a]! += cell;
      ofColumns[b]! += cell;
      total += cell;
    }
  }
  return { ofRows, ofColumns, total };
}

/** The adjusted Rand index of two labellings of the same documents; 0 for fewer than two documents. */
export function labelAgreement(first: Int32Array, second: Int32Array): number {
  return adjustedRandIndex(Array.from(first), Array.from(second)) ?? 0;
}

/** Normalised mutual information of two labellings of the same documents; 0 when there are none. */
export function sharedInformation(first: Int32Array, second: Int32Array): number {
  return normalisedMutualInformation(Array.from(first), Array.from(second)) ?? 0;
}
