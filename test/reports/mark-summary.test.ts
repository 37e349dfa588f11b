import { expect, test } from 'vitest';
import { CELL_MIN, type Marked, markSummary, ratingOf } from '../../src/reports/mark-summary.ts';

const mark = (more: Partial<Marked> = {}): Marked => ({
  pageKey: 'https://shop.example/a',
  selector: '#buy',
  tag: 'button',
  text: 'Buy',
  rating: 3,
  personId: null,
  ...more,
});
const times = (count: number, more: Partial<Marked> = {}) => Array.from({ length: count }, () => mark(more));

test('a part is told by its page and its selector, its share is of the page’s feedback, and the most marked comes first', () => {
  const { parts, marked, feedback, pages } = markSummary(
    [
      ...times(2),
      ...times(6, { selector: 'h1', tag: 'h1', text: '' }),
      ...times(2, { selector: null, tag: null, text: '' }),
      ...times(3, { pageKey: 'https://shop.example/b' }),
    ],
    null,
  );
  expect(
    parts.map(({ pageKey, selector, all }) => [pageKey.at(-1), selector, all.count, all.of, all.share?.share]),
  ).toEqual([
    ['a', 'h1', 6, 10, 0.6],
    ['b', '#buy', 3, 3, 1],
    ['a', '#buy', 2, 10, 0.2],
  ]);
  expect([marked, feedback, pages]).toEqual([11, 13, 2]);
  expect(parts.every(({ segment }) => segment === null)).toBe(true);
});

test('of a segment nothing is told of a part that fewer than five of its people marked, however often', () => {
  const people = new Set([1, 2, 3, 4, 5]);
  const each = [...people].map((personId) => mark({ personId, selector: 'h1' }));
  const rows = [...times(9, { personId: 1 }), ...times(20), ...each, ...times(3, { personId: 9 })];
  const { parts, inSegment } = markSummary(rows, people);
  expect(inSegment).toBe(14);
  const find = (selector: string) => parts.find((part) => part.selector === selector)?.segment;
  expect(find('#buy')).toEqual({ count: null, of: 14, share: null, rating: { n: 0, mean: null, interval: null } });
  expect(find('h1')).toMatchObject({ count: 5, of: 14, rating: { n: 5, mean: 3 } });
  expect(find('h1')?.share?.share).toBeCloseTo(5 / 14, 12);
});

test('the words of a part are the newest that were there', () => {
  const [part] = markSummary([mark({ text: '' }), mark({ text: 'Newer' }), mark({ text: 'Older' })], null).parts;
  expect(part?.text).toBe('Newer');
});

test('a mean has its interval within the scale, and none is told from fewer than five ratings', () => {
  expect(ratingOf(times(CELL_MIN - 1, { rating: 5 }))).toEqual({ n: 4, mean: null, interval: null });
  const { n, mean, interval } = ratingOf([1, 5, 5, 5, 5, null].map((rating) => ({ rating })));
  expect([n, mean]).toEqual([5, 4.2]);
  expect(interval?.high).toBe(5);
  expect(interval?.low).toBeGreaterThanOrEqual(1);
  expect(ratingOf([])).toEqual({ n: 0, mean: null, interval: null });
});
