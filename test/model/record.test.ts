import { expect, test } from 'vitest';
import type { Answers } from '../../src/model/answers.ts';
import { contentHash } from '../../src/model/record.ts';

const answers: Answers = {
  a: { state: 'answered', value: 1 },
  b: { state: 'refused' },
  c: { state: 'answered', value: ['x', 'y'] },
};

test('the order of keys makes no other content', () => {
  const turned: Answers = {
    c: { value: ['x', 'y'], state: 'answered' },
    b: { state: 'refused' },
    a: { value: 1, state: 'answered' },
  };
  expect(contentHash('page', { page: 2, answers: turned })).toBe(contentHash('page', { answers, page: 2 }));
});

test.each<[string, Parameters<typeof contentHash>]>([
  ['kind', ['correction', { page: 2, answers }]],
  ['page', ['page', { page: 3, answers }]],
  ['value', ['page', { page: 2, answers: { ...answers, a: { state: 'answered', value: 2 } } }]],
  ['type of a value', ['page', { page: 2, answers: { ...answers, a: { state: 'answered', value: '1' } } }]],
  ['state', ['page', { page: 2, answers: { ...answers, b: { state: 'skipped' } } }]],
  ['order of a list', ['page', { page: 2, answers: { ...answers, c: { state: 'answered', value: ['y', 'x'] } } }]],
  ['missing item', ['page', { page: 2, answers: { a: { state: 'answered', value: 1 } } }]],
])('another %s is other content', (_, other) => {
  expect(contentHash(...other)).not.toBe(contentHash('page', { page: 2, answers }));
});

test('a hash is 22 letters', () => {
  expect(contentHash('start', { page: null, answers: {} })).toMatch(/^[A-Za-z0-9_-]{22}$/);
});
