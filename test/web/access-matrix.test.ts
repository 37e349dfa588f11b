import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiScope } from '../../src/model/api-scope.ts';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { changedTables, tableDigests } from '../support/table-digests.ts';
import {
  MATRIX,
  OPEN_TO_OTHER_SITES,
  type Outcome,
  scopeOf,
  WHO,
  type Who,
  writtenAddresses,
} from './access-matrix.ts';
import { ALL_SCOPES, type ApiHouse, openApiHouse } from './api/open-api.ts';

/* Every address that Verbatim has, asked by everybody there is, held against who may have it (access-matrix.ts). */

const PASSWORD = 'three words together';
const NOTHING = 'AAAAAAAAAAAAAAAAAAAAAA';
/** What counts requests, and says that somebody was here, is no change. */
const COUNTED = ['audit_log', 'sessions', 'rate_counts', 'api_keys', 'watermarks'];

let api: ApiHouse;
const people = new Map<Who, Visitor>();
const keys = { all: '', elsewhere: '', removed: '' };
const addresses = writtenAddresses();

async function join(name: string, role: 'owner' | 'researcher' | 'viewer', studyId: number, isAdmin = false) {
  const email = `${name}@example.org`;
  const user = await api.house.verbatim.accounts.add({ email, name, password: PASSWORD }, { isAdmin, role, studyId });
  return { user, enter: () => enter(email) };
}
async function enter(email: string): Promise<Visitor> {
  const person = visitor(api.house.url);
  expect((await person.post('/sign-in', { email, password: PASSWORD })).status).toBe(303);
  return person;
}

beforeAll(async () => {
  api = await openApiHouse({ isPatient: true });
  const { study, other } = api;
  people.set('anonymous', visitor(api.house.url));
  people.set('respondent', visitor(api.house.url));
  people.set('owner', await (await join('owner', 'owner', Number(study.id))).enter());
  for (const role of ['viewer', 'researcher'] as const)
    people.set(role, await (await join(role, role, Number(study.id))).enter());
  // An account of the command line owns every workspace there is; what is asked is what it may do besides.
  const admin = await join('admin', 'owner', Number(other.id), true);
  const left = await api.owner.post(`/studio/${study.publicId}/members/${admin.user.publicId}/remove`, {
    place: 'workspace',
  });
  expect(left.status).toBe(303);
  people.set('admin', await admin.enter());
  people.set('stranger', await (await join('stranger', 'owner', Number(other.id))).enter());
  keys.all = await api.keyFor(ALL_SCOPES);
  keys.elsewhere = await api.keyFor(ALL_SCOPES, other);
  const leaving = await join('removed', 'owner', Number(study.id));
  const made = { name: 'Left behind', scopes: ALL_SCOPES, days: '30' };
  keys.removed = (await api.house.verbatim.apiKeys.add(study, made, { userId: leaving.user.id })).key;
  const gone = await api.owner.post(`/studio/${study.publicId}/members/${leaving.user.publicId}/remove`, {
    place: 'study',
  });
  expect(gone.status).toBe(303);
  people.set('removed', await leaving.enter());
});
afterAll(() => api.close());

const filled = (path: string) =>
  path
    .replace('{/*prefix}', '')
    .replace(/:study(?=\/|$)/, api.study.publicId)
    .replaceAll(/:\w+/g, NOTHING);

type Asked = { method: string; path: string; purpose: string };
/** Asks as somebody; programs bring a key wherever they go, respondents the receipt of a response that they sent. */
async function ask({ method, path }: Asked, who: Who, bearer?: string) {
  const isApi = path.startsWith('/api/v1/studies') || path === '/api/v1/key';
  const token = bearer ?? (who === 'key' ? keys.all : who === 'respondent' ? NOTHING.repeat(2) : undefined);
  const person = people.get(who) ?? visitor(api.house.url);
  const answer = await person.send(filled(path), {
    method,
    headers: {
      // What reads is asked from another site, which is let in to no more and no less.
      ...(method === 'GET' ? { origin: 'https://elsewhere.example' } : {}),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(isApi ? { 'content-type': 'application/json', 'if-match': '*' } : {}),
    },
    ...(method === 'GET' ? {} : { body: isApi ? '{}' : new URLSearchParams() }),
  });
  await answer.arrayBuffer();
  return answer;
}

function isAs(answer: Response, method: string, expected: Outcome, openly: number): boolean {
  const { status } = answer;
  const isSentToSignIn = status === 303 && (answer.headers.get('location') ?? '').startsWith('/sign-in');
  if (expected === 'open') return status === openly;
  if (expected === 'ask') return method === 'GET' ? isSentToSignIn : status === 401;
  if (expected === 'in') return status < 500 && status !== 401 && status !== 403 && !isSentToSignIn;
  return status === Number(expected);
}

test('every address is written down with what it is for, and nothing else is', () => {
  const listed = api.house.routes.map(({ method, path }) => `${method} ${path}`);
  const written = addresses.map(({ method, path }) => `${method} ${path}`);
  expect(listed.filter((one) => !written.includes(one))).toEqual([]);
  expect(written.filter((one) => !listed.includes(one))).toEqual([]);
  expect(new Set(written).size).toBe(written.length);
  expect(addresses.filter(({ purpose }) => !MATRIX[purpose])).toEqual([]);
  expect(Object.keys(MATRIX).filter((purpose) => !addresses.some((one) => one.purpose === purpose))).toEqual([]);
});

