import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSurveyJs } from '../../../src/exchange/surveys/survey-js-in.ts';
import { writeSurveyJs } from '../../../src/exchange/surveys/survey-js-out.ts';
import { checkSurvey } from '../../../src/logic/check-survey.ts';
import { surveyItems } from '../../../src/model/items.ts';
import { questionsOf, SurveyDefinition } from '../../../src/model/survey.ts';
import { smallSurvey } from '../../support/small-survey.ts';
import fixture from './fixtures/survey-js.json' with { type: 'json' };

const report = readSurveyJs(fixture);
const question = (code: string) => questionsOf(report.definition as SurveyDefinition).find((one) => one.code === code);

test('a survey of SurveyJS becomes one that can be published', () => {
  expect(report.definition && checkSurvey(report.definition)).toEqual([]);
  expect(report.warnings.map(({ pointer }) => pointer)).toEqual(['#/consent']);
  expect(report.definition?.languages).toEqual(['en', 'de']);
});

test.each(['email', 'tel', 'url'])('an input of the type %s names somebody, plain text does not', (inputType) => {
  const { definition } = readSurveyJs({
    pages: [
      {
        name: 'p',
        elements: [
          { type: 'text', name: 'reach', inputType },
          { type: 'text', name: 'other' },
        ],
      },
    ],
  });
  const items = surveyItems(definition as SurveyDefinition);
  expect(items.map(({ address, isIdentifying }) => [address, isIdentifying])).toEqual([
    ['reach', true],
    ['other', false],
  ]);
});

test('values that can be no codes are kept beside the codes they get, and the report names each', () => {
  const choices = [1, 2, { value: 3, text: 'Thrice' }, 'often'];
  const { definition, mapped } = readSurveyJs({
    pages: [
      {
        name: 'p',
        elements: [
          { type: 'radiogroup', name: 'ritual', choices },
          { type: 'matrix', name: 'grid', columns: ['not at all', 'a lot'], rows: ['my home', 'work'] },
        ],
      },
    ],
  });
  const [ritual, grid] = questionsOf(definition as SurveyDefinition);
  expect(ritual).toMatchObject({
    kind: 'single',
    options: [{ code: 'o1', alias: '1' }, { code: 'o2', alias: '2' }, { code: 'o3', alias: '3' }, { code: 'often' }],
  });
  expect(ritual && 'options' in ritual && ritual.options[3]).not.toHaveProperty('alias');
  expect(grid).toMatchObject({ kind: 'matrix', columns: [{ alias: 'not at all' }, { alias: 'a lot' }] });
  expect(mapped).toContainEqual(
    expect.objectContaining({ from: 'ritual: choices', to: 'codes: 1 is o1, 2 is o2, 3 is o3' }),
  );
});

test('each type becomes the kind nearest to it', () => {
  const kinds = Object.fromEntries(
    questionsOf(report.definition as SurveyDefinition).map(({ code, kind }) => [code, kind]),
  );
  expect(kinds).toEqual({
    plan: 'single',
    tools: 'multiple',
    more: 'statement',
    mood: 'rating',
    grid: 'battery',
    which: 'matrix',
    total: 'calculated',
    who_first: 'text',
    who_age: 'number',
    who: 'statement',
    order: 'ranking',
    again: 'multiple',
    ok: 'yes-no',
    note: 'text',
    born: 'date',
    when: 'hidden',
    paper: 'file',
    both_price: 'matrix',
    both_use: 'matrix',
    thanks: 'statement',
    tags: 'multiple',
    country: 'single',
    picture: 'single',
    sure: 'consent',
    years: 'calculated',
  });
});

test('conditions say the same in our language, panels pass theirs on', () => {
  expect(question('tools')?.visibleIf).toBe("{plan} = 'b_c' or (not answered({plan}) or {plan} != 'o3')");
  expect(question('mood')?.visibleIf).toBe("{tools} includes 'o2' and answered({plan})");
  expect(question('note')?.checks?.[0]?.holds).toBe("not contains({note}, 'test')");
  expect(report.definition?.pages[0]?.next).toEqual([{ if: '{mood} = 1', to: 'last' }]);
  expect(question('total')).toMatchObject({ formula: 'if({mood} > 2, sum({mood}, {grid.x}), 0)' });
  expect(question('who_first')?.text).toEqual({ en: 'You said {{mood}}: your name?' });
});

test('nothing is dropped in silence', () => {
  const names = (rows: { from: string }[]) => rows.map(({ from }) => from);
  expect(names(report.unmapped)).toEqual(expect.arrayContaining(['pd', 'sign', 'the survey', 'ok', 'plan']));
  const listed = JSON.stringify([report.mapped, report.unmapped]);
  for (const page of fixture.pages) for (const { name } of page.elements) expect(listed).toContain(name);
  for (const setting of ['logo', 'colCount', 'setvalue', 'requiredIf', 'later']) expect(listed).toContain(setting);
});

test('what was written for SurveyJS comes back with the same codes, kinds, texts and conditions', () => {
  const first = report.definition as SurveyDefinition;
  const { json } = writeSurveyJs(first);
  const again = readSurveyJs(JSON.parse(JSON.stringify(json)));
  // A calculation comes back at the earliest place where all it needs is known.
  const asked = (one: SurveyDefinition | null) =>
    one?.pages.map((page) => ({ ...page, questions: page.questions.filter(({ kind }) => kind !== 'calculated') }));
  const worked = (one: SurveyDefinition | null) =>
    one?.pages.flatMap((page) => page.questions.filter(({ kind }) => kind === 'calculated'));
  expect(asked(again.definition)).toEqual(asked(first));
  expect(worked(again.definition)).toEqual(worked(first));
  expect(again.definition?.ends?.map(({ if: condition }) => condition)).toEqual(
    first.ends?.map(({ if: condition }) => condition),
  );
  expect(again.unmapped).toEqual([]);
});

