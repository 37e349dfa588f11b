import { expect, test } from 'vitest';
import { Question, SurveyDefinition } from '../../src/model/survey.ts';
import {
  duplicatePage,
  duplicateQuestion,
  movePage,
  moveQuestion,
  removePage,
  removeQuestion,
  splitPage,
  stepPage,
  stepQuestion,
} from '../../src/model/survey-edit.ts';
import { codeFrom, questionCodeFrom, renameQuestion } from '../../src/model/survey-edit-codes.ts';
import { changeKind, newQuestion, QUESTION_KINDS } from '../../src/model/survey-edit-kind.ts';
import { linesOf, partsFromLines } from '../../src/model/survey-edit-lines.ts';
import { addLanguage, removeLanguage, translate } from '../../src/model/survey-edit-texts.ts';
import { translationState } from '../../src/model/wordings.ts';

const freeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
};
const text = (code: string, more: Record<string, unknown> = {}) => ({
  kind: 'text',
  code,
  text: { en: code },
  ...more,
});
const survey = freeze(
  SurveyDefinition.parse({
    format: 1,
    code: 'trip',
    title: { en: 'A trip', de: 'Eine Reise' },
    languages: ['en', 'de'],
    consent: { version: '1', text: { en: 'We ask.' }, purposes: [{ code: 'analysis', text: { en: 'Yes' } }] },
    pages: [
      { code: 'p1', questions: [text('a'), text('b', { visibleIf: "{a} = 'x'" })], next: [{ to: 'p3' }] },
      { code: 'p2', questions: [text('c', { text: { en: 'You said {{a|nothing}}' } })] },
      { code: 'p3', questions: [text('d', { visibleIf: 'answered({a}) and {ab} = 1' })] },
    ],
    blocks: [{ code: 'all', pages: ['p2', 'p3'] }],
  }),
);
const layout = (definition: SurveyDefinition) =>
  definition.pages.map((page) => `${page.code}: ${page.questions.map((one) => one.code).join(' ')}`);

test('a question steps within its page, and over its edge onto the next', () => {
  expect(layout(stepQuestion(survey, 'a', 'down'))).toEqual(['p1: b a', 'p2: c', 'p3: d']);
  expect(layout(stepQuestion(survey, 'b', 'down'))).toEqual(['p1: a', 'p2: b c', 'p3: d']);
  expect(layout(stepQuestion(survey, 'b', 'up'))).toEqual(['p1: b a', 'p2: c', 'p3: d']);
  expect(layout(stepQuestion(survey, 'a', 'up'))).toEqual(layout(survey));
});

test('a page that is left by its only question goes', () => {
  expect(layout(moveQuestion(survey, 'c', { page: 'p1', before: 'b' }))).toEqual(['p1: a c b', 'p3: d']);
  expect(layout(removeQuestion(survey, 'd'))).toEqual(['p1: a b', 'p2: c']);
});

test('the only question of a survey stays', () => {
  const one = { ...survey, pages: survey.pages.slice(1, 2) };
  expect(removeQuestion(one, 'c')).toBe(one);
});

test('a removed page leaves its block and the jumps to it', () => {
  const rest = removePage(survey, 'p3');
  expect(rest.pages[0]).not.toHaveProperty('next');
  expect(rest.blocks).toEqual([{ code: 'all', pages: ['p2'] }]);
});

test('pages move', () => {
  expect(layout(movePage(survey, 'p3', 'p1'))).toEqual(['p3: d', 'p1: a b', 'p2: c']);
  expect(layout(stepPage(survey, 'p1', 'down'))).toEqual(['p2: c', 'p1: a b', 'p3: d']);
  expect(stepPage(survey, 'p3', 'down')).toBe(survey);
});

test('a copied page looks to its own questions', () => {
  const copied = duplicatePage(survey, 'p1');
  expect(layout(copied)).toEqual(['p1: a b', 'p1-2: a-2 b-2', 'p2: c', 'p3: d']);
  expect(copied.pages[1]?.questions[1]?.visibleIf).toBe("{a-2} = 'x'");
});

test('a copied question stands after the original under a code of its own', () => {
  expect(layout(duplicateQuestion(duplicateQuestion(survey, 'a'), 'a'))[0]).toBe('p1: a a-3 a-2 b');
});

test('a page is split before a question, and its jumps go with the second half', () => {
  const split = splitPage(survey, 'b');
  expect(layout(split)).toEqual(['p1: a', 'p1-2: b', 'p2: c', 'p3: d']);
  expect(split.pages.map((page) => page.next)).toEqual([undefined, [{ to: 'p3' }], undefined, undefined]);
});

test('a new code is followed into conditions, placeholders and nothing else', () => {
  const renamed = renameQuestion(survey, 'a', 'city');
  expect(renamed.pages[0]?.questions[1]?.visibleIf).toBe("{city} = 'x'");
  expect(renamed.pages[1]?.questions[0]?.text).toEqual({ en: 'You said {{city|nothing}}' });
  expect(renamed.pages[2]?.questions[0]?.visibleIf).toBe('answered({city}) and {ab} = 1');
});

