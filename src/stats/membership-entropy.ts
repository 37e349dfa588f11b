/**
 * How surely people are in their groups: 1 when every probability is 0 or 1, 0 when all groups are equally likely for
 * everybody.
 *
 *   R² = 1 − sum of −p log p / (n log k)
 *
 * @param probabilities rows × k
 * @param weights how often each row counts, once unless given
 * @returns null for one group or no rows, since there is nothing to be sure of
 * @see Ramaswamy, DeSarbo, Reibstein and Robinson (1993), Marketing Science 12, 103–124
 *
 * @example
 * membershipEntropy([[1, 0], [0.5, 0.5]]) // => 0.5
 */
export function membershipEntropy(
  probabilities: readonly (readonly number[])[],
  weights?: ArrayLike<number>,
): number | null {
  const k = probabilities[0]?.length ?? 0;
  if (k < 2) return null;
  let entropy = 0;
  let n = 0;
  for (const [i, own] of probabilities.entries()) {
    const weight = weights?.[i] ?? 1;
    n += weight;
    for (const p of own) if (p > 0) entropy -= weight * p * Math.log(p);
  }
  return n > 0 ? 1 - entropy / (n * Math.log(k)) : null;
}
