import { describe, expect, test } from 'vitest';
import { MAPPINGS } from '../../../src/exchange/outgoing/hook-kinds.ts';
import { atlassianDocument } from '../../../src/exchange/outgoing/jira.ts';
import type { Situation } from '../../../src/exchange/outgoing/mapping.ts';
import { readPairs } from '../../../src/exchange/outgoing/mapping.ts';
import { messageOf } from '../../../src/exchange/outgoing/message.ts';
import { signWebhook } from '../../../src/exchange/outgoing/sign-webhook.ts';
import { slackBody } from '../../../src/exchange/outgoing/slack.ts';
import { webhookBody } from '../../../src/exchange/outgoing/webhook.ts';
import { type OutgoingEvent, type ResponseEvent, SUBSCRIBED_EVENTS } from '../../../src/model/outgoing-event.ts';
import { documentFault } from '../../support/service-stubs.ts';

const response = (lines: ResponseEvent['lines'] = []): ResponseEvent => ({
  type: 'response.completed',
  study: 'ST',
  survey: { id: 'SU', title: 'A survey', version: 2 },
  response: {
    id: 'R',
    pseudonym: 'P',
    language: 'en',
    startedAt: '',
    completedAt: '2026-03-02T09:00:00.000Z',
    wave: null,
  },
  answers: { mood: { state: 'answered', value: 7 }, city: { state: 'refused', value: null } },
  lines,
  link: null,
});
const events: OutgoingEvent[] = [
  response(),
  { ...response(), type: 'response.corrected' },
  { ...response(), type: 'response.ticket' },
  { type: 'response.withdrawn', study: 'ST', survey: response().survey, response: { id: 'R', pseudonym: null } },
  {
    type: 'persona.changed',
    study: 'ST',
    persona: { id: 'PE', name: 'W', version: 1 },
    segment: { id: 'S', name: 'X' },
    link: null,
  },
  { type: 'segment.entered', study: 'ST', segment: { id: 'S', name: 'X' }, pseudonym: 'P' },
  { type: 'segment.left', study: 'ST', segment: { id: 'S', name: 'X' }, pseudonym: 'P' },
  {
    type: 'feedback.received',
    study: 'ST',
    feedback: {
      id: 'F',
      pseudonym: null,
      category: 'praise',
      rating: 4,
      words: 'Fine',
      page: 'https://shop.example/a',
      element: '#buy',
      release: null,
      language: 'en',
    },
    link: null,
  },
  {
    type: 'theme.ticket',
    study: 'ST',
    theme: { id: 'T', label: 'rain', words: ['rain', 'wet'], size: 3, answered: 20 },
    quotes: ['It rained'],
    link: null,
  },
  { type: 'test', study: 'ST', hook: 'A hook' },
];
const situation = (event: OutgoingEvent, more: Partial<Situation> = {}): Situation => ({
  id: 'msg_1',
  at: new Date('2026-03-02T09:00:00.000Z'),
  happenedAt: '2026-03-02T08:59:00.000Z',
  event,
  settings: {},
  secrets: ['whsec_c2VjcmV0'],
  contact: null,
  made: [],
  ...more,
});

test('a signature is the one that the convention’s own libraries make', () => {
  // The case that the libraries of the Standard Webhooks convention test themselves with.
  expect(
    signWebhook(
      ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      1614265330,
      '{"test": 2432232314}',
    ),
  ).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

describe.each(Object.entries(MAPPINGS))('%s', (kind, mapping) => {
  test.each(events.map((event) => [event.type, event] as const))(
    'makes of %s a request, or says why not',
    (_, event) => {
      const frozen = Object.freeze(
        situation(event, {
          settings: { address: 'https://api.example/', match: 'email', note: 'yes', lists: 'S = 7' },
          contact: { email: 'a@b.example', externalId: null },
        }),
      );
      const next = mapping.next(frozen, []);
      if (next === null || 'skip' in next) {
        expect(next?.skip ?? '').not.toBe('');
        return;
      }
      expect(URL.canParse(next.url) || ['slack', 'teams'].includes(kind)).toBe(true);
      expect(next.url).not.toContain('//rest');
      if (next.body !== null) expect(() => JSON.parse(next.body ?? '')).not.toThrow();
      expect(mapping.next(frozen, [])).toEqual(next);
    },
  );

  test('asks for nothing twice and names every field once', () => {
    const names = mapping.fields.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const type of mapping.events) expect(SUBSCRIBED_EVENTS.map((one) => one.type)).toContain(type);
  });
});

test('a webhook’s body holds codes and no wordings, and the same event gives the same bytes', () => {
  const event = response([{ question: 'How are you?', answer: '7' }]);
  expect(JSON.parse(webhookBody(event, 'T'))).toEqual({
    type: 'response.completed',
    timestamp: 'T',
    data: { study: 'ST', survey: event.survey, response: event.response, answers: event.answers, link: null },
  });
  expect(webhookBody(event, 'T')).toBe(webhookBody(structuredClone(event), 'T'));
});

test('a message shows the first twenty answers and says how many are left', () => {
  const lines = Array.from({ length: 23 }, (_, index) => ({ question: `Q${index}`, answer: 'x'.repeat(900) }));
  const message = messageOf(response(lines), true);
  expect(message.facts).toHaveLength(20);
  expect(message.text).toBe('3 more answers are in Verbatim.');
  expect([...(message.facts[0]?.value ?? '')]).toHaveLength(500);
  expect(messageOf(response(lines), false).facts).toEqual([]);
});

test('Slack’s limits hold for the longest answers, each letter of which is escaped', () => {
  const lines = Array.from({ length: 40 }, () => ({ question: '&'.repeat(400), answer: '<'.repeat(9000) }));
  const { blocks } = JSON.parse(slackBody(messageOf(response(lines), true)));
  expect(blocks.length).toBeLessThanOrEqual(50);
  for (const block of blocks) expect(block.text.text.length).toBeLessThanOrEqual(block.type === 'header' ? 150 : 3000);
});

test('a document for Jira is one by its schema, whatever was answered', () => {
  for (const lines of [[], [{ question: '', answer: '' }], [{ question: 'Q', answer: 'a\nb {code}x{code}' }]])
    expect(documentFault(atlassianDocument(messageOf(response(lines), true)))).toBeNull();
});

test('pairs are read line by line, and what is none is given back', () => {
  expect(readPairs('a = b\r\n\n  c.d=e \nno pair\n= x')).toEqual({
    pairs: [
      ['a', 'b'],
      ['c.d', 'e'],
    ],
    faults: ['no pair', '= x'],
  });
});

test('HubSpot is told only of answers that are mapped and were given', () => {
  const next = MAPPINGS.hubspot.next(
    situation(response(), {
      settings: { address: 'https://api.example', match: 'own_id', properties: 'mood = m\ncity = c\nnone = n' },
      contact: { email: 'a@b.example', externalId: 'crm-1' },
    }),
    [],
  );
  expect(next).toMatchObject({ method: 'POST', url: 'https://api.example/crm/v3/objects/contacts/batch/upsert' });
  expect(JSON.parse((next as { body: string }).body)).toEqual({
    inputs: [{ idProperty: 'own_id', id: 'crm-1', properties: { m: '7' } }],
  });
});