test('every kind becomes every other, and what it becomes is a question', () => {
  for (const from of QUESTION_KINDS) {
    for (const to of QUESTION_KINDS) {
      const question = { ...newQuestion(survey, from), required: true, visibleIf: '{a} = 1' };
      const changed = changeKind(question, to, 'en');
      expect(Question.safeParse(changed).error, `${from} to ${to}`).toBeUndefined();
      expect(changed).toMatchObject({ kind: to, code: question.code, required: true, visibleIf: '{a} = 1' });
    }
  }
});

test('options become rows and rows options, under their codes', () => {
  const options = [
    { code: 'tea', text: { en: 'Tea', de: 'Tee' }, exclusive: true },
    { code: 'milk', text: { en: 'Milk' }, pinned: true },
  ];
  const battery = changeKind({ kind: 'multiple', code: 'q', text: { en: 'Q' }, options }, 'battery', 'en');
  expect(battery).toMatchObject({
    rows: [
      { code: 'tea', text: { en: 'Tea', de: 'Tee' } },
      { code: 'milk', pinned: true },
    ],
  });
  expect(changeKind(battery, 'ranking', 'en')).toMatchObject({ options: [{ code: 'tea' }, { code: 'milk' }] });
});

const colours = [
  { code: 'blue', text: { en: 'Blue', de: 'Blau' }, pinned: true },
  { code: 'red', text: { en: 'Red', de: 'Rot' } },
  { code: 'g1', text: { en: 'Green', de: 'Grün' } },
];

test('lines read back give the same parts', () => {
  expect(linesOf(colours, 'en')).toBe('Blue\nRed\ng1 | Green');
  expect(partsFromLines(linesOf(colours, 'en'), colours, 'en')).toEqual(colours);
  expect(partsFromLines(linesOf(colours, 'de'), colours, 'de')).toEqual(colours);
});

test('an edited label keeps its code, its translations and its settings', () => {
  expect(partsFromLines('Navy\nRed\nGreen', colours, 'en')[0]).toEqual({
    code: 'blue',
    text: { en: 'Navy', de: 'Blau' },
    pinned: true,
  });
});

test('a line put between others gets a code of its own and takes none away', () => {
  const parts = partsFromLines('Blue\nYellow\nRed\ng1 | Green', colours, 'en');
  expect(parts.map((part) => part.code)).toEqual(['blue', 'yellow', 'red', 'g1']);
});

test('an edited label is known again although another line was taken away', () => {
  expect(partsFromLines('Dark blue\nGreen', colours, 'en').map((part) => part.code)).toEqual(['blue', 'g1']);
});

test('lines in another order take their codes along', () => {
  expect(partsFromLines('Green\nBlue\nRed', colours, 'en').map((part) => part.code)).toEqual(['g1', 'blue', 'red']);
});

test('codes are made from labels of any script, never twice, and never a word of JavaScript', () => {
  expect(partsFromLines('日本\nはい\nconstructor\n1 to 3', [], 'ja').map((part) => part.code)).toEqual([
    'option',
    'option-2',
    'constructor-1',
    'option-1-to-3',
  ]);
  expect(codeFrom('x'.repeat(100), new Set()).length).toBeLessThanOrEqual(64);
});

test('a language comes and goes with its words, and no wording is left empty', () => {
  const three = addLanguage(survey, 'fr');
  expect(translationState(three)[2]).toMatchObject({ language: 'fr', done: 0 });
  const written = translate(three, 'fr', new Map([['#/title', 'Un voyage']]));
  expect(written.title).toEqual({ en: 'A trip', de: 'Eine Reise', fr: 'Un voyage' });
  expect(removeLanguage(written, 'fr')).toEqual(survey);
  expect(removeLanguage(survey, 'en').pages[0]?.questions[0]?.text).toEqual({ en: 'a' });
});

test('a question’s code is its first words, short and told apart', () => {
  const none = new Set<string>();
  expect(questionCodeFrom('How satisfied are you with {{product|it}}?', none)).toBe('how-satisfied-are-you-with');
  expect(questionCodeFrom('Größe des Unternehmens, in dem Sie arbeiten', none)).toBe('groesse-des-unternehmens-in');
  expect(questionCodeFrom('2. Your age?', none)).toBe('your-age');
  expect(questionCodeFrom('年齢は？', none)).toBeNull();
  expect(questionCodeFrom('constructor', none)).toBe('constructor-2');
  const long = 'w'.repeat(80);
  const taken = new Set<string>();
  for (let turn = 0; turn < 12; turn += 1) {
    const code = questionCodeFrom(long, taken);
    expect(code?.length).toBeLessThanOrEqual(30);
    expect(taken).not.toContain(code);
    taken.add(code ?? '');
  }
});
