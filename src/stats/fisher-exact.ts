/**
 * Fisher's exact test that two shares are the same: the chance of a table of the same margins that is as unlikely as this
 * one, or more.
 *
 *   P(a) = C(n1, a) C(n2, m − a) / C(n1 + n2, m),  p = sum of P(x) over all x with P(x) ≤ P(a)
 *
 * @param first how many have it, out of how many who were asked; whole numbers
 * @param second the same for the second group
 * @returns two-sided p; null when a group is empty
 * @throws {RangeError} when a count is not whole, or does not lie between 0 and its total
 * @see Agresti (2013), Categorical Data Analysis, section 3.5.1
 *
 * @example
 * fisherExact({ count: 3, total: 4 }, { count: 1, total: 4 }) // => 0.4857143
 */
export function fisherExact(
  first: { readonly count: number; readonly total: number },
  second: { readonly count: number; readonly total: number },
): number | null {
  for (const { count, total } of [first, second])
    if (!(Number.isSafeInteger(count) && Number.isSafeInteger(total) && count >= 0 && count <= total))
      throw new RangeError('fisherExact requires whole counts between 0 and their totals');
  if (first.total === 0 || second.total === 0) return null;
  const both = first.count + second.count;
  const least = Math.max(0, both - second.total);
  const most = Math.min(both, first.total);
  // Each table from the one before it, in logarithms up to a common factor: no factorial is ever formed.
  const logs = [0];
  for (let x = least; x < most; x += 1) {
    const ratio = ((first.total - x) * (both - x)) / ((x + 1) * (second.total - both + x + 1));
    logs.push(logs.at(-1)! + Math.log(ratio));
  }
  const own = logs[first.count - least]!;
  const highest = logs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let sum = 0;
  let asUnlikely = 0;
  for (const log of logs) {
    const weight = Math.exp(log - highest);
    sum += weight;
    // Tables that are equally unlikely differ by rounding.
    if (log <= own + 1e-9) asUnlikely += weight;
  }
  return Math.min(1, asUnlikely / sum);
}
