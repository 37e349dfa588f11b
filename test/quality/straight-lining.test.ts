import { expect, test } from 'vitest';
import { judgeBattery, longestRun, withinPersonSpread } from '../../src/quality/straight-lining.ts';
import { mulberry32 } from '../../src/stats/random.ts';

const outcomes = (hasReversed: boolean, rows: (number | null)[][]) =>
  judgeBattery({ hasReversed, rows }).map(({ judgement }) => judgement.outcome);
const varied = (count: number) => {
  const random = mulberry32(7);
  return Array.from({ length: count }, () => Array.from({ length: 8 }, () => 1 + Math.floor(random() * 5)));
};

test('with reversed items, one answer throughout or over 80 % in a row is flagged', () => {
  expect(
    outcomes(true, [
      [3, 3, 3, 3, 3],
      [3, 3, 3, 3, 1],
      [3, 3, 3, 1, 3],
      [3, 3, null, 3, 3, 3],
      [3, 3, 1, 3, 3, 5],
    ]),
  ).toEqual(['flagged', 'flagged', 'clear', 'flagged', 'clear']);
});

test('without reversed items one answer throughout can be meant, and that is said', () => {
  const [first] = judgeBattery({ hasReversed: false, rows: [[5, 5, 5, 5, 5]] });
  expect(first!.judgement).toEqual({
    outcome: 'unjudged',
    reason: 'Gave the answer 5 to all 5 items; none of them is reversed, so this can be meant.',
  });
});

test('without reversed items only who stands alone in a large sample is flagged', () => {
  const line = Array(8).fill(4);
  expect(outcomes(false, [line, ...varied(200)])[0]).toBe('flagged');
  expect(outcomes(false, [line, ...varied(90)])[0]).toBe('unjudged');
  expect(outcomes(false, [line, line, line, line, ...varied(200)])[0]).toBe('unjudged');
  expect(outcomes(false, [[...line.slice(1), 3], ...varied(200)])[0]).not.toBe('flagged');
});

test('four items, four answers or none are too few', () => {
  expect(outcomes(true, [[3, 3, 3, 3]])).toEqual(['unjudged']);
  expect(outcomes(true, [[3, 3, 3, 3, null], Array(5).fill(null)])).toEqual(['unjudged', 'unjudged']);
});

test('measures stand beside their place in the sample', () => {
  const [line, half] = judgeBattery({
    hasReversed: false,
    rows: [Array(6).fill(2), [1, 1, 1, 5, 5, 5], [1, 5, 1, 5, 2, 4]],
  });
  expect(line!.measure).toMatchObject({ longestRun: 6, spread: 0, spreadPercentile: 0 });
  expect(line!.measure.longestRunPercentile).toBeCloseTo(2 / 3);
  expect(half!.measure.longestRunPercentile).toBeCloseTo(1 / 3);
});

test('equal fractions leave no speck of spread', () => {
  expect(withinPersonSpread(Array(7).fill(0.1))).toBe(0);
  expect(withinPersonSpread([null, 4])).toBeNull();
  expect(longestRun([])).toBe(0);
});

test('a sample of nobody and of one kind stands', () => {
  expect(outcomes(true, [])).toEqual([]);
  expect(new Set(outcomes(false, Array(300).fill(Array(8).fill(3))))).toEqual(new Set(['unjudged']));
  expect(() => outcomes(true, [[Number.NaN]])).toThrow(RangeError);
});
