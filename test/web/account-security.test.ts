import { afterEach, describe, expect, test } from 'vitest';
import { type Visitor, visitor } from '../journeys/visitor.ts';
import { type AccountHouse, copied, openAccountHouse, PASSWORD, passkeyOptions } from '../support/account-house.ts';
import { startOidcProvider } from '../support/oidc-provider.ts';
import { PUBLIC_URL } from '../support/post-house.ts';
import { startSmtpServer } from '../support/smtp-server.ts';
import { softwarePasskey } from '../support/software-passkey.ts';

/* What guards an account besides its password, followed as its owner meets it. */

const SECOND = '/studio/account/second-factor';
const open: AsyncDisposable[] = [];
const opened = <T extends AsyncDisposable>(one: T): T => {
  open.push(one);
  return one;
};
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});
const house = async (options: Parameters<typeof openAccountHouse>[0] = {}) => opened(await openAccountHouse(options));
const recoveryCodes = (page: string) =>
  [...page.matchAll(/<code>([a-z0-9-]{19})<\/code>/g)].map(([, code]) => code ?? '');

/** Sets an app up for whoever it is: the key, and the recovery codes. */
async function setUpApp(here: AccountHouse, person: Visitor) {
  const key = copied((await person.post(`${SECOND}/app`)).text);
  const made = await person.post(`${SECOND}/app/confirm`, { code: here.codeFor(key) });
  here.clock.forward(30_000);
  return { key, codes: recoveryCodes(made.text) };
}
/** The right password, up to where the second step is asked for. */
async function firstStep(here: AccountHouse): Promise<Visitor> {
  const person = visitor(here.url);
  const { location } = await person.post('/sign-in', {
    email: 'ada@example.org',
    password: PASSWORD,
    next: '/studio/account',
  });
  expect(location).toBe('/sign-in/second?next=%2Fstudio%2Faccount');
  expect((await person.get('/studio')).location).toContain('/sign-in');
  return person;
}
const second = (person: Visitor, form: Record<string, string>) =>
  person.post('/sign-in/second', { next: '/studio/account', ...form });

describe('an app that shows codes', () => {
  test('is asked for at sign-in once it was confirmed, and each code opens once', async () => {
    const here = await house();
    const ada = await here.enter('ada@example.org');
    const key = copied((await ada.post(`${SECOND}/app`)).text);
    expect((await ada.post(`${SECOND}/app/confirm`, { code: '000000' })).status).toBe(422);
    await here.enter('ada@example.org');
    const code = here.codeFor(key);
    const codes = recoveryCodes((await ada.post(`${SECOND}/app/confirm`, { code })).text);
    expect(new Set(codes).size).toBe(10);
    const kept = JSON.stringify(here.verbatim.connection.prepare('select * from recovery_codes, code_apps').all());
    for (const secret of [...codes, key.replaceAll(' ', '')]) expect(kept).not.toContain(secret);

    const person = await firstStep(here);
    expect((await second(person, { code })).status).toBe(422);
    here.clock.forward(30_000);
    const next = here.codeFor(key);
    expect((await second(person, { code: `${next.slice(0, 3)} ${next.slice(3)}` })).location).toBe('/studio/account');
    expect((await person.get('/studio')).status).toBe(200);
    expect((await second(await firstStep(here), { code: next })).status).toBe(422);
  });

  test('is stood in for by a recovery code, once', async () => {
    const here = await house();
    const { codes } = await setUpApp(here, await here.enter('ada@example.org'));
    const typed = ` ${codes[0]?.toUpperCase().replaceAll('-', ' ')} `;
    expect((await second(await firstStep(here), { code: typed })).status).toBe(303);
    expect((await second(await firstStep(here), { code: typed })).status).toBe(422);
    expect((await second(await firstStep(here), { code: codes[1] ?? '' })).status).toBe(303);
  });

  test('is not guessed: after some wrong codes even the right one waits', async () => {
    const here = await house();
    const { key } = await setUpApp(here, await here.enter('ada@example.org'));
    const person = await firstStep(here);
    for (let guess = 0; guess < 5; guess += 1)
      expect((await second(person, { code: `00000${guess}` })).status).toBe(422);
    expect((await second(person, { code: here.codeFor(key) })).status).toBe(429);
  });

  test('does not wait for ever, and nothing is left when a password is changed meanwhile', async () => {
    const here = await house();
    const { key } = await setUpApp(here, await here.enter('ada@example.org'));
    const late = await firstStep(here);
    here.clock.forward(10 * 60_000);
    expect((await second(late, { code: here.codeFor(key) })).location || 'refused').toBe('refused');
    const person = await firstStep(here);
    await here.verbatim.accounts.setPassword('ada@example.org', 'other words together');
    expect((await second(person, { code: here.codeFor(key) })).status).toBe(401);
  });

  test('ends other sessions when it is set up, and can be taken away by whoever runs the server', async () => {
    const here = await house();
    const other = await here.enter('ada@example.org');
    const ada = await here.enter('ada@example.org');
    await setUpApp(here, ada);
    expect((await other.get('/studio')).location).toContain('/sign-in');
    expect((await ada.get('/studio')).status).toBe(200);
    await here.verbatim.accounts.removeSecondFactors('ada@example.org');
    await here.enter('ada@example.org');
  });
});

