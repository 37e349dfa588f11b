/**
 * The natural logarithm of the gamma function, by Stirling's series after stepping up to 8 or more.
 *
 * @param x greater than 0
 * @returns correct to about 1e-12
 * @see Abramowitz and Stegun (1964), 6.1.15 and 6.1.41
 *
 * @example
 * lnGamma(5) // => 3.17805
 */
export function lnGamma(x: number): number {
  let product = 1;
  let raised = x;
  for (; raised < 8; raised++) product *= raised;
  const inverse = 1 / raised;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))));
  return (raised - 0.5) * Math.log(raised) - raised + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}
