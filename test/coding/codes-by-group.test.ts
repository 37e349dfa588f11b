import { expect, test } from 'vitest';
import { codesByGroup } from '../../src/coding/codes-by-group.ts';
import { fisherExact } from '../../src/stats/fisher-exact.ts';

const people = (prefix: string, count: number) => new Set(Array.from({ length: count }, (_, at) => `${prefix}${at}`));
const said = (code: number, prefix: string, count: number) =>
  [...people(prefix, count)].map((person) => ({ code, person }));

test('shares are of the people of each group, and differences are against everybody else', () => {
  const cells = codesByGroup([1], [...said(1, 'a', 8), ...said(1, 'b', 2)], [people('a', 10), people('b', 10)]).get(1)!;
  expect(cells.map(({ people: count, share }) => [count, share?.share])).toEqual([
    [8, 0.8],
    [2, 0.2],
  ]);
  expect(cells[0]!.difference?.difference).toBeCloseTo(0.6, 12);
  const p = fisherExact({ count: 8, total: 10 }, { count: 2, total: 10 })!;
  expect(cells[0]!.adjustedP).toBeCloseTo(p, 12);
});

test('a person counts once for a code, and whoever is in no group not at all', () => {
  const sayings = [...said(1, 'a', 1), ...said(1, 'a', 1), ...said(1, 'z', 5)];
  expect(codesByGroup([1], sayings, [people('a', 3)]).get(1)).toMatchObject([
    { people: 1, difference: null, adjustedP: null },
  ]);
});

test('an empty group has no share, and no code no rows', () => {
  expect(codesByGroup([7], [], [new Set(), people('b', 2)]).get(7)![0]).toEqual({
    people: 0,
    share: null,
    difference: null,
    adjustedP: null,
  });
  expect(codesByGroup([], [], [people('b', 2)]).size).toBe(0);
});
