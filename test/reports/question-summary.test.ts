import { expect, test } from 'vitest';
import { summariseQuestions, type Tally } from '../../src/reports/question-summary.ts';
import { smallSurvey } from '../support/small-survey.ts';

const given = (item: string, value: unknown, count: number): Tally => ({ item, state: 'answered', value, count });
const itemOf = (code: string, tallies: Tally[], row = 0) =>
  summariseQuestions(smallSurvey, tallies, 'en').find((question) => question.code === code)?.items[row];

test('shares are of those who answered; who refused, skipped or never saw it stands beside', () => {
  const state = (name: string, count: number): Tally => ({ item: 'city', state: name, value: null, count });
  const summary = itemOf('city', [
    given('city', 'city', 3),
    given('city', 'village', 1),
    state('refused', 2),
    state('skipped', 4),
    state('not_shown', 1),
    state('not_reached', 5),
  ]);
  expect(summary).toMatchObject({ answered: 4, refused: 2, skipped: 4, notSeen: 6 });
  expect(summary).toMatchObject({
    options: [{ code: 'city', count: 3, share: 0.75 }, { share: 0.25 }, { count: 0, share: 0 }],
  });
});

test('of several choices each counts for all who answered', () => {
  expect(itemOf('topics', [given('topics', ['news', 'sport'], 2), given('topics', ['news'], 2)])).toMatchObject({
    isMultiple: true,
    answered: 4,
    options: [{ code: 'news', count: 4, share: 1 }, { code: 'sport', count: 2, share: 0.5 }, { count: 0 }],
  });
});

test('every step stands there, also those that nobody chose, with mean and spread', () => {
  expect(itemOf('holds', [given('holds.company', 1, 1), given('holds.company', 3, 1)], 1)).toMatchObject({
    item: 'holds.company',
    steps: [{ count: 1 }, { count: 0 }, { count: 1 }, { count: 0 }, { count: 0 }],
    mean: 2,
  });
});

test('numbers fall into bins that hold all of them', () => {
  const summary = itemOf('age', [given('age', 16, 1), given('age', 40, 2), given('age', 97, 1)]);
  if (summary?.kind !== 'number') throw new Error('Age is a number');
  expect(summary).toMatchObject({ median: 40, min: 16, max: 97 });
  expect(summary.bins.reduce((sum, bin) => sum + bin.count, 0)).toBe(4);
});

test('nobody answered is no mean, no bins and no error', () => {
  expect(itemOf('age', [])).toMatchObject({ answered: 0, mean: null, median: null, bins: [] });
  expect(itemOf('mood', [])).toMatchObject({ answered: 0, mean: null });
});
