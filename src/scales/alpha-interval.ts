import { fQuantile } from '../stats/distributions.ts';

/**
 * Feldt's interval for Cronbach's alpha.
 *
 *   1 − (1 − alpha) × F,  with F at either tail, n − 1 and (n − 1)(k − 1) degrees of freedom
 *
 * @param alpha as `cronbachAlpha` gives it
 * @param respondents how many it was computed from, at least two
 * @param items how many items the scale has, at least two
 * @param level how sure the interval is, 0.95 unless told
 * @throws {RangeError} for fewer than two respondents or items, an alpha above 1, or a level not between 0 and 1
 * @see Feldt (1965), Psychometrika 30(3), 357–370
 *
 * @example
 * alphaInterval(0.8, 100, 5) // => { low: 0.73056, high: 0.85589 }
 */
export function alphaInterval(
  alpha: number,
  respondents: number,
  items: number,
  level = 0.95,
): { low: number; high: number } {
  if (!(respondents >= 2)) throw new RangeError('alphaInterval requires at least two respondents');
  if (!(items >= 2)) throw new RangeError('alphaInterval requires at least two items');
  if (!(alpha <= 1)) throw new RangeError('alphaInterval requires an alpha of at most 1');

  const df1 = respondents - 1;
  const df2 = df1 * (items - 1);
  return {
    low: 1 - (1 - alpha) * fQuantile((1 + level) / 2, df1, df2),
    high: 1 - (1 - alpha) * fQuantile((1 - level) / 2, df1, df2),
  };
}
