import { describe, expect, test } from 'vitest';
import { withPersonalConsent } from '../../src/model/personal-consent-text.ts';
import { Problem } from '../../src/model/problem.ts';
import { SurveyDefinition } from '../../src/model/survey.ts';
import { addressOfItem, insertTypingBlock, unaskedItems } from '../../src/model/typing-block.ts';
import type { TypingItem } from '../../src/model/typing-tool.ts';
import { answersForTool } from '../../src/segments/typing/survey-answers.ts';

const text = (en: string, de?: string) => ({ en, ...(de !== undefined && { de }) });
const option = (code: string) => ({ code, text: text(code.toUpperCase()) });
const consent = {
  version: '1',
  text: text('We ask.', 'Wir fragen.'),
  purposes: [{ code: 'analysis' as const, text: text('I take part', 'Ich nehme teil') }],
};
const survey = (pages: unknown[], languages = ['en']): SurveyDefinition =>
  SurveyDefinition.parse({ format: 1, code: 's', title: text('S', 'S'), languages, consent, pages });
const page = (code: string, ...questions: unknown[]) => ({ code, questions });

const source = survey([
  page(
    'one',
    { kind: 'single', code: 'plan', text: text('Which plan?'), options: ['free', 'pro', 'team'].map(option) },
    {
      kind: 'multiple',
      code: 'tools',
      text: text('Which tools?'),
      visibleIf: "{plan} = 'pro'",
      options: ['paper', 'board', 'app'].map(option),
    },
  ),
  page('two', {
    kind: 'battery',
    code: 'wants',
    text: text('What do you want?', 'Was wollen Sie?'),
    steps: { min: 1, max: 5, labels: { '1': text('no'), '5': text('yes') } },
    rows: [
      { code: 'a', text: text('Rest') },
      { code: 'b', text: text('Work') },
      { code: 'c', text: text('Play'), visibleIf: "{plan} = 'pro'" },
    ],
  }),
  page('three', { kind: 'slider', code: 'age', text: text('How old?'), min: 16, max: 99 }),
]);
const item = (id: string, options: string[] = []): TypingItem => ({
  id,
  name: id,
  kind: 'ordinal',
  options: options.map((code, value) => ({ code, value, text: code })),
  min: null,
  max: null,
});
const tool = {
  items: [
    item('wants.c'),
    item('wants.a'),
    item('tools=app', ['yes', 'no']),
    item('plan', ['free', 'pro', 'team']),
    item('age'),
  ],
};
const empty = survey([page('start', { kind: 'text', code: 'story', text: text('Tell us') })]);

describe('the questions of a typing tool in a survey', () => {
  test('stand at its end: batteries with the rows that count on pages of their own, choices whole, without conditions', () => {
    const { definition, items, added } = insertTypingBlock(empty, tool, source);
    expect(added).toBe(4);
    expect(SurveyDefinition.parse(definition).pages.map(({ questions }) => questions.map(({ code }) => code))).toEqual([
      ['story'],
      ['wants'],
      ['tools', 'plan', 'age'],
    ]);
    const [battery] = definition.pages[1]!.questions;
    expect('rows' in battery! && battery.rows).toEqual([
      { code: 'a', text: text('Rest') },
      { code: 'c', text: text('Play') },
    ]);
    expect(definition.pages[2]!.questions[0]).not.toHaveProperty('visibleIf');
    expect(items).toEqual({
      'wants.c': 'wants.c',
      'wants.a': 'wants.a',
      'tools=app': 'tools=app',
      plan: 'plan',
      age: 'age',
    });
    expect(unaskedItems(definition, tool, items)).toEqual([]);
  });

  test('are not asked twice, whether they stand under their code or in their words', () => {
    const target = survey([
      page(
        'p',
        {
          kind: 'single',
          code: 'package',
          text: text('  which   PLAN? '),
          options: ['free', 'pro', 'team'].map(option),
        },
        // Another question under a code of the tool, and one with other steps.
        { kind: 'yes-no', code: 'tools', text: text('Do you use tools?') },
        {
          kind: 'battery',
          code: 'wants',
          text: text('What do you want?'),
          steps: { min: 1, max: 7 },
          rows: [{ code: 'a', text: text('Rest') }],
        },
      ),
    ]);
    const { definition, items, added } = insertTypingBlock(target, tool, source);
    expect(added).toBe(3);
    expect(items).toMatchObject({ plan: 'package', 'tools=app': 'tools-2=app', 'wants.a': 'wants-2.a' });
    expect(insertTypingBlock(definition, tool, source)).toEqual({ definition, items, added: 0 });
    expect(unaskedItems(target, tool, items)).toEqual(['wants.c', 'wants.a', 'tools=app', 'age']);
  });

  test('are worded in every language of the survey, in the first where there is no other', () => {
    const { definition } = insertTypingBlock(survey([empty.pages[0]], ['de', 'en']), tool, source);
    expect(definition.pages[1]!.questions[0]).toMatchObject({
      text: { de: 'Was wollen Sie?', en: 'What do you want?' },
      steps: { labels: { '5': { de: 'yes', en: 'yes' } } },
    });
  });

  test('that are no longer known are refused', () => {
    expect(() => insertTypingBlock(empty, { items: [item('gone')] }, source)).toThrow(Problem);
    expect(addressOfItem('tools=app')).toBe('tools');
  });

  test('answers are read under the names of the survey: places of options, options chosen, steps; anything else is none', () => {
    const items = { 'wants.a': 'x.a', 'tools=app': 'y=app', plan: 'z' };
    const read = (...answers: [string, unknown][]) => answersForTool(tool, items, new Map(answers));
    expect(read(['x.a', 4], ['wants.c', 2], ['y', ['paper', 'app']], ['z', 'team'], ['age', 40])).toEqual({
      'wants.a': 4,
      'wants.c': 2,
      'tools=app': 1,
      plan: 2,
      age: 40,
    });
    expect(read(['x.a', null], ['y', []], ['z', 'gone'], ['age', 'old'])).toEqual({
      'wants.a': null,
      'wants.c': null,
      'tools=app': 0,
      plan: null,
      age: null,
    });
  });
});

test('consent to personalisation is asked once, under a version of its own where people have agreed to the text before', () => {
  const asked = withPersonalConsent(survey([empty.pages[0]], ['en', 'de', 'fr']), true);
  expect(asked.consent.version).toBe('1, personal');
  const [, purpose] = asked.consent.purposes;
  expect(purpose).toMatchObject({ code: 'personalisation', text: { de: expect.stringContaining('Meine Antworten') } });
  expect(purpose!.text['fr']).toBe(purpose!.text['en']);
  expect(withPersonalConsent(asked, true)).toBe(asked);
  expect(withPersonalConsent(empty, false).consent.version).toBe('1');
});
