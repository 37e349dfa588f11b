import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signId } from '../../src/services/signed-ids.ts';
import type { Study } from '../../src/store/studies.ts';
import type { SurveyRow } from '../../src/store/surveys.ts';
import { createApp } from '../../src/web/app.ts';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { plantStudy } from '../support/house.ts';
import { openPostHouse, PUBLIC_URL, plantPeople, settled } from '../support/post-house.ts';
import { sharedRenderer } from '../support/shared-renderer.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';

/* Whoever reads a page of the site has its write key, and must not be able to have somebody's letters sent elsewhere. */

let smtp: SmtpServer;
let house: Awaited<ReturnType<typeof openPostHouse>>;
let server: Server;
let url: string;
let researcher: Visitor;
let study: Study;
let survey: SurveyRow;
let keys: { page: string; server: string; secret: string };

const LETTER = {
  segment: '',
  'subject-en': 'Hello',
  'text-en': 'Here:\r\n{{link}}\r\n{{optOut}}',
  'subject-de': '',
  'text-de': '',
};
const invite = () => `/studio/${study.publicId}/surveys/${survey.publicId}/distribution/invite`;
const words = async () => (await researcher.get(invite())).text.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');

async function tell(kind: 'identify' | 'alias' | 'track', body: object, key = keys.page): Promise<void> {
  const answer = await fetch(`${url}/v1/${kind}`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  await house.verbatim.logs.settle();
}
/** To whom the letters of a wave go, from a to z. */
async function send(wave: number): Promise<string[]> {
  const before = smtp.letters.length;
  const answer = await researcher.post(invite(), { ...LETTER, wave: String(wave), do: 'send' });
  expect(answer.status).toBe(303);
  await settled(house.verbatim, survey.id, wave);
  return smtp.letters
    .slice(before)
    .map(({ to }) => to)
    .sort();
}

beforeAll(async () => {
  smtp = await startSmtpServer();
  house = await openPostHouse({ smtpUrl: smtp.url });
  const { verbatim } = house;
  ({ study, survey } = await plantStudy(verbatim));
  const source = await verbatim.sources.add(study.workspaceId, 'Site', null);
  const { serverKey, signing } = verbatim.sources.secretsOf(source);
  keys = { page: source.writeKey, server: serverKey ?? '', secret: signing ?? '' };
  const { app } = createApp({
    verbatim,
    renderer: sharedRenderer(),
    log: pino({ level: 'silent' }),
    publicUrl: PUBLIC_URL,
    trustProxy: 0,
    isOpen: () => true,
  });
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const account = { email: 'ada@lab.example', name: 'Ada', password: 'three words together' };
  await verbatim.accounts.add(account, { isAdmin: true, role: 'owner', studyId: null });
  researcher = visitor(url);
  await researcher.post('/sign-in', { email: account.email, password: account.password });
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await house[Symbol.asyncDispose]();
  await smtp[Symbol.asyncDispose]();
});

test('an address that a page tells of an id receives none of its letters, whether another is known or not', async () => {
  await plantPeople(house.verbatim, study.workspaceId, {
    known: { email: 'known@people.example' },
    bare: { plan: 'Pro' },
  });
  for (const userId of ['known', 'bare', 'stranger'])
    await tell('identify', { userId, traits: { email: `mallory+${userId}@evil.example` } });
  await tell('identify', { userId: 'known', anonymousId: 'mallory@evil.example' });
  await tell('track', { userId: 'mallory@evil.example', event: 'Looked' });
  expect(await words()).toContain('Those who have an e-mail address that only a page told, without proof: 3');
  expect(await send(1)).toEqual(['known@people.example']);
});

test('the same address told by the server, by a signature or in a file is written to, also where a page had told it before', async () => {
  const address = (who: string) => `${who}@people.example`;
  for (const userId of ['by-server', 'by-signature', 'by-file'])
    await tell('identify', { userId, traits: { email: address(userId) } });
  await tell('identify', { userId: 'by-server', traits: { email: address('by-server') } }, keys.server);
  const userHash = signId(keys.secret, 'by-signature');
  await tell('identify', { userId: 'by-signature', userHash, traits: { email: address('by-signature') } });
  await plantPeople(house.verbatim, study.workspaceId, { 'by-file': { email: address('by-file') } });
  await tell('identify', { userId: 'id@people.example' });
  await tell('identify', { userId: 'id@people.example', traits: { plan: 'Pro' } }, keys.server);
  expect(await send(2)).toEqual(['by-file', 'by-server', 'by-signature', 'id', 'known'].map(address));
  // What a page says afterwards changes nothing.
  await tell('identify', { userId: 'by-server', traits: { email: 'late@evil.example' } });
  await tell('identify', { userId: 'by-server', userHash: 'f'.repeat(64), traits: { email: 'forged@evil.example' } });
  expect(await send(3)).toContain(address('by-server'));
  expect(smtp.letters.map(({ to }) => to).filter((to) => to.includes('evil'))).toEqual([]);
});

test('two ids that only a page calls one person are not written to; a server that says so is believed', async () => {
  await plantPeople(house.verbatim, study.workspaceId, {
    victim: { email: 'victim@people.example' },
    customer: { email: 'customer@people.example' },
    old: { email: 'old@people.example' },
    new: { email: 'new@people.example' },
  });
  await tell('alias', { previousId: 'victim', userId: 'customer' });
  await tell('alias', { previousId: 'old', userId: 'new' }, keys.server);
  await tell('alias', { previousId: 'side@evil.example', userId: 'bare' });
  expect(await words()).toContain('Those who were called the same person as somebody else by a page, without proof: 1');
  const to = await send(4);
  expect(to).toContain('new@people.example');
  expect(to.filter((one) => /victim|customer|evil/.test(one))).toEqual([]);
});

test('an id that a page gave to somebody before the server ever told of it is not written to under the address of the other', async () => {
  const signed = { userId: 'mallory', userHash: signId(keys.secret, 'mallory') };
  await tell('identify', { ...signed, traits: { email: 'mallory@evil.example' } });
  await tell('alias', { userId: 'mallory', previousId: 'to-come' });
  await tell('identify', { userId: 'to-come', traits: { email: 'to-come@people.example' } }, keys.server);
  await tell('identify', { ...signed, traits: { email: 'mallory2@evil.example' } });
  expect(await words()).toContain('Those who were called the same person as somebody else by a page, without proof: 2');
  expect((await send(5)).filter((one) => /to-come|evil/.test(one))).toEqual([]);
});

test('a browser that a page says was somebody’s before they signed in leaves their letters alone', async () => {
  await tell('identify', { userId: 'signed-in', traits: { email: 'signed-in@people.example' } }, keys.server);
  await tell('alias', { userId: 'signed-in', previousId: 'browser-17' });
  expect(await send(6)).toContain('signed-in@people.example');
});