test('where everybody must have a second factor, nothing but one’s account opens before it is set up', async () => {
  const here = await house({ needsSecondFactor: true });
  const ada = visitor(here.url);
  await ada.post('/sign-in', { email: 'ada@example.org', password: PASSWORD });
  for (const path of ['/studio', `/studio/${here.study.publicId}`, '/studio/admin', '/studio/account/keys'])
    expect([path, (await ada.get(path)).location]).toEqual([path, SECOND]);
  expect((await ada.post('/studio/new-study', { name: 'Another' })).location).toBe(SECOND);
  const program = await ada.send('/studio', { headers: { accept: 'application/json' } });
  expect([program.status, ((await program.json()) as { type: string }).type]).toEqual([403, '/problems/unguarded']);
  await setUpApp(here, ada);
  expect((await ada.get('/studio')).status).toBe(200);
});

test('what would do most harm asks once more who is there, and leads back', async () => {
  const here = await house();
  const ada = await here.enter('ada@example.org');
  const exporting = `/studio/${here.study.publicId}/surveys`;
  const survey = /href="(\/studio\/[^"]+\/surveys\/[\w-]{22})"/.exec((await ada.get(exporting)).text)?.[1] ?? '';
  const raw = `${survey}/responses/file?format=csv&unmasked=1&reason=a+check`;
  expect((await ada.get(raw)).status).toBe(200);
  here.clock.forward(10 * 60_000 + 1);
  expect((await ada.get(`${survey}/responses/file?format=csv`)).status).toBe(200);
  const asked = await ada.get(raw);
  expect(asked.location).toBe(`/studio/account/confirm?next=${encodeURIComponent(raw)}`);
  for (const path of ['/studio/account/address', `/studio/${here.study.publicId}/api-keys/new`])
    expect((await ada.get(path)).location).toContain('/studio/account/confirm');
  for (const path of [`${SECOND}/app`, `${SECOND}/codes`, `${SECOND}/app/remove`, '/studio/account/address'])
    expect((await ada.post(path)).location).toContain('/studio/account/confirm');
  expect((await ada.get(asked.location)).text).toContain('Show that it is you');
  const wrong = await ada.post('/studio/account/confirm', { next: raw, password: 'wrong words together' });
  expect(wrong.status).toBe(422);
  const before = ada.cookies();
  expect((await ada.post('/studio/account/confirm', { next: raw, password: PASSWORD })).location).toBe(raw);
  expect((await ada.get(raw)).status).toBe(200);
  // Whoever knew the session before is not let in by its confirmation.
  const known = await fetch(new URL('/studio', here.url), { redirect: 'manual', headers: { cookie: before } });
  expect(known.headers.get('location')).toContain('/sign-in');
  expect(
    (await ada.post('/studio/account/confirm', { next: 'https://evil.example/', password: PASSWORD })).location,
  ).toBe('/studio');
  const program = await ada.send(raw, { headers: { accept: 'application/json' } });
  expect(program.status).toBe(200);
  here.clock.forward(10 * 60_000 + 1);
  const told = await ada.send(raw, { headers: { accept: 'application/json' } });
  expect([told.status, ((await told.json()) as { type: string }).type]).toEqual([403, '/problems/unconfirmed']);
});

