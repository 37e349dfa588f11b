/**
 * How many say the same, by what they repeat in the end: a duplicate of a duplicate counts for the first of them, and goes
 * back with all of its own when it is found to be none.
 *
 * @param pairs each duplicate with what it repeats; nothing repeats itself, in one step or in several
 * @returns the count of all that repeat each, itself not included; who is not there is repeated by nobody
 *
 * @example
 * duplicateCounts([{ id: 2, of: 1 }, { id: 3, of: 2 }, { id: 5, of: 4 }]) // => new Map([[1, 2], [2, 1], [4, 1]])
 */
export function duplicateCounts(pairs: readonly { id: number; of: number }[]): Map<number, number> {
  const parents = new Map(pairs.map(({ id, of }) => [id, of]));
  const counts = new Map<number, number>();
  for (const { id } of pairs)
    for (const above of ancestorsOf(id, parents)) counts.set(above, (counts.get(above) ?? 0) + 1);
  return counts;
}

/**
 * What something repeats, step by step.
 *
 * @returns empty for what repeats nothing
 *
 * @example
 * ancestorsOf(3, new Map([[2, 1], [3, 2]])) // => [2, 1]
 */
export function ancestorsOf(id: number, parents: ReadonlyMap<number, number>): number[] {
  const found: number[] = [];
  for (let at = parents.get(id); at !== undefined && !found.includes(at); at = parents.get(at)) found.push(at);
  return found;
}
