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
