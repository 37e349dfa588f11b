import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkSurvey } from '../../src/logic/check-survey.ts';
import { surveyItems } from '../../src/model/items.ts';
import { type Question, questionsOf, SurveyDefinition } from '../../src/model/survey.ts';
import { translationState } from '../../src/model/wordings.ts';
import { reachedIn } from './reach.ts';

const folder = resolve(import.meta.dirname, '../../templates/surveys');
const json = (file: string) => JSON.parse(readFileSync(resolve(folder, file), 'utf8'));
const files = readdirSync(folder).filter((file) => file !== 'index.json');
const read = (file: string) => SurveyDefinition.parse(json(file));
const index = json('index.json') as { groups: { templates: { code: string; name: string }[] }[] };

/** How long a question of its kind usually takes, in seconds. */
function secondsOf(question: Question): number {
  switch (question.kind) {
    case 'battery':
    case 'matrix':
    case 'differential':
      return 5 + 5 * question.rows.length;
    case 'best-worst':
      return 5 + 14 * question.tasks;
    case 'sum':
    case 'ranking':
      return 30;
    case 'text':
      return question.long ? 40 : 12;
    default:
      return 10;
  }
}

/** Words about money that only a survey about revenue may use of the respondent's own purchases. */
const MONEY = /\b(spend|spent|paid?|price|prices|purchases?|bought|budget|wallet)\b/i;
const TWENTY_VALUES = ['values-20.json', 'values-and-home-life.json'];
const wordsOf = (file: string) =>
  questionsOf(read(file))
    .map((question) => question.text['en'])
    .join('\n');

test('the index names every template once', () => {
  const codes = index.groups.flatMap((group) => group.templates.map((one) => `${one.code}.json`));
  expect([...codes].sort()).toEqual([...files].sort());
});

test('there is one for every kind of segment, and for what people are asked most', () => {
  for (const code of [
    ...['behavioural', 'demographic', 'psychographic', 'geographic', 'firmographic', 'technographic'],
    ...['value-based', 'values-based', 'user-persona', 'buying-trigger', 'nps', 'csat-and-ces', 'churn', 'lifestyle'],
  ])
    expect(files).toContain(`${code}.json`);
});

describe.each(files)('%s', (file) => {
  const survey = read(file);

  test('can be published as it is', () => {
    expect(checkSurvey(survey)).toEqual([]);
    expect(`${survey.code}.json`).toBe(file);
  });

  test('says everything in English and in German', () => {
    expect(survey.languages).toEqual(['en', 'de']);
    expect(translationState(survey).flatMap(({ missing }) => missing)).toEqual([]);
    const same = questionsOf(survey).filter((question) => question.text['en'] === question.text['de']);
    expect(same).toEqual([]);
  });

  test('comes back from JSON as it went', () => {
    expect(survey).toEqual(json(file));
    expect(SurveyDefinition.parse(JSON.parse(JSON.stringify(survey)))).toEqual(survey);
  });

  test('asks no question, and has no end, that nobody can reach', () => {
    const { questions, ends } = reachedIn(survey, 150);
    // What an address brings along is on no page.
    expect(questionsOf(survey).filter(({ code, kind }) => kind !== 'hidden' && !questions.has(code))).toEqual([]);
    expect((survey.ends ?? []).filter(({ code }) => !ends.has(code))).toEqual([]);
  });

  test('takes about as long as it says', () => {
    const seconds = questionsOf(survey).reduce((sum, question) => sum + secondsOf(question), 20);
    expect(survey.minutes).toBeDefined();
    expect(survey.minutes).toBeLessThanOrEqual(seconds / 60 + 1);
    expect(survey.minutes).toBeGreaterThanOrEqual((seconds / 60) * 0.6);
  });

  test('asks for consent to analysis, and says what it is about', () => {
    expect(survey.consent.purposes[0]?.code).toBe('analysis');
    expect(survey.introduction?.['en']?.length).toBeGreaterThan(20);
  });

  test('has balanced batteries: named at both ends, half of each scale reversed', () => {
    for (const question of questionsOf(survey)) {
      if (question.kind !== 'battery') continue;
      const { labels, min, max } = question.steps;
      expect(labels?.[min]).toBeDefined();
      expect(labels?.[max]).toBeDefined();
    }
    for (const instrument of survey.instruments ?? []) {
      if (instrument.code !== 'attitudes') continue;
      for (const { items } of instrument.scales)
        expect(items.filter((item) => item.startsWith('-'))).toHaveLength(items.length / 2);
    }
  });
});

