/**
 * Rows in an order that depends on what they hold alone, so that sums and seeded draws do not depend on the order in
 * which people answered.
 *
 * @example
 * sortedRows([[2, 1], [1, 3], [1, 2]]) // => [[1, 2], [1, 3], [2, 1]]
 */
export function sortedRows<Row extends readonly (number | null)[]>(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => {
    for (let i = 0; i < a.length; i++) {
      const difference = (a[i] ?? -Infinity) === (b[i] ?? -Infinity) ? 0 : (a[i] ?? -Infinity) - (b[i] ?? -Infinity);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}
