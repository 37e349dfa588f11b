import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignPairs } from '../../src/stats/assignment.ts';

const worthOf = (worth: number[][], pairs: number[]) =>
  pairs.reduce((sum, column, row) => sum + (column < 0 ? 0 : worth[row]![column]!), 0);

/** The most that can be had, by trying everything. */
function most(worth: number[][], row = 0, taken = new Set<number>()): number {
  if (row === worth.length) return 0;
  const columns = worth[0]!.length;
  const choices = [...Array(columns).keys()].filter((column) => !taken.has(column));
  const paired = choices.map((column) => worth[row]![column]! + most(worth, row + 1, new Set([...taken, column])));
  const mayStayAlone = worth.length - row > choices.length;
  return Math.max(...paired, ...(mayStayAlone ? [most(worth, row + 1, taken)] : []));
}

test('no other pairs are worth more, whatever the numbers', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }).chain((columns) =>
        fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: columns, maxLength: columns }), {
          minLength: 1,
          maxLength: 5,
        }),
      ),
      (worth) => {
        const pairs = assignPairs(worth);
        const used = pairs.filter((column) => column >= 0);
        expect(new Set(used).size).toBe(used.length);
        expect(used.length).toBe(Math.min(worth.length, worth[0]!.length));
        expect(worthOf(worth, pairs)).toBe(most(worth));
      },
    ),
    { numRuns: 300 },
  );
});

test('what is no number is refused', () => {
  expect(() => assignPairs([[1, Number.NaN]])).toThrow('finite');
  expect(() => assignPairs([[1], [1, 2]])).toThrow('same columns');
  expect(assignPairs([])).toEqual([]);
});
