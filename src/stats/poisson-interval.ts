import { normalQuantile } from './distributions.ts';

/**
 * The interval around a count of things that happen by themselves, such as responses in a week (Byar's approximation to
 * the exact Poisson interval; for a count of 0 the exact one).
 *
 *   low  = n (1 − 1/(9n) − z/(3√n))³,  high = (n + 1) (1 − 1/(9(n + 1)) + z/(3√(n + 1)))³
 *
 * @param count how many happened, 0 or more
 * @param level how sure the interval is, 0.95 unless told
 * @throws {RangeError} when the count is negative or not finite, or the level not between 0 and 1
 * @see Breslow and Day (1987), Statistical Methods in Cancer Research II, p. 69
 *
 * @example
 * poissonInterval(10) // => { low: 4.78745, high: 18.39146 }
 */
export function poissonInterval(count: number, level = 0.95): { low: number; high: number } {
  if (!(count >= 0 && Number.isFinite(count))) throw new RangeError('poissonInterval requires a count of 0 or more');
  const z = normalQuantile((1 + level) / 2);
  if (count === 0) return { low: 0, high: -Math.log((1 - level) / 2) };
  const cubed = (n: number, sign: 1 | -1) => n * (1 - 1 / (9 * n) + (sign * z) / (3 * Math.sqrt(n))) ** 3;
  return { low: Math.max(0, cubed(count, -1)), high: cubed(count + 1, 1) };
}
