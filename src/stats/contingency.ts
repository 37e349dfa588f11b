/** The name of a group: whatever stands for it, compared by identity. */
export type Label = string | number;

/** How two partitions of the same things meet: counts of each pair of groups that have something in common. */
export type Contingency<A extends Label, B extends Label> = {
  total: number;
  rows: ReadonlyMap<A, number>;
  columns: ReadonlyMap<B, number>;
  /** Only pairs that occur, in the order they were met. */
  cells: readonly { row: A; column: B; count: number }[];
};

/**
 * Counts two partitions of the same things against each other.
 *
 * @param a the group of each thing in one partition
 * @param b the group of each thing in the other, in the same order
 * @throws {RangeError} when the partitions are not of the same length
 *
 * @example
 * contingency([1, 1, 2], ['x', 'x', 'y']).cells // => [{ row: 1, column: 'x', count: 2 }, { row: 2, column: 'y', count: 1 }]
 */
export function contingency<A extends Label, B extends Label>(a: readonly A[], b: readonly B[]): Contingency<A, B> {
  if (a.length !== b.length) throw new RangeError('Two partitions can only be compared over the same things');
  const rows = new Map<A, number>();
  const columns = new Map<B, number>();
  const counts = new Map<A, Map<B, number>>();
  for (let i = 0; i < a.length; i++) {
    const row = a[i]!;
    const column = b[i]!;
    rows.set(row, (rows.get(row) ?? 0) + 1);
    columns.set(column, (columns.get(column) ?? 0) + 1);
    const inRow = counts.get(row) ?? new Map<B, number>();
    inRow.set(column, (inRow.get(column) ?? 0) + 1);
    counts.set(row, inRow);
  }
  const cells = [...counts].flatMap(([row, inRow]) => [...inRow].map(([column, count]) => ({ row, column, count })));
  return { total: a.length, rows, columns, cells };
}
