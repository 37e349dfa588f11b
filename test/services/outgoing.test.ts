import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Hook } from '../../src/store/hooks.ts';
import { fixedClock } from '../support/house.ts';
import {
  answerFully,
  logOf,
  type OutgoingHouse,
  openOutgoingHouse,
  settledLog,
  triedOnce,
  until,
} from '../support/outgoing-house.ts';
import { type StubAnswer, startStub, type TakenRequest } from '../support/stub-server.ts';

const bodyOf = (request: TakenRequest | undefined) => JSON.parse(request?.body ?? 'null');
const secretOf = (house: OutgoingHouse, hook: Hook) => house.verbatim.outgoing.signingSecret(hook)?.secret ?? '';
const isSigned = ({ headers, body }: TakenRequest, secret: string) => {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const words = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const made = `v1,${createHmac('sha256', key).update(words).digest('base64')}`;
  return String(headers['webhook-signature']).split(' ').includes(made);
};

test('a completed response is told of once, signed, by codes and without anything that names the person', async () => {
  await using stub = await startStub();
  await using house = await openOutgoingHouse();
  await answerFully(house);
  const hook = await house.hook(`${stub.url}/in`);
  const { responseId } = await answerFully(house, { externalId: 'crm-1' });
  const [delivery, ...rest] = await settledLog(house, hook, 1);
  expect(rest).toEqual([]);
  expect(delivery).toMatchObject({ state: 'delivered', attempts: 1, lastStatus: 200, subject: responseId });
  const [request] = stub.taken;
  expect(stub.taken).toHaveLength(1);
  expect(isSigned(request as TakenRequest, secretOf(house, hook))).toBe(true);
  expect(request?.headers['webhook-id']).toBe(`msg_${delivery?.publicId}`);
  const { type, timestamp, data } = bodyOf(request);
  expect([type, timestamp]).toEqual(['response.completed', delivery?.happenedAt]);
  expect(data.response.id).toBe(responseId);
  expect(data.response.pseudonym).toMatch(/^[\w-]{22}$/);
  expect(data.answers).toEqual({
    city: { state: 'answered', value: 'village' },
    topics: { state: 'answered', value: ['news', 'sport'] },
    mood: { state: 'answered', value: 7 },
  });
  expect(request?.body).not.toMatch(/rained|me@people|crm-1|spring@shop|How are you/);
});

test('words leave only where the hook asks for them and the person agreed to be quoted', async () => {
  await using stub = await startStub();
  await using house = await openOutgoingHouse();
  const hook = await house.hook(`${stub.url}/in`, { values: { words: 'yes' } });
  await answerFully(house, { consents: ['analysis', 'quotes'], story: 'These may be said' });
  await answerFully(house, { consents: ['analysis'], story: 'These may not' });
  await settledLog(house, hook, 2);
  const stories = stub.taken.map((request) => bodyOf(request).data.answers.story?.value ?? null);
  expect(stories).toEqual(['These may be said', null]);
  expect(stub.taken.map(({ body }) => body).join()).not.toMatch(/These may not|me@people/);
});

test('tests, unfinished responses and other surveys’ responses are not told of', async () => {
  await using stub = await startStub();
  await using house = await openOutgoingHouse();
  const other = await house.verbatim.surveys.importJson(
    house.study.id,
    JSON.stringify({ ...house.survey.draft, code: 'another' }),
  );
  const hook = await house.hook(`${stub.url}/in`, { survey: other.publicId });
  const all = await house.hook(`${stub.url}/all`);
  await answerFully(house, { isTest: true });
  await answerFully(house);
  await settledLog(house, all, 1);
  expect(await logOf(house, hook)).toEqual([]);
  expect(stub.taken.map(({ path }) => path)).toEqual(['/all']);
});

