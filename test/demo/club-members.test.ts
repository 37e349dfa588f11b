import { expect, test } from 'vitest';
import { type ClubText, clubMembers, clubPlan } from '../../src/demo/club-members.ts';
import { mulberry32 } from '../../src/stats/random.ts';
import { readDemoJson } from './demo-files.ts';

const DAY_MS = 86_400_000;
const texts = readDemoJson<ClubText[]>('club-answers.json');
const now = new Date('2026-05-01T00:00:00Z');
const made = clubMembers({ random: mulberry32(1), now, texts });
const doings = Map.groupBy(made.events, ({ personExternalId }) => personExternalId);
const ended = [...doings].filter(([, own]) => own.some(({ name }) => name === 'Membership Cancelled'));

/** How many payments of somebody failed in the two weeks before an instant. */
const failedBefore = (id: string, at: string): number =>
  (doings.get(id) ?? []).filter(
    ({ name, occurredAt }) =>
      name === 'Payment Failed' && occurredAt < at && Date.parse(occurredAt) >= Date.parse(at) - 14 * DAY_MS,
  ).length;

test('two thirds of those who cancel had a fee that failed three times or more in the two weeks before, the others hardly any', () => {
  const { members, afterFailures } = clubPlan.cancelled;
  expect(ended).toHaveLength(members);
  const counts = ended.map(([id, own]) => failedBefore(id, own.at(-1)?.occurredAt ?? ''));
  expect(counts.filter((count) => count >= 3)).toHaveLength(afterFailures);
  // Whoever stays is looked at on a day of the same months.
  const day = new Date(now.getTime() - 60 * DAY_MS).toISOString();
  const gone = new Set(ended.map(([id]) => id));
  const staying = [...doings.keys()].filter((id) => !gone.has(id));
  expect(staying.filter((id) => failedBefore(id, day) > 0).length / staying.length).toBeLessThan(0.1);
});

test('whoever cancelled does nothing afterwards, and nothing happens before somebody joined or after the end', () => {
  for (const [, own] of ended) expect(own.at(-1)?.name).toBe('Membership Cancelled');
  for (const own of doings.values()) expect(own[0]?.name).toBe('Signed Up');
  for (const { occurredAt } of made.events) expect(occurredAt < now.toISOString()).toBe(true);
});

test('only those who cancelled answer, afterwards, each text once and from whom it could be', () => {
  expect(made.answers).toHaveLength(clubPlan.answering);
  for (const { personExternalId, startedAt, completedAt, text } of made.answers) {
    const end = doings.get(personExternalId)?.at(-1)?.occurredAt ?? '';
    expect(end < startedAt && startedAt < completedAt && completedAt < now.toISOString()).toBe(true);
    const from = texts.find((one) => one.text === text)?.from;
    if (from) expect(from === 'failed-payments').toBe(failedBefore(personExternalId, end) >= 3);
  }
  const said = made.answers.flatMap(({ text }) => text ?? []);
  expect(said.toSorted()).toEqual(texts.map(({ text }) => text).toSorted());
});

test('on another day it is the same, so many days later', () => {
  const days = 123;
  const later = (at: string) => new Date(Date.parse(at) + days * DAY_MS).toISOString();
  const other = clubMembers({ random: mulberry32(1), now: new Date(later(now.toISOString())), texts });
  expect(other.people).toEqual(made.people);
  expect(other.events).toEqual(made.events.map((event) => ({ ...event, occurredAt: later(event.occurredAt) })));
});

test('more who cancel than there are members are refused', () => {
  const plan = { ...clubPlan, cancelled: { ...clubPlan.cancelled, members: 1000 } };
  expect(() => clubMembers({ random: mulberry32(1), now, texts, plan })).toThrow(RangeError);
});
