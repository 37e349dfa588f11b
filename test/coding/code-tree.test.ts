import { expect, test } from 'vitest';
import { codeTree, flatTree, heightOf, inPlace, mayStandUnder, withBeneath } from '../../src/coding/code-tree.ts';

const code = (id: number, parentId: number | null, position = 0, name = `code ${id}`) => ({
  id,
  parentId,
  position,
  name,
});

test('a tree has each code once, under its own, in the order that people gave', () => {
  const codes = Object.freeze([code(1, null, 2), code(2, null, 1), code(3, 1), code(4, 3), code(5, 1, 1)]);
  const rows = flatTree(codeTree(codes));
  expect(rows.map((row) => [row.code.id, row.depth])).toEqual([
    [2, 0],
    [1, 0],
    [5, 1],
    [3, 1],
    [4, 2],
  ]);
  expect(rows.at(-1)?.path).toEqual(['code 1', 'code 3', 'code 4']);
});

test('no codes make no tree, and one whose parent is gone stands at the top', () => {
  expect(codeTree([])).toEqual([]);
  expect(codeTree([code(7, 99)]).map((row) => row.code.id)).toEqual([7]);
});

test('codes that stand under each other in a circle are shown all the same, none of them twice', () => {
  const rows = flatTree(codeTree([code(1, 2), code(2, 1), code(3, 1)]));
  expect(rows.map((row) => row.code.id).sort()).toEqual([1, 2, 3]);
});

test('codes that nobody placed stand after those that somebody did, by name', () => {
  expect(inPlace([code(1, null, 0, 'b'), code(2, null, 0, 'a'), code(3, null, 9, 'z')]).map(({ id }) => id)).toEqual([
    3, 2, 1,
  ]);
});

test('a code never stands under itself or what is under it', () => {
  const codes = [code(1, null), code(2, 1), code(3, 2), code(4, null)];
  expect([...withBeneath(codes, 1)].sort()).toEqual([1, 2, 3]);
  expect(mayStandUnder(codes, 1, 1)).toBe(false);
  expect(mayStandUnder(codes, 1, 3)).toBe(false);
  expect(mayStandUnder(codes, 3, 1)).toBe(true);
  expect(mayStandUnder(codes, 1, null)).toBe(true);
  expect([heightOf(codes, 1), heightOf(codes, 4)]).toEqual([2, 0]);
});
