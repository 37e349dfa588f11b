import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readQualtrics } from '../../../src/exchange/surveys/qualtrics-in.ts';
import { checkSurvey } from '../../../src/logic/check-survey.ts';
import { questionsOf, type SurveyDefinition } from '../../../src/model/survey.ts';

type Raw = {
  SurveyEntry: object;
  SurveyElements: { Element: string; Payload: Record<string, unknown> | unknown[] | null }[];
};
const raw = JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures/qualtrics.qsf'), 'utf8')) as Raw;
const report = readQualtrics(raw);
const definition = report.definition as SurveyDefinition;
const question = (code: string) => questionsOf(definition).find((one) => one.code === code);

test('a survey of Qualtrics becomes one that can be published, its blocks in the order of the flow', () => {
  expect(checkSurvey(definition)).toEqual([]);
  expect(report.warnings.map(({ pointer }) => pointer)).toEqual(['#/consent']);
  expect(definition.pages.map(({ code }) => code)).toEqual(['start', 'start_2', 'words', 'draw_one', 'draw_two']);
  expect(definition.blocks).toEqual([{ code: 'draw_1', pages: ['draw_one', 'draw_two'], order: 'random', take: 1 }]);
});

test('each type becomes the kind nearest to it', () => {
  expect(Object.fromEntries(questionsOf(definition).map(({ code, kind }) => [code, kind]))).toEqual({
    source: 'hidden',
    arm: 'hidden',
    hello: 'statement',
    plan: 'single',
    tools: 'multiple',
    nps: 'rating',
    grid: 'battery',
    which: 'matrix',
    md: 'best-worst',
    why: 'text',
    mail: 'text',
    age: 'number',
    names: 'statement',
    names_1: 'text',
    names_2: 'text',
    rank: 'ranking',
    money: 'sum',
    slide: 'slider',
    poles: 'differential',
    up: 'file',
    best: 'single',
  });
  expect(question('plan')).toMatchObject({
    required: true,
    text: { en: 'Which plan & why?', de: 'Welcher Plan?' },
    options: [
      { code: 'o10', text: { en: 'Free', de: 'Gratis' } },
      { code: 'o30' },
      { code: 'o20', comment: 'optional' },
    ],
  });
  expect(question('tools')).toMatchObject({
    order: 'random',
    options: [{ code: 'pen' }, { code: 'o2' }, { exclusive: true }],
  });
  expect(question('grid')).toMatchObject({
    steps: { min: 1, max: 3, labels: { 1: { en: 'Never' } } },
    rows: [{ code: 'r1' }, { code: 'r2' }],
  });
  expect(question('age')).toMatchObject({ min: 18, max: 99, whole: true });
  expect(question('best')).toMatchObject({ optionsFrom: { question: 'tools', which: 'chosen' } });
  expect(question('poles')).toMatchObject({ rows: [{ low: { en: 'calm' }, high: { en: 'lively' } }, {}] });
});

test('display logic, branches, ends and piped texts are translated', () => {
  expect(question('tools')?.visibleIf).toBe("{plan} = 'o20' or {source} = 'mail'");
  expect(question('why')?.visibleIf).toBe('{grid.r1} > 2');
  expect(question('why')?.text).toEqual({ en: 'You said {{plan}} from {{source}}' });
  expect(definition.pages[2]?.visibleIf).toBe("{tools} includes 'pen' and {nps} > 5");
  expect(definition.pages[1]?.next).toEqual([{ if: "{plan} = 'o30'", to: 'end_FL_5' }]);
  expect(definition.ends).toEqual([
    { code: 'end_FL_5', outcome: 'screened-out', if: "{plan} = 'o30'", link: 'https://example.org/out' },
  ]);
});

test('nothing is dropped in silence', () => {
  const listed = JSON.stringify([report.mapped, report.unmapped]);
  for (const { Element, Payload } of raw.SurveyElements)
    if (Element === 'SQ')
      expect(listed).toContain(
        (Payload as Record<string, string>)['DataExportTag'] === 'gone'
          ? 'QID19'
          : (Payload as Record<string, string>)['DataExportTag'],
      );
  expect(report.unmapped.map(({ from }) => from)).toEqual(
    expect.arrayContaining(['sort', 't', 'heat', 'SO', 'SCO', 'FL_11', 'arm', 'hello']),
  );
});

test('blocks may be a list as well, and a file without a flow takes them in their order', () => {
  const elements = raw.SurveyElements.filter(({ Element }) => Element !== 'FL').map((one) =>
    one.Element === 'BL' ? { ...one, Payload: Object.values(one.Payload ?? {}) } : one,
  );
  expect(readQualtrics({ ...raw, SurveyElements: elements }).definition?.pages.map(({ code }) => code)).toEqual([
    'start',
    'start_2',
    'words',
    'draw_one',
    'draw_two',
  ]);
});

test('JSON of any shape gives a report and never an error', () => {
  const part = fc.oneof(fc.anything(), fc.constantFrom('MC', 'Matrix', 'TE', 'Slider', 'CS', 'QID1'));
  const payload = fc.dictionary(
    fc.constantFrom(
      'QuestionType',
      'Selector',
      'Choices',
      'Answers',
      'DataExportTag',
      'QuestionText',
      'Validation',
      'DisplayLogic',
      'ChoiceOrder',
      'Flow',
      'DynamicChoices',
    ),
    part,
  );
  const element = fc.record({
    Element: fc.constantFrom('SQ', 'BL', 'FL', 'SO'),
    PrimaryAttribute: fc.constant('QID1'),
    Payload: fc.oneof(
      payload,
      fc.anything(),
      fc.constant([{ ID: 'B', BlockElements: [{ Type: 'Question', QuestionID: 'QID1' }] }]),
    ),
  });
  fc.assert(
    fc.property(fc.array(element, { maxLength: 6 }), fc.anything(), (elements, rest) => {
      expect(Array.isArray(readQualtrics({ SurveyElements: elements }).mapped)).toBe(true);
      expect(Array.isArray(readQualtrics(rest).mapped)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('a type that is called like a property of every object is a type that is not known', () => {
  for (const type of ['toString', 'constructor', '__proto__']) {
    const odd = structuredClone(raw);
    for (const { Element, Payload } of odd.SurveyElements)
      if (Element === 'SQ' && Payload && !Array.isArray(Payload)) Payload['QuestionType'] = type;
    expect(readQualtrics(odd).unmapped.some(({ why }) => why === 'Verbatim has no question like it')).toBe(true);
  }
});

test('a file of two megabytes is read in a moment', () => {
  const ids = Array.from({ length: 5000 }, (_, index) => `QID${index}`);
  const elements = ids.map((id, index) => ({
    Element: 'SQ',
    PrimaryAttribute: id,
    Payload: {
      QuestionType: 'MC',
      Selector: 'SAVR',
      DataExportTag: `q${index}`,
      QuestionText: `<b>${'word '.repeat(60)}</b>`,
      Choices: { 1: { Display: 'Yes' }, 2: { Display: 'No' } },
    },
  }));
  const big = {
    SurveyElements: [
      ...elements,
      { Element: 'BL', Payload: [{ ID: 'B', BlockElements: ids.map((id) => ({ Type: 'Question', QuestionID: id })) }] },
    ],
  };
  expect(JSON.stringify(big).length).toBeGreaterThan(2_000_000);
  const began = performance.now();
  expect(questionsOf(readQualtrics(big).definition as SurveyDefinition)).toHaveLength(5000);
  expect(performance.now() - began).toBeLessThan(60_000);
}, 120_000);
