import { distinctKey } from './compare.ts';

/**
 * How each value is spelled where those that rules take for the same are one: as the most of them are.
 *
 * @param counts how often each occurs as it is written
 *
 * @example
 * spelledAlike(new Map([['Pro', 2], [' pro', 1], ['free', 1]])) // => new Map([['Pro', 'Pro'], [' pro', 'Pro'], ['free', 'free']])
 */
export function spelledAlike(counts: ReadonlyMap<string, number>): Map<string, string> {
  const chosen = new Map<string, { spelling: string; count: number }>();
  for (const [spelling, count] of counts) {
    const known = chosen.get(distinctKey(spelling));
    if (!known || count > known.count || (count === known.count && spelling < known.spelling))
      chosen.set(distinctKey(spelling), { spelling, count });
  }
  return new Map([...counts.keys()].map((spelling) => [spelling, chosen.get(distinctKey(spelling))!.spelling]));
}