test('what SurveyJS cannot hold is listed when a survey is written for it', () => {
  const { unmapped } = writeSurveyJs(smallSurvey);
  expect(unmapped.map(({ from }) => from)).toEqual(expect.arrayContaining(['consent', 'tiny', 'holds']));
});

const code = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/).filter((one) => !(one in Object.prototype));
const text = fc.stringMatching(/^[A-Za-z][A-Za-z ,.?ä]{0,20}[A-Za-z]$/);
const wording = fc
  .record({ en: text, de: fc.option(text, { nil: undefined }) })
  .map(({ en, de }) => (de === undefined ? { en } : { en, de }));
const parts = (least: number) =>
  fc.uniqueArray(fc.record({ code, text: wording }), { selector: (one) => one.code, minLength: least, maxLength: 5 });
const questionWith = (own: string) =>
  fc
    .oneof(
      fc.record({ kind: fc.constantFrom('single', 'multiple', 'ranking'), options: parts(2) }),
      fc.record({ kind: fc.constant('single'), options: parts(2), display: fc.constantFrom('dropdown', 'images') }),
      fc.record({ kind: fc.constantFrom('yes-no', 'consent', 'statement', 'time', 'date', 'hidden', 'number') }),
      fc.record({
        kind: fc.constant('text'),
        long: fc.constantFrom(true),
        maxLength: fc.integer({ min: 1, max: 500 }),
      }),
      fc.record({
        kind: fc.constant('rating'),
        steps: fc.record({ min: fc.integer({ min: 0, max: 5 }), max: fc.integer({ min: 6, max: 10 }) }),
      }),
      fc.record({
        kind: fc.constant('battery'),
        steps: fc.constant({ min: 1, max: 5, labels: { 1: { en: 'No' }, 5: { en: 'Yes' } } }),
        rows: parts(1),
      }),
      fc.record({ kind: fc.constant('matrix'), rows: parts(1), columns: parts(2), multiple: fc.constantFrom(true) }),
      fc.record({ kind: fc.constant('slider'), min: fc.constant(0), max: fc.constant(100), low: wording }),
      fc.record({ kind: fc.constant('sum'), options: parts(2), total: fc.constant(100) }),
      fc.record({ kind: fc.constant('contact'), fields: fc.constant(['email', 'city']) }),
      fc.record({ kind: fc.constant('file'), accepts: fc.constant(['image', 'pdf']) }),
    )
    .chain((kind) =>
      fc
        .record({ text: wording, hint: wording, required: fc.boolean() })
        .map((base) => ({ code: own, ...base, ...kind })),
    );
const survey = fc.uniqueArray(code, { minLength: 1, maxLength: 8 }).chain((codes) =>
  fc.tuple(...codes.map(questionWith)).map((questions) => ({
    ...smallSurvey,
    instruments: undefined,
    pages: questions.map((one, index) => ({ code: `p${index}`, questions: [one] })),
  })),
);

test('any survey of ours keeps its codes, kinds and texts through SurveyJS', () => {
  fc.assert(
    fc.property(survey, (raw) => {
      const definition = SurveyDefinition.parse(JSON.parse(JSON.stringify(raw)));
      const { json } = writeSurveyJs(definition);
      const back = readSurveyJs(JSON.parse(JSON.stringify(json)));
      const bare = (one: SurveyDefinition) =>
        questionsOf(one).map((question) => ({
          ...question,
          required: ['statement', 'hidden'].includes(question.kind) ? false : (question.required ?? false),
        }));
      expect(back.definition && bare(back.definition)).toEqual(bare(definition));
    }),
    { numRuns: 150 },
  );
});

test('JSON of any shape gives a report and never an error', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record(
          {
            type: fc.constantFrom(
              'matrix',
              'checkbox',
              'rating',
              'panel',
              'multipletext',
              'expression',
              'matrixdropdown',
              'file',
              'boolean',
            ),
            name: fc.anything(),
            title: fc.anything(),
            choices: fc.anything(),
            rows: fc.anything(),
            columns: fc.anything(),
            items: fc.anything(),
            elements: fc.anything(),
            expression: fc.string(),
            visibleIf: fc.string(),
            validators: fc.anything(),
            rateMin: fc.anything(),
            rateMax: fc.anything(),
          },
          { requiredKeys: ['type'] },
        ),
      ),
      fc.anything(),
      (elements, rest) => {
        const raw = { ...(typeof rest === 'object' ? rest : {}), pages: [{ elements }] };
        expect(Array.isArray(readSurveyJs(raw).mapped)).toBe(true);
        expect(Array.isArray(readSurveyJs(rest).mapped)).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});

test('a survey of two megabytes is read in a moment', () => {
  const elements = Array.from({ length: 9000 }, (_, index) => ({
    type: 'radiogroup',
    name: `q${index}`,
    title: `Question <b>${index}</b> ${'x'.repeat(80)}`,
    choices: ['a', 'b', 'c'],
    visibleIf: index > 0 ? `{q${index - 1}} = 'a'` : undefined,
  }));
  const raw = { pages: [{ elements }] };
  expect(JSON.stringify(raw).length).toBeGreaterThan(1_500_000);
  const began = performance.now();
  const { definition } = readSurveyJs(raw);
  expect(definition?.pages.length).toBe(180);
  expect(performance.now() - began).toBeLessThan(60_000);
}, 120_000);
