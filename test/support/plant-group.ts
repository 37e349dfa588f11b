import type { Portrait } from '../../src/personas/portrait.ts';
import type { Verbatim } from '../../src/verbatim.ts';

/**
 * From whom a portrait would have been drawn that a test wrote: as many as it says, the same for the same numbers, and
 * others for others.
 *
 * @returns null for one that counts nobody
 */
export async function plantGroup(
  { store }: Pick<Verbatim, 'store'>,
  surveyId: number,
  { size }: Portrait,
): Promise<number | null> {
  if (size === null) return null;
  const first = (size.n * 100_003 + size.base) * 10_000;
  const base = Array.from({ length: size.base }, (_, at) => first + at);
  return store.personaGroups.add(surveyId, { base, inside: base.slice(0, size.n), counted: null });
}
