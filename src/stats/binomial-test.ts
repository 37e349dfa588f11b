/**
 * The exact two-sided test of a share: the chance of a count that is as unlikely as this one, or more, where each of the
 * trials succeeds with a probability.
 *
 *   P(x) = C(n, x) p^x (1 − p)^(n − x),  the result = sum of P(x) over all x with P(x) ≤ P(count)
 *
 * @param count successes, a whole number from 0 to `total`
 * @param share the probability held against it, above 0 and below 1
 * @returns 0 to 1; 1 for no trial at all
 * @throws {RangeError} for counts that are not whole or do not fit, or a share at or beyond 0 or 1
 * @see Conover (1999), Practical Nonparametric Statistics, section 3.1
 *
 * @example
 * binomialTwoSided(682, 925, 0.75) // => 0.382492
 */
export function binomialTwoSided(count: number, total: number, share: number): number {
  if (!(Number.isSafeInteger(count) && Number.isSafeInteger(total) && count >= 0 && count <= total))
    throw new RangeError('binomialTwoSided requires a whole count between 0 and its total');
  if (!(share > 0 && share < 1)) throw new RangeError('binomialTwoSided requires a share above 0 and below 1');
  // Each count from the one before it, in logarithms up to a common factor.
  const logs = [0];
  for (let x = 0; x < total; x += 1)
    logs.push(logs[x]! + Math.log((total - x) / (x + 1)) + Math.log(share) - Math.log1p(-share));
  const highest = logs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const own = logs[count]!;
  let sum = 0;
  let asUnlikely = 0;
  for (const log of logs) {
    const weight = Math.exp(log - highest);
    sum += weight;
    // Counts that are equally unlikely differ by rounding.
    if (log <= own + 1e-7) asUnlikely += weight;
  }
  return Math.min(1, asUnlikely / sum);
}
