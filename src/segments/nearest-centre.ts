/**
 * Of some rows those nearest to the mean of all of them, with their distances: real people where an average is nobody.
 *
 * @param rows people × columns; NaN where nothing is known, which counts as the mean; a row of nothing is nobody's and left out
 * @param spreads by column, what one step is worth; a column without spread tells nothing
 * @returns the places of rows, the nearest first; of equals the earlier
 *
 * @example
 * nearestCentre([[1], [2], [6]], [1]) // => [{ row: 1, distance: 1 }, { row: 0, distance: 2 }, { row: 2, distance: 3 }]
 */
export function nearestCentre(
  rows: readonly ArrayLike<number>[],
  spreads: readonly number[],
): { row: number; distance: number }[] {
  const centre = spreads.map((_, column) => {
    const known = rows.map((row) => row[column]!).filter((value) => !Number.isNaN(value));
    return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
  return rows
    .flatMap((own, row) => {
      if (spreads.every((_, column) => Number.isNaN(own[column]!))) return [];
      const squares = spreads.map((spread, column) => {
        const away = (own[column]! - centre[column]!) / spread;
        return Number.isFinite(away) ? away ** 2 : 0;
      });
      const distance = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
      return [{ row, distance: Number(distance.toPrecision(10)) }];
    })
    .sort((a, b) => a.distance - b.distance || a.row - b.row);
}
