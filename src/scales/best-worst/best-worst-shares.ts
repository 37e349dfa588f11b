/**
 * Utilities as shares of 100, on a scale where twice as much means chosen twice as often: how likely an item would be
 * named best in a task beside items of average utility, all items together made to sum to 100.
 *
 *   share_i ∝ exp(u_i) / (exp(u_i) + a − 1),  a items in a task
 *
 * @param utilities one for each item, sum-to-zero (they are centred here in any case)
 * @param perTask a, how many items a task shows, at least 2
 * @returns one share for each item, 0 to 100; `[]` for no items
 * @throws {RangeError} for utilities that are not finite or fewer than two items in a task
 * @see Sawtooth Software (2020), The MaxDiff System Technical Paper, “probability scale”
 *
 * @example
 * bestWorstShares([Math.log(3), 0, -Math.log(3)], 4) // => [58.8235, 29.4118, 11.7647]
 */
export function bestWorstShares(utilities: readonly number[], perTask: number): number[] {
  if (!(Number.isFinite(perTask) && perTask >= 2)) throw new RangeError('bestWorstShares requires two items in a task');
  if (!utilities.every(Number.isFinite)) throw new RangeError('bestWorstShares requires finite utilities');
  const centre = utilities.reduce((sum, utility) => sum + utility, 0) / utilities.length;
  // The same as exp(u) / (exp(u) + a − 1), and it cannot overflow into infinity over infinity.
  const raw = utilities.map((utility) => 1 / (1 + (perTask - 1) * Math.exp(centre - utility)));
  const total = raw.reduce((sum, share) => sum + share, 0);
  return raw.map((share) => (100 * share) / total);
}
