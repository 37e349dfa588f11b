import { Analytics } from '@segment/analytics-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signId } from '../../src/services/signed-ids.ts';
import { publicHalf } from '../../src/store/identifiers.ts';
import { visitor } from '../journeys/visitor.ts';
import { openEventHouse } from '../support/event-house.ts';
import { plantGoldOffer } from '../support/plant-gold-offer.ts';

let house: Awaited<ReturnType<typeof openEventHouse>>;
let survey: string;
let secret: string;
let serverKey: string;
const page = { url: 'https://shop.example/account' };

/** The source as it stands now. */
async function sourceNow() {
  const source = await house.verbatim.store.sources.find(house.study.workspaceId, house.source.publicId);
  if (!source) throw new Error('The source is not there');
  return source;
}
const require = async (signing: 'off' | 'required') => house.verbatim.sources.setSigning(await sourceNow(), signing);
const asServer = { authorization: '' };
const reasons = async () =>
  (await house.verbatim.store.sources.deadLetters(house.source.id, 1000)).map(({ reason }) => reason);
const ask = async (path: string, body: object, headers = {}) =>
  (await (await house.post(path, { page, ...body }, headers)).json()) as Record<string, unknown>;
const sameAs = async (id: string) => {
  await house.verbatim.logs.settle();
  const found = await house.verbatim.store.people.byExternalIds(house.study.workspaceId, [id]);
  return house.verbatim.store.people.sameAs(found.get(id) ?? 0);
};

beforeAll(async () => {
  house = await openEventHouse();
  ({ survey, secret, serverKey } = await plantGoldOffer(house));
  asServer.authorization = house.basic(serverKey);
});
afterAll(() => house[Symbol.asyncDispose]());

test('a server that uses Segment’s own client with the server key is believed, without a signature and where they are needed', async () => {
  await require('required');
  const client = new Analytics({ writeKey: serverKey, host: house.url, flushAt: 1, maxRetries: 0 });
  const failures: unknown[] = [];
  client.on('error', (error) => failures.push(error));
  for (const userId of ['gold-1', 'gold-2', 'gold-3', 'gold-4'])
    client.identify({ userId, traits: { plan: 'gold', email: `${userId}@private.example` } });
  client.track({ userId: 'gold-1', event: 'Renewed' });
  client.identify({ userId: 'old-gold-4' });
  client.alias({ userId: 'gold-4', previousId: 'old-gold-4' });
  await client.closeAndFlush();
  expect(failures).toEqual([]);
  const records = await house.records();
  expect(records.map(({ proof }) => proof)).toEqual(records.map(() => 'server'));
  expect((await house.known('gold-1')).get('plan')?.value).toBe('gold');
  // Only whoever has the server key may say that two known people are one.
  expect(await sameAs('gold-4')).toEqual(await sameAs('old-gold-4'));
});

test('the server key has no place in a page, and the write key is not one', async () => {
  const answer = await house.post(
    '/v1/track',
    { userId: 'x', event: 'y' },
    { ...asServer, origin: 'https://shop.example' },
  );
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain('secret');
  for (const key of [
    `${serverKey}x`,
    serverKey.slice(0, -1),
    'server_',
    `server_${house.source.writeKey}`,
    'x'.repeat(5000),
  ])
    expect(
      (await house.post('/v1/track', { userId: 'x', event: 'y' }, { authorization: house.basic(key) })).status,
    ).toBe(401);
});

test('where ids must be signed, only a signed one is believed, and browsers without one are taken as before', async () => {
  await require('required');
  const before = (await reasons()).length;
  const past = Math.floor(Date.now() / 1000) - 1;
  const track = (more: object) => ({ type: 'track', event: 'Looked', ...more });
  const hostile = [
    track({ userId: 'gold-1' }),
    track({ userId: 'gold-1', userHash: signId(secret, 'gold-2') }),
    track({ userId: 'gold-1', context: { userHash: signId(secret, 'gold-1', past) } }),
    track({ userId: 'gold-1', context: { userHash: { $ne: '' } } }),
    track({ userId: 'gold-1', traits: { userHash: signId(secret, 'gold-1') } }),
    track({ userId: 'gold-1', userHash: signId('another secret', 'gold-1') }),
    track({ userId: 'gold-1', anonymousId: 'thief', userHash: '' }),
    { type: 'identify', userId: 'gold-1', traits: { plan: 'stolen' } },
    { type: 'group', userId: 'gold-1', groupId: 'stolen-company' },
    { type: 'alias', userId: 'gold-1', previousId: 'gold-2' },
  ];
  for (const message of hostile) expect((await house.post('/v1/batch', { batch: [message] })).status).toBe(400);
  const answer = await house.post('/v1/batch', {
    batch: [
      track({ messageId: 'signed', userId: 'gold-1', context: { userHash: signId(secret, 'gold-1') } }),
      track({ messageId: 'in time', userId: 7, userHash: signId(secret, '7', past + 600) }),
      track({ messageId: 'browser', anonymousId: 'browser-1' }),
      ...hostile,
    ],
  });
  const { rejected } = (await answer.json()) as { rejected: { index: number }[] };
  expect(rejected.map(({ index }) => index)).toEqual(hostile.map((_, index) => index + 3));
  // A batch may have one hash for all of its messages.
  const shared = { userHash: signId(secret, 'gold-2') };
  const batch = [track({ messageId: 'shared', userId: 'gold-2' })];
  expect((await house.post('/v1/batch', { batch, context: shared })).status).toBe(200);

  const kept = (await house.records()).filter(({ name }) => name === 'Looked');
  expect(kept.map(({ messageId, proof }) => [messageId, proof])).toEqual([
    ['signed', 'signed'],
    ['in time', 'signed'],
    ['browser', null],
    ['shared', 'signed'],
  ]);
  expect(kept.map(({ body }) => JSON.stringify(body)).join('')).not.toContain(signId(secret, 'gold-1'));
  expect((await house.known('gold-1')).get('plan')?.value).toBe('gold');
  const letters = await house.verbatim.store.sources.deadLetters(house.source.id, 1000);
  expect(letters).toHaveLength(before + 2 * hostile.length);
  expect(new Set(letters.map(({ reason }) => reason))).toEqual(
    new Set([
      'userId is not signed, and this source believes only signed ids',
      'The signature of userId is wrong',
      'The signature of userId has expired',
    ]),
  );
  // What proves who somebody is stands nowhere.
  expect(letters.map(({ body }) => body).join('')).not.toContain(signId(secret, 'gold-2'));
});

