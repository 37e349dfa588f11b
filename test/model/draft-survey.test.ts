import { describe, expect, test } from 'vitest';
import { checkSurvey } from '../../src/logic/check-survey.ts';
import { chooseQuestions, type DraftBrief } from '../../src/model/choose-questions.ts';
import { draftSurvey } from '../../src/model/draft-survey.ts';
import {
  DRAFT_AUDIENCES,
  DRAFT_GOALS,
  DRAFT_STAGES,
  DRAFT_TOPICS,
  readQuestionBank,
} from '../../src/model/question-bank.ts';
import { SurveyDefinition } from '../../src/model/survey.ts';
import { translationState } from '../../src/model/wordings.ts';
import { shippedBankFiles } from './shipped-bank.ts';

const bank = readQuestionBank(shippedBankFiles());
const brief = (changes: Partial<DraftBrief> = {}): DraftBrief => ({
  goal: 'buying',
  audience: 'customers',
  topics: [],
  subject: { en: 'our app', de: 'unserer App' },
  message: {},
  minutes: 10,
  languages: ['en', 'de'],
  hasOpenQuestions: true,
  ...changes,
});
const codes = (changes: Partial<DraftBrief> = {}) =>
  chooseQuestions(bank, brief(changes)).chosen.map(({ entry }) => entry.question.code);

const everyBrief = DRAFT_GOALS.flatMap((goal) =>
  DRAFT_AUDIENCES.flatMap((audience) =>
    [3, 15].flatMap((minutes) =>
      [[], ['jobs'], [...DRAFT_TOPICS]].map((topics) => ({ goal, audience, minutes, topics }) as const),
    ),
  ),
).map((changes) => brief(changes as Partial<DraftBrief>));

describe('every brief', () => {
  const made = everyBrief.map((one) => {
    try {
      return { one, draft: draftSurvey(bank, one), choice: chooseQuestions(bank, one) };
    } catch (error) {
      return { one, error };
    }
  });

  test('gives a survey that can be published, save for what people in business hold dear', () => {
    for (const { one, draft, error } of made) {
      if (!draft) {
        expect(error).toBeInstanceOf(RangeError);
        expect([one.goal, one.audience]).toEqual(['values', 'businesses']);
        continue;
      }
      expect(checkSurvey(draft.definition), JSON.stringify(one)).toEqual([]);
      expect(SurveyDefinition.parse(draft.definition)).toEqual(draft.definition);
      expect(translationState(draft.definition).flatMap(({ missing }) => missing)).toEqual([]);
      expect(JSON.stringify(draft.definition)).not.toMatch(/\{(subject|message)\}/);
    }
  });

  test('keeps to its time, asks nothing twice, and goes from screening to about oneself', () => {
    for (const { one, choice } of made) {
      if (!choice) continue;
      expect(choice.seconds).toBeLessThanOrEqual(one.minutes * 60);
      const asks = choice.chosen.map(({ entry }) => entry.asks);
      expect(new Set(asks).size).toBe(asks.length);
      const stages = choice.chosen.map(({ entry }) => DRAFT_STAGES.indexOf(entry.stage));
      expect(stages).toEqual([...stages].sort((a, b) => a - b));
      const seen = new Set<string>();
      for (const { entry } of choice.chosen) {
        if (entry.needs !== undefined) expect(seen).toContain(entry.needs);
        seen.add(entry.question.code);
      }
    }
  });

  test('gives every question its reason, and leaves nothing both in and out', () => {
    for (const { draft } of made) {
      if (!draft) continue;
      const asked = draft.pages.flatMap((page) => page.questions);
      for (const { because } of asked) expect(because).toMatch(/^Asked (because you want to|first, because) .+\.$/);
      const left = new Set(draft.leftOut.map(({ code }) => code));
      expect(asked.filter(({ code }) => left.has(code))).toEqual([]);
      expect(asked.map(({ code }) => code)).toEqual(
        draft.definition.pages.flatMap((page) => page.questions.map(({ code }) => code)),
      );
    }
  });
});

test('the same brief gives the same draft, and leaves the brief as it was', () => {
  const one = Object.freeze(brief({ topics: Object.freeze(['jobs', 'values-based'] as const) }));
  expect(draftSurvey(bank, one)).toEqual(draftSurvey(bank, one));
});

test('why people buy begins with who belongs, and the day on which it began', () => {
  expect(codes().slice(0, 2)).toEqual(['screen-customer', 'trigger-day']);
  expect(codes({ minutes: 5 }).at(-1)).toBe('age');
});

