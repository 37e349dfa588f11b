import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkSurvey } from '../../src/logic/check-survey.ts';
import type { Rule } from '../../src/model/rule.ts';
import { PLAY_CODES } from '../../src/services/plays.ts';
import { visitor } from '../journeys/visitor.ts';
import { openFieldHouse } from '../support/field-house.ts';

const NOW = '2026-03-02T09:00:00.000Z';
let house: Awaited<ReturnType<typeof openFieldHouse>>;
let at: string;

beforeAll(async () => {
  house = await openFieldHouse({ now: () => new Date(NOW) });
  const { verbatim, study } = house;
  at = `/studio/${study.publicId}/plays`;
  const people = ['rich', 'poor', 'new'];
  await verbatim.intake.people(
    study.workspaceId,
    people.map((externalId) => ({
      externalId,
      attributes: [{ name: 'email', value: `${externalId}@example.org`, source: 'test' }],
    })),
  );
  const order = (externalId: string, month: number, revenue: number) => ({
    externalId,
    messageId: `${externalId}-${month}`,
    name: 'Order Completed',
    occurredAt: new Date(Date.parse(NOW) - month * 30 * 86_400_000).toISOString(),
    properties: { revenue, currency: 'EUR' },
  });
  await verbatim.intake.events(study.workspaceId, [
    ...[1, 2, 3, 4, 5, 6, 7].map((month) => order('rich', month, 500)),
    order('poor', 8, 20),
  ]);
  await verbatim.logs.settle();
});
afterAll(() => house[Symbol.asyncDispose]());

const plain = (text: string): string => text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

test('every play that is shipped is offered', () => {
  const files = readdirSync(resolve(import.meta.dirname, '../../templates/plays'));
  expect(files.sort()).toEqual(PLAY_CODES.map((code) => `${code}.json`).sort());
});

describe('plays', () => {
  test('each says who they are, what is asked, and whether the data has what it needs', async () => {
    const { text } = await house.researcher.get(at);
    const tiles = [...text.matchAll(/<li class="card stack stack--tight">([\s\S]*?)<p><a class="btn/g)].map(([, one]) =>
      plain(one ?? ''),
    );
    expect(tiles).toHaveLength(PLAY_CODES.length);
    const vip = tiles.find((one) => one.includes('VIP'));
    expect(vip).toContain('Your data has this: the event “Order Completed”');
    const fresh = tiles.find((one) => one.includes('New and silent'));
    expect(fresh).toContain('Your data lacks this: the event “Signed Up”');
    const low = tiles.find((one) => one.includes('Low value'));
    // The words name the span that the rule counts in.
    expect(low).toContain('less than 50 in revenue in the last six months');
    expect(house.verbatim.plays.find('low-value').example.rule).toMatchObject({
      all: [{ moment: 'first' }, { within: { last: 6, unit: 'month' }, op: 'lt', value: 50 }],
    });
    expect(low).toMatch(/What did you hope to get from us\?” “Where did it stop\?/);
  });

  test('one form starts it: the segment by its rule, the draft of a survey for it, and the list of who fits now', async () => {
    const { verbatim, study, researcher } = house;
    const form = await researcher.get(`${at}/start/low-value`);
    expect(plain(form.text)).toMatch(/People in 1 /);
    const begun = await researcher.post(`${at}/start/low-value`, { name: 'Little money', ask: 'survey' });
    expect(begun.status).toBe(303);
    const page = await researcher.get(begun.location);
    const words = plain(page.text);
    expect(words).toMatch(/People who fit now 1 of 3 Unknown 1 /);
    expect(words).toContain('A draft: nobody is asked before you publish it.');
    expect(page.text).toMatch(/people\/[\w-]+">poor<\/a>/);
    const segment = (await verbatim.store.segments.list(study.id)).find(({ name }) => name === 'Little money')!;
    expect(JSON.parse(segment.rule ?? 'null') as Rule).toEqual(verbatim.plays.find('low-value').example.rule);
    const survey = (await verbatim.store.surveys.list(study.id)).find((one) => one.audienceSegmentId === segment.id)!;
    expect(survey.draft.pages[0]?.questions.map(({ code }) => code)).toEqual(['hoped-for', 'where-stopped']);
    expect(checkSurvey(survey.draft)).toEqual([]);
    expect(plain((await researcher.get(at)).text)).toMatch(/Little money survey: What did you hope for\?/);
  });

  test('every part stays open to change: the list follows the rule', async () => {
    const { verbatim, study, researcher } = house;
    const begun = await researcher.post(`${at}/start/vip`, { name: 'Best', ask: 'guide' });
    const before = await researcher.get(begun.location);
    expect(plain(before.text)).toMatch(/People who fit now 1 of 3/);
    expect(before.text).toContain('The guide “Staying”');
    const segment = (await verbatim.store.segments.list(study.id)).find(({ name }) => name === 'Best')!;
    await verbatim.segments.redefine(segment, segment.version, {
      name: 'Very best',
      rule: { event: 'Order Completed', op: 'gte', value: 100 },
    });
    const after = await researcher.get(begun.location);
    expect(plain(after.text)).toContain('Very best');
    expect(plain(after.text)).toMatch(/People who fit now 0 of 3/);
    expect(after.text).toContain('Nobody fits just now.');
  });

  test('the list is a file; what names people is in it for owners only', async () => {
    const { verbatim, study, researcher, url } = house;
    const { location } = await researcher.post(`${at}/start/low-value`, { name: 'A list', ask: 'list' });
    const file = await researcher.get(`${location}/people.csv`);
    expect(file.text.replace('\uFEFF', '').split('\r\n')[0]).toBe('person,id,name,email');
    expect(file.text).toMatch(/,poor,,poor@example\.org\r\n/);
    await verbatim.accounts.add(
      { email: 'bo@lab.example', password: 'three words together', name: 'Bo' },
      { isAdmin: false, role: 'researcher', studyId: study.id },
    );
    const other = visitor(url);
    await other.post('/sign-in', { email: 'bo@lab.example', password: 'three words together' });
    const less = await other.get(`${location}/people.csv`);
    expect(less.status).toBe(200);
    expect(less.text).not.toContain('poor');
    expect(less.text.replace('\uFEFF', '').split('\r\n')).toHaveLength(3);
  });

  test('a name that is missing, or a way of asking there is not, comes back with what was entered', async () => {
    const { researcher } = house;
    const nameless = await researcher.post(`${at}/start/vip`, { name: ' ', ask: 'guide' });
    expect(nameless.status).toBe(422);
    expect(nameless.text).toContain('Enter a name of at most 200 characters');
    const strange = await researcher.post(`${at}/start/vip`, { name: 'Kept', ask: 'telepathy' });
    expect(strange.status).toBe(422);
    expect(strange.text).toContain('value="Kept"');
    expect((await researcher.get(`${at}/start/nothing`)).status).toBe(404);
    expect((await researcher.get(`${at}/nothing`)).status).toBe(404);
  });

  test('every play starts as a survey that can be published', async () => {
    const { verbatim, study } = house;
    for (const code of PLAY_CODES) {
      const { surveyId } = await verbatim.plays.start(study, code, { name: code, ask: 'survey' }, null);
      const survey = (await verbatim.store.surveys.findById(study.id, surveyId ?? 0))!;
      expect([code, checkSurvey(survey.draft)]).toEqual([code, []]);
    }
  });
});
