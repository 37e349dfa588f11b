import { expect, test } from 'vitest';
import { alphaInterval } from '../../src/scales/alpha-interval.ts';
import { cronbachAlpha } from '../../src/scales/cronbach-alpha.ts';

test('items that rise and fall as one are perfectly consistent', () => {
  expect(
    cronbachAlpha([
      [1, 1],
      [3, 3],
      [4, 4],
    ]),
  ).toBeCloseTo(1, 12);
});

test('items that oppose each other give a negative alpha', () => {
  expect(
    cronbachAlpha([
      [1, 4],
      [2, 4],
      [5, 1],
      [4, 3],
    ])!,
  ).toBeLessThan(0);
});

test('equal totals leave nothing to measure', () => {
  expect(
    cronbachAlpha([
      [1, 3],
      [2, 2],
      [3, 1],
    ]),
  ).toBeNull();
  expect(
    cronbachAlpha([
      [2, 2],
      [2, 2],
    ]),
  ).toBeNull();
});

test('the order of respondents and items does not matter, and the table stays as it was', () => {
  const rows = Object.freeze(
    [
      [2, 3, 3],
      [4, 4, 5],
      [1, 2, 1],
      [5, 5, 4],
    ].map((row) => Object.freeze(row)),
  );
  const turned = rows.map((row) => row.toReversed()).toReversed();
  expect(cronbachAlpha(turned)).toBeCloseTo(cronbachAlpha(rows)!, 12);
});

test('one person, one item or a gap is refused', () => {
  expect(() => cronbachAlpha([])).toThrow('cronbachAlpha requires at least two respondents');
  expect(() => cronbachAlpha([[1, 2]])).toThrow('at least two respondents');
  expect(() => cronbachAlpha([[1], [2]])).toThrow('cronbachAlpha requires at least two items');
  expect(() => cronbachAlpha([[1, 2], [1]])).toThrow('the same items');
  expect(() =>
    cronbachAlpha([
      [1, 2],
      [1, Number.NaN],
    ]),
  ).toThrow('finite');
});

test('the interval holds alpha and narrows with more respondents', () => {
  const few = alphaInterval(0.8, 30, 4);
  const many = alphaInterval(0.8, 300, 4);
  expect(few.low).toBeLessThan(0.8);
  expect(few.high).toBeGreaterThan(0.8);
  expect(many.low).toBeGreaterThan(few.low);
  expect(many.high).toBeLessThan(few.high);
  expect(alphaInterval(1, 30, 4)).toEqual({ low: 1, high: 1 });
});

test('an interval of what alpha cannot be is refused', () => {
  expect(() => alphaInterval(1.1, 30, 4)).toThrow(RangeError);
  expect(() => alphaInterval(0.8, 1, 4)).toThrow(RangeError);
  expect(() => alphaInterval(0.8, 30, 1)).toThrow(RangeError);
});