test('everybody is let in where they may be and nowhere else, and whoever is refused has changed nothing', async () => {
  const wrong: string[] = [];
  let asked = 0;
  const walk = async (isWalked: (outcome: Outcome) => boolean, every = 1) => {
    for (const address of addresses.filter((_, at) => at % every === 0)) {
      const row = MATRIX[address.purpose] as Record<Who, Outcome>;
      // Who leaves is somebody else from then on.
      if (address.path === '/log-out') continue;
      let openly = 0;
      for (const who of WHO) {
        if (!isWalked(row[who])) continue;
        const answer = await ask(address, who);
        asked += 1;
        if (who === 'anonymous') openly = answer.status;
        const isSignIn = address.purpose === 'sign in';
        const isRight = isSignIn ? answer.status < 500 : isAs(answer, address.method, row[who], openly);
        const open = answer.headers.get('access-control-allow-origin');
        const isReadElsewhere = open !== null && address.purpose !== OPEN_TO_OTHER_SITES;
        if (!isRight || isReadElsewhere || answer.headers.has('access-control-allow-credentials'))
          wrong.push(`${who}, ${address.method} ${address.path}: ${answer.status} ${open}, expected ${row[who]}`);
      }
    }
  };
  const before = tableDigests(api.house.verbatim);
  await walk((outcome) => outcome !== 'in' && outcome !== 'open');
  expect(wrong).toEqual([]);
  expect(changedTables(before, tableDigests(api.house.verbatim), COUNTED)).toEqual([]);
  expect(asked).toBeGreaterThan(4000);
  // Who is let in has pages made for them, which takes its time.
  await walk((outcome) => outcome === 'in' || outcome === 'open', process.env['PROVE'] === '1' ? 1 : 4);
  expect(wrong).toEqual([]);
}, 600_000);

test('a key opens its own study, within its scopes, as long as whoever made it owns the study', async () => {
  const before = tableDigests(api.house.verbatim);
  const without = new Map<ApiScope, string>();
  for (const scope of ALL_SCOPES) without.set(scope, await api.keyFor(ALL_SCOPES.filter((one) => one !== scope)));
  const wrong: string[] = [];
  for (const address of addresses.filter(({ purpose }) => MATRIX[purpose]?.key === 'in' && purpose.startsWith('API'))) {
    const scope = scopeOf(address.purpose);
    const cases: [string, string, number][] = [
      ['of a removed member', keys.removed, 401],
      ...(scope === null ? [] : ([['without its scope', without.get(scope) ?? '', 403]] as [string, string, number][])),
      ...(address.path.includes(':study')
        ? ([['of another study', keys.elsewhere, 404]] as [string, string, number][])
        : []),
    ];
    for (const [which, key, expected] of cases) {
      const { status } = await ask(address, 'anonymous', key);
      if (status !== expected)
        wrong.push(`${which}: ${address.method} ${address.path}: ${status}, expected ${expected}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(changedTables(before, tableDigests(api.house.verbatim), COUNTED)).toEqual([]);
});

/** Forms whose right is a token in their address, not who is signed in: nothing can be done there in somebody's name. */
const BY_TOKEN = [
  'begin a published survey',
  'own response: submit and resume',
  'own response: access, correct, withdraw',
  'own booking',
  'own letters',
  'give feedback',
  'read what was shared',
  'events and widgets',
];

test('no form is taken that another site made a browser send, and none changes anything', async () => {
  const owner = people.get('owner') as Visitor;
  const before = tableDigests(api.house.verbatim);
  const wrong: string[] = [];
  const forms = addresses.filter(
    ({ method, purpose }) => method !== 'GET' && !BY_TOKEN.includes(purpose) && !purpose.startsWith('API'),
  );
  expect(forms.length).toBeGreaterThan(300);
  for (const { method, path } of forms) {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: api.house.url },
      { 'sec-fetch-site': undefined, origin: 'https://elsewhere.example' },
      { 'sec-fetch-site': undefined, origin: 'null' },
      { 'sec-fetch-site': undefined },
    ]) {
      const sent = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
      const answer = await fetch(new URL(filled(path), api.house.url), {
        method,
        redirect: 'manual',
        headers: { cookie: owner.cookies(), ...Object.fromEntries(sent) },
        body: new URLSearchParams({ name: 'x' }),
      });
      await answer.arrayBuffer();
      if (answer.status !== 403) wrong.push(`${method} ${path} ${JSON.stringify(headers)}: ${answer.status}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(changedTables(before, tableDigests(api.house.verbatim), ['audit_log'])).toEqual([]);
  expect((await owner.get('/studio/account')).status).toBe(200);
});

test('no page of another site is told that it may send to, or read, more than events and widgets', async () => {
  const wrong: string[] = [];
  for (const path of new Set(addresses.map((one) => one.path))) {
    const isOpen = addresses.some((one) => one.path === path && one.purpose === OPEN_TO_OTHER_SITES);
    const answer = await fetch(new URL(filled(path), api.house.url), {
      method: 'OPTIONS',
      headers: { origin: 'null', 'access-control-request-method': 'POST' },
    });
    await answer.arrayBuffer();
    const { headers } = answer;
    if (headers.has('access-control-allow-credentials')) wrong.push(`${path}: with credentials`);
    if (!isOpen && headers.has('access-control-allow-origin')) wrong.push(`${path}: open`);
  }
  expect(wrong).toEqual([]);
});

test('TRACE gives nothing back of what was sent', async () => {
  for (const path of ['/', '/sign-in', '/studio', '/api/v1/key', '/v1/track']) {
    const told = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const sent = request(new URL(path, api.house.url), { method: 'TRACE', headers: { 'x-mark': 'sent-along' } });
      sent.once('error', reject).once('response', (answer) => {
        let text = '';
        answer.on('data', (part) => {
          text += part;
        });
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      });
      sent.end();
    });
    expect([path, told.status >= 400, told.text.includes('sent-along')]).toEqual([path, true, false]);
  }
});
