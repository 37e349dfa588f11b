import { expect, test } from 'vitest';
import { countCourse, durationQuartiles } from '../../src/reports/course.ts';

test('who left a page is told from who came to it', () => {
  const pages = countCourse(
    3,
    [{ lastPage: 3, count: 6 }],
    [
      { lastPage: 0, count: 1 },
      { lastPage: 1, count: 2 },
      { lastPage: 3, count: 1 },
    ],
  );
  expect(pages.map(({ came, left }) => [came, left])).toEqual([
    [10, 1],
    [9, 2],
    [7, 1],
  ]);
  expect(pages.map(({ stayedShare }) => stayedShare?.share)).toEqual([0.9, 0.7, 0.6]);
});

test('whoever was led to an end early has left nowhere', () => {
  const pages = countCourse(2, [{ lastPage: 1, count: 4 }], []);
  expect(pages.map(({ came, left }) => [came, left])).toEqual([
    [4, 0],
    [4, 0],
  ]);
});

test('nobody has left a survey that nobody began', () => {
  expect(countCourse(1, [], [])).toEqual([{ page: 1, came: 0, left: 0, leftShare: null, stayedShare: null }]);
});

test('one response is its own quartiles, and none has none', () => {
  expect(durationQuartiles([90])).toEqual({ n: 1, lower: 90, median: 90, upper: 90 });
  expect(durationQuartiles([])).toBeNull();
});
