import type { TypedPerson } from './type-person.ts';

/** A person changes segment when the new one is more likely than the old by this. */
export const MARGIN = 0.2;

/**
 * The segment a person is in after being typed again. Small changes of the answers move nobody to and fro: the new segment,
 * or none, has to beat the old one by `MARGIN`.
 *
 * @param current the segment so far, null for none
 * @param typed what the answers of today say; when too little was answered, everything stays as it was
 *
 * @example
 * nextSegment('a', { segment: 'b', probabilities: { a: 0.45, b: 0.55 }, missing: [] }) // => 'a'
 * @example
 * nextSegment('a', { segment: 'b', probabilities: { a: 0.2, b: 0.8 }, missing: [] }) // => 'b'
 */
export function nextSegment(current: string | null, typed: TypedPerson): string | null {
  if (typed.reason === 'missing') return current;
  if (current === null || !Object.hasOwn(typed.probabilities, current)) return typed.segment;
  if (typed.segment === current) return current;
  const most = Math.max(...Object.values(typed.probabilities));
  return most - typed.probabilities[current]! >= MARGIN - 1e-12 ? typed.segment : current;
}
