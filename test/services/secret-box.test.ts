import { expect, test } from 'vitest';
import { hookSecrets } from '../../src/services/hook-secrets.ts';
import { closeSecret, openSecret } from '../../src/services/secret-box.ts';
import { fixedClock } from '../support/house.ts';

const key = Buffer.alloc(32, 1);

test('a secret opens with its key and for what it was closed for, and never looks the same twice', () => {
  const closed = closeSecret(key, 'hook', 'schlüssel');
  expect(openSecret(key, 'hook', closed)).toBe('schlüssel');
  expect(closed).not.toContain('schl');
  expect(closeSecret(key, 'hook', 'schlüssel')).not.toBe(closed);
  expect(openSecret(Buffer.alloc(32, 2), 'hook', closed)).toBeNull();
  expect(openSecret(key, 'other', closed)).toBeNull();
});

test('what was changed, cut or never closed does not open', () => {
  const bytes = Buffer.from(closeSecret(key, 'hook', 'a secret'), 'base64url');
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(openSecret(key, 'hook', changed.toString('base64url'))).toBeNull();
  }
  for (const text of ['', 'abc', bytes.subarray(0, 27).toString('base64url')])
    expect(openSecret(key, 'hook', text)).toBeNull();
});

test('of three secrets in a day the newest two hold', () => {
  const clock = fixedClock();
  const secrets = hookSecrets(key, clock.now);
  let closed = secrets.close('whsec_MQ==');
  closed = secrets.rotate(closed, 'whsec_Mg==');
  clock.forward(3_600_000);
  closed = secrets.rotate(closed, 'whsec_Mw==');
  expect(secrets.open(closed)).toEqual(['whsec_Mw==', 'whsec_Mg==']);
  expect(secrets.bothUntil(closed)).toBe('2026-03-03T10:00:00.000Z');
  clock.forward(24 * 3_600_000);
  expect(secrets.open(closed)).toEqual(['whsec_Mw==']);
  expect(secrets.bothUntil(closed)).toBeNull();
  expect(Buffer.from(secrets.make().replace('whsec_', ''), 'base64')).toHaveLength(32);
});
