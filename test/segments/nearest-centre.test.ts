import { expect, test } from 'vitest';
import { nearestCentre } from '../../src/segments/nearest-centre.ts';

test('real people stand for the middle, the nearest first, and equals in their order', () => {
  expect(
    nearestCentre(
      [
        [0, 0],
        [4, 4],
        [2, 2],
        [2, 2],
      ],
      [1, 2],
    ).map(({ row }) => row),
  ).toEqual([2, 3, 0, 1]);
});
test('what somebody did not answer neither draws them near nor away, and who answered nothing is nobody', () => {
  const rows = Object.freeze([
    [1, Number.NaN],
    [Number.NaN, Number.NaN],
    [3, 8],
    [2, 2],
  ]);
  expect(nearestCentre(rows, [1, 1]).map(({ row }) => row)).toEqual([0, 3, 2]);
});
test('a column that does not vary tells nothing, and nobody has no middle', () => {
  expect(
    nearestCentre(
      [
        [1, 5],
        [2, 5],
      ],
      [1, 0],
    ),
  ).toEqual([
    { row: 0, distance: 0.5 },
    { row: 1, distance: 0.5 },
  ]);
  expect(nearestCentre([], [1])).toEqual([]);
});