test('what fails is tried again after growing pauses, with the same id and body and a fresh time, and then given up', async () => {
  const clock = fixedClock();
  await using stub = await startStub(() => ({ status: 503, body: 'busy' }));
  await using house = await openOutgoingHouse({ now: clock.now });
  const hook = await house.hook(`${stub.url}/in`);
  await answerFully(house);
  const pauses = [5, 60, 300, 1800, 7200, 18_000, 43_200, 86_400];
  for (const [index, seconds] of pauses.entries()) {
    await until(house, async () => {
      const [one] = await logOf(house, hook);
      return one?.attempts === index + 1 && one.state === 'waiting';
    });
    const [delivery] = await logOf(house, hook);
    expect(Date.parse(delivery?.dueAt ?? '') - clock.now().getTime()).toBe(seconds * 1000);
    expect(delivery).toMatchObject({ lastStatus: 503, lastAnswer: 'busy', reason: 'It answered 503' });
    clock.forward(seconds * 1000 - 1);
    house.verbatim.outgoing.wake();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(stub.taken).toHaveLength(index + 1);
    clock.forward(1);
  }
  const [delivery] = await settledLog(house, hook, 1);
  expect(delivery).toMatchObject({ state: 'given-up', attempts: 9, lastStatus: 503 });
  expect(stub.taken).toHaveLength(9);
  expect(new Set(stub.taken.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(new Set(stub.taken.map(({ body }) => body)).size).toBe(1);
  expect(new Set(stub.taken.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(9);
  for (const request of stub.taken) expect(isSigned(request, secretOf(house, hook))).toBe(true);
});

test('Retry-After holds back everything of that hook, and nothing of another', async () => {
  const clock = fixedClock();
  let isBusy = true;
  await using stub = await startStub(({ path }) =>
    isBusy && path === '/busy' ? { status: 429, headers: { 'retry-after': '600' } } : undefined,
  );
  await using house = await openOutgoingHouse({ now: clock.now });
  const busy = await house.hook(`${stub.url}/busy`);
  const free = await house.hook(`${stub.url}/free`);
  await answerFully(house);
  await settledLog(house, free, 1);
  await triedOnce(house, busy);
  await answerFully(house);
  await settledLog(house, free, 2);
  const waits = async () =>
    (await logOf(house, busy)).map(({ dueAt }) => (Date.parse(dueAt) - clock.now().getTime()) / 1000);
  expect((await waits())[0]).toBe(600);
  isBusy = false;
  clock.forward(600_000);
  const log = await settledLog(house, busy, 2);
  expect(log.map(({ state }) => state)).toEqual(['delivered', 'delivered']);
});

test('410 pauses the hook; what comes about meanwhile waits until it is resumed', async () => {
  const answers: StubAnswer[] = [{ status: 410 }];
  await using stub = await startStub(() => answers.shift());
  await using house = await openOutgoingHouse();
  const hook = await house.hook(`${stub.url}/in`);
  await answerFully(house);
  const [first] = await settledLog(house, hook, 1);
  expect(first).toMatchObject({ state: 'given-up', lastStatus: 410 });
  const paused = await house.verbatim.store.hooks.findById(hook.id);
  expect(paused?.pausedReason).toContain('410');
  await answerFully(house);
  await until(house, async () => (await logOf(house, hook)).length === 2);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await logOf(house, hook))[1]).toMatchObject({ state: 'waiting', attempts: 0 });
  expect(stub.taken).toHaveLength(1);
  await house.verbatim.outgoing.resume(hook);
  expect((await settledLog(house, hook, 2))[1]?.state).toBe('delivered');
});

test('what came about while no process ran is told of by the next, and what was under way goes once more', async () => {
  await using stub = await startStub();
  await using house = await openOutgoingHouse();
  const hook = await house.hook(`${stub.url}/in`);
  await house.verbatim.outgoing.close();
  const { responseId } = await answerFully(house);
  expect(await logOf(house, hook)).toEqual([]);
  await house.reopen();
  const [delivery] = await settledLog(house, hook, 1);
  expect(delivery).toMatchObject({ state: 'delivered', subject: responseId });
  // A process that is killed leaves the row as it was claimed.
  await house.verbatim.outgoing.close();
  await house.verbatim.store.deliveries.replay(hook.id, delivery?.publicId ?? '', '2026-01-01T00:00:00.000Z');
  expect((await house.verbatim.store.deliveries.claim('2026-01-02T00:00:00.000Z'))?.id).toBe(delivery?.id);
  await house.reopen();
  await settledLog(house, hook, 1);
  expect(stub.taken).toHaveLength(2);
  expect(stub.taken[0]?.headers['webhook-id']).toBe(stub.taken[1]?.headers['webhook-id']);
});

test('after a change of secrets both sign for a day, and then the new one alone', async () => {
  const clock = fixedClock();
  await using stub = await startStub();
  await using house = await openOutgoingHouse({ now: clock.now });
  const hook = await house.hook(`${stub.url}/in`);
  const before = secretOf(house, hook);
  await house.verbatim.outgoing.rotate(hook);
  const changed = (await house.verbatim.store.hooks.findById(hook.id)) as Hook;
  const after = secretOf(house, changed);
  expect(after).not.toBe(before);
  await answerFully(house);
  await settledLog(house, hook, 1);
  expect(String(stub.taken[0]?.headers['webhook-signature']).split(' ')).toHaveLength(2);
  expect([before, after].map((secret) => isSigned(stub.taken[0] as TakenRequest, secret))).toEqual([true, true]);
  clock.forward(24 * 3_600_000);
  await answerFully(house);
  await settledLog(house, hook, 2);
  expect([before, after].map((secret) => isSigned(stub.taken[1] as TakenRequest, secret))).toEqual([false, true]);
});

test('a secret lies in the database only closed, and opens for nothing else', async () => {
  await using stub = await startStub();
  await using house = await openOutgoingHouse();
  const hook = await house.hook('', {
    kind: 'slack',
    values: { secret: `${stub.url}/services/T000/B000/VERYSECRET` },
  });
  expect(JSON.stringify(hook)).not.toContain('VERYSECRET');
  expect(house.verbatim.outgoing.signingSecret(hook)).toBeNull();
  await house.verbatim.store.hooks.setSecret(hook.id, `${hook.secret.slice(0, -4)}AAAA`);
  const changed = (await house.verbatim.store.hooks.findById(hook.id)) as Hook;
  expect((await house.verbatim.outgoing.test(house.study, changed)).state).toBe('failed');
  expect((await logOf(house, hook))[0]?.reason).toContain('enter it again');
});

test('an answer is kept up to 2 KB, without a secret that it repeats', async () => {
  await using stub = await startStub(({ headers }) => ({
    status: 200,
    body: `${headers['authorization']} ${'ü'.repeat(5000)}`,
  }));
  await using house = await openOutgoingHouse();
  const hook = await house.hook(stub.url, {
    kind: 'asana',
    values: { secret: 'TOKEN-IN-FULL', project: '123' },
  });
  expect((await house.verbatim.outgoing.test(house.study, hook)).state).toBe('delivered');
  const [delivery] = await logOf(house, hook);
  expect(Buffer.byteLength(delivery?.lastAnswer ?? '')).toBeLessThanOrEqual(2048);
  expect(delivery?.lastAnswer).toMatch(/^Bearer … ü+$/);
});

test('a withdrawal takes the words out of the outbox, and is told to whoever was told of the response', async () => {
  await using stub = await startStub(({ path }) => (path === '/down' ? { status: 503 } : undefined));
  await using house = await openOutgoingHouse();
  const told = await house.hook(`${stub.url}/in`, { values: { words: 'yes' } });
  const down = await house.hook(`${stub.url}/down`, { values: { words: 'yes' } });
  const paused = await house.hook(`${stub.url}/paused`);
  await house.verbatim.outgoing.pause(paused);
  const { token, responseId } = await answerFully(house, { story: 'A very private matter' });
  await settledLog(house, told, 1);
  await triedOnce(house, down);
  await until(house, async () => (await logOf(house, paused)).length === 1);
  await house.verbatim.fieldwork.withdraw(token);
  await house.verbatim.logs.settle();
  const log = await settledLog(house, told, 2);
  expect(log.map(({ event, state, payload }) => [event, state, payload === ''])).toEqual([
    ['response.completed', 'delivered', true],
    ['response.withdrawn', 'delivered', false],
  ]);
  expect(bodyOf(stub.taken.filter(({ path }) => path === '/in')[1])).toMatchObject({
    type: 'response.withdrawn',
    data: { response: { id: responseId } },
  });
  await until(house, async () => (await logOf(house, down)).every(({ state }) => state !== 'claimed'));
  // Tried and not taken: it may have arrived, so the withdrawal follows it. Never sent: there is nothing to take back.
  expect((await logOf(house, down)).map(({ event, state, payload }) => [event, state, payload === ''])).toEqual([
    ['response.completed', 'given-up', true],
    ['response.withdrawn', 'waiting', false],
  ]);
  expect((await logOf(house, paused)).map(({ event, state }) => [event, state])).toEqual([
    ['response.completed', 'given-up'],
  ]);
  const rows = await house.verbatim.store.deliveries.log(told.id, null, 10);
  expect(JSON.stringify(rows)).not.toContain('private matter');
  await expect(house.verbatim.outgoing.replay(told, log[0]?.publicId ?? '')).rejects.toThrow('cannot be sent again');
});

test('a correction follows to whoever was told of the response, and a page sent twice before the end does not', async () => {
  await using stub = await startStub();
  await using house = await openOutgoingHouse();
  const told = await house.hook(`${stub.url}/in`);
  const { fieldwork, logs } = house.verbatim;
  const { token } = await answerFully(house, {
    before: (address) => fieldwork.answer({ token: address, page: 1, revision: 2 }, { city: 'city', topics: ['news'] }),
  });
  const [first] = await settledLog(house, told, 1);
  expect(first?.event).toBe('response.completed');
  const late = await house.hook(`${stub.url}/late`);
  const { response } = await fieldwork.open(token);
  const address = { token, page: 2, revision: response.revision + 1 };
  expect((await fieldwork.answer(address, { mood: '2', story: '', mail: '' })).outcome).toBe('saved');
  await logs.settle();
  const log = await settledLog(house, told, 2);
  expect(log.map(({ event }) => event)).toEqual(['response.completed', 'response.corrected']);
  expect(stub.taken.map((request) => bodyOf(request).data.answers.mood.value)).toEqual([7, 2]);
  expect(await logOf(house, late)).toEqual([]);
});

test('a new version of a persona is told of, however it came about', async () => {
  await using stub = await startStub();
  await using house = await openOutgoingHouse();
  const hook = await house.hook(`${stub.url}/in`, { events: ['persona.changed'] });
  const { store } = house.verbatim;
  const segment = await store.segments.addDefined(house.study.id, 'Walkers', { all: [] }, null, null, '2026-01-01');
  const version = { name: 'Wanda', lede: '', portrait: '{}', createdBy: null };
  const place = { studyId: house.study.id, segmentIds: [segment.id], personaId: null };
  const persona = await store.personas.addVersion(place, version, new Date().toISOString());
  await store.personas.addVersion({ ...place, personaId: persona.id }, version, new Date().toISOString());
  await settledLog(house, hook, 2);
  expect(bodyOf(stub.taken[1])).toMatchObject({
    type: 'persona.changed',
    data: {
      persona: { id: persona.publicId, name: 'Wanda', version: 2 },
      segment: { id: segment.publicId, name: 'Walkers' },
      link: `https://research.example/studio/${house.study.publicId}/personas/${persona.publicId}`,
    },
  });
});

test('what other services announce is told once to those who ask for it', async () => {
  await using stub = await startStub();
  await using house = await openOutgoingHouse();
  const hook = await house.hook(`${stub.url}/in`, { events: ['segment.entered'] });
  const event = {
    type: 'segment.entered' as const,
    study: house.study.publicId,
    segment: { id: 'S', name: 'Walkers' },
    pseudonym: 'P',
  };
  const about = { origin: 'segment.entered S P 1', happenedAt: new Date().toISOString() };
  await house.verbatim.outgoing.announce(house.study, event, about);
  await house.verbatim.outgoing.announce(house.study, event, about);
  await house.verbatim.outgoing.announce(house.study, { ...event, type: 'segment.left' }, { ...about, origin: 'x' });
  expect(await settledLog(house, hook, 1)).toHaveLength(1);
  expect(bodyOf(stub.taken[0])).toEqual({
    type: 'segment.entered',
    timestamp: about.happenedAt,
    data: { study: house.study.publicId, segment: { id: 'S', name: 'Walkers' }, pseudonym: 'P' },
  });
});

test('what waits or was settled for more than thirty days is given up and emptied', async () => {
  const clock = fixedClock();
  await using stub = await startStub();
  await using house = await openOutgoingHouse({ now: clock.now });
  const told = await house.hook(`${stub.url}/in`);
  const paused = await house.hook(`${stub.url}/paused`);
  await house.verbatim.outgoing.pause(paused);
  await answerFully(house);
  await settledLog(house, told, 1);
  await until(house, async () => (await logOf(house, paused)).length === 1);
  clock.forward(31 * 24 * 3_600_000);
  await until(house, async () => (await logOf(house, paused))[0]?.state === 'given-up');
  await until(house, async () => (await logOf(house, told))[0]?.payload === '');
  expect((await logOf(house, paused))[0]?.reason).toBe('It waited for thirty days');
  expect((await logOf(house, told))[0]?.state).toBe('delivered');
});

test('a study has fifty hooks at most', async () => {
  await using house = await openOutgoingHouse();
  for (let count = 0; count < 50; count += 1) await house.hook('https://hooks.example/in');
  await expect(house.hook('https://hooks.example/in')).rejects.toThrow('at most');
});

test('a hook is refused with each field that does not fit, an address of this machine’s network among them', async () => {
  await using house = await openOutgoingHouse();
  const refusal = async (kind: Hook['kind'], values: Record<string, string>, events = ['response.completed']) => {
    const form = { name: 'A hook', events, survey: '', values };
    const problem = await house.verbatim.outgoing.add(house.study, kind, form, null).then(
      () => null,
      (error: unknown) => error,
    );
    return (problem as { errors?: { pointer: string }[] } | null)?.errors?.map(({ pointer }) => pointer) ?? [];
  };
  expect(await refusal('webhook', { address: 'https://10.0.0.1/in' })).toEqual(['#/address']);
  expect(await refusal('webhook', { address: 'https://hooks.example/in' }, ['nonsense'])).toEqual(['#/events']);
  expect(await refusal('slack', { secret: 'https://hooks.example/a b' })).toEqual(['#/secret']);
  expect(
    await refusal('jira', { address: 'https://x.example', email: 'a', secret: 'ü', project: 'u x', issueType: '' }),
  ).toEqual(['#/email', '#/secret', '#/project', '#/issueType']);
  expect(
    await refusal('hubspot', {
      address: 'https://api.hubapi.com',
      secret: 'token',
      match: 'E-Mail',
      properties: 'mood > mood_property',
    }),
  ).toEqual(['#/match', '#/properties']);
});

test('a secret is not sent to another host than the one it was entered for', async () => {
  await using stub = await startStub();
  await using house = await openOutgoingHouse();
  const values = {
    address: 'https://jira.example',
    email: 'a@b.example',
    project: 'UX',
    issueType: 'Task',
    secret: 'TOKEN',
  };
  const hook = await house.hook('', { kind: 'jira', events: [], values });
  const form = { name: 'Elsewhere', events: [], survey: '', values: { ...values, address: stub.url, secret: '' } };
  await expect(house.verbatim.outgoing.change(house.study, hook, form)).rejects.toThrow('cannot be kept yet');
  await house.verbatim.outgoing.change(house.study, hook, {
    ...form,
    values: { ...values, secret: '', project: 'QA' },
  });
  expect((await house.verbatim.store.hooks.findById(hook.id))?.settings['project']).toBe('QA');
});