test('a signed alias says whose a browser is, and never that two known people are one', async () => {
  await require('required');
  await house.post('/v1/track', { anonymousId: 'gold-1-browser', event: 'Came' });
  const alias = (previousId: string) =>
    house.post('/v1/alias', { userId: 'gold-1', previousId, userHash: signId(secret, 'gold-1') });
  expect((await alias('gold-1-browser')).status).toBe(200);
  expect((await alias('gold-2')).status).toBe(200);
  expect((await alias('not-yet-known')).status).toBe(200);
  await house.post('/v1/identify', { userId: 'not-yet-known' }, asServer);
  const person = await sameAs('gold-1');
  expect(person).not.toEqual(await sameAs('gold-2'));
  expect(person).not.toEqual(await sameAs('not-yet-known'));
  const browser = await house.verbatim.store.facts.personBehind(house.study.workspaceId, {
    anonymousId: 'gold-1-browser',
  });
  expect(person).toContain(browser);
});

test('a page is told what waits for somebody only with their signature, where they are needed', async () => {
  await require('required');
  const decide = (who: object, headers = {}) => ask('/v1/decide', { ...who, why: true }, headers);
  const unknown = await decide({ userId: 'nobody-at-all' });
  for (const who of [
    { userId: 'gold-3' },
    { userId: 'gold-3', userHash: signId(secret, 'gold-2') },
    { userId: 'gold-3', userHash: signId(secret, 'gold-3', 1_000_000_000) },
    { userId: 'gold-3', userHash: 'nonsense' },
  ])
    expect(await decide(who)).toEqual(unknown);
  expect(unknown).toMatchObject({ armed: [], person: 'browser only' });
  const signed = { userId: 'gold-3', userHash: signId(secret, 'gold-3') };
  expect(await decide(signed)).toMatchObject({ armed: [{ survey }], person: 'signed' });
  expect(await decide({ userId: 'gold-3' }, asServer)).toMatchObject({ armed: [{ survey }], person: 'signed' });
  expect(await ask('/v1/offer', { userId: 'gold-3', survey })).toEqual({ url: null, gate: 'audience-unknown' });
  expect((await house.post('/v1/decide', { page, userId: 'gold-3', userHash: 7 })).status).toBe(400);
});

