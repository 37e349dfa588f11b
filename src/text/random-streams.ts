import { mulberry32, type Random } from '../stats/random.ts';

/**
 * An independent stream of chance for one part of a run, so that adding a part does not disturb the others.
 *
 * @param seed the seed of the whole run, any integer
 * @param part which part of the run asks, a small whole number; equal seed and part give the same stream
 * @returns a function giving numbers in [0, 1)
 *
 * @example
 * randomStream(1, 2)() === randomStream(1, 2)() // => true
 */
export function randomStream(seed: number, part: number): Random {
  let mixed = Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(part + 1, 0x85ebca77);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return mulberry32(mixed ^ (mixed >>> 13));
}

/**
 * Shuffles an array where it stands (Fisher and Yates).
 *
 * @param items changed in place
 * @param random numbers in [0, 1)
 */
export function shuffle(items: Int32Array, random: Random): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const kept = items[last]!;
    items[last] = items[other]!;
    items[other] = kept;
  }
}

/**
 * A seeded sample without repetition, in ascending order.
 *
 * @param population how many there are, numbered from 0
 * @param size how many to take; all of them when it is larger
 * @param random numbers in [0, 1)
 *
 * @example
 * sampleWithoutRepetition(3, 5, () => 0) // => Int32Array [0, 1, 2]
 */
export function sampleWithoutRepetition(population: number, size: number, random: Random): Int32Array {
  const items = Int32Array.from({ length: population }, (_, i) => i);
  if (size >= population) return items;
  shuffle(items, random);
  return items.slice(0, size).sort();
}
