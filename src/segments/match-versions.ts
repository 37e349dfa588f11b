import { assignPairs } from '../stats/assignment.ts';

export type VersionMatch = { segmentId: number; earlierId: number; jaccard: number };
/** What became of people between two versions. */
export type VersionChange = {
  /** In a segment of both. */
  both: number;
  /** Of those, in the segment that carries on theirs. */
  stayed: number;
  moved: number;
  /** In a segment of the later only, and of the earlier only. */
  came: number;
  left: number;
};

/**
 * Pairs the segments of two versions so that their overlap (Jaccard) is largest in all, over those whom both know.
 *
 * @param before the segment of each person or response, by its key
 * @returns the pairs of the later version's segments, in the order in which they first occur; one without a counterpart is
 *   left out
 *
 * @example
 * matchVersions(new Map([['a', 1], ['b', 1], ['c', 2]]), new Map([['a', 7], ['b', 7], ['c', 8], ['d', 8]]))
 * // => [{ segmentId: 7, earlierId: 1, jaccard: 1 }, { segmentId: 8, earlierId: 2, jaccard: 1 }]
 */
export function matchVersions<Key>(before: ReadonlyMap<Key, number>, after: ReadonlyMap<Key, number>): VersionMatch[] {
  const earlier = [...new Set(before.values())];
  const later = [...new Set(after.values())];
  const rowOf = new Map(later.map((id, index) => [id, index]));
  const columnOf = new Map(earlier.map((id, index) => [id, index]));
  const shared = later.map(() => earlier.map(() => 0));
  const was = earlier.map(() => 0);
  const is = later.map(() => 0);
  for (const [key, segment] of after) {
    const old = before.get(key);
    if (old === undefined) continue;
    const [row, column] = [rowOf.get(segment)!, columnOf.get(old)!];
    shared[row]![column]! += 1;
    is[row]! += 1;
    was[column]! += 1;
  }
  const alike = shared.map((own, row) =>
    own.map((count, column) => count / Math.max(1, is[row]! + was[column]! - count)),
  );
  return assignPairs(alike).flatMap((column, row) => {
    const earlierId = earlier[column];
    return earlierId === undefined ? [] : [{ segmentId: later[row]!, earlierId, jaccard: alike[row]![column]! }];
  });
}

/**
 * @param carriesOn the earlier segment that a later one carries on
 *
 * @example
 * versionChange(new Map([['a', 1], ['b', 1]]), new Map([['a', 7], ['c', 7]]), new Map([[7, 1]]))
 * // => { both: 1, stayed: 1, moved: 0, came: 1, left: 1 }
 */
export function versionChange<Key>(
  before: ReadonlyMap<Key, number>,
  after: ReadonlyMap<Key, number>,
  carriesOn: ReadonlyMap<number, number>,
): VersionChange {
  let [both, stayed] = [0, 0];
  for (const [key, segment] of after) {
    const old = before.get(key);
    if (old === undefined) continue;
    both += 1;
    if (carriesOn.get(segment) === old) stayed += 1;
  }
  return { both, stayed, moved: both - stayed, came: after.size - both, left: before.size - both };
}
