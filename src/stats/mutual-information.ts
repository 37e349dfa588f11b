import { contingency, type Label } from './contingency.ts';

/** What one partition tells about another, in nats unless it says otherwise. */
export type MutualInformation = {
  mutual: number;
  /** `mutual` divided by the mean of both entropies: 0 (nothing) to 1 (the same partition), without unit. */
  normalised: number;
  /** What is left untold in both directions: 0 for the same partition. */
  variation: number;
};

/**
 * Mutual information of two partitions of the same things, also normalised by the arithmetic mean of their entropies,
 * and the variation of information.
 *
 * @param a the group of each thing in one partition
 * @param b the group of each thing in the other, in the same order
 * @returns null when there is nothing to compare; two partitions into a single group count as the same
 * @throws {RangeError} when the partitions are not of the same length
 * @see Meilă (2007), Journal of Multivariate Analysis 98(5), 873–895
 *
 * @example
 * mutualInformation([1, 1, 2, 2], ['x', 'x', 'y', 'z']) // => { mutual: 0.69315, normalised: 0.8, variation: 0.34657 }
 */
export function mutualInformation(a: readonly Label[], b: readonly Label[]): MutualInformation | null {
  const { total, rows, columns, cells } = contingency(a, b);
  if (total === 0) return null;

  const entropyOf = (counts: Iterable<number>) => {
    let entropy = 0;
    for (const count of counts) entropy -= (count / total) * Math.log(count / total);
    return entropy;
  };
  const entropyA = entropyOf(rows.values());
  const entropyB = entropyOf(columns.values());
  const both = entropyOf(cells.map((cell) => cell.count));

  const mutual = Math.max(0, entropyA + entropyB - both);
  const isOneGroup = rows.size === 1 && columns.size === 1;
  return {
    mutual,
    normalised: isOneGroup ? 1 : Math.min(1, (2 * mutual) / (entropyA + entropyB)),
    variation: Math.max(0, entropyA + entropyB - 2 * mutual),
  };
}

/**
 * Normalised mutual information, the form most papers report.
 *
 * @returns 0 (knowing one partition tells nothing about the other) to 1 (the same partition); null when there is
 *   nothing to compare
 * @throws {RangeError} when the partitions are not of the same length
 *
 * @example
 * normalisedMutualInformation([1, 1, 2, 2], ['x', 'x', 'y', 'z']) // => 0.8
 */
export function normalisedMutualInformation(a: readonly Label[], b: readonly Label[]): number | null {
  return mutualInformation(a, b)?.normalised ?? null;
}
