import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Form, formFields, readAnswers, refusalField, TRAP_FIELD } from '../../src/model/answers.ts';
import { itemsOf } from '../../src/model/items.ts';
import { readItem } from '../../src/model/read-item.ts';
import type { Question } from '../../src/model/survey.ts';
import { smallSurvey } from '../support/small-survey.ts';

const questions = smallSurvey.pages.flatMap((page) => page.questions);
const named = (code: string): Question => {
  const found = questions.find((question) => question.code === code);
  if (!found) throw new Error(`The small survey does not ask ${code}`);
  return found;
};
const one = (code: string, form: Form) => readAnswers([named(code)], form);

describe('a single choice', () => {
  test('keeps the code of the answer chosen', () => {
    expect(one('city', { city: 'village' })).toEqual({
      answers: { city: { state: 'answered', value: 'village' } },
      errors: [],
    });
  });
  test.each([['town'], ['City'], ['city '], ['__proto__'], ['constructor'], ['In a city'], ['<script>']])(
    'refuses %j, which is not listed',
    (value) => {
      expect(one('city', { city: value }).errors).toEqual([
        { question: 'city', field: 'city', problem: { key: 'listedOne', values: {}, isRefusable: true } },
      ]);
    },
  );
  test('refuses two answers, however they arrive', () => {
    expect(one('city', { city: ['city', 'village'] }).errors).toHaveLength(1);
  });
  test('says what to do when a required answer is missing, and that one may refuse', () => {
    expect(one('city', {}).errors).toEqual([
      { question: 'city', field: 'city', problem: { key: 'requiredChoose', values: {}, isRefusable: true } },
    ]);
    expect(one('city', { city: '   ' }).errors).toHaveLength(1);
    expect(one('city', { city: [] }).errors).toHaveLength(1);
  });
  test('“I’d rather not say” is an answer, and goes before what was ticked beside it', () => {
    expect(one('city', { [refusalField('city')]: 'on', city: 'village' })).toEqual({
      answers: { city: { state: 'refused' } },
      errors: [],
    });
  });
});

describe('several choices', () => {
  test('are kept once each, in the order of the survey', () => {
    expect(one('topics', { topics: ['sport', 'news', 'sport'] }).answers).toEqual({
      topics: { state: 'answered', value: ['news', 'sport'] },
    });
    expect(one('topics', { topics: 'sport' }).answers).toEqual({ topics: { state: 'answered', value: ['sport'] } });
  });
  test('hold nothing that is not listed', () => {
    expect(one('topics', { topics: ['sport', 'cooking'] }).errors).toHaveLength(1);
  });
  test('do not go with an answer that stands alone', () => {
    expect(one('topics', { topics: ['none', 'news'] }).errors).toHaveLength(1);
    expect(one('topics', { topics: ['none'] }).errors).toEqual([]);
  });
  test('left out are skipped, not empty', () => {
    expect(one('topics', {}).answers).toEqual({ topics: { state: 'skipped' } });
  });
});

describe('steps', () => {
  test('lie from min to max, both included', () => {
    for (const step of ['0', '10', ' 7 '])
      expect(one('mood', { mood: step }).answers).toEqual({ mood: { state: 'answered', value: Number(step) } });
  });
  test.each(['-1', '11', '5.5', '1e1', '0x5', 'five', '٥', '1'.repeat(400), 'NaN', 'Infinity'])(
    'refuse %s',
    (value) => {
      expect(one('mood', { mood: value }).errors).toHaveLength(1);
    },
  );
  test('of a battery are answers of their own, refused together', () => {
    expect(one('holds', { 'holds.outdoors': '5', 'holds.quiet': '1' }).answers).toEqual({
      'holds.outdoors': { state: 'answered', value: 5 },
      'holds.company': { state: 'skipped' },
      'holds.quiet': { state: 'answered', value: 1 },
    });
    expect(one('holds', { [refusalField('holds')]: '1' }).answers).toEqual({
      'holds.outdoors': { state: 'refused' },
      'holds.company': { state: 'refused' },
      'holds.quiet': { state: 'refused' },
    });
  });
});

