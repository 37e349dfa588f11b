import { contingency, type Label } from './contingency.ts';

/**
 * Jaccard's index of two sets: what they share, out of what either holds.
 *
 * @returns 0 to 1; null when both are empty
 *
 * @example
 * jaccard(new Set(['a', 'b']), new Set(['b', 'c', 'd'])) // => 0.25
 */
export function jaccard<Item>(a: ReadonlySet<Item>, b: ReadonlySet<Item>): number | null {
  if (a.size === 0 && b.size === 0) return null;
  let shared = 0;
  for (const item of a) if (b.has(item)) shared++;
  return shared / (a.size + b.size - shared);
}

/**
 * For each group of one partition, how well the best fitting group of another partition matches it: the measure of
 * whether a segment comes back when the analysis is repeated.
 *
 * @param a the group of each thing in the partition whose groups are looked for
 * @param b the group of each thing in the partition they are looked for in, in the same order
 * @returns the best Jaccard index, above 0 and at most 1, for each group of `a` in the order they first occur
 * @throws {RangeError} when the partitions are not of the same length
 * @see Hennig (2007), Computational Statistics and Data Analysis 52(1), 258–271
 *
 * @example
 * bestJaccards(['x', 'x', 'y', 'y'], [1, 1, 1, 2]) // => new Map([['x', 0.66667], ['y', 0.5]])
 */
export function bestJaccards<Group extends Label>(a: readonly Group[], b: readonly Label[]): Map<Group, number> {
  const { rows, columns, cells } = contingency(a, b);
  const best = new Map<Group, number>();
  for (const { row, column, count } of cells) {
    const overlap = count / (rows.get(row)! + columns.get(column)! - count);
    best.set(row, Math.max(best.get(row) ?? 0, overlap));
  }
  return best;
}
