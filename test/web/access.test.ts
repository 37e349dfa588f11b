import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenHouse, openHouse } from '../journeys/open-house.ts';
import { enterStudio, type Visitor, visitor } from '../journeys/visitor.ts';

/* What people and programs meet at the doors. That every address keeps out those it should is in access-matrix.test.ts. */

const PASSWORD = 'three words together';
let house: OpenHouse;
let study: string;
const people = new Map<string, Visitor>();

beforeAll(async () => {
  house = await openHouse();
  const owner = await enterStudio(house);
  study = owner.study;
  people.set('owner', owner.researcher);
  const id = (await house.verbatim.studies.named('A study')).id;
  await house.verbatim.store.studies.workspaceFor(null, '2026-01-01T00:00:00.000Z');
  for (const role of ['viewer', 'researcher'] as const) {
    await house.verbatim.accounts.add(
      { email: `${role}@example.org`, name: role, password: PASSWORD },
      { isAdmin: false, role, studyId: id },
    );
    people.set(role, await signedIn(`${role}@example.org`));
  }
  const other = await house.verbatim.store.studies.add(
    {
      workspaceId: (await house.verbatim.studies.named('A study')).workspaceId,
      name: 'Another',
      isClosed: true,
      inventedNotice: null,
      userId: null,
    },
    '2026-01-01T00:00:00.000Z',
  );
  await house.verbatim.accounts.add(
    { email: 'stranger@example.org', name: 'Stranger', password: PASSWORD },
    { isAdmin: false, role: 'owner', studyId: other.id },
  );
  people.set('stranger', await signedIn('stranger@example.org'));
  people.set('nobody', visitor(house.url));
});
afterAll(() => house.close());

async function signedIn(email: string): Promise<Visitor> {
  const person = visitor(house.url);
  const { status } = await person.post('/sign-in', { email, password: PASSWORD });
  expect(status).toBe(303);
  return person;
}

test('a study of another workspace does not show, neither by name nor by number', async () => {
  const page = await people.get('stranger')?.get('/studio');
  expect(page?.text).toContain('Another');
  expect(page?.text).not.toContain('A study');
});

test('probes answer without a key, and the log holds patterns and no addresses', async () => {
  const nobody = visitor(house.url);
  expect((await nobody.get('/livez')).status).toBe(200);
  const ready = await nobody.get('/readyz');
  expect([ready.status, JSON.parse(ready.text)]).toEqual([200, { status: 'ready', faults: [] }]);
  await nobody.get('/r/SECRETSECRETSECRETSECR/1/1');
  expect(house.lines.some((line) => line.includes('SECRETSECRET'))).toBe(false);
  expect(house.lines.some((line) => line.includes('/r/:token/:page/:revision'))).toBe(true);
});

test('programs are told of problems as problem+json', async () => {
  const answer = await fetch(new URL(`${study}/surveys`, house.url), { headers: { accept: 'application/json' } });
  expect(answer.status).toBe(401);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(await answer.json()).toMatchObject({
    type: '/problems/signed-out',
    status: 401,
    title: 'Please sign in first',
  });
});

/** What a browser on plain http outside this machine sends: an origin, and no word of where the request comes from. */
const plainSignIn = (url: string, origin: string) =>
  fetch(new URL('/sign-in', url), {
    method: 'POST',
    redirect: 'manual',
    headers: { origin },
    body: new URLSearchParams({ email: 'ada@example.org', password: PASSWORD }),
  });

test('signing in works on plain http in a house network, with a cookie that plain http can carry', async () => {
  const answer = await plainSignIn(house.url, house.url);
  expect(answer.status).toBe(303);
  const cookies = answer.headers.getSetCookie().join('\n');
  expect(cookies).toMatch(/^sid=[\w-]{43};/m);
  expect(cookies).toContain('HttpOnly');
  expect(cookies).toContain('SameSite=Lax');
  expect(cookies).not.toContain('Secure');
});

test('behind https the cookie is secure and held to this host', async () => {
  const outside = await openHouse({ publicUrl: 'https://research.example' });
  try {
    await outside.verbatim.accounts.add(
      { email: 'ada@example.org', name: 'Ada', password: PASSWORD },
      { isAdmin: true, role: 'owner', studyId: null },
    );
    const answer = await plainSignIn(outside.url, 'https://research.example');
    expect(answer.status).toBe(303);
    expect(answer.headers.getSetCookie().join('\n')).toMatch(/^__Host-sid=[\w-]{43};.*Secure/m);
    expect(answer.headers.get('strict-transport-security')).toContain('max-age=');
  } finally {
    await outside.close();
  }
});

test('a study’s first page and its way through lead each role only to pages that are open to it', async () => {
  for (const role of ['viewer', 'researcher', 'owner']) {
    const person = people.get(role);
    if (!person) throw new Error(`Nobody is ${role}`);
    const { text } = await person.get(study);
    const links = new Set([...text.matchAll(/href="(\/studio\/[^"#]+)"/g)].map(([, href]) => href ?? ''));
    expect(links.size).toBeGreaterThan(8);
    const closed: string[] = [];
    for (const href of links) {
      const { status } = await person.get(href);
      if (status !== 200) closed.push(`${role}: ${href} ${status}`);
    }
    expect(closed).toEqual([]);
  }
});
