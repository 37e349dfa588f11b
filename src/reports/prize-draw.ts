import { mulberry32, shuffled } from '../stats/random.ts';

/**
 * Who wins: every address once, however often it was entered, in an order drawn by a seed. The same entries and seed
 * give the same winners, so that a draw can be checked by others.
 *
 * @param contacts as they were entered, in any order
 * @param winners how many to draw; fewer entries give fewer
 * @param seed a whole number
 * @returns in the order drawn, so that somebody who cannot be reached is followed by the next of a longer draw
 * @throws {RangeError} when the seed is not whole
 *
 * @example
 * drawWinners(['b@x.example', 'a@x.example', 'B@x.example'], 1, 7) // => ['b@x.example']
 */
export function drawWinners(contacts: readonly string[], winners: number, seed: number): string[] {
  return shuffled(chancesOf(contacts), mulberry32(seed)).slice(0, winners);
}

/** One chance for each address, in an order that does not depend on who came first. */
export function chancesOf(contacts: readonly string[]): string[] {
  const byKey = new Map<string, string>();
  for (const contact of [...contacts].sort()) byKey.set(contact.trim().toLowerCase(), contact.trim());
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, contact]) => contact);
}
