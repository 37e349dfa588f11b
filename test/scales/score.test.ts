import { describe, expect, test } from 'vitest';
import { type ScoringKey, scoreScales } from '../../src/scales/score.ts';

const range = { min: 1, max: 5 };
const ranges = { A1: range, A2: range, A3: range, B1: range, B2: range };
const key: ScoringKey = {
  centring: 'none',
  scales: [
    { code: 'a', items: ['-A1', 'A2', 'A3'], minimumAnswered: 2 },
    { code: 'b', items: ['B1', '-B2'] },
  ],
};
const centred: ScoringKey = { ...key, centring: 'person-mean' };

test('reversed items are turned, and a score is the mean of the items', () => {
  expect(scoreScales(key, ranges, { A1: 1, A2: 4, A3: 3, B1: 2, B2: 2 })).toEqual({
    scores: { a: 4, b: 3 },
    answered: { a: 3, b: 2 },
    personMean: 2.4,
    isCaught: false,
  });
});

test('a turned step goes by the ends of its own scale, also when that begins at 0', () => {
  const scales = [{ code: 'a', items: ['-A1'] }];
  expect(scoreScales({ centring: 'none', scales }, { A1: { min: 0, max: 6 } }, { A1: 0 }).scores).toEqual({ a: 6 });
});

test('too few answers give no score, which is not a score of 0', () => {
  const { scores, answered } = scoreScales(key, ranges, { A1: 1, A2: null, B1: 2 });
  expect(scores).toEqual({ a: null, b: null });
  expect(answered).toEqual({ a: 1, b: 1 });
});

test('without a rule every item must be answered, with one the rest may be missing', () => {
  expect(scoreScales(key, ranges, { A2: 4, A3: 1, B1: 2 }).scores).toEqual({ a: 2.5, b: null });
});

test('nobody answered anything: no scores and no person mean', () => {
  expect(scoreScales(centred, ranges, {})).toEqual({
    scores: { a: null, b: null },
    answered: { a: 0, b: 0 },
    personMean: null,
    isCaught: false,
  });
});

test('centring takes the mean of all answers as given from each answer, before it is turned', () => {
  const { scores, personMean } = scoreScales(centred, ranges, { A1: 1, A2: 4, A3: 3, B1: 2, B2: 2 });
  expect(personMean).toBe(2.4);
  expect(scores['a']).toBeCloseTo(1.2, 12);
  expect(scores['b']).toBeCloseTo(0, 12);
});

test('who says yes to everything is told apart by nothing once centred', () => {
  const scales = [
    { code: 'a', items: ['A1', 'A2'] },
    { code: 'b', items: ['B1', 'B2'] },
  ];
  const all = { A1: 5, A2: 5, B1: 5, B2: 5 };
  expect(scoreScales({ centring: 'person-mean', scales }, ranges, all).scores).toEqual({ a: 0, b: 0 });
});

test('an item in two scales counts once in the person mean', () => {
  const scales = [
    { code: 'a', items: ['A1', 'A2'] },
    { code: 'b', items: ['-A1'] },
  ];
  expect(scoreScales({ centring: 'person-mean', scales }, ranges, { A1: 1, A2: 4 }).personMean).toBe(2.5);
});

test('an item may be called like something every object has', () => {
  const scales = [{ code: 'a', items: ['constructor'] }];
  expect(scoreScales({ centring: 'none', scales }, { constructor: range }, {}).scores).toEqual({ a: null });
});

test('answers to other questions are passed over, and nothing is changed', () => {
  const answers = Object.freeze({ A1: 1, A2: 4, A3: 3, B1: 2, B2: 2, age: 52 });
  expect(scoreScales(Object.freeze(key), Object.freeze(ranges), answers).scores).toEqual({ a: 4, b: 3 });
});

describe('what would give a wrong score is refused:', () => {
  test.each([
    ['an answer off the scale', key, ranges, { A1: 6 }, 'The answer 6 to A1 lies outside 1 to 5'],
    ['an answer that is no number', key, ranges, { A1: Number.NaN }, 'outside'],
    ['an item without steps', key, { A1: range }, {}, 'The item A2 has no'],
    [
      'a rule that nobody can meet',
      { centring: 'none' as const, scales: [{ code: 'a', items: ['A1'], minimumAnswered: 2 }] },
      ranges,
      {},
      'The scale a asks for 2 answers and has 1 items',
    ],
  ])('%s', (_, aKey, someRanges, answers, message) => {
    expect(() => scoreScales(aKey, someRanges, answers)).toThrow(message);
    expect(() => scoreScales(aKey, someRanges, answers)).toThrow(RangeError);
  });
});