test('with an app set up, the password alone does not confirm', async () => {
  const here = await house();
  const ada = await here.enter('ada@example.org');
  const { key } = await setUpApp(here, ada);
  here.clock.forward(11 * 60_000);
  const confirm = (form: Record<string, string>) =>
    ada.post('/studio/account/confirm', { next: SECOND, password: PASSWORD, ...form });
  expect((await confirm({})).status).toBe(422);
  expect((await confirm({ code: '123456' })).status).toBe(422);
  expect((await confirm({ code: here.codeFor(key) })).location).toBe(SECOND);
});

test('signing in again ends the session that the browser brought along, and takes none that was set for it', async () => {
  const here = await house();
  const ada = await here.enter('ada@example.org');
  const before = ada.cookies();
  await ada.post('/sign-in', { email: 'ada@example.org', password: PASSWORD });
  expect((await ada.get('/studio')).status).toBe(200);
  const withOld = await fetch(new URL('/studio', here.url), { redirect: 'manual', headers: { cookie: before } });
  expect(withOld.headers.get('location')).toContain('/sign-in');
  const set = `sid=${'A'.repeat(43)}`;
  const answer = await fetch(new URL('/sign-in', here.url), {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: set, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ email: 'ada@example.org', password: PASSWORD }),
  });
  expect(answer.headers.getSetCookie().join()).toMatch(/^sid=(?!A{43})[\w-]{43};/);
});

test('sessions are listed by what they are, and end one by one or all but this', async () => {
  const here = await house();
  const phone = visitor(here.url);
  const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
  await phone.send('/sign-in', {
    method: 'POST',
    headers: { 'user-agent': agent },
    body: new URLSearchParams({ email: 'ada@example.org', password: PASSWORD }),
  });
  const ada = await here.enter('ada@example.org');
  const at = '/studio/account/sessions';
  const page = await ada.get(at);
  expect(page.text).toContain('Firefox on Linux');
  expect(page.text).toContain('this one');
  await here.add('Eve', 'viewer');
  const eve = await here.enter('eve@example.org');
  const session = /name="session" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  await eve.post(`${at}/end`, { session });
  expect((await phone.get('/studio')).status).toBe(200);
  await ada.post(`${at}/end`, { session });
  expect((await phone.get('/studio')).location).toContain('/sign-in');
  here.clock.forward(11 * 60_000);
  expect((await ada.post(`${at}/end-others`)).location).toContain('/studio/account/confirm');
  await ada.post('/studio/account/confirm', { next: at, password: PASSWORD });
  const third = await here.enter('ada@example.org');
  await ada.post(`${at}/end-others`);
  expect((await third.get('/studio')).location).toContain('/sign-in');
  expect((await ada.get('/studio')).status).toBe(200);
  await here.verbatim.accounts.setDisabled('ada@example.org', true);
  expect((await ada.get('/studio')).location).toContain('/sign-in');
});

