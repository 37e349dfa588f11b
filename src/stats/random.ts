/** Chance as an argument: each call gives the next number, at least 0 and below 1. */
export type Random = () => number;

/**
 * A small seeded generator (mulberry32 by Tommy Ettinger, public domain): the same seed gives the same numbers on every
 * machine. 32 bits of state: enough for starts and resamples, never for secrets.
 *
 * @param seed a whole number; only its lowest 32 bits count
 *
 * @example
 * mulberry32(1)() // => 0.62707394058816
 */
export function mulberry32(seed: number): Random {
  if (!Number.isSafeInteger(seed)) throw new RangeError('mulberry32 requires a whole number as its seed');
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The same items in a random order, every order equally likely (Fisher and Yates); the input is left as it was.
 *
 * @example
 * shuffled(['a', 'b', 'c'], () => 0) // => ['b', 'c', 'a']
 */
export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}

/**
 * One draw from the standard normal distribution (Box and Muller, 1958); uses two draws of `random`.
 *
 * @example
 * normalDeviate(() => 0.5) // => -1.17741
 */
export function normalDeviate(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}

/**
 * One draw from the gamma distribution with scale 1; two of them, over their sum, are a draw from a beta distribution.
 *
 * @param shape above 0; below about 0.01 most draws come out as 0, as they should
 * @throws {RangeError} when the shape is not above 0
 * @see Marsaglia and Tsang (2000), ACM Transactions on Mathematical Software 26(3), 363–372
 *
 * @example
 * gammaDeviate(4, mulberry32(1)) // => 7.06673
 */
export function gammaDeviate(shape: number, random: Random): number {
  if (!(shape > 0 && Number.isFinite(shape))) throw new RangeError('gammaDeviate requires a shape above 0');
  if (shape < 1) return gammaDeviate(shape + 1, random) * (1 - random()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  // At least 95 of 100 turns succeed; the last resort is the middle of the distribution.
  for (let turn = 0; turn < GAMMA_TURNS_MAX; turn += 1) {
    const x = normalDeviate(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x ** 2 + d - d * v + d * Math.log(v)) return d * v;
  }
  return d;
}
const GAMMA_TURNS_MAX = 100;
