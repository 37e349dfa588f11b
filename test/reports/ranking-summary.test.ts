import { expect, test } from 'vitest';
import { summariseRanking } from '../../src/reports/ranking-summary.ts';

const options = ['a', 'b', 'c', 'd'].map((code) => ({ code, label: code.toUpperCase() }));

test('mean ranks are over those who gave a place, shares of first over all, the best mean rank first', () => {
  const found = summariseRanking(
    options,
    [
      { codes: ['b', 'a'], count: 3 },
      { codes: ['a', 'b', 'c'], count: 1 },
    ],
    4,
  );
  expect(found.map(({ code, n, mean, first }) => [code, n, mean, first.count, first.share])).toEqual([
    ['b', 4, 1.25, 3, 0.75],
    ['a', 4, 1.75, 1, 0.25],
    ['c', 1, 3, 0, 0],
    ['d', 0, null, 0, 0],
  ]);
  // Places 1, 1, 1, 2: deviation 0.5, standard error 0.25, t of three degrees 3.182446.
  expect(found[0]?.meanHigh).toBeCloseTo(1.25 + 0.25 * 3.182446, 5);
  expect(found[2], 'one person is no interval').toMatchObject({ meanLow: null, meanHigh: null });
});

test('options without a place keep their order, and codes that are no longer offered are passed over', () => {
  const found = summariseRanking(options, [{ codes: ['gone', 'c'], count: 1 }], 1);
  expect(found.map(({ code, mean }) => [code, mean])).toEqual([
    ['c', 2],
    ['a', null],
    ['b', null],
    ['d', null],
  ]);
});

test('of equal mean ranks the one put first more often stands first', () => {
  const tied = summariseRanking(
    options.slice(0, 3),
    [
      { codes: ['c', 'a', 'b'], count: 1 },
      { codes: ['b', 'a', 'c'], count: 1 },
    ],
    2,
  );
  expect(tied.map(({ code }) => code)).toEqual(['b', 'c', 'a']);
  expect(tied[2]).toMatchObject({ mean: 2, first: { share: 0 } });
});
