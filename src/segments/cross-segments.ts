import { type Association, association } from '../stats/association.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';

type Side = {
  names: readonly string[] /** The place of the segment for each person, null for whoever is in none. */;
  labels: readonly (number | null)[];
};
export type CrossedCell = {
  /** The places of its segments; null for the cell of all that were put together. */
  first: number | null;
  second: number | null;
  name: string;
  count: number;
  /** Of everybody who is in a segment of either. */
  share: ShareInterval;
  /** How many there would be if the two had nothing to do with each other. */
  expected: number;
};
export type Crossed = {
  /** People who are in a segment of both. */
  n: number;
  /** People who are in a segment of one only. */
  onlyFirst: number;
  onlySecond: number;
  /** Every pair of segments, before any were put together. */
  counts: number[][];
  cells: CrossedCell[];
  /** The place of the cell for each person; null for whoever lacks one of the two. */
  labels: (number | null)[];
  /** Null when one of the two has everybody in one segment. */
  association: Pick<
    Association,
    'chiSquare' | 'df' | 'p' | 'cramersV' | 'cramersVCorrected' | 'cramersVLow' | 'cramersVHigh'
  > | null;
};

const REST = 'Other combinations';

/**
 * Two segmentations of the same people laid across each other.
 *
 * @param fewest cells of fewer people are put together as one; null to leave every cell by itself
 * @throws {RangeError} when nobody is in a segment of both
 *
 * @example
 * crossSegments(
 *   { names: ['A', 'B'], labels: [0, 0, 1, 1] },
 *   { names: ['x', 'y'], labels: [0, 0, 1, null] },
 *   null,
 * ).cells.map(({ name, count }) => `${name} ${count}`) // => ['A × x 2', 'A × y 0', 'B × x 0', 'B × y 1']
 */
export function crossSegments(first: Side, second: Side, fewest: number | null): Crossed {
  const counts = first.names.map(() => second.names.map(() => 0));
  let [n, onlyFirst, onlySecond] = [0, 0, 0];
  for (const [person, a] of first.labels.entries()) {
    const b = second.labels[person] ?? null;
    if (a !== null && b !== null) {
      counts[a]![b]! += 1;
      n += 1;
    } else if (a !== null) onlyFirst += 1;
    else if (b !== null) onlySecond += 1;
  }
  if (n === 0) throw new RangeError('Nobody is in a segment of both, so there is nothing to lay across each other');
  const rows = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = second.names.map((_, b) => counts.reduce((sum, row) => sum + row[b]!, 0));
  const cells: CrossedCell[] = [];
  const placeOf = counts.map((row) => row.map(() => -1));
  const rest = { count: 0, expected: 0, cells: 0 };
  for (const [a, row] of counts.entries())
    for (const [b, count] of row.entries()) {
      const expected = (rows[a]! * columns[b]!) / n;
      if (fewest !== null && count < fewest) {
        rest.count += count;
        rest.expected += expected;
        rest.cells += 1;
        continue;
      }
      placeOf[a]![b] = cells.length;
      const name = `${first.names[a]!.slice(0, 95)} × ${second.names[b]!.slice(0, 95)}`;
      cells.push({ first: a, second: b, name, count, share: wilsonInterval(count, n)!, expected });
    }
  if (rest.cells > 0)
    cells.push({
      first: null,
      second: null,
      name: REST,
      count: rest.count,
      share: wilsonInterval(rest.count, n)!,
      expected: rest.expected,
    });
  const found = association(counts);
  return {
    n,
    onlyFirst,
    onlySecond,
    counts,
    cells,
    labels: first.labels.map((a, person) => {
      const b = second.labels[person] ?? null;
      if (a === null || b === null) return null;
      const place = placeOf[a]![b]!;
      return place < 0 ? cells.length - 1 : place;
    }),
    association: found && {
      chiSquare: found.chiSquare,
      df: found.df,
      p: found.p,
      cramersV: found.cramersV,
      cramersVCorrected: found.cramersVCorrected,
      cramersVLow: found.cramersVLow,
      cramersVHigh: found.cramersVHigh,
    },
  };
}
