import { contingency, type Label } from './contingency.ts';

/** How far two partitions agree on which pairs of things belong together. */
export type PairAgreement = {
  /** Share of pairs treated alike, 0 to 1. */
  rand: number;
  /** The same, less what chance would give: 1 for the same partition, about 0 for unrelated ones, can be negative. */
  adjustedRand: number;
  /** Of the pairs together in either partition, the share together in both, 0 to 1. */
  jaccard: number;
};

/**
 * Compares two partitions of the same things pair by pair; the names of the groups do not matter.
 *
 * @param a the group of each thing in one partition
 * @param b the group of each thing in the other, in the same order
 * @returns null for fewer than two things, since there is no pair then
 * @throws {RangeError} when the partitions are not of the same length
 * @see Hubert and Arabie (1985), Journal of Classification 2, 193–218
 *
 * @example
 * pairAgreement([1, 1, 2, 2], ['x', 'x', 'y', 'z']) // => { rand: 0.83333, adjustedRand: 0.57143, jaccard: 0.5 }
 */
export function pairAgreement(a: readonly Label[], b: readonly Label[]): PairAgreement | null {
  const { total, rows, columns, cells } = contingency(a, b);
  if (total < 2) return null;

  const pairs = pairsOf(total);
  const inBoth = sumOfPairs(cells.map((cell) => cell.count));
  const inA = sumOfPairs([...rows.values()]);
  const inB = sumOfPairs([...columns.values()]);

  const expected = (inA * inB) / pairs;
  const most = (inA + inB) / 2;
  // Nothing is left to chance only when both say "all one group" or both "each alone": the same partition.
  const isTrivial = inA === inB && (inA === 0 || inA === pairs);
  const inEither = inA + inB - inBoth;
  return {
    rand: (pairs + 2 * inBoth - inA - inB) / pairs,
    adjustedRand: isTrivial ? 1 : (inBoth - expected) / (most - expected),
    jaccard: inEither === 0 ? 1 : inBoth / inEither,
  };
}

const pairsOf = (count: number) => (count * (count - 1)) / 2;
const sumOfPairs = (counts: readonly number[]) => counts.reduce((sum, count) => sum + pairsOf(count), 0);
