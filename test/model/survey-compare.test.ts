import { expect, test } from 'vitest';
import { SurveyDefinition } from '../../src/model/survey.ts';
import { changesSince, timesAnswered, timesAsked } from '../../src/model/survey-compare.ts';

const surveyOf = (questions: unknown[]) =>
  SurveyDefinition.parse({
    format: 1,
    code: 's',
    title: { en: 'S' },
    languages: ['en', 'de'],
    consent: { version: '1', text: { en: 'We ask.' }, purposes: [{ code: 'analysis', text: { en: 'Yes' } }] },
    pages: [{ code: 'p', questions }],
  });
const choice = (options: [string, string][], more = {}) => ({
  kind: 'single',
  code: 'q',
  text: { en: 'Which?' },
  options: options.map(([code, en]) => ({ code, text: { en } })),
  ...more,
});
const rated = (labels: Record<string, { en: string }>) => ({
  kind: 'rating',
  code: 'r',
  text: { en: 'How?' },
  steps: { min: 1, max: 5, labels },
});

const published = surveyOf([
  choice([
    ['a', 'A'],
    ['b', 'B'],
  ]),
  rated({ 1: { en: 'Bad' }, 5: { en: 'Good' } }),
]);

test('the same survey has no changes, however its questions are moved, added to and translated', () => {
  expect(changesSince(published, published)).toEqual([]);
  const [first, second] = published.pages[0]?.questions ?? [];
  const more = { kind: 'text', code: 'new', text: { en: 'New' } };
  expect(changesSince(published, surveyOf([more, second, { ...first, text: { en: 'Which?', de: 'Was?' } }]))).toEqual(
    [],
  );
});

test('new words are named with the old ones and where they stand', () => {
  const draft = surveyOf([
    rated({ 1: { en: 'Bad' }, 5: { en: 'Great' } }),
    choice(
      [
        ['a', 'A'],
        ['b', 'Bee'],
      ],
      { text: { en: 'Which one?' } },
    ),
  ]);
  expect(changesSince(published, draft)).toEqual([
    { what: 'reworded', pointer: '#/pages/0/questions/1/text', language: 'en', was: 'Which?', now: 'Which one?' },
    { what: 'reworded', pointer: '#/pages/0/questions/1/options/1/text', language: 'en', was: 'B', now: 'Bee' },
    { what: 'reworded', pointer: '#/pages/0/questions/0/steps/labels/5', language: 'en', was: 'Good', now: 'Great' },
  ]);
});

test('what is gone is named, and another kind says whether its answers still fit', () => {
  const draft = surveyOf([choice([['a', 'A']], { kind: 'multiple' })]);
  expect(changesSince(published, draft)).toEqual([
    { what: 'kind', pointer: '#/pages/0/questions/0', question: 'q', was: 'single', now: 'multiple', doFit: false },
    { what: 'part-gone', pointer: '#/pages/0/questions/0/options', question: 'q', code: 'b', was: { en: 'B' } },
    { what: 'question-gone', question: 'r', was: { en: 'How?' } },
  ]);
  const slider = surveyOf([
    published.pages[0]?.questions[0],
    { kind: 'slider', code: 'r', text: { en: 'How?' }, min: 1, max: 5 },
  ]);
  expect(changesSince(published, slider)).toMatchObject([{ what: 'kind', doFit: true }]);
});

test('options are counted by being chosen, rows by being answered, and only real answers count', () => {
  const tally = [
    { item: 'q', state: 'answered', value: 'b', count: 2 },
    { item: 'q', state: 'answered', value: ['a', 'b'], count: 3 },
    { item: 'q', state: 'skipped', value: null, count: 9 },
    { item: 'q2', state: 'answered', value: 'b', count: 50 },
    { item: 'grid.row', state: 'answered', value: 4, count: 6 },
    { item: 'grid.other', state: 'answered', value: 4, count: 1 },
  ];
  expect(timesAnswered(tally, 'q', 'b')).toBe(5);
  expect(timesAnswered(tally, 'grid', 'row')).toBe(6);
  expect(timesAnswered(tally, 'q', 'none')).toBe(0);
  expect(timesAsked(tally, 'q')).toBe(5);
  expect(timesAsked(tally, 'grid')).toBe(6);
});