test('who does not belong is thanked at once', () => {
  const { definition } = draftSurvey(bank, brief());
  expect(definition.pages[0]?.next).toEqual([{ if: "{screen-customer} = 'no'", to: 'not-this-time' }]);
  expect(definition.ends?.[0]).toMatchObject({ code: 'not-this-time', outcome: 'screened-out' });
});

test('more time never means fewer questions, and what had no time is named', () => {
  const counts = [3, 5, 10, 15].map((minutes) => codes({ minutes }).length);
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect(
    chooseQuestions(bank, brief({ minutes: 3 })).leftOut.filter(({ why }) => why === 'time').length,
  ).toBeGreaterThan(5);
});

test('without open questions only the one that a story begins with stays', () => {
  const open = chooseQuestions(bank, brief({ hasOpenQuestions: false })).chosen.filter(
    ({ entry }) => entry.question.kind === 'text',
  );
  expect(open.map(({ entry }) => entry.question.code)).toEqual(['trigger-day']);
});

test('money is not asked about where somebody wants to know what people hold dear, nor the other way round', () => {
  const topicsOf = (changes: Partial<DraftBrief>) =>
    new Set(chooseQuestions(bank, brief({ minutes: 15, ...changes })).chosen.flatMap(({ entry }) => entry.topics));
  for (const goal of ['segments', 'buying', 'values'] as const) {
    expect(topicsOf({ goal, topics: ['values-based'] })).not.toContain('value-based');
    if (goal !== 'values') expect(topicsOf({ goal, topics: ['value-based'] })).not.toContain('values-based');
  }
  expect(topicsOf({ goal: 'values' })).not.toContain('value-based');
});

test('finding groups by one kind asks about that kind, and who people are', () => {
  const { chosen } = chooseQuestions(bank, brief({ goal: 'segments', audience: 'public', topics: ['geographic'] }));
  for (const { entry } of chosen)
    expect(
      entry.stage === 'screen' || entry.topics.some((topic) => ['geographic', 'demographic'].includes(topic)),
    ).toBe(true);
});

test('a language in which nothing was written borrows the words of another, and the draft says which', () => {
  const only = { goal: 'satisfaction', subject: { en: 'our app', de: ' ' } } as const;
  const german = draftSurvey(bank, brief({ ...only, languages: ['de'] }));
  expect(german.borrowed).toEqual([{ what: 'subject', language: 'de', from: 'en', text: 'our app' }]);
  expect(JSON.stringify(german.definition)).toContain('our app');
  expect(draftSurvey(bank, brief({ ...only, languages: ['en'] })).borrowed).toEqual([]);
  expect(draftSurvey(bank, brief({ goal: 'satisfaction', subject: {} })).borrowed).toEqual([]);
});

test('the subject is put into the wordings, and cannot make a placeholder of itself', () => {
  const named = draftSurvey(bank, brief({ goal: 'satisfaction', subject: { en: '{{age}}', de: 'Acme' } })).definition;
  const recommend = named.pages.flatMap((page) => page.questions).find(({ code }) => code === 'recommend');
  expect(recommend?.text).toEqual({
    en: 'How likely are you to recommend age to somebody you know?',
    de: 'Wie wahrscheinlich ist es, dass Sie anderen zu Acme raten?',
  });
  const general = draftSurvey(bank, brief({ goal: 'satisfaction', subject: {}, languages: ['de'] })).definition;
  expect(JSON.stringify(general)).toContain('zu einem solchen Angebot');
  expect(JSON.stringify(general)).not.toContain('"en"');
});

test('scales come with the batteries that they are scored from', () => {
  const { definition } = draftSurvey(
    bank,
    brief({ goal: 'values', audience: 'public', minutes: 15, topics: ['psychographic'] }),
  );
  const rows = new Set(
    definition.pages.flatMap((page) =>
      page.questions.flatMap((question) =>
        question.kind === 'battery' ? question.rows.map((row) => `${question.code}.${row.code}`) : [],
      ),
    ),
  );
  const items = (definition.instruments ?? []).flatMap((one) => one.scales.flatMap((scale) => scale.items));
  expect(items.length).toBeGreaterThanOrEqual(4);
  expect(items.filter((item) => !rows.has(item.replace(/^-/, '')))).toEqual([]);
});

test('no single question takes more than half of the time: twenty values where there is room, else a card or an order', () => {
  const values = (minutes: number) =>
    codes({ goal: 'values', audience: 'public', minutes }).filter(
      (code) => code.startsWith('values') && !code.includes('clash'),
    );
  expect(values(3)).toEqual(['values-card']);
  expect(values(5)).toEqual(['values-card']);
  expect(values(10)).toEqual(['values']);
});
