/**
 * The Calinski–Harabasz index of a partition: how far its groups lie apart, against how wide they are. Larger is better,
 * among partitions of the same data.
 *
 *   (between / (k − 1)) / (within / (n − k)),  between = total − within
 *
 * @param partition its sums of squares, number of rows and number of groups
 * @returns without unit; null for a single group, when each row is its own group, or when the groups have no width
 * @throws {RangeError} when the sums of squares are negative or the within sum exceeds the total
 * @see Caliński and Harabasz (1974), Communications in Statistics 3(1), 1–27
 *
 * @example
 * calinskiHarabasz({ within: 4, total: 24, n: 12, k: 2 }) // => 50
 */
export function calinskiHarabasz(partition: { within: number; total: number; n: number; k: number }): number | null {
  const { within, total, n, k } = partition;
  if (!(within >= 0 && total >= within)) throw new RangeError('calinskiHarabasz requires 0 ≤ within ≤ total');
  if (k < 2 || k >= n || within === 0) return null;
  return (total - within) / (k - 1) / (within / (n - k));
}