describe('a passkey', () => {
  const ORIGIN = 'https://research.example';
  async function withPasskey() {
    const here = await house({ publicUrl: ORIGIN });
    const ada = await here.enter('ada@example.org');
    const key = softwarePasskey(ORIGIN);
    const asked = passkeyOptions((await ada.get(`${SECOND}/passkey`)).text);
    const made = await ada.post(`${SECOND}/passkey`, { name: 'My laptop', answer: key.make(asked) });
    return { here, ada, key, asked, codes: recoveryCodes(made.text) };
  }

  test('is made, and then opens the second step with what it signed for it, once', async () => {
    const { here, ada, key, codes } = await withPasskey();
    expect(codes).toHaveLength(10);
    expect((await ada.get(SECOND)).text).toContain('My laptop');
    const person = await firstStep(here);
    const answer = key.use(passkeyOptions((await person.get('/sign-in/second')).text));
    const stranger = await firstStep(here);
    expect((await second(stranger, { answer })).status).toBe(422);
    expect((await second(person, { answer })).location).toBe('/studio/account');
    expect((await second(person, { answer })).status).toBe(401);
    expect((await second(await firstStep(here), { code: codes[0] ?? '' })).status).toBe(303);
  });

  test('of another site, of somebody else, or copied opens nothing', async () => {
    const { here, ada, key } = await withPasskey();
    const other = softwarePasskey('https://evil.example');
    const person = await firstStep(here);
    const asked = passkeyOptions((await person.get('/sign-in/second')).text);
    for (const answer of [other.use(asked), softwarePasskey(ORIGIN).use(asked), 'null', '{"id":1}', '{'])
      expect((await second(person, { answer })).status).toBe(422);
    const again = passkeyOptions((await ada.get(`${SECOND}/passkey`)).text);
    for (const answer of [other.make(again), key.make(again), '', '{}'])
      expect((await ada.post(`${SECOND}/passkey`, { name: 'x', answer })).status).toBe(422);
  });

  test('confirms a session together with the password, and a removed one is asked for no more', async () => {
    const { here, ada, key } = await withPasskey();
    here.clock.forward(11 * 60_000);
    const next = `${SECOND}/passkey`;
    const asked = passkeyOptions((await ada.get(`/studio/account/confirm?next=${next}`)).text);
    const answer = key.use(asked);
    expect((await ada.post('/studio/account/confirm', { next, password: PASSWORD, answer })).location).toBe(next);
    expect((await ada.post('/studio/account/confirm', { next, password: PASSWORD, answer })).status).toBe(422);
    const remove = /action="([^"]+\/passkeys\/[^"]+\/remove)"/.exec((await ada.get(SECOND)).text)?.[1] ?? '';
    await ada.post(remove);
    await here.enter('ada@example.org');
  });

  test('is not offered where browsers make none', async () => {
    const here = await house();
    expect((await (await here.enter('ada@example.org')).get(SECOND)).text).toContain(
      'only for an address with a name and https',
    );
  });
});

describe('an identity provider', () => {
  async function withProvider(domains: string[] = []) {
    const provider = opened(await startOidcProvider());
    const here = await house({
      publicUrl: PUBLIC_URL,
      start: new Date().toISOString(),
      singleSignOn: {
        issuer: provider.url,
        clientId: provider.client.id,
        clientSecret: provider.client.secret,
        domains,
      },
    });
    const go = async (
      claims: Parameters<typeof provider.signIn>[1],
      person = visitor(here.url),
      path = '/sign-in/sso?next=/studio/account',
    ) => {
      const { location } = await person.get(path);
      const { back, asked } = provider.signIn(location, claims);
      return { person, back, asked, answer: await person.get(back) };
    };
    return { here, provider, go };
  }
  const ADA = { sub: '1', email: 'ada@example.org', email_verified: true, name: 'Ada' };

  test('lets in who has an account, by PKCE, state and nonce, and knows them again by its own name for them', async () => {
    const { here, go } = await withProvider();
    expect((await visitor(here.url).get('/sign-in')).text).toContain('Sign in at 127.0.0.1');
    const { person, asked, answer } = await go(ADA);
    expect([asked.get('code_challenge_method'), asked.get('response_type')]).toEqual(['S256', 'code']);
    expect(answer.location).toBe('/studio/account');
    expect((await person.get('/studio/account')).status).toBe(200);
    await here.verbatim.accounts.setEmail('ada@example.org', 'ada@example.com');
    expect((await go({ sub: '1' })).answer.location).toBe('/studio/account');
    expect((await go({ ...ADA, sub: '2', email: 'ada@example.com' })).answer.status).toBe(403);
  });

  test('keeps out strangers, addresses it does not vouch for, and answers that were not asked for', async () => {
    const { here, provider, go } = await withProvider();
    expect((await go({ ...ADA, sub: '3', email: 'eve@example.org' })).answer.status).toBe(403);
    expect((await go({ ...ADA, email_verified: false })).answer.status).toBe(403);
    const { back } = await go(ADA);
    expect((await visitor(here.url).get(back)).status).toBe(403);
    const person = visitor(here.url);
    const { location } = await person.get('/sign-in/sso');
    expect((await person.get(provider.signIn(location, ADA).back.replace(/state=.*/, 'state=other'))).status).toBe(403);
    for (const forged of [{ nonce: 'other' }, { aud: 'another' }, { iss: 'https://evil.example' }, { exp: 1 }]) {
      provider.forge(forged);
      expect([forged, (await go(ADA)).answer.status]).toEqual([forged, 403]);
    }
    provider.forge({});
    await here.verbatim.accounts.setDisabled('ada@example.org', true);
    expect((await go(ADA)).answer.status).toBe(403);
  });

  test('makes an account without a role for the domains that the operator names, and a password opens it never', async () => {
    const { here, go } = await withProvider(['example.net']);
    const { person } = await go({ sub: '4', email: 'New@Example.net', email_verified: true, name: 'New' });
    expect((await person.get('/studio')).text).toContain('No study yet');
    for (const password of ['', PASSWORD])
      expect((await visitor(here.url).post('/sign-in', { email: 'new@example.net', password })).status).toBe(422);
    expect((await go({ sub: '5', email: 'x@other.net', email_verified: true })).answer.status).toBe(403);
  });

  test('does not replace a second factor, and shows once more who is there', async () => {
    const { here, provider, go } = await withProvider();
    const { person } = await go(ADA);
    here.clock.forward(11 * 60_000);
    const confirm = '/sign-in/sso?confirm=1&next=/studio/account/address';
    expect((await person.get('/studio/account/address')).location).toContain('/studio/account/confirm');
    const { location } = await person.get(confirm);
    expect(new URL(location).searchParams.get('prompt')).toBe('login');
    expect((await person.get(provider.signIn(location, ADA).back)).location).toBe('/studio/account/address');
    expect((await person.get('/studio/account/address')).status).toBe(200);
    await setUpApp(here, person);
    expect((await go(ADA)).answer.location).toContain('/sign-in/second');
  });
});

