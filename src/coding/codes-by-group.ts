import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { fisherExact } from '../stats/fisher-exact.ts';
import { type ShareDifference, shareDifference } from '../stats/share-difference.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';

/** That a person said something that carries a code. */
export type Saying = { readonly code: number; readonly person: string };
export type GroupCell = {
  people: number;
  /** Of those in the group whose words carry any code; null for an empty group. */
  share: ShareInterval | null;
  /** Against everybody else; null where either side is empty. */
  difference: ShareDifference | null;
  /** Chance of a difference as large where there is none (Fisher), corrected for all cells of the table (Benjamini-Hochberg). */
  adjustedP: number | null;
};

/**
 * Which codes are how common in which groups of people: a person counts once for a code, however often they said it.
 *
 * @param sayings codes already widened to those they stand under
 * @param groups the people of each group whose words carry any code at all; nobody in two groups
 * @returns for each code a cell for each group, in the order given
 *
 * @example
 * codesByGroup([1], [{ code: 1, person: 'a' }], [new Set(['a', 'b'])]).get(1)[0].people // => 1
 */
export function codesByGroup(
  codes: readonly number[],
  sayings: readonly Saying[],
  groups: readonly ReadonlySet<string>[],
): Map<number, GroupCell[]> {
  const people = new Map(codes.map((code) => [code, new Set<string>()]));
  for (const { code, person } of sayings) people.get(code)?.add(person);
  const all = groups.reduce((sum, group) => sum + group.size, 0);
  const cells = codes.map((code) => {
    const sayers = people.get(code)!;
    const counts = groups.map((group) => [...group].filter((person) => sayers.has(person)).length);
    const sum = counts.reduce((total, count) => total + count, 0);
    return groups.map((group, at) => {
      const here = { count: counts[at]!, total: group.size };
      const rest = { count: sum - counts[at]!, total: all - group.size };
      return {
        people: here.count,
        share: wilsonInterval(here.count, here.total),
        difference: shareDifference(here, rest),
        p: fisherExact(here, rest),
      };
    });
  });
  const adjusted = benjaminiHochberg(cells.flat().map(({ p }) => p));
  return new Map(
    codes.map((code, row) => [
      code,
      cells[row]!.map(({ p: _, ...cell }, at) => ({ ...cell, adjustedP: adjusted[row * groups.length + at] ?? null })),
    ]),
  );
}