describe('a number', () => {
  const [item] = itemsOf({ kind: 'number', code: 'n', text: { en: 'How many?' } });
  if (!item) throw new Error('A number is one item');
  test.each([
    ['12', 12],
    [' 12.5 ', 12.5],
    ['12,5', 12.5],
    ['+3', 3],
    ['-.5', -0.5],
    ['007', 7],
    ['999999999999999', 999_999_999_999_999],
  ])('reads %j', (typed, value) => {
    expect(readItem(item, [typed])).toEqual({ value });
  });
  test.each([
    '',
    '-',
    '.',
    'e',
    '1e5',
    '0x10',
    '1 000',
    '1,000,000',
    '1'.repeat(16),
    '9'.repeat(400),
    'Infinity',
    'NaN',
    '1_000',
    '１２',
  ])('refuses %j', (typed) => {
    expect(readItem(item, [typed])).toEqual({ problem: { key: 'numberDigits', values: {} } });
  });
  test('is never anything but finite', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        const read = readItem(item, [typed]);
        if ('value' in read) expect(Number.isFinite(read.value)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
  test('keeps to its bounds and to whole numbers where it must', () => {
    expect(one('age', { age: '15' }).errors[0]?.problem).toEqual({ key: 'atLeast', values: { min: 16 } });
    expect(one('age', { age: '121' }).errors[0]?.problem).toEqual({ key: 'atMost', values: { max: 120 } });
    expect(one('age', { age: '16.5' }).errors[0]?.problem.key).toBe('wholeNumber');
    expect(one('age', { age: ['20', '30'] }).errors).toHaveLength(1);
  });
});

describe('free text', () => {
  test('is kept as it was said, white space and all', () => {
    expect(one('story', { story: '  Well…\r\n\tso 😀 ' }).answers).toEqual({
      story: { state: 'answered', value: '  Well…\n\tso 😀 ' },
    });
  });
  test('of 10,000 characters fits, one more does not, and says by how much', () => {
    expect(one('story', { story: '😀'.repeat(10_000) }).errors).toEqual([]);
    expect(one('story', { story: 'x'.repeat(10_001) }).errors[0]?.problem).toEqual({
      key: 'tooLong',
      values: { count: 10_001, most: 10_000 },
    });
  });
  test('keeps to the length that its question allows', () => {
    expect(one('word', { word: 'x'.repeat(20) }).errors).toEqual([]);
    expect(one('word', { word: 'x'.repeat(21) }).errors).toHaveLength(1);
  });
  test('loses NUL and half letters, and nothing else', () => {
    expect(one('story', { story: 'a\u0000b\uD800' }).answers).toEqual({
      story: { state: 'answered', value: 'a\uFFFDb\uFFFD' },
    });
  });
  test('that is blank is skipped', () => {
    expect(one('story', { story: ' \n\t ' }).answers).toEqual({ story: { state: 'skipped' } });
  });
});

test('whatever a form holds, every item of the page gets an answer or an error', () => {
  const fields = [...formFields(questions)];
  const form = fc.dictionary(
    fc.constantFrom(...fields, 'constructor', 'toString'),
    fc.oneof(fc.string(), fc.array(fc.string()), fc.constantFrom('5', 'city', 'news')),
    { noNullPrototype: false },
  );
  fc.assert(
    fc.property(form, (posted) => {
      const { answers, errors } = readAnswers(questions, posted);
      for (const field of fields.filter((name) => !name.endsWith('~refused') && name !== TRAP_FIELD)) {
        expect(answers[field] !== undefined || errors.some((error) => error.field === field)).toBe(true);
      }
      expect(Object.keys(answers).every((item) => fields.includes(item))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

describe('words beside an option', () => {
  const options = [
    { code: 'bus', text: { en: 'Bus' } },
    { code: 'car', text: { en: 'Car' }, comment: 'optional' as const },
    { code: 'other', text: { en: 'Other' }, comment: 'required' as const },
    { code: 'none', text: { en: 'None of these' }, exclusive: true },
  ];
  const single: Question = { kind: 'single', code: 'how', text: { en: 'How?' }, options, required: true };
  const multiple: Question = { kind: 'multiple', code: 'how', text: { en: 'How?' }, options, most: 2 };
  const answered = (value: string | string[]) => ({ state: 'answered', value });

  test('choose it where nothing else is chosen', () => {
    expect(readAnswers([single], { 'how.other': 'On foot' })).toEqual({
      answers: { how: answered('other'), 'how.other': answered('On foot'), 'how.car': { state: 'skipped' } },
      errors: [],
    });
    expect(readAnswers([single], { how: '', 'how.car': 'A red one' }).answers['how']).toEqual(answered('car'));
  });
  test('are not thrown away for another choice: the error names both', () => {
    const { errors } = readAnswers([single], { how: 'bus', 'how.other': 'On foot' });
    expect(errors).toEqual([
      {
        question: 'how',
        field: 'how.other',
        problem: { key: 'eitherOption', values: { chosen: 'bus', option: 'other' } },
      },
    ]);
    const two = readAnswers([single], { 'how.car': 'Red', 'how.other': 'On foot' }).errors[0];
    expect(two?.problem).toEqual({ key: 'eitherOption', values: { chosen: 'car', option: 'other' } });
  });
  test('are added to several choices, which then keep their rules', () => {
    const { answers, errors } = readAnswers([multiple], { how: 'bus', 'how.other': 'On foot' });
    expect(errors).toEqual([]);
    expect(answers).toMatchObject({ how: answered(['bus', 'other']), 'how.other': answered('On foot') });
    expect(readAnswers([multiple], { how: ['bus', 'car'], 'how.other': 'On foot' }).errors[0]?.problem.key).toBe(
      'chooseAtMost',
    );
    expect(readAnswers([multiple], { how: 'none', 'how.other': 'On foot' }).errors[0]?.problem).toEqual({
      key: 'standsAlone',
      values: { option: 'none' },
    });
  });
  test('that are nothing but blanks choose nothing', () => {
    expect(readAnswers([single], { how: 'bus', 'how.other': ' \u200b ' })).toMatchObject({
      answers: { how: answered('bus') },
      errors: [],
    });
  });
});
