import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewLetter } from '../../src/store/mailings.ts';
import { engines, type OpenEngine } from '../support/engines.ts';
import { knowPeople } from '../support/know-people.ts';
import { plantRows } from '../support/plant-rows.ts';

const MESSAGE = { en: { subject: 's', text: 't' } };

describe.each(engines)('mailings on %s', (_, open) => {
  let engine: OpenEngine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());

  /** A survey of its own with some people, and how to write to them. */
  async function plant(names: readonly string[]) {
    const here = await plantRows(engine.database);
    const people = await knowPeople(
      engine.database,
      here.workspaceId,
      names.map((externalId) => ({ externalId })),
      here.at,
    );
    const letters: NewLetter[] = people.map((personId) => ({
      personId,
      round: 0,
      addressSeal: `s${personId}`,
      language: 'en',
    }));
    const mailing = {
      surveyId: here.survey.id,
      kind: 'invitation' as const,
      wave: 1,
      audience: { segment: null },
      message: MESSAGE,
      createdBy: null,
    };
    const { mailings, letterQueue, contacts, people: peopleStore } = here.store;
    return { ...here, people, letters, mailing, mailings, queue: letterQueue, contacts, peopleStore };
  }
  /** Takes every letter that is due, so that no test meets another's. */
  async function drain({ queue, at }: Awaited<ReturnType<typeof plant>>) {
    for (let letter = await queue.claim(at); letter; letter = await queue.claim(at))
      await queue.settle(letter.id, { state: 'sent', reason: null }, at);
  }

  test('each letter is claimed once, however many ask', async () => {
    const here = await plant(['a', 'b', 'c']);
    expect((await here.mailings.add(here.mailing, here.letters, here.at))?.added).toBe(3);
    const claimed = await Promise.all(Array.from({ length: 6 }, () => here.queue.claim(here.at)));
    const ids = claimed.flatMap((letter) => letter?.id ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(0);
    await drain(here);
    for (const id of ids) await here.queue.settle(id, { state: 'sent', reason: null }, here.at);
    expect((await here.mailings.letters(here.survey.id, 1)).map(({ state, attempts }) => [state, attempts])).toEqual([
      ['sent', 1],
      ['sent', 1],
      ['sent', 1],
    ]);
    expect((await here.mailings.list(here.survey.id))[0]?.state).toBe('done');
  });

  test('a letter is written once in a wave, unless it was not sent; a mailing without letters leaves nothing', async () => {
    const here = await plant(['a', 'b']);
    await here.mailings.add(here.mailing, here.letters, here.at);
    expect(await here.mailings.add(here.mailing, here.letters, here.at)).toBeNull();
    expect(await here.mailings.list(here.survey.id)).toHaveLength(1);
    expect((await here.mailings.add({ ...here.mailing, wave: 2 }, here.letters, here.at))?.added).toBe(2);
    const first = await here.queue.claim(here.at);
    await here.queue.settle(first?.id ?? 0, { state: 'skipped', reason: 'the survey is closed' }, here.at);
    expect((await here.mailings.add(here.mailing, here.letters, here.at))?.added).toBe(1);
    expect((await here.mailings.letters(here.survey.id, 1)).map(({ state }) => state)).toEqual(['waiting', 'waiting']);
    expect(await here.mailings.lastWave(here.survey.id)).toBe(2);
    await drain(here);
  });

  test('a letter put back waits for its time, and counts the attempt only when it was one', async () => {
    const here = await plant(['a']);
    await here.mailings.add(here.mailing, here.letters, here.at);
    const letter = await here.queue.claim(here.at);
    const later = '2026-03-02T09:01:00.000Z';
    await here.queue.putBack(letter?.id ?? 0, later, 'later', true);
    expect(await here.queue.claim(here.at)).toBeNull();
    expect(await here.queue.nextDueAt()).toBe(later);
    const again = await here.queue.claim(later);
    expect(again?.attempts).toBe(2);
    await here.queue.putBack(letter?.id ?? 0, here.at, 'no way', false);
    expect((await here.mailings.letters(here.survey.id, 1))[0]?.attempts).toBe(1);
    await drain(here);
  });

  test('what a process that is gone had claimed is in doubt, and what is settled stays so', async () => {
    const here = await plant(['a', 'b']);
    await here.mailings.add(here.mailing, here.letters, here.at);
    const first = await here.queue.claim(here.at);
    expect(await here.queue.setAside(here.at)).toBe(1);
    await here.queue.settle(first?.id ?? 0, { state: 'sent', reason: null }, here.at);
    expect((await here.mailings.letters(here.survey.id, 1)).map(({ state }) => state)).toEqual(['unsure', 'waiting']);
    await drain(here);
    const [mailing] = await here.mailings.list(here.survey.id);
    expect(mailing?.state).toBe('done');
    expect(await here.queue.again(mailing?.id ?? 0, 'unsure', here.at)).toBe(1);
    expect((await here.mailings.list(here.survey.id))[0]?.state).toBe('sending');
    await drain(here);
  });

  test('an opt-out holds for whoever the person is today, and in their workspace only', async () => {
    const here = await plant(['a', 'b']);
    const there = await plant(['a']);
    const [a = 0, b = 0] = here.people;
    const row = {
      workspaceId: here.workspaceId,
      personId: a,
      surveyId: null,
      origin: 'page',
      addressSeal: 'x',
      createdAt: here.at,
    };
    await here.contacts.optOut(row);
    await here.contacts.optOut({ ...row, origin: 'researcher' });
    expect((await here.contacts.optedOut(here.workspaceId)).people).toEqual(new Set([a]));
    await here.peopleStore.link(a, b, here.at);
    expect(await here.contacts.optedOut(here.workspaceId)).toEqual({
      people: new Set([b]),
      seals: new Set(['x']),
      byResearcher: new Set(),
    });
    expect((await there.contacts.optedOut(there.workspaceId)).people.size).toBe(0);
  });

  test('a contact is read from the latest facts of everybody a person is', async () => {
    const here = await plant([]);
    const know = (value: string, attributes: Record<string, string>, at: string) =>
      knowPeople(engine.database, here.workspaceId, [{ externalId: value, attributes }], at);
    const [a = 0] = await know('a', { Email: 'old@x.example', name: 'Ada' }, '2026-01-01T00:00:00.000Z');
    const [b = 0] = await know('b@x.example', { email: 'new@x.example' }, '2026-02-01T00:00:00.000Z');
    const [c = 0] = await know('c@x.example', { plan: 'Pro' }, '2026-02-01T00:00:00.000Z');
    await here.peopleStore.link(b, a, here.at);
    const contacts = await here.contacts.contacts(here.workspaceId);
    expect(contacts.get(a)).toMatchObject({ address: 'new@x.example', name: 'Ada', phone: null, language: null });
    expect(contacts.has(b)).toBe(false);
    // An id that reads as an address is one only where somebody told of it with proof.
    expect(contacts.get(c)).toMatchObject({ address: null, withheld: 'unproven' });
    expect([...(await here.contacts.contacts(here.workspaceId, [c])).keys()]).toEqual([c]);
  });

  test('an address comes back once, and can be taken off the list by its own workspace only', async () => {
    const here = await plant(['a']);
    const there = await plant(['a']);
    const bounce = { personId: here.people[0] ?? 0, addressSeal: 's', reason: '5.1.1' };
    expect(await here.contacts.addBounces(here.workspaceId, [bounce], 'list', here.at)).toBe(1);
    expect(await here.contacts.addBounces(here.workspaceId, [bounce], 'smtp', here.at)).toBe(0);
    const [kept] = await here.contacts.bounces(here.workspaceId);
    expect(await here.contacts.forgetBounce(there.workspaceId, kept?.id ?? 0)).toBe(false);
    expect(await here.contacts.forgetBounce(here.workspaceId, kept?.id ?? 0)).toBe(true);
  });
});
