import { afterAll, beforeAll, expect, test } from 'vitest';
import { signId } from '../../src/services/signed-ids.ts';
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
const ask = async (path: string, body: object, headers = {}) =>
  (await (await house.post(path, { page, ...body }, headers)).json()) as Record<string, unknown>;

beforeAll(async () => {
  house = await openEventHouse();
  ({ survey, secret, serverKey } = await plantGoldOffer(house));
  asServer.authorization = house.basic(serverKey);
  for (const userId of ['gold-2', 'gold-3', 'gold-4'])
    await house.post('/v1/identify', { userId, traits: { plan: 'gold' } }, asServer);
});
afterAll(() => house[Symbol.asyncDispose]());

const offered = async (who: object, headers = {}) =>
  ((await ask('/v1/offer', { ...who, survey }, headers)) as { url: string }).url;
/** Opens what was offered, begins, and gives the first page and what the respondent may download of themselves. */
async function open(url: string) {
  const begun = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ consent: 'analysis' }),
    redirect: 'manual',
  });
  const address = begun.headers.get('location') ?? '';
  const first = await (await fetch(new URL(address, house.url))).text();
  await fetch(new URL(address, house.url), { method: 'POST', body: new URLSearchParams({ city: 'village' }) });
  const mine = await (await fetch(new URL(`/r/${address.split('/')[2]}/mine.json`, house.url))).text();
  return { first, mine };
}
const openOffer = async (who: object, headers = {}) => open(await offered(who, headers));

test('a signature of one’s own opens nothing of somebody whom only a page said to be the same', async () => {
  await require('off');
  const signed = (id: string) => ({ userId: id, userHash: signId(secret, id) });
  await house.post('/v1/identify', { userId: 'rich-1', traits: { plan: 'gold', email: 'rich-1@private.example' } });
  // Signed or not, an alias of the write key is a word of the page.
  await house.post('/v1/alias', { ...signed('thief-1'), previousId: 'rich-1' });
  await house.post('/v1/identify', { userId: 'thief-2' });
  await house.post('/v1/alias', { userId: 'gold-2', previousId: 'thief-2' });
  // Before the other is known, and in two steps by an id that is nobody’s.
  await house.post('/v1/alias', { userId: 'thief-3', previousId: 'rich-3' });
  await house.post('/v1/identify', { userId: 'rich-3', traits: { plan: 'gold' } }, asServer);
  await house.post('/v1/alias', { userId: 'thief-4', previousId: 'between' });
  await house.post('/v1/alias', { userId: 'gold-3', previousId: 'between' });
  await house.verbatim.logs.settle();
  for (const [thief, headers] of [
    ['thief-1', {}],
    ['thief-2', asServer],
    ['thief-3', {}],
    ['thief-4', {}],
  ] as const) {
    const { first, mine } = await openOffer(signed(thief), headers);
    expect([thief, first.includes('Your plan is not told.')]).toEqual([thief, true]);
    expect(mine).not.toMatch(/private\.example|gold/);
  }
  // What the server itself said holds.
  await house.post('/v1/identify', { userId: 'old-rich', traits: { plan: 'gold' } }, asServer);
  await house.post('/v1/alias', { userId: 'new-rich', previousId: 'old-rich' }, asServer);
  await house.verbatim.logs.settle();
  expect((await openOffer(signed('new-rich'))).first).toContain('Your plan is gold.');
});

test('nor does an offer that was made before the page said so', async () => {
  await require('off');
  await house.post('/v1/identify', { userId: 'early', traits: { plan: 'gold' } }, asServer);
  await house.post('/v1/identify', { userId: 'rich-5', traits: { email: 'rich-5@private.example' } }, asServer);
  await house.verbatim.logs.settle();
  const url = await offered({ userId: 'early', userHash: signId(secret, 'early') });
  await house.post('/v1/alias', { userId: 'rich-5', previousId: 'early' });
  await house.verbatim.logs.settle();
  const { first, mine } = await open(url);
  expect(first).toContain('Your plan is not told.');
  expect(mine).not.toContain('private.example');
});

test('a signed id that nobody knows yet is not taken for whoever a browser belongs to', async () => {
  await require('off');
  // The browser’s id is the thief’s own choice.
  await house.post('/v1/identify', { userId: 'gold-4', anonymousId: 'made-up' });
  await house.verbatim.logs.settle();
  const fresh = { userId: 'never-told', userHash: signId(secret, 'never-told'), anonymousId: 'made-up' };
  expect(await ask('/v1/offer', { ...fresh, survey })).toEqual({ url: null, gate: 'audience-unknown' });
  await require('required');
  expect(await ask('/v1/offer', { ...fresh, survey })).toEqual({ url: null, gate: 'audience-unknown' });
});

test('an id is the same with spaces around it wherever it is told, and as a number', async () => {
  await require('required');
  await house.post('/v1/identify', { userId: 70, traits: { plan: 'gold' } }, asServer);
  await house.verbatim.logs.settle();
  for (const userId of [' 70', '70\n', 70])
    expect([userId, await ask('/v1/decide', { userId, userHash: signId(secret, '70'), why: true })]).toMatchObject([
      userId,
      { armed: [{ survey }], person: 'signed' },
    ]);
  for (const userId of ['  ', '', null])
    expect(await ask('/v1/decide', { userId, why: true })).toMatchObject({ person: 'browser only' });
});
