/**
 * Pairs rows with columns, one to one, so that what the pairs are worth adds up to the most it can (the Hungarian method).
 *
 * @param worth rows × columns, finite
 * @returns for each row its column, or −1 where there are more rows than columns and it has none
 * @throws {RangeError} for ragged rows or a number that is not finite
 * @see Kuhn (1955), Naval Research Logistics Quarterly 2, 83–97
 *
 * @example
 * assignPairs([[0.9, 0.8], [0.85, 0.1]]) // => [1, 0]
 */
export function assignPairs(worth: readonly (readonly number[])[]): number[] {
  const rows = worth.length;
  const columns = worth[0]?.length ?? 0;
  for (const row of worth) {
    if (row.length !== columns) throw new RangeError('assignPairs requires the same columns in every row');
    if (!row.every(Number.isFinite)) throw new RangeError('assignPairs requires finite numbers');
  }
  if (rows > columns) {
    const turned = assignPairs(Array.from({ length: columns }, (_, column) => worth.map((row) => row[column]!)));
    return Array.from({ length: rows }, (_, row) => turned.indexOf(row));
  }

  // Shortest augmenting paths with potentials; index 0 stands for "none" in rows and columns.
  const ofRow = new Float64Array(rows + 1);
  const ofColumn = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  const cameFrom = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    const least = new Float64Array(columns + 1).fill(Number.POSITIVE_INFINITY);
    const isUsed = new Uint8Array(columns + 1);
    rowOf[0] = row;
    let column = 0;
    do {
      isUsed[column] = 1;
      const current = rowOf[column]!;
      let step = Number.POSITIVE_INFINITY;
      let next = 0;
      for (let other = 1; other <= columns; other++) {
        if (isUsed[other]) continue;
        const cost = -worth[current - 1]![other - 1]! - ofRow[current]! - ofColumn[other]!;
        if (cost < least[other]!) {
          least[other] = cost;
          cameFrom[other] = column;
        }
        if (least[other]! < step) {
          step = least[other]!;
          next = other;
        }
      }
      for (let other = 0; other <= columns; other++) {
        if (isUsed[other]) {
          ofRow[rowOf[other]!]! += step;
          ofColumn[other]! -= step;
        } else least[other]! -= step;
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      const before = cameFrom[column]!;
      rowOf[column] = rowOf[before]!;
      column = before;
    }
  }
  const found = new Array<number>(rows).fill(-1);
  for (let column = 1; column <= columns; column++) if (rowOf[column]! > 0) found[rowOf[column]! - 1] = column - 1;
  return found;
}
