import { expect, test } from 'vitest';
import type { SurveyDefinition } from '../../src/model/survey.ts';
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

/** One question of a survey that has but this one. */
const only = (question: SurveyDefinition['pages'][number]['questions'][number], tallies: Tally[]) => {
  const pages = [{ code: 'only', questions: [question] }];
  return summariseQuestions({ ...smallSurvey, pages }, tallies, 'en')[0]!;
};
const options = (codes: string[]) => codes.map((code) => ({ code, text: { en: code.toUpperCase() } }));

test('means and medians have their intervals, and one answer has none', () => {
  const summary = itemOf('age', [given('age', 20, 3), given('age', 40, 3), given('age', 60, 3)]);
  // Deviation 17.320508, standard error 5.773503, t of eight degrees 2.306004.
  expect(summary).toMatchObject({ mean: 40, median: 40, medianLow: 20, medianHigh: 60 });
  expect(summary?.kind === 'number' && summary.meanHigh).toBeCloseTo(40 + 5.773503 * 2.306004, 4);
  expect(itemOf('age', [given('age', 20, 1)])).toMatchObject({ mean: 20, meanLow: null, median: 20, medianLow: null });
});

test('a rating is told as a measure only where it is marked as one', () => {
  const rating = { kind: 'rating', code: 'again', text: { en: 'Again?' }, steps: { min: 0, max: 10 } } as const;
  const tallies = [given('again', 10, 3), given('again', 0, 1)];
  expect(only(rating, tallies).items[0]).toMatchObject({ measure: null });
  expect(only({ ...rating, measure: 'nps' }, tallies).items[0]).toMatchObject({ measure: { score: 0.5, n: 4 } });
});

test('words beside an option have those who chose it as their base, and are left out when nobody did', () => {
  const choice = {
    kind: 'multiple' as const,
    code: 'tool',
    text: { en: 'What with?' },
    options: options(['pen', 'other']).map((option) => ({ ...option, comment: 'optional' as const })),
  };
  const skipped = (item: string): Tally => ({ item, state: 'skipped', value: null, count: 9 });
  const { items } = only(choice, [
    given('tool', ['other'], 3),
    given('tool', ['pen', 'other'], 2),
    given('tool.other', null, 1),
    skipped('tool.other'),
    skipped('tool.pen'),
  ]);
  expect(items.map(({ item }) => item)).toEqual(['tool', 'tool.pen', 'tool.other']);
  expect(items[1]).toMatchObject({ isBeside: true, asked: 2, written: { count: 0, share: 0 } });
  expect(items[2]).toMatchObject({ isBeside: true, asked: 5, written: { count: 1, share: 0.2 } });
  expect(only(choice, [given('tool', ['pen'], 2), skipped('tool.other')]).items.map(({ item }) => item)).toEqual([
    'tool',
    'tool.pen',
  ]);
  expect(
    only(choice, [given('tool.other', null, 2)]).items[1],
    'words that an import brought without the choice are not lost',
  ).toMatchObject({ item: 'tool.other', asked: 2, written: { count: 2 } });
});

test('dates have a first, a middle and a last day; times their hours; rankings their options', () => {
  const date = only({ kind: 'date', code: 'since', text: { en: 'Since?' } }, [
    given('since', '1970-01-01', 2),
    given('since', '1970-01-05', 3),
    given('since', 'never', 1),
  ]).items[0];
  expect(date).toMatchObject({ kind: 'date', answered: 6, first: 0, median: 4, last: 4 });
  expect(date?.kind === 'date' && date.bins.map(({ count }) => count)).toEqual([2, 0, 0, 0, 3]);
  const time = only({ kind: 'time', code: 'at', text: { en: 'When?' } }, [given('at', '06:30', 4)]).items[0];
  expect(time?.kind === 'time' && time.bins[6]).toMatchObject({ label: '06:00', count: 4, share: 1 });
  const ranking = { kind: 'ranking' as const, code: 'order', text: { en: 'Order' }, options: options(['a', 'b']) };
  expect(only(ranking, [given('order', ['b', 'a'], 2)]).items[0]).toMatchObject({
    kind: 'ranking',
    options: [
      { code: 'b', mean: 1, first: { share: 1 } },
      { code: 'a', mean: 2, first: { share: 0 } },
    ],
  });
  expect(only(ranking, []).items[0], 'nobody ranked').toMatchObject({ answered: 0, options: [{ mean: null }, {}] });
});

test('a best-worst question is its options over everybody, and no task of it stands alone', () => {
  const question = {
    kind: 'best-worst' as const,
    code: 'matters',
    text: { en: 'What matters?' },
    options: options(['a', 'b', 'c']),
    perTask: 3,
    tasks: 2,
  };
  const definition = { ...smallSurvey, pages: [{ code: 'only', questions: [question] }] };
  const shown = [0, 1, 2];
  const [found] = summariseQuestions(
    definition,
    [given('matters.t1-best', 'b', 1)],
    'en',
    new Map([['matters', [[{ shown, best: 1, worst: 0 }], [{ shown, best: 1, worst: 2 }], []]]]),
  );
  expect(found).toMatchObject({
    items: [],
    bestWorst: {
      n: 2,
      options: [
        { code: 'b', best: 2, worst: 0, shown: 2, score: 1 },
        { code: 'a', worst: 1, score: -0.5 },
        { code: 'c', worst: 1, score: -0.5 },
      ],
    },
  });
  expect(only(question, []).bestWorst).toMatchObject({ n: 0, options: [{ score: null }, {}, {}] });
});

