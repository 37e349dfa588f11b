import { expect, test } from 'vitest';
import { completeRows } from '../../src/scales/complete-rows.ts';

test('only respondents without a gap remain, and an answer of 0 is no gap', () => {
  expect(
    completeRows([
      [0, 1],
      [null, 1],
      [2, 3],
    ]),
  ).toEqual([
    [0, 1],
    [2, 3],
  ]);
  expect(completeRows([])).toEqual([]);
});
