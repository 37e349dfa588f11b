/** So many texts on either side of the threshold are worth a look: what people say of them teaches most. */
const NEAR = 20;

/**
 * What the coder proposes for one code, the most useful first: by turns a text nearest to the threshold, where a
 * decision teaches most, and one it is surest of. Every text it calls a yes is among them, of the others only the
 * nearest.
 *
 * @param candidates the texts nobody looked at, by row
 * @returns rows with whether they are a yes
 *
 * @example
 * orderProposals([{ row: 0, probability: 0.9 }, { row: 1, probability: 0.52 }, { row: 2, probability: 0.1 }], 0.5)[0].row // => 1
 */
export function orderProposals(
  candidates: readonly { row: number; probability: number }[],
  threshold: number,
): { row: number; probability: number; isYes: boolean }[] {
  const all = candidates.map((one) => ({ ...one, isYes: one.probability >= threshold }));
  const distance = (one: (typeof all)[number]) => Math.abs(one.probability - threshold);
  const near = all.toSorted((a, b) => distance(a) - distance(b) || a.row - b.row).slice(0, NEAR);
  const sure = all.filter(({ isYes }) => isYes).toSorted((a, b) => b.probability - a.probability || a.row - b.row);
  const order = new Map<number, (typeof all)[number]>();
  for (let turn = 0; turn < Math.max(near.length, sure.length); turn++)
    for (const one of [near[turn], sure[turn]]) if (one && !order.has(one.row)) order.set(one.row, one);
  return [...order.values()];
}