test('an option that is no longer offered keeps its people, under its latest wording', () => {
  const question = (codes: string[], text = 'How do you travel?') => ({
    code: 'how',
    kind: 'single' as const,
    text: { en: text },
    options: options(codes),
  });
  const version = (codes: string[], text?: string): SurveyDefinition => ({
    ...smallSurvey,
    pages: [{ code: 'only', questions: [question(codes, text)] }],
  });
  const before = [version(['bus', 'car']), version(['bus', 'car', 'mule'], 'How do you come?')];
  const [summary] = summariseQuestions(
    version(['bus', 'bike']),
    [given('how', 'bus', 1), given('how', 'car', 3)],
    'en',
    new Map(),
    before,
  );
  const [item] = summary?.items ?? [];
  expect(item?.kind === 'choice' && item.options.map(({ label, count, share }) => [label, count, share])).toEqual([
    ['BUS', 1, 0.25],
    ['BIKE', 0, 0],
    ['CAR (no longer offered)', 3, 0.75],
  ]);
  expect(summary?.reworded).toEqual([{ now: 'How do you travel?', before: ['How do you come?'] }]);
});

test('a code whose wording changed says which wordings it had, and blanks are no change', () => {
  const version = (text: string): SurveyDefinition => ({
    ...smallSurvey,
    pages: [
      {
        code: 'only',
        questions: [
          { code: 'how', kind: 'multiple', text: { en: 'How?' }, options: [{ code: 'car', text: { en: text } }] },
        ],
      },
    ],
  });
  const reworded = (before: SurveyDefinition[]) =>
    summariseQuestions(version('Car'), [], 'en', new Map(), before)[0]?.reworded;
  expect(reworded([version('Automobile'), version('Car'), version('Motor')])).toEqual([
    { now: 'Car', before: ['Automobile', 'Motor'] },
  ]);
  expect(reworded([version(' Car ')])).toEqual([]);
});

test('rows of a matrix keep one set of columns, and a ranking its former options', () => {
  const matrix = (codes: string[]): SurveyDefinition => ({
    ...smallSurvey,
    pages: [
      {
        code: 'only',
        questions: [
          { code: 'when', kind: 'matrix', text: { en: 'When?' }, rows: options(['x', 'y']), columns: options(codes) },
          { code: 'order', kind: 'ranking', text: { en: 'Order' }, options: options(codes) },
        ],
      },
    ],
  });
  const [when, order] = summariseQuestions(
    matrix(['a', 'b']),
    [given('when.x', 'c', 1), given('when.y', 'a', 1), given('order', ['c', 'a', 'b'], 1)],
    'en',
    new Map(),
    [matrix(['a', 'b', 'c', 'd'])],
  );
  const columns = when?.items.map((item) => item.kind === 'choice' && item.options.map(({ label }) => label));
  expect(columns).toEqual([
    ['A', 'B', 'C (no longer offered)'],
    ['A', 'B', 'C (no longer offered)'],
  ]);
  const [ranked] = order?.items ?? [];
  expect(ranked?.kind === 'ranking' && ranked.options.map(({ label, mean }) => [label, mean])).toEqual([
    ['C (no longer offered)', 1],
    ['A', 2],
    ['B', 3],
  ]);
});

const binsOf = (question: SurveyDefinition['pages'][number]['questions'][number], values: number[]) => {
  const [item] = only(
    question,
    values.map((value) => given(question.code, value, 1)),
  ).items;
  return item?.kind === 'number' ? item.bins.map(({ label, count }) => [label, count]) : [];
};
const slider = { code: 'warm', kind: 'slider' as const, text: { en: 'Warm?' }, min: 0, max: 100 };

test('no bin goes beyond the ends of its scale, and who is at the end is in the last one', () => {
  const bins = binsOf(slider, [0, 50, 95, 100]);
  expect(bins).toHaveLength(10);
  expect([bins[0], bins.at(-1)]).toEqual([
    ['0 to under 10', 1],
    ['90 to 100', 2],
  ]);
  expect(binsOf(slider, [100, 100])).toEqual([['100', 2]]);
  expect(binsOf({ ...slider, min: 5, max: 98 }, [5, 98])).toMatchObject({
    0: ['5 to under 10', 1],
    9: ['90 to 98', 1],
  });
  expect(binsOf({ code: 'n', kind: 'number', text: { en: 'N' } }, [0, 100]).at(-1)).toEqual(['100 to under 110', 1]);
});

test('the interval of a mean ends where the scale ends', () => {
  const [item] = only(slider, [given('warm', 95, 1), given('warm', 100, 1)]).items;
  expect(item).toMatchObject({ mean: 97.5, meanHigh: 100 });
  expect(itemOf('holds', [given('holds.company', 4, 1), given('holds.company', 5, 1)], 1)).toMatchObject({
    meanLow: 1,
    meanHigh: 5,
  });
});
