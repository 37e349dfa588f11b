import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLimeSurvey } from '../../../src/exchange/surveys/lime-survey-in.ts';
import { checkSurvey } from '../../../src/logic/check-survey.ts';
import { Problem } from '../../../src/model/problem.ts';
import { questionsOf, type SurveyDefinition } from '../../../src/model/survey.ts';

const fixture = (name: string) => readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');
const newer = fixture('lime-survey.lss');
const report = readLimeSurvey(newer);
const definition = report.definition as SurveyDefinition;
const question = (code: string) => questionsOf(definition).find((one) => one.code === code);

test('a survey of LimeSurvey becomes one that can be published, its groups in their order as pages', () => {
  expect(checkSurvey(definition)).toEqual([]);
  expect(report.warnings.map(({ pointer }) => pointer)).toEqual(['#/consent']);
  expect(definition).toMatchObject({
    languages: ['en', 'de'],
    title: { en: 'Tools at work', de: 'Werkzeug' },
    introduction: { en: 'Welcome!', de: 'Hallo!' },
    end: { en: 'Bye' },
  });
  expect(definition.pages.map(({ title }) => title?.en)).toEqual(['First', 'Second']);
  expect(definition.blocks).toEqual([{ code: 'g', pages: ['page_2'], order: 'random' }]);
});

test('each type becomes the kind nearest to it', () => {
  expect(Object.fromEntries(questionsOf(definition).map(({ code, kind }) => [code, kind]))).toEqual({
    source: 'hidden',
    plan: 'single',
    tools: 'multiple',
    best: 'battery',
    agree: 'battery',
    grid: 'matrix',
    age: 'number',
    why: 'text',
    fun: 'text',
    yes: 'yes-no',
    rank: 'ranking',
    dual: 'matrix',
    dual_2: 'matrix',
    nums: 'sum',
    cells: 'statement',
    cells_r1_c1: 'text',
    cells_r1_c2: 'text',
    calc: 'calculated',
    note: 'statement',
    when: 'date',
    up: 'file',
    five: 'rating',
    unsure: 'matrix',
    opin: 'multiple',
    many: 'statement',
    many_f: 'text',
    many_l: 'text',
  });
  expect(question('plan')).toMatchObject({
    required: true,
    order: 'random',
    text: { en: 'Which plan & why?', de: 'Welcher Plan?' },
    options: [{ code: 'A1' }, { code: 'A2' }, { code: 'other', comment: 'required' }],
  });
  expect(question('tools')).toMatchObject({ most: 2, options: [{}, {}, { code: 'SQ003', exclusive: true }] });
  expect(question('best')).toMatchObject({
    rows: [],
    rowsFrom: { question: 'tools', which: 'chosen' },
    steps: { min: 1, max: 3, labels: { 1: { en: 'Bad' } } },
  });
  expect(question('age')).toMatchObject({
    min: 18,
    whole: true,
    unit: { en: 'years' },
    text: { en: 'You said {{plan}}, {{attribute:firstname}}: how old?' },
  });
});

test('relevance is translated, and what is beyond translation is listed with its text', () => {
  expect(question('best')?.visibleIf).toBe("{plan} = 'A1' and {tools} includes 'SQ001'");
  expect(question('age')?.visibleIf).toBe("not answered({plan}) or {plan} != 'A2'");
  expect(question('why')?.visibleIf).toBe('answered({age}) and {age} >= 21');
  expect(definition.pages[1]?.visibleIf).toBe("{tools} includes 'SQ002' or not answered({plan})");
  expect(definition.quotas).toEqual([
    { code: 'Free_people', name: 'Free people', if: "{plan} = 'A1' or {plan} = 'A2'", limit: 50 },
  ]);
  expect(question('fun')?.visibleIf).toBeUndefined();
  expect(report.unmapped).toContainEqual({
    from: 'fun',
    what: 'shown only if regexMatch("/a/", why.NAOK)',
    why: 'There is no function like regexmatch(…)',
  });
});

test('nothing is dropped in silence', () => {
  expect(report.unmapped.map(({ from }) => from)).toEqual(
    expect.arrayContaining([
      'assessments',
      'lang',
      'surveys',
      'surveys_languagesettings',
      'plan',
      'note',
      'unsure',
      'cells',
    ]),
  );
});

test('the older shape, with a row for each language, is read as well', () => {
  const older = readLimeSurvey(fixture('lime-survey-older.lss'));
  expect(older.definition && checkSurvey(older.definition)).toEqual([]);
  expect(older.definition?.pages[0]).toMatchObject({
    title: { en: 'One', fr: 'Un' },
    questions: [
      {
        code: 'tea',
        text: { en: 'Tea?', fr: 'Du thé ?' },
        hint: { en: 'A hot drink' },
        options: [
          { code: 'A1', text: { en: 'Yes please', fr: 'Oui' } },
          { code: 'A2', text: { fr: 'Non' } },
        ],
      },
      {
        code: 'kinds',
        visibleIf: "{tea} = 'A1'",
        options: [{ code: 'o1', text: { en: 'Green' } }, { code: 'o2' }, { code: 'other' }],
      },
    ],
  });
  expect(older.unmapped.map(({ from }) => from)).toContain('conditions');
});

test('entities of its own, files from elsewhere and bottomless nesting are refused', () => {
  const hostile = [
    `<?xml version="1.0"?><!DOCTYPE document [<!ENTITY x SYSTEM "file:///etc/passwd">]><document><LimeSurveyDocType>&x;</LimeSurveyDocType></document>`,
    `<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><document>&b;</document>`,
    '<a>'.repeat(100_000),
    '',
    'no xml at all',
    '<html><p></p></html>',
    '<document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>',
    '{"a": 1}',
  ];
  for (const xml of hostile) expect(() => readLimeSurvey(xml)).toThrow(Problem);
  const foreign = newer.replace('Tools at work', ']]>&unknown;&#65;<![CDATA[');
  expect(readLimeSurvey(foreign).definition?.title.en).not.toContain('root');
});

test('whatever is done to a file, it gives a report or a problem', () => {
  fc.assert(
    fc.property(fc.nat(newer.length), fc.nat(400), fc.string({ maxLength: 30 }), (at, length, put) => {
      const hurt = newer.slice(0, at) + put + newer.slice(at + length);
      try {
        expect(Array.isArray(readLimeSurvey(hurt).mapped)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(Problem);
      }
    }),
    { numRuns: 60 },
  );
});

test('a file of two megabytes is read in a moment', () => {
  const rows = Array.from(
    { length: 4500 },
    (_, index) =>
      `<row><qid>${index + 1}</qid><parent_qid>0</parent_qid><gid>${index % 100}</gid><type>T</type><title>q${index}</title><relevance><![CDATA[${index > 0 ? `q${index - 1}.NAOK != ""` : '1'}]]></relevance><question><![CDATA[${'<p>word</p>'.repeat(25)}]]></question></row>`,
  ).join('');
  const xml = `<document><LimeSurveyDocType>Survey</LimeSurveyDocType><questions><rows>${rows}</rows></questions></document>`;
  expect(xml.length).toBeGreaterThan(2_000_000);
  const began = performance.now();
  expect(questionsOf(readLimeSurvey(xml).definition as SurveyDefinition)).toHaveLength(4500);
  expect(performance.now() - began).toBeLessThan(60_000);
}, 120_000);
