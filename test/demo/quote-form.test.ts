import { expect, test } from 'vitest';
import { type QuoteFormText, quoteForm, quoteFormPeriods, quoteFormPlan } from '../../src/demo/quote-form.ts';
import { checkSurvey } from '../../src/logic/check-survey.ts';
import { SurveyDefinition } from '../../src/model/survey.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import { readDemoJson } from './demo-files.ts';

const texts = readDemoJson<QuoteFormText[]>('quote-form-answers.json');
const now = new Date('2026-05-01T00:00:00Z');
const made = quoteForm({ random: mulberry32(1), now, texts });

/** Share of those who opened the form in a period, with a system, who sent it. */
function rateOf(when: 'before' | 'after', isAndroid: boolean): number {
  const { from, to } = quoteFormPeriods(now)[when];
  const opened = made.events.filter(
    ({ name, occurredAt, context }) =>
      name === 'Quote Form Opened' &&
      occurredAt >= from &&
      occurredAt <= `${to}T23:59:59Z` &&
      (context.technology.os === 'Android') === isAndroid,
  );
  const sent = new Set(made.events.filter(({ name }) => name === 'Quote Form Sent').map((one) => one.personExternalId));
  return opened.filter(({ personExternalId }) => sent.has(personExternalId)).length / opened.length;
}

test('the form loses thirteen percentage points on Android after the release, and nothing elsewhere', () => {
  expect(rateOf('before', true) - rateOf('after', true)).toBeCloseTo(0.13, 2);
  expect(rateOf('before', false) - rateOf('after', false)).toBeCloseTo(0, 2);
  expect(made.people).toHaveLength(2 * quoteFormPlan.visitors);
});

test('only those who did not send it say what stopped them, each text once and after the visit', () => {
  const sent = new Set(made.events.filter(({ name }) => name === 'Quote Form Sent').map((one) => one.personExternalId));
  const opened = new Map(made.events.map((event) => [event.personExternalId, event]));
  expect(made.answers).toHaveLength(texts.length);
  for (const { personExternalId, startedAt, text } of made.answers) {
    expect(sent.has(personExternalId)).toBe(false);
    const visit = opened.get(personExternalId)!;
    expect(startedAt > visit.occurredAt).toBe(true);
    const { from } = texts.find((one) => one.text === text)!;
    expect(from === 'before').toBe(visit.occurredAt < quoteFormPeriods(now).after.from);
    if (from !== 'before') expect(from === 'android-after').toBe(visit.context.technology.os === 'Android');
  }
});

test('the same chance gives the same form, and its survey can be published', () => {
  expect(quoteForm({ random: mulberry32(1), now, texts })).toEqual(made);
  expect(checkSurvey(SurveyDefinition.parse(readDemoJson('quote-form-survey.json')))).toEqual([]);
});

test('on another day it is the same, so many days later', () => {
  const days = 200;
  const later = (at: string) => new Date(Date.parse(at) + days * 86_400_000).toISOString();
  const other = quoteForm({ random: mulberry32(1), now: new Date(later(now.toISOString())), texts });
  expect(other.people).toEqual(made.people);
  expect(other.events).toEqual(made.events.map((event) => ({ ...event, occurredAt: later(event.occurredAt) })));
  expect(other.answers.map(({ startedAt }) => startedAt)).toEqual(
    made.answers.map(({ startedAt }) => later(startedAt)),
  );
});
