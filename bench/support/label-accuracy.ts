import { adjustedRandIndex } from '../../src/stats/adjusted-rand-index.ts';
import { contingency } from '../../src/stats/contingency.ts';
import { normalisedMutualInformation } from '../../src/stats/mutual-information.ts';

/** How well groups found agree with labels given, each 0 to 100. */
export type Scores = { acc: number; nmi: number; ari: number };

/** Accuracy (groups and labels matched one to one), normalised mutual information and adjusted Rand index, in per cent. */
export function scoresOf(labels: string[], found: string[]): Scores {
  return {
    acc: accuracy(labels, found) * 100,
    nmi: (normalisedMutualInformation(labels, found) ?? 0) * 100,
    ari: (adjustedRandIndex(labels, found) ?? 0) * 100,
  };
}

function accuracy(labels: string[], found: string[]): number {
  const table = contingency(labels, found);
  const rows = [...table.rows.keys()];
  const columns = [...table.columns.keys()];
  const size = Math.max(rows.length, columns.length);
  const cost = Array.from({ length: size }, () => new Float64Array(size));
  for (const { row, column, count } of table.cells) cost[rows.indexOf(row)]![columns.indexOf(column)] = -count;
  return -cheapestMatching(cost) / table.total;
}

/** The cost of the cheapest one-to-one matching of rows and columns (Kuhn's method with potentials, O(n³)). */
function cheapestMatching(cost: Float64Array[]): number {
  const size = cost.length;
  const ofRow = new Float64Array(size + 1);
  const ofColumn = new Float64Array(size + 1);
  const rowAt = new Int32Array(size + 1);
  for (let row = 1; row <= size; row++) {
    const cameFrom = new Int32Array(size + 1);
    const slack = new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY);
    const isUsed = new Uint8Array(size + 1);
    let column = 0;
    rowAt[0] = row;
    while (rowAt[column] !== 0) {
      isUsed[column] = 1;
      let next = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let j = 1; j <= size; j++) {
        if (isUsed[j]) continue;
        const reduced = cost[rowAt[column]! - 1]![j - 1]! - ofRow[rowAt[column]!]! - ofColumn[j]!;
        if (reduced < slack[j]!) {
          slack[j] = reduced;
          cameFrom[j] = column;
        }
        if (slack[j]! < least) {
          least = slack[j]!;
          next = j;
        }
      }
      for (let j = 0; j <= size; j++) {
        if (isUsed[j]) {
          ofRow[rowAt[j]!]! += least;
          ofColumn[j]! -= least;
        } else slack[j]! -= least;
      }
      column = next;
    }
    while (column !== 0) {
      rowAt[column] = rowAt[cameFrom[column]!]!;
      column = cameFrom[column]!;
    }
  }
  let total = 0;
  for (let j = 1; j <= size; j++) total += cost[rowAt[j]! - 1]![j - 1]!;
  return total;
}
