import { afterEach, describe, expect, test, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { visitor } from '../journeys/visitor.ts';
import { openAccountHouse, PASSWORD } from '../support/account-house.ts';
import { testLimits } from '../support/limits.ts';
import { smallSurvey } from '../support/small-survey.ts';

/* What somebody finds out, or gets, who tries to get in. */

/** How often a password was worked at: what takes the time of a sign-in. */
let worked = 0;
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>();
  const argon2: typeof crypto.argon2 = (algorithm, parameters, callback) => {
    if (String(parameters.message).startsWith('tried ')) worked += 1;
    crypto.argon2(algorithm, parameters, callback);
  };
  return { ...crypto, argon2 };
});

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const house of open.splice(0)) await house[Symbol.asyncDispose]();
});
async function house(asked: Parameters<typeof openAccountHouse>[0] = {}) {
  const made = await openAccountHouse(asked);
  open.push(made);
  return made;
}
/** A page without the number of its request, which is another each time. */
const plain = (text: string) => text.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '');
type Tried = { email: string; password?: string; headers?: Record<string, string> };
const signIn = async (url: string, { email, password = 'tried and wrong', headers = {} }: Tried) => {
  const answer = await fetch(new URL('/sign-in', url), {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin', ...headers },
    body: new URLSearchParams({ email, password }),
  });
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), text: await answer.text() };
};

test('who has no account, who has one, and who was shut out are answered alike, after as much work', async () => {
  const here = await house();
  await here.add('Eve', 'viewer');
  await here.verbatim.accounts.setDisabled('eve@example.org', true);
  const told: [number, number, string][] = [];
  for (const email of ['nobody@example.org', 'ada@example.org', 'eve@example.org']) {
    worked = 0;
    const { status, text } = await signIn(here.url, { email });
    told.push([worked, status, text.replaceAll(email, '')]);
  }
  expect(told[0]?.slice(0, 2)).toEqual([1, 422]);
  expect(told[1]).toEqual(told[0]);
  expect(told[2]).toEqual(told[0]);
});

describe('too many wrong tries', () => {
  test('are ten in a quarter of an hour unless the operator says otherwise', () => {
    expect(readConfig({}).limits).toMatchObject({ loginTries: 10, loginMinutes: 15 });
  });

  test('are answered with 429 and when to come again, also where the requests claim other networks', async () => {
    const here = await house();
    const email = 'ada@example.org';
    const from = (n: number) => ({ 'x-forwarded-for': `198.51.${n}.7`, forwarded: `for=198.51.${n}.7` });
    for (let n = 0; n < testLimits.loginTries; n += 1)
      expect((await signIn(here.url, { email, headers: from(n) })).status).toBe(422);
    const stopped = await signIn(here.url, { email, password: PASSWORD, headers: from(99) });
    expect([stopped.status, stopped.retryAfter]).toEqual([429, '900']);
    // One command of whoever runs the server lets the owner in again.
    here.clock.forward(1000);
    await here.verbatim.accounts.unlock(email);
    expect((await signIn(here.url, { email, password: PASSWORD, headers: from(99) })).status).toBe(303);
  });

  test('count by network over all accounts, whoever is tried', async () => {
    const here = await house();
    for (let n = 0; n < testLimits.loginTries * 10; n += 1) await signIn(here.url, { email: `n${n}@example.org` });
    expect((await signIn(here.url, { email: 'ada@example.org', password: PASSWORD })).status).toBe(429);
  });

  test('count by what the proxy says that the operator trusts, and by nothing before it', async () => {
    const here = await house({ trustProxy: 1 });
    const email = 'ada@example.org';
    const through = (claimed: string, real: string) => ({ 'x-forwarded-for': `${claimed}, ${real}` });
    for (let n = 0; n < testLimits.loginTries; n += 1)
      await signIn(here.url, { email, headers: through(`198.51.${n}.7`, '203.0.113.9') });
    const again = (real: string) =>
      signIn(here.url, { email, password: PASSWORD, headers: through('198.51.77.7', real) });
    expect((await again('203.0.113.9')).status).toBe(429);
    expect((await again('192.0.2.9')).status).toBe(303);
  });
});

test('setting up is gone once there is an account, as if it had never been', async () => {
  const here = await house();
  const nobody = visitor(here.url);
  const gone = await nobody.get('/set-up');
  const missing = await nobody.get('/set-uq');
  expect([gone.status, plain(gone.text)]).toEqual([404, plain(missing.text)]);
  expect((await nobody.post('/set-up', { code: 'any' })).status).toBe(404);
});

test('a survey that is not published is as one that never was', async () => {
  const here = await house();
  const draft = await here.verbatim.surveys.importJson(
    here.study.id,
    JSON.stringify({ ...smallSurvey, code: 'not-yet' }),
  );
  const nobody = visitor(here.url);
  for (const slug of [draft.slug, draft.publicId, 'never-was']) {
    const found = await nobody.get(`/s/${slug}`);
    const missing = await nobody.get('/s/no-such-survey');
    expect([slug, found.status]).toEqual([slug, 404]);
    expect(plain(found.text).replaceAll(slug, '')).toBe(plain(missing.text).replaceAll('no-such-survey', ''));
  }
  // Its preview is for those who are signed in.
  const preview = `/studio/${here.study.publicId}/surveys/${draft.publicId}/build/preview`;
  expect((await nobody.get(preview)).location).toContain('/sign-in');
});

test('links that open something for whoever holds them stand in no search engine, and leave no trace where they lead', async () => {
  const here = await house();
  const nobody = visitor(here.url);
  const token = 'A'.repeat(22);
  for (const path of [
    `/r/${token}/1/1`,
    `/r/${token}`,
    `/s/small/for/${token}`,
    `/book/${token}`,
    `/opt-out/${token}`,
  ]) {
    const { headers } = await nobody.get(path);
    expect([path, headers.get('x-robots-tag')]).toEqual([path, 'noindex, nofollow, noarchive']);
    expect([path, headers.get('cache-control')]).toEqual([path, 'no-store']);
  }
  for (const path of [`/invitation/${token}`, `/new-password/${token}`, `/shared/${token}`])
    expect((await nobody.get(path)).headers.get('x-robots-tag')).toContain('noindex');
});

test('a respondent’s link is 128 bits that the database does not hold', async () => {
  const here = await house();
  const { verbatim } = here;
  const slug = (await verbatim.store.surveys.list(here.study.id))[0]?.slug ?? '';
  const started = await verbatim.fieldwork.start(slug, {
    consents: ['analysis'],
    language: null,
    invitation: null,
    query: {},
  });
  if (!started.started || !('revision' in started.next)) throw new Error('It did not start');
  const { token } = started.next;
  expect(Buffer.from(token, 'base64url').length).toBeGreaterThanOrEqual(16);
  const tables = verbatim.connection.prepare("select name from sqlite_master where type = 'table'").pluck().all();
  for (const table of tables as string[])
    expect(JSON.stringify(verbatim.connection.prepare(`select * from "${table}"`).all()).includes(token)).toBe(false);
  const { headers } = await visitor(here.url).get(`/r/${token}/1/1`);
  expect(headers.get('referrer-policy')).toBe('no-referrer');
});
