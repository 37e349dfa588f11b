import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSealed, seal } from '../../src/coding/seal.ts';

const key = Buffer.alloc(32, 7);

test('a seal is HMAC-SHA256 of the words’ UTF-8 in base64url', () => {
  expect(seal(key, 'Grüße 😀')).toBe(
    createHmac('sha256', key).update(Buffer.from('Grüße 😀', 'utf8')).digest('base64url'),
  );
  expect(seal(key, '')).toHaveLength(43);
});

test('words match their own seal and no other’s, nor that of another key', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      const [left, right] = [a.toWellFormed(), b.toWellFormed()];
      expect(isSealed(key, left, seal(key, left))).toBe(true);
      expect(isSealed(key, right, seal(key, left))).toBe(left === right);
      expect(isSealed(Buffer.alloc(32, 8), left, seal(key, left))).toBe(false);
    }),
  );
});

test.each(['', 'x', 'ü'.repeat(43), '\u0000'.repeat(43), `${'A'.repeat(42)}=`])(
  '%j is no seal, and no error either',
  (hash) => {
    expect(isSealed(key, 'words', hash)).toBe(false);
  },
);