describe('another address', () => {
  test('is confirmed by its mailbox, both are told, and every session ends', async () => {
    const smtp = opened(await startSmtpServer());
    const here = await house({ smtpUrl: smtp.url, publicUrl: PUBLIC_URL });
    const ada = await here.enter('ada@example.org');
    expect((await ada.post('/studio/account/address', { email: 'ada@example.com' })).text).toContain(
      'Look into the mailbox',
    );
    const letters = await smtp.taken(2);
    expect(letters.map(({ to }) => to).sort()).toEqual(['ada@example.com', 'ada@example.org']);
    const link = /https:\/\/\S+\/new-address\/\S+/.exec(letters.find(({ to }) => to === 'ada@example.com')?.text ?? '');
    const path = new URL(link?.[0] ?? '').pathname;
    expect((await visitor(here.url).get(path)).text).toContain('ada@example.com');
    await here.enter('ada@example.org');
    expect((await visitor(here.url).post(path)).location).toBe('/sign-in');
    expect((await visitor(here.url).post(path)).status).toBe(410);
    expect((await ada.get('/studio')).location).toContain('/sign-in');
    await here.enter('ada@example.com');
    const told = (await smtp.taken(4)).slice(2).map(({ to }) => to);
    expect(told.sort()).toEqual(['ada@example.com', 'ada@example.org']);
  });

  test('that somebody has says no more than one that nobody has', async () => {
    const smtp = opened(await startSmtpServer());
    const here = await house({ smtpUrl: smtp.url, publicUrl: PUBLIC_URL });
    await here.add('Bea', 'viewer');
    const ada = await here.enter('ada@example.org');
    const ask = async (email: string) => (await ada.post('/studio/account/address', { email })).text;
    expect(await ask('bea@example.org')).toBe(await ask('free@example.org'));
    await smtp.taken(3);
    expect(smtp.letters.map(({ to }) => to)).not.toContain('bea@example.org');
  });

  test('is not taken unconfirmed where no letters go out', async () => {
    const here = await house();
    const ada = await here.enter('ada@example.org');
    const { status, text } = await ada.post('/studio/account/address', { email: 'eve@example.org' });
    expect([status, text.includes('no mail server is set')]).toEqual([409, true]);
  });
});