/** Opens what was offered, begins, and gives the first page and what the respondent may download of themselves. */
async function openOffer(who: object) {
  const { url } = (await ask('/v1/offer', { ...who, survey })) as { url: string };
  const welcome = await (await fetch(url)).text();
  const begun = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ consent: 'analysis' }),
    redirect: 'manual',
  });
  const address = begun.headers.get('location') ?? '';
  const first = await (await fetch(new URL(address, house.url))).text();
  const [, , token = ''] = address.split('/');
  const sent = async (to: string, form: Record<string, string>) =>
    fetch(new URL(to, house.url), { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
  await sent(address, { city: 'village' });
  const mine = await (await fetch(new URL(`/r/${token}/mine.json`, house.url))).text();
  return { welcome, first, mine, token };
}

test('without a signature no page, branch or download tells what is known of a person, though it is the person who answers', async () => {
  await require('off');
  const { welcome, first, mine, token } = await openOffer({ userId: 'gold-1' });
  expect(first).toContain('Your plan is not told.');
  expect(first).not.toContain('Only for gold.');
  for (const text of [welcome, first, mine]) expect(text).not.toMatch(/private\.example|gold/);
  // Researchers see who answered and what was known then, and that nothing showed it.
  const [record] = await house.verbatim.logs.responses.read(publicHalf(token));
  expect(record?.envelope).toMatchObject({ attributes: { plan: 'gold' }, asked: { how: 'widget', isUnproven: true } });
  expect(record?.participationId).not.toBe(null);
  const wrong = await openOffer({ userId: 'gold-2', userHash: signId(secret, 'gold-1') });
  expect(wrong.first).toContain('Your plan is not told.');
  expect(wrong.mine).not.toMatch(/private\.example|gold/);
});

test('with a signature pages may speak of what is known', async () => {
  await require('off');
  const { first, mine } = await openOffer({ userId: 'gold-3', userHash: signId(secret, 'gold-3') });
  expect(first).toContain('Your plan is gold.');
  expect(first).toContain('Only for gold.');
  expect(mine).toContain('gold-3@private.example');
});

test('a grant cannot be turned into one of somebody who is proven', async () => {
  await require('off');
  const { url } = (await ask('/v1/offer', { userId: 'gold-4', survey })) as { url: string };
  expect(url).toMatch(/offer=[\w-]+\.[\w-]+\.[\w-]+\.s\.[\w-]+$/);
  expect((await fetch(url)).status).toBe(200);
  expect((await fetch(url.replace(/\.s\.(?=[\w-]+$)/, '.p.'))).status).toBe(403);
});

test('a researcher sees how many are signed, checks a hash, changes the secrets, and switches on', async () => {
  await require('off');
  await house.post('/v1/track', { userId: 'gold-1', event: 'Not signed' });
  await house.post('/v1/track', { userId: 'gold-1', event: 'Wrong', userHash: 'x' });
  const account = { email: 'ada@lab.example', name: 'Ada', password: 'three words together' };
  await house.verbatim.accounts.add(account, { isAdmin: true, role: 'owner', studyId: null });
  const researcher = visitor(house.url);
  await researcher.post('/sign-in', { email: account.email, password: account.password });
  const at = `/studio/${house.study.publicId}/sources/${house.source.publicId}`;

  expect((await researcher.get(at)).text).toMatch(
    /Signed ids<\/dt><dd[^>]*>not needed[\s\S]*2 of the newest \d+ not signed/,
  );
  const shut = await researcher.get(`${at}/signing`);
  expect(shut.text).toMatch(/Not signed\s*<\/th>\s*<td[^>]*>1\s*</);
  expect(shut.text).not.toContain(secret);
  expect(shut.text).not.toContain(serverKey);
  const open = await researcher.post(`${at}/signing/show`);
  expect(open.text).toContain(secret);
  expect(open.text).toContain(serverKey);

  const check = (hash: string) => researcher.post(`${at}/signing/check`, { userId: 'ada', hash });
  expect((await check(signId(secret, 'ada'))).text).toContain('The hash is right');
  expect((await check(signId(secret, 'bob'))).text).toContain('The hash is wrong');
  expect((await check(signId(secret, 'ada', 1_000_000_000))).text).toContain('The hash has expired');
  expect((await check('')).text).toContain('Nothing to check');

  const refused = await researcher.post(`${at}/signing`, { signing: 'sometimes' });
  expect([refused.status, refused.text.includes('Choose one of the two')]).toEqual([422, true]);
  expect((await researcher.post(`${at}/signing`, { signing: 'required' })).status).toBe(303);
  expect((await house.post('/v1/track', { userId: 'gold-1', event: 'x' })).status).toBe(400);
  const message = JSON.stringify({ type: 'track', userId: 'gold-1', event: 'x' });
  expect((await researcher.post(`${at}/validate`, { message })).text).toContain('Nothing: userId is not signed');

  // The secret before counts for a day; the server key before does not.
  const changed = await researcher.post(`${at}/signing/secret`);
  const [, next = ''] = /sign ids with: <code[^>]*>([\w-]{43})</.exec(changed.text) ?? [];
  expect(next).not.toBe(secret);
  for (const one of [secret, next])
    expect(
      (await house.post('/v1/track', { userId: 'gold-1', event: 'x', userHash: signId(one, 'gold-1') })).status,
    ).toBe(200);
  const keyed = await researcher.post(`${at}/signing/server-key`);
  const [, nextKey = ''] = /Server key: <code[^>]*>(server_[\w-]{43})</.exec(keyed.text) ?? [];
  expect((await house.post('/v1/track', { userId: 'x', event: 'y' }, asServer)).status).toBe(401);
  expect(
    (await house.post('/v1/track', { userId: 'x', event: 'y' }, { authorization: house.basic(nextKey) })).status,
  ).toBe(200);
});

test('neither secret lies readable in the database', async () => {
  const rows = JSON.stringify(house.verbatim.connection.prepare('select * from sources').all());
  const { signing, serverKey: key } = house.verbatim.sources.secretsOf(await sourceNow());
  for (const one of [signing, key]) expect(one?.length).toBeGreaterThan(40);
  for (const one of [signing ?? '', key ?? '']) expect(rows).not.toContain(one);
});
