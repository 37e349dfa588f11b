import { mean } from './mean.ts';
import { variance } from './variance.ts';

/**
 * Pearson's correlation: how nearly two columns lie on one straight line.
 *
 * @param xs one number for each respondent
 * @param ys the other column, in the same order
 * @returns −1 to 1; null for fewer than two pairs, or when a column does not vary
 * @throws {RangeError} when the columns differ in length or a value is not finite
 *
 * @example
 * correlation([1, 2, 3, 4], [1, 3, 2, 4]) // => 0.8
 */
export function correlation(xs: readonly number[], ys: readonly number[]): number | null {
  if (xs.length !== ys.length) throw new RangeError('correlation requires two columns of the same length');
  const xMean = mean(xs);
  const yMean = mean(ys);
  if (xMean === null || yMean === null || !variance(xs) || !variance(ys)) return null;

  let xSquares = 0;
  let ySquares = 0;
  let products = 0;
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i]! - xMean;
    const y = ys[i]! - yMean;
    xSquares += x * x;
    ySquares += y * y;
    products += x * y;
  }
  return Math.max(-1, Math.min(1, products / Math.sqrt(xSquares) / Math.sqrt(ySquares)));
}
