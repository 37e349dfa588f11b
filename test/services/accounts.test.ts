import { describe, expect, test } from 'vitest';
import { checkPassword, hashPassword } from '../../src/services/passwords.ts';
import { openVerbatim } from '../../src/verbatim.ts';
import { fixedClock, newFolder, openHouse, temporaryFolder } from '../support/house.ts';
import { testLimits } from '../support/limits.ts';

const ADA = { email: 'Ada@Example.org', name: 'Ada', password: 'correct horse battery' };
const HOUR_MS = 3_600_000;

/** A Verbatim with Ada in it, on a clock that the test moves. */
async function openWithAda() {
  const clock = fixedClock();
  const house = await openHouse({ now: clock.now });
  const { accounts } = house.verbatim;
  await accounts.add(ADA, { isAdmin: true, role: 'owner', studyId: null });
  const signIn = (more: Partial<Parameters<typeof accounts.signIn>[0]> = {}) =>
    accounts.signIn({ email: ADA.email, password: ADA.password, network: '10.0.0', deviceMark: null, ...more });
  const signedIn = async () => {
    const session = await signIn();
    if (!session || !('token' in session)) throw new Error('Ada was not let in');
    return session;
  };
  return { house, clock, accounts, signIn, signedIn };
}

describe('passwords', () => {
  test('are kept as argon2id with a salt each, in PHC form', async () => {
    const [one, two] = await Promise.all([hashPassword('a password'), hashPassword('a password')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(two);
    expect(await checkPassword('a password', one)).toBe(true);
    expect(await checkPassword('a Password', one)).toBe(false);
  });
  test('of a real installation cost what is recommended', async () => {
    using place = temporaryFolder();
    await newFolder(place.folder, () => new Date());
    const verbatim = await openVerbatim({ folder: place.folder, limits: testLimits });
    await verbatim.accounts.add(ADA, { isAdmin: true, role: 'owner', studyId: null });
    const kept = verbatim.connection.prepare('select password_hash from users').pluck().all();
    await verbatim.close();
    expect(kept).toEqual([expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)]);
  });
  test('match no hash that is none', async () => {
    for (const hash of [null, '', 'plain', '$argon2id$v=19$m=1,t=1$x$y'])
      expect(await checkPassword('x', hash)).toBe(false);
  });
  test.each([
    ['too short', 'short'],
    ['too long', 'x1'.repeat(101)],
    ['one letter repeated', 'aaaaaaaaaaaa'],
    ['the name in the address', 'ada.lovelace-1815'],
  ])('are refused when %s', async (_, password) => {
    await using house = await openHouse();
    await expect(
      house.verbatim.accounts.add(
        { ...ADA, email: 'ada.lovelace@example.org', password },
        { isAdmin: false, role: 'viewer', studyId: null },
      ),
    ).rejects.toMatchObject({
      kind: 'invalid',
      errors: [{ pointer: '#/password' }],
    });
  });
  test('are not refused for a short name in the address', async () => {
    await using house = await openHouse();
    expect(
      await house.verbatim.accounts.add(
        { ...ADA, email: 'a@example.org' },
        { isAdmin: false, role: 'viewer', studyId: null },
      ),
    ).toMatchObject({ email: 'a@example.org' });
  });
});

describe('setting up', () => {
  const FORM = { ...ADA, workspace: 'Ours' };

  test('works with the code that the latest start printed, once', async () => {
    await using house = await openHouse();
    const { accounts, store } = house.verbatim;
    const old = await accounts.newSetUpCode();
    const code = await accounts.newSetUpCode();
    expect(code).toMatch(/^([a-z0-9]{4}-){3}[a-z0-9]{4}$/);
    expect(await store.accounts.setting('setup-code')).not.toContain(code);
    expect(await accounts.setUp({ ...FORM, code: old ?? '' })).toMatchObject({ errors: [{ pointer: '#/code' }] });
    const made = await accounts.setUp({ ...FORM, code: ` ${code?.toUpperCase()} ` });
    expect(made).toHaveProperty('token');
    expect('token' in made && (await accounts.whoIs(made.token))).toMatchObject({
      email: 'ada@example.org',
      isAdmin: true,
    });
    await expect(accounts.setUp({ ...FORM, email: 'b@example.org', code: code ?? '' })).rejects.toMatchObject({
      kind: 'not-found',
    });
    expect(await accounts.newSetUpCode()).toBeNull();
    expect(await accounts.needsSetUp()).toBe(false);
  });
  test('makes one account however many send the code at once', async () => {
    await using house = await openHouse();
    const { accounts, store } = house.verbatim;
    const code = (await accounts.newSetUpCode()) ?? '';
    const tries = await Promise.allSettled(
      ['x', 'y', 'z'].map((name) => accounts.setUp({ ...FORM, email: `${name}@example.org`, code })),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await store.accounts.countUsers()).toBe(1);
  });
  test('is closed after too many wrong codes', async () => {
    await using house = await openHouse();
    const { accounts } = house.verbatim;
    const code = (await accounts.newSetUpCode()) ?? '';
    for (let guess = 0; guess < 5; guess += 1) await accounts.setUp({ ...FORM, code: 'wrong' });
    await expect(accounts.setUp({ ...FORM, code })).rejects.toMatchObject({ kind: 'too-many' });
  });
});

describe('signing in', () => {
  test('takes the address in any case, and tells nothing about what was wrong', async () => {
    const { house, signIn } = await openWithAda();
    await using _ = house;
    expect(await signIn({ email: ' ADA@example.ORG ' })).toHaveProperty('token');
    expect([await signIn({ password: 'wrong' }), await signIn({ email: 'nobody@example.org' })]).toEqual([null, null]);
  });

  test('is stopped after too many wrong passwords, for a while', async () => {
    const { house, clock, signIn } = await openWithAda();
    await using _ = house;
    for (let guess = 0; guess < 5; guess += 1) expect(await signIn({ password: 'wrong' })).toBeNull();
    await expect(signIn()).rejects.toMatchObject({ kind: 'too-many', retryAfterSeconds: 900 });
    clock.forward(15 * 60_000 + 1);
    expect(await signIn()).toHaveProperty('token');
  });

  test('is stopped as soon when the guesses come all at once', async () => {
    const { house, signIn } = await openWithAda();
    await using _ = house;
    const guesses = await Promise.allSettled(Array.from({ length: 30 }, (_, n) => signIn({ password: `guess ${n}` })));
    expect(guesses.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });

  test('of a browser that was here before is not stopped by strangers, not even from its own network', async () => {
    const { house, signIn, signedIn } = await openWithAda();
    await using _ = house;
    const { deviceMark } = await signedIn();
    for (const network of ['10.0.0', '203.0.113']) {
      for (let guess = 0; guess < 5; guess += 1) await signIn({ password: 'wrong', network });
      await expect(signIn({ password: 'wrong', network })).rejects.toMatchObject({ kind: 'too-many' });
    }
    expect(await signIn({ deviceMark })).toHaveProperty('token');
  });

  test('from another network is not stopped by strangers either', async () => {
    const { house, signIn } = await openWithAda();
    await using _ = house;
    for (let guess = 0; guess < 5; guess += 1) await signIn({ password: 'wrong', network: '203.0.113' });
    expect(await signIn()).toHaveProperty('token');
  });

  test('of a known browser has a limit of its own', async () => {
    const { house, signIn, signedIn } = await openWithAda();
    await using _ = house;
    const { deviceMark } = await signedIn();
    for (let guess = 0; guess < 5; guess += 1) await signIn({ password: 'wrong', deviceMark });
    await expect(signIn({ deviceMark })).rejects.toMatchObject({ kind: 'too-many' });
  });

  test('over many accounts from one network is stopped too, and right passwords do not count', async () => {
    const { house, signIn } = await openWithAda();
    await using _ = house;
    for (let time = 0; time < 6; time += 1) expect(await signIn()).toHaveProperty('token');
    for (let guess = 0; guess < 50; guess += 1) await signIn({ email: `nobody${guess}@example.org`, password: 'x' });
    await expect(signIn({ email: 'somebody@example.org' })).rejects.toMatchObject({ kind: 'too-many' });
  });

  test('can be forgiven by whoever runs the server', async () => {
    const { house, clock, accounts, signIn } = await openWithAda();
    await using _ = house;
    for (let guess = 0; guess < 5; guess += 1) await signIn({ password: 'wrong' });
    clock.forward(1000);
    await accounts.unlock('ADA@example.org');
    expect(await signIn()).toHaveProperty('token');
  });

  test.each(['', '.', 'a.b', 'a.'.padEnd(45, 'é'), 'ü'.repeat(60), '..', `x.${'A'.repeat(43)}`])(
    'with the forged device mark %j is as from a stranger, and no error',
    async (deviceMark) => {
      const { house, signIn } = await openWithAda();
      await using _ = house;
      for (let guess = 0; guess < 5; guess += 1) await signIn({ password: 'wrong', deviceMark });
      await expect(signIn({ deviceMark })).rejects.toMatchObject({ kind: 'too-many' });
    },
  );

  test('with another’s device mark is as from a stranger', async () => {
    const { house, accounts, signIn } = await openWithAda();
    await using _ = house;
    await accounts.add({ ...ADA, email: 'eve@example.org' }, { isAdmin: false, role: 'viewer', studyId: null });
    const eve = await signIn({ email: 'eve@example.org' });
    if (!eve || !('token' in eve)) throw new Error('Eve was not let in');
    for (let guess = 0; guess < 5; guess += 1) await signIn({ password: 'wrong' });
    await expect(signIn({ deviceMark: eve.deviceMark })).rejects.toMatchObject({ kind: 'too-many' });
  });
});

describe('a session', () => {
  test('is known by its token alone, and the database holds only a hash', async () => {
    const { house, accounts, signedIn } = await openWithAda();
    await using _ = house;
    const { token } = await signedIn();
    expect(await accounts.whoIs(token)).toMatchObject({ email: 'ada@example.org', name: 'Ada' });
    expect(JSON.stringify(house.verbatim.connection.prepare('select * from sessions').all())).not.toContain(token);
    for (const other of ['', token.slice(1), `${token}x`]) expect(await accounts.whoIs(other)).toBeNull();
  });
  test('ends with signing out', async () => {
    const { house, accounts, signedIn } = await openWithAda();
    await using _ = house;
    const [one, two] = [await signedIn(), await signedIn()];
    await accounts.signOut((await accounts.whoIs(one.token))?.sessionHash ?? '');
    expect(await accounts.whoIs(one.token)).toBeNull();
    expect(await accounts.whoIs(two.token)).not.toBeNull();
  });
  test('ends with a new password, everywhere', async () => {
    const { house, accounts, signIn, signedIn } = await openWithAda();
    await using _ = house;
    const [one, two] = [await signedIn(), await signedIn()];
    const user = await accounts.whoIs(one.token);
    if (!user) throw new Error('Ada is not signed in');
    expect(await accounts.changePassword(user, 'wrong', 'another good one')).toMatchObject({
      errors: [{ pointer: '#/current' }],
    });
    expect(await accounts.changePassword(user, ADA.password, 'short')).toMatchObject({
      errors: [{ pointer: '#/next' }],
    });
    expect(await accounts.whoIs(two.token)).not.toBeNull();
    expect(await accounts.changePassword(user, ADA.password, 'another good one')).toEqual({ errors: [] });
    expect([await accounts.whoIs(one.token), await accounts.whoIs(two.token)]).toEqual([null, null]);
    expect(await signIn()).toBeNull();
    expect(await signIn({ password: 'another good one' })).toHaveProperty('token');
  });
  test('ends when it has been idle for too long', async () => {
    const { house, clock, accounts, signedIn } = await openWithAda();
    await using _ = house;
    const { token } = await signedIn();
    for (let visit = 0; visit < 4; visit += 1) {
      clock.forward(1.9 * HOUR_MS);
      expect(await accounts.whoIs(token)).not.toBeNull();
    }
    clock.forward(2 * HOUR_MS + 1);
    expect(await accounts.whoIs(token)).toBeNull();
    clock.forward(-2 * HOUR_MS);
    expect(await accounts.whoIs(token)).toBeNull();
  });
  test('ends at the latest after its hours, however busy', async () => {
    const { house, clock, accounts, signedIn } = await openWithAda();
    await using _ = house;
    const { token } = await signedIn();
    for (let visit = 0; visit < 11; visit += 1) {
      clock.forward(HOUR_MS);
      expect(await accounts.whoIs(token)).not.toBeNull();
    }
    clock.forward(HOUR_MS);
    expect(await accounts.whoIs(token)).toBeNull();
  });
  test('of somebody who was shut out is none', async () => {
    const { house, accounts, signIn, signedIn } = await openWithAda();
    await using _ = house;
    const { token } = await signedIn();
    house.verbatim.connection.prepare('update users set disabled_at = ?').run('2026-03-02T09:00:00.000Z');
    expect(await accounts.whoIs(token)).toBeNull();
    expect(await signIn()).toBeNull();
  });
});

test('an address is taken once', async () => {
  const { house, accounts } = await openWithAda();
  await using _ = house;
  await expect(accounts.add(ADA, { isAdmin: false, role: 'viewer', studyId: null })).rejects.toMatchObject({
    kind: 'conflict',
  });
});