test.each(TWENTY_VALUES)(
  '%s holds twenty provisional statements, two for each value, centred within a person',
  (file) => {
    const instrument = read(file).instruments?.[0];
    expect(instrument?.version).toContain('provisional');
    expect(instrument?.centring).toBe('person-mean');
    expect(instrument?.scales).toHaveLength(10);
    expect(instrument?.scales.every((scale) => scale.items.length === 2)).toBe(true);
    expect(new Set(instrument?.scales.flatMap((scale) => scale.items)).size).toBe(20);
  },
);

test('what people hold dear and what they are worth in money are never asked together', () => {
  for (const file of ['values-based.json', ...TWENTY_VALUES]) expect(wordsOf(file)).not.toMatch(MONEY);
  expect(wordsOf('value-based.json')).toMatch(MONEY);
  const dear = new Set(questionsOf(read('values-based.json')).map(({ code }) => code));
  const worth = questionsOf(read('value-based.json')).map(({ code }) => code);
  expect(worth.filter((code) => dear.has(code))).toEqual(['age', 'household']);
  expect(wordsOf('value-based.json')).not.toMatch(/in life|hold dear|good life|believe in/i);
});

test('revenue is asked about as spending, frequency, share and willingness to pay', () => {
  const kinds = new Map(questionsOf(read('value-based.json')).map(({ code, kind }) => [code, kind]));
  expect(kinds.get('spend-year')).toBe('number');
  expect(kinds.get('buy-frequency')).toBe('single');
  expect(kinds.get('spend-share')).toBe('sum');
  expect(kinds.get('price-dear')).toBe('number');
});

test('the numbers that the field knows by name carry their names', () => {
  const measures = (file: string) =>
    questionsOf(read(file)).flatMap((question) => (question.kind === 'rating' ? (question.measure ?? []) : []));
  expect(measures('nps.json')).toEqual(['nps']);
  expect(measures('csat-and-ces.json')).toEqual(['csat', 'ces']);
});

test('the buying trigger opens with the day on which it began', () => {
  const first = surveyItems(read('buying-trigger.json'))[0];
  expect(first?.question.text['en']).toBe(
    'What happened on the day you first decided you needed to solve this kind of problem or achieve this goal?',
  );
  expect(first?.question.kind).toBe('text');
});

test('Mini-IPIP has five scales of four items, eleven of the twenty reversed, and says whose it is', () => {
  const instrument = read('mini-ipip-20.json').instruments?.[0];
  const items = instrument?.scales.flatMap((scale) => scale.items) ?? [];
  expect(instrument?.scales.map((scale) => scale.items.length)).toEqual([4, 4, 4, 4, 4]);
  expect(new Set(items.map((item) => item.replace('-', ''))).size).toBe(20);
  expect(items.filter((item) => item.startsWith('-'))).toHaveLength(11);
  expect(instrument?.citation).toContain('Donnellan');
  expect(instrument?.licence).toContain('Public domain');
});

test('how readers see a persona has six scales, each asked once for and once against', () => {
  const survey = read('persona-perception.json');
  const instrument = survey.instruments?.[0];
  expect(instrument?.version).toContain('provisional');
  expect(instrument?.scales.map(({ code }) => code)).toEqual([
    ...['credibility', 'clarity', 'completeness', 'consistency', 'empathy', 'use'],
  ]);
  for (const { items } of instrument?.scales ?? [])
    expect(items.map((item) => item.startsWith('-'))).toEqual([false, true]);
  expect(questionsOf(survey).flatMap(({ kind, code }) => (kind === 'hidden' ? [code] : []))).toEqual([
    'persona',
    'persona-version',
  ]);
});
