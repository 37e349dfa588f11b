import { expect, test } from 'vitest';
import { judgeSpeeding } from '../../src/quality/speeding.ts';

const outcomes = (durations: (number | null)[], wordsShown: number | null = null) =>
  judgeSpeeding(durations.map((durationSeconds) => ({ durationSeconds, wordsShown }))).map(({ outcome }) => outcome);

test('less than a third of the median is flagged, a third is not', () => {
  const found = judgeSpeeding(
    [29, 30, ...Array(20).fill(90)].map((durationSeconds) => ({ durationSeconds, wordsShown: 0 })),
  );
  expect(found[0]).toEqual({ outcome: 'flagged', reason: 'Took 29 s, less than 33 % of the median of 90 s.' });
  expect(found.slice(1).every(({ outcome }) => outcome === 'clear')).toBe(true);
});

test('nobody is compared with fewer than twenty, and it is said why', () => {
  const paces = [1, ...Array(18).fill(90)].map((durationSeconds) => ({ durationSeconds, wordsShown: null }));
  expect(judgeSpeeding(paces)[0]).toEqual({
    outcome: 'unjudged',
    reason: 'Only 19 completed responses with a duration; a median to compare with needs 20.',
  });
  expect(outcomes([1, ...Array(19).fill(90)])[0]).toBe('flagged');
});

test('the floor of 300 ms a word holds for one alone', () => {
  expect(outcomes([29.9], 100)).toEqual(['flagged']);
  expect(outcomes([30], 100)).toEqual(['unjudged']);
});

test('a response that was not completed neither counts nor is judged', () => {
  expect(outcomes([1, null, ...Array(18).fill(90)]).slice(0, 2)).toEqual(['unjudged', 'unjudged']);
});

test('nobody, nothing timed and all the same raise no flag', () => {
  expect(outcomes([])).toEqual([]);
  expect(new Set(outcomes(Array(30).fill(null)))).toEqual(new Set(['unjudged']));
  expect(new Set(outcomes(Array(30).fill(60)))).toEqual(new Set(['clear']));
  expect(new Set(outcomes(Array(30).fill(0)))).toEqual(new Set(['clear']));
});

test('a negative or endless duration is a wrong call', () => {
  expect(() => outcomes([-1])).toThrow(RangeError);
  expect(() => outcomes([Number.POSITIVE_INFINITY])).toThrow(RangeError);
});
