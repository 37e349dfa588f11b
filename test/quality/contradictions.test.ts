import { expect, test } from 'vitest';
import { type AnswerPair, judgeContradictions, pairDifference } from '../../src/quality/contradictions.ts';

const pair = (
  first: number | null,
  second: number | null,
  meaning: AnswerPair['meaning'] = 'opposite',
): AnswerPair => ({
  name: 'a, b',
  meaning,
  first,
  second,
  min: 1,
  max: 5,
});
const outcome = (...pairs: AnswerPair[]) => judgeContradictions(pairs).outcome;

test('opposites agree at opposite ends and synonyms at the same', () => {
  expect([pairDifference(pair(5, 1)), pairDifference(pair(5, 5)), pairDifference(pair(3, 3))]).toEqual([0, 1, 0]);
  expect([pairDifference(pair(5, 1, 'same')), pairDifference(pair(2, 2, 'same'))]).toEqual([1, 0]);
  expect(pairDifference(pair(null, 2))).toBeNull();
});

test('one contradiction among several pairs may be a slip, two are flagged', () => {
  expect(outcome(pair(5, 5), pair(5, 1), pair(4, 2))).toBe('clear');
  expect(outcome(pair(5, 5), pair(1, 2), pair(4, 2))).toBe('flagged');
});

test('the only pair that was answered decides alone', () => {
  expect(outcome(pair(5, 5), pair(null, 1))).toBe('flagged');
  expect(outcome(pair(4, 4), pair(null, 1))).toBe('clear');
});

test('a middle answer to everything contradicts nothing', () => {
  expect(outcome(pair(3, 3), pair(3, 3), pair(3, 3, 'same'))).toBe('clear');
});

test('no pairs, and pairs nobody answered, are not judged', () => {
  expect(outcome()).toBe('unjudged');
  expect(outcome(pair(null, null))).toBe('unjudged');
});

test('tenths count as what they are', () => {
  const tenths = { ...pair(0.9, 0.15, 'same'), min: 0, max: 1 };
  expect(judgeContradictions([tenths]).outcome).toBe('flagged');
});

test('answers beside the scale and scales without length are wrong calls', () => {
  expect(() => outcome(pair(6, 1))).toThrow(RangeError);
  expect(() => outcome({ ...pair(1, 1), max: 1 })).toThrow(RangeError);
});
