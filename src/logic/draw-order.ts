import type { Order } from '../model/survey.ts';
import { mulberry32, type Random, shuffled } from '../stats/random.ts';

/**
 * A random source of its own for one element and one respondent, so that the order drawn there never depends on what
 * else was drawn, and can be drawn again.
 *
 * @param respondent anything that stays the same for one response, such as its id
 * @param element the code of what is ordered
 */
export function randomFor(respondent: string, element: string): Random {
  let hash = 0x811c9dc5;
  for (const letter of `${respondent} ${element}`) {
    hash ^= letter.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01000193);
  }
  return mulberry32(hash >>> 0);
}

/**
 * Puts a list into the order one respondent sees. Pinned entries keep their places; the others move among theirs.
 *
 * @param random numbers from 0 up to 1
 * @returns a new list of the same entries
 *
 * @example
 * drawOrder(['a', 'b', 'c'], 'reversed-half', () => 0.2) // => ['c', 'b', 'a']
 */
export function drawOrder<T>(list: readonly T[], order: Order | undefined, random: Random): T[] {
  if (order === undefined || order === 'as-written' || list.length < 2) return [...list];
  const isPinned = (entry: T) => (entry as { pinned?: boolean } | null)?.pinned === true;
  const free = list.filter((entry) => !isPinned(entry));
  const moved = moveFree(free, order, random);
  let next = 0;
  return list.map((entry) => {
    if (isPinned(entry)) return entry;
    next += 1;
    return moved[next - 1] as T;
  });
}

function moveFree<T>(free: readonly T[], order: Order, random: Random): T[] {
  if (order === 'reversed-half') return random() < 0.5 ? [...free].reverse() : [...free];
  if (order === 'rotated') {
    const first = Math.floor(random() * free.length);
    return [...free.slice(first), ...free.slice(0, first)];
  }
  return shuffled(free, random);
}

/**
 * Draws some of a list, kept in the list's order.
 *
 * @param count how many; the whole list when it is not longer
 */
export function drawSome<T>(list: readonly T[], count: number | undefined, random: Random): T[] {
  if (count === undefined || count >= list.length) return [...list];
  const chosen = new Set(
    moveFree(
      list.map((_, index) => index),
      'random',
      random,
    ).slice(0, count),
  );
  return list.filter((_, index) => chosen.has(index));
}
