import { expect, test } from 'vitest';
import { judgeDelivery, pauseAfter, readRetryAfter } from '../../src/model/delivery-failure.ts';

const own = { isOwn: true, isRepeatable: true };
const service = { isOwn: false, isRepeatable: true };
const ticket = { isOwn: false, isRepeatable: false };
const status = (code: number) => ({ kind: 'status' as const, status: code });

test('somebody’s own webhook is tried again whatever it says, until it says that it is gone', () => {
  for (const code of [301, 400, 401, 404, 429, 500, 503]) expect(judgeDelivery(status(code), own)).toBe('later');
  expect(judgeDelivery(status(410), own)).toBe('gone');
});

test('a service’s refusal stands, and what passes is waited for', () => {
  for (const code of [302, 400, 401, 403, 404, 422]) expect(judgeDelivery(status(code), service)).toBe('failed');
  for (const code of [408, 409, 423, 425, 429, 500, 502, 503])
    expect(judgeDelivery(status(code), service)).toBe('later');
});

test('what must not be done twice is not tried again where it may have been done', () => {
  expect(judgeDelivery({ kind: 'silent', wasSent: true }, ticket)).toBe('failed');
  expect(judgeDelivery({ kind: 'silent', wasSent: false }, ticket)).toBe('later');
  expect(judgeDelivery(status(500), ticket)).toBe('failed');
  expect(judgeDelivery(status(503), ticket)).toBe('later');
  expect(judgeDelivery(status(429), ticket)).toBe('later');
});

test('pauses grow up to a day, chance only lengthens them, and a request of the other side is met within a day', () => {
  const pauses = Array.from({ length: 9 }, (_, index) => pauseAfter(index + 1, 0, null));
  expect(pauses.at(-1)).toBeNull();
  const waits = pauses.filter((one) => one !== null);
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  expect(waits.at(-1)).toBe(24 * 3_600_000);
  expect(pauseAfter(1, 0.999_999, null)).toBeLessThanOrEqual(6_000);
  expect(pauseAfter(8, 0.999_999, null)).toBe(24 * 3_600_000);
  expect(pauseAfter(1, 0, 7 * 24 * 3_600_000)).toBe(24 * 3_600_000);
  expect(pauseAfter(4, 0, 1_000)).toBe(30 * 60_000);
});

test('Retry-After is read as seconds or as a date', () => {
  const now = Date.parse('2026-03-02T09:00:00.000Z');
  expect(readRetryAfter('0', now)).toBe(0);
  expect(readRetryAfter('Mon, 02 Mar 2026 09:01:00 GMT', now)).toBe(60_000);
  expect(readRetryAfter('Mon, 02 Mar 2026 08:00:00 GMT', now)).toBe(0);
  for (const text of [null, '', '-5', '1.5', '1e3', 'tomorrow', 'Tag, nie'])
    expect(readRetryAfter(text, now)).toBeNull();
});
