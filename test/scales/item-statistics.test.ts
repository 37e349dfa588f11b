import { expect, test } from 'vitest';
import { itemStatistics } from '../../src/scales/item-statistics.ts';

const rows = [
  [1, 2, 1, 5],
  [2, 3, 2, 4],
  [4, 4, 5, 2],
  [5, 5, 4, 1],
];

test('an item someone forgot to reverse is pointed out, and alpha rises without it', () => {
  const found = itemStatistics(rows);
  expect(found.map((item) => item.looksUnreversed)).toEqual([false, false, false, true]);
  expect(found[3]!.alphaIfDeleted).toBeGreaterThan(0.9);
  const turned = rows.map((row) => row.with(3, 6 - row[3]!));
  expect(itemStatistics(turned).some((item) => item.looksUnreversed)).toBe(false);
});

test('respondents with a gap are left out of every item', () => {
  expect(itemStatistics([...rows, [9, null, 9, 9]])).toEqual(itemStatistics(rows));
});

test('of two items none can be spared, and an item that does not vary correlates with nothing', () => {
  const found = itemStatistics([
    [1, 3],
    [2, 3],
  ]);
  expect(found[0]).toMatchObject({ mean: 1.5, itemRest: null, alphaIfDeleted: null, looksUnreversed: false });
  expect(found[1]).toMatchObject({ standardDeviation: 0, itemTotal: null });
});

test('fewer than two complete respondents are refused', () => {
  expect(() =>
    itemStatistics([
      [1, 2],
      [null, 2],
    ]),
  ).toThrow('itemStatistics requires at least two respondents');
  expect(() => itemStatistics([])).toThrow(RangeError);
});
