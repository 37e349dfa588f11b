import type { Label } from './contingency.ts';
import { requireFinite } from './finite.ts';

/** How much nearer things are to their own group than to the next one: −1 to 1, larger is clearer. */
export type Silhouette<Group extends Label> = {
  mean: number;
  /** The mean of each group, in the order the groups first occur. */
  byGroup: Map<Group, number>;
  /** One for each row; 0 for a thing alone in its group. */
  widths: number[];
};

/**
 * The silhouette of a partition, with Euclidean distances. Takes time with the square of the number of rows.
 *
 * @param rows respondents × columns, no number missing
 * @param labels the group of each row
 * @returns null when there are fewer than two groups, since there is no next group then
 * @throws {RangeError} when rows and labels differ in number, for ragged rows or a number that is not finite
 * @see Rousseeuw (1987), Journal of Computational and Applied Mathematics 20, 53–65
 *
 * @example
 * silhouette([[0], [1], [5]], ['a', 'a', 'b'])?.widths // => [0.8, 0.75, 0]
 */
export function silhouette<Group extends Label>(
  rows: readonly (readonly number[])[],
  labels: readonly Group[],
): Silhouette<Group> | null {
  if (rows.length !== labels.length) throw new RangeError('silhouette requires one label for each row');
  for (const row of rows) {
    if (row.length !== rows[0]!.length) throw new RangeError('silhouette requires the same columns in every row');
    requireFinite(row, 'silhouette');
  }
  const groups = [...new Set(labels)];
  if (groups.length < 2) return null;

  const groupOf = labels.map((label) => groups.indexOf(label));
  const sizes = groups.map((_, group) => groupOf.filter((other) => other === group).length);
  const widths = rows.map((row, i) => widthOf(row, groupOf[i]!, rows, groupOf, sizes));
  const byGroup = groups.map((label, group): [Group, number] => {
    const own = widths.filter((_, i) => groupOf[i] === group);
    return [label, own.reduce((sum, width) => sum + width, 0) / own.length];
  });
  return {
    mean: widths.reduce((sum, width) => sum + width, 0) / widths.length,
    byGroup: new Map(byGroup),
    widths,
  };
}

function widthOf(
  row: readonly number[],
  own: number,
  rows: readonly (readonly number[])[],
  groupOf: readonly number[],
  sizes: readonly number[],
): number {
  if (sizes[own] === 1) return 0;
  const sums = new Float64Array(sizes.length);
  for (let other = 0; other < rows.length; other++) {
    let squares = 0;
    for (let j = 0; j < row.length; j++) squares += (row[j]! - rows[other]![j]!) ** 2;
    sums[groupOf[other]!]! += Math.sqrt(squares);
  }
  // The row itself adds a distance of 0 to its own group, so its mean leaves it out.
  const inside = sums[own]! / (sizes[own]! - 1);
  const outside = Math.min(...sizes.flatMap((size, group) => (group === own ? [] : [sums[group]! / size])));
  const longer = Math.max(inside, outside);
  return longer === 0 ? 0 : (outside - inside) / longer;
}
