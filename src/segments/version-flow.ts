import { overlappingShares } from '../stats/overlapping-samples.ts';
import type { ShareDifference } from '../stats/share-difference.ts';

/** Where people of one version are in another. */
export type VersionFlow = {
  /** Earlier segments × later ones; the last row are those who came, the last column those who left. */
  counts: number[][];
  before: number;
  after: number;
};

/**
 * @param before the place of the segment of each person or response, by its key
 * @param k how many segments there were, and are
 *
 * @example
 * versionFlow(new Map([['a', 0], ['b', 1]]), new Map([['a', 0], ['c', 0]]), [2, 1]).counts // => [[1, 0], [0, 1], [1, 0]]
 */
export function versionFlow<Key>(
  before: ReadonlyMap<Key, number>,
  after: ReadonlyMap<Key, number>,
  [earlier, later]: readonly [number, number],
): VersionFlow {
  const counts = Array.from({ length: earlier + 1 }, () => new Array<number>(later + 1).fill(0));
  for (const [key, was] of before) counts[was]![after.get(key) ?? later]! += 1;
  for (const [key, is] of after) if (!before.has(key)) counts[earlier]![is]! += 1;
  return { counts, before: before.size, after: after.size };
}

/**
 * How the share of a segment changed, of those in any segment of its version. Whoever is in both versions moves both shares
 * alike, which the interval heeds.
 *
 * @returns null where either version has nobody
 */
export function shareChange({ counts, before, after }: VersionFlow, was: number, is: number): ShareDifference | null {
  const stayers = counts.slice(0, -1).map((row) => row.slice(0, -1));
  const sum = (list: readonly number[]) => list.reduce((all, one) => all + one, 0);
  const n = sum(stayers.map(sum));
  const found = overlappingShares(
    { count: sum(counts.map((row) => row[is]!)), total: after },
    { count: sum(counts[was]!), total: before },
    { n, correlation: phi(n, stayers[was]![is]!, sum(stayers[was]!), sum(stayers.map((row) => row[is]!))) },
  );
  return found && { difference: found.difference, low: found.low, high: found.high };
}

/** How two yes-or-no things go together, by how many have both, the one, the other; 0 where one does not vary. */
function phi(n: number, both: number, one: number, other: number): number {
  const spread = one * (n - one) * other * (n - other);
  return spread > 0 ? (n * both - one * other) / Math.sqrt(spread) : 0;
}
