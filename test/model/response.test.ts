import { expect, test } from 'vitest';
import { currentAnswers } from '../../src/logic/current-answers.ts';
import type { Answers } from '../../src/model/answers.ts';
import type { StoredRecord } from '../../src/model/record.ts';
import { foldRecords } from '../../src/model/response.ts';
import { recordOf } from '../support/records.ts';
import { smallSurvey } from '../support/small-survey.ts';

const said = (value: string | number): Answers[string] => ({ state: 'answered', value });
const stored = (...records: ReturnType<typeof recordOf>[]): StoredRecord[] =>
  records.map((record, index) => Object.freeze({ ...record, seq: index + 10, contentHash: '' }));
const folded = (...records: ReturnType<typeof recordOf>[]) => {
  const response = foldRecords(stored(...records));
  if (!response) throw new Error('There were records');
  return response;
};
const states = (response: ReturnType<typeof folded>) =>
  Object.fromEntries(currentAnswers(smallSurvey, response).map(({ item, state }) => [item, state]));

test('no records are no response', () => {
  expect(foldRecords([])).toBeNull();
});

test('what was never reached is kept apart from what was skipped and refused', () => {
  const response = folded(
    recordOf('r', 0),
    recordOf('r', 1, { page: 1, answers: { city: { state: 'refused' }, topics: { state: 'skipped' } } }),
  );
  expect(states(response)).toMatchObject({
    city: 'refused',
    topics: 'skipped',
    'holds.outdoors': 'not_reached',
    story: 'not_reached',
  });
  expect(response).toMatchObject({ state: 'started', revision: 1, lastPage: 1, lastSeq: 11, completedAt: null });
});

test('an item of a page that was passed over was not shown', () => {
  const response = folded(recordOf('r', 0), recordOf('r', 1, { page: 3, answers: { story: said('So.') } }));
  expect(states(response)).toMatchObject({
    city: 'not_shown',
    'holds.quiet': 'not_shown',
    age: 'not_shown',
    story: 'answered',
  });
});

test('a correction replaces the answer, and says in which revision the words were said', () => {
  const response = folded(
    recordOf('r', 0),
    recordOf('r', 1, { page: 3, answers: { story: said('One.'), age: said(30) } }),
    recordOf('r', 2, { kind: 'correction', page: 3, answers: { story: said('One.'), age: said(31) } }),
    recordOf('r', 3, { kind: 'correction', page: 3, answers: { story: said('Two.'), age: said(31) } }),
  );
  expect(response.answers).toEqual({ story: said('Two.'), age: said(31) });
  expect(response.saidIn).toEqual({ story: 3, age: 2 });
  expect(response.lastPage).toBe(3);
});

test('a completion ends it, at the time it arrived', () => {
  const response = folded(recordOf('r', 0), recordOf('r', 1), recordOf('r', 2, { kind: 'completion', page: null }));
  expect(response).toMatchObject({
    state: 'completed',
    completedAt: '2026-03-02T09:02:00.000Z',
    startedAt: '2026-03-02T09:00:00.000Z',
    lastPage: 1,
  });
});

test('a withdrawal takes every answer and attribute away', () => {
  const start = recordOf('r', 0);
  start.envelope.attributes = { city: 'Ulm' };
  const response = folded(
    start,
    recordOf('r', 1, { page: 3, answers: { story: said('One.') } }),
    recordOf('r', 2, { kind: 'withdrawal', page: null }),
  );
  expect(response).toMatchObject({ state: 'withdrawn', answers: {}, saidIn: {}, attributes: null });
  expect(currentAnswers(smallSurvey, response)).toEqual([]);
});
