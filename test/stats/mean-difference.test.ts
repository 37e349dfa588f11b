import { expect, test } from 'vitest';
import { meanDifference } from '../../src/stats/mean-difference.ts';

const small = Object.freeze([1, 2, 3, 4]);
const large = Object.freeze([3, 4, 5, 8, 9, 7]);

test('turning the groups round turns the signs and nothing else', () => {
  const there = meanDifference(small, large)!;
  const back = meanDifference(large, small)!;
  expect(back.difference).toBe(-there.difference);
  expect(back.t).toBe(-there.t);
  expect(back.p).toBe(there.p);
  expect(back.hedgesG).toBeCloseTo(-there.hedgesG, 12);
  expect(back.low).toBeCloseTo(-there.high, 12);
  expect([there.n1, there.n2]).toEqual([4, 6]);
});

test('g is a little nearer to zero than d, and lies within its interval', () => {
  const { cohenD, hedgesG, hedgesGLow, hedgesGHigh } = meanDifference(small, large)!;
  expect(Math.abs(hedgesG)).toBeLessThan(Math.abs(cohenD));
  expect(hedgesG / cohenD).toBeCloseTo(1 - 3 / 31, 12);
  expect(hedgesGLow).toBeLessThan(hedgesG);
  expect(hedgesGHigh).toBeGreaterThan(hedgesG);
});

test('where nothing varies, or a group is too small to vary, there is no test', () => {
  expect(meanDifference([], [])).toBeNull();
  expect(meanDifference([1], [2, 3])).toBeNull();
  expect(meanDifference([1, 1], [2, 2])).toBeNull();
});

test('one group may be all the same', () => {
  const found = meanDifference([2, 2, 2], [1, 2, 6])!;
  expect(found.difference).toBe(-1);
  expect(found.df).toBeCloseTo(2, 12);
});

test('groups that do not differ give p of 1', () => {
  expect(meanDifference([1, 2, 3], [1, 2, 3])!.p).toBeCloseTo(1, 7);
});
