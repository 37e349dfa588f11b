import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkId, signId } from '../../src/services/signed-ids.ts';

const NOW = new Date('2026-03-09T09:00:00.000Z');
const LATER = NOW.getTime() / 1000 + 60;

test('a hash is the HMAC-SHA256 of the id in hexadecimal, as any language makes it', () => {
  const made = createHmac('sha256', 'secret').update('Ada Ünal 😀').digest('hex');
  expect(signId('secret', 'Ada Ünal 😀')).toBe(made);
  expect(checkId(['secret'], 'Ada Ünal 😀', made, NOW)).toBe('signed');
  expect(checkId(['secret'], 'Ada Ünal 😀', made.toUpperCase(), NOW)).toBe('signed');
  expect(checkId(['new', 'secret'], 'Ada Ünal 😀', made, NOW)).toBe('signed');
  expect(checkId(['new'], 'Ada Ünal 😀', made, NOW)).toBe('wrong');
  expect(checkId([], 'Ada Ünal 😀', made, NOW)).toBe('unsigned');
});

test('a time in it is held to, and cannot be changed or left out', () => {
  const hash = signId('secret', 'ada', LATER);
  expect(checkId(['secret'], 'ada', hash, NOW)).toBe('signed');
  expect(checkId(['secret'], 'ada', hash, new Date(LATER * 1000))).toBe('expired');
  expect(checkId(['secret'], 'ada', hash.replace(/^\d+/, String(LATER + 1)), NOW)).toBe('wrong');
  expect(checkId(['secret'], 'ada', hash.replace(/^\d+\./, ''), NOW)).toBe('wrong');
});

test('no hash of one id holds for another, whatever somebody calls themselves', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      fc.pre(one !== other);
      expect(checkId(['secret'], other, signId('secret', one), NOW)).toBe('wrong');
      expect(checkId(['secret'], other, signId('secret', one, LATER), NOW)).toBe('wrong');
    }),
  );
  // Names that look like an id with a time, and like the key of one.
  for (const name of [`ada.${LATER}`, `${LATER}.ada`, `secret.${LATER}`, String(LATER)]) {
    const hex = signId('secret', name);
    expect(checkId(['secret'], 'ada', `${LATER}.${hex}`, NOW)).toBe('wrong');
  }
});

test('what is no hash is a wrong one, of whatever type, and nothing is no hash', () => {
  for (const hostile of [
    0,
    true,
    {},
    [],
    ['a'.repeat(64)],
    'é'.repeat(64),
    'a'.repeat(63),
    `${'a'.repeat(64)}\n`,
    'x'.repeat(1e6),
  ])
    expect(checkId(['secret'], 'ada', hostile, NOW)).toBe('wrong');
  for (const none of [undefined, null, '']) expect(checkId(['secret'], 'ada', none, NOW)).toBe('unsigned');
});
