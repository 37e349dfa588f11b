import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { signWebhook } from '../../../src/exchange/outgoing/sign-webhook.ts';

type Check = (secret: string, headers: Record<string, string>, body: string, now?: number) => boolean;

/** The check as the documentation prints it, run as it stands. */
async function documentedCheck(): Promise<{ isOurs: Check; lines: number }> {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../../docs/outgoing.md'), 'utf8');
  const code = /```js\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { isOurs: Check };
  return { ...module, lines: code.split('\n').filter((line) => line.trim() !== '').length };
}

test('the check that the documentation gives takes what we sign, and nothing else', async () => {
  const { isOurs, lines } = await documentedCheck();
  expect(lines).toBeLessThanOrEqual(10);
  const [secret, other] = ['whsec_c2VjcmV0c2VjcmV0', 'whsec_b3RoZXJvdGhlcg=='];
  const now = 1_772_442_000_000;
  const body = '{"type":"test","words":"grün"}';
  const headersFor = (secrets: string[], seconds = now / 1000) => ({
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(seconds),
    'webhook-signature': signWebhook(secrets, 'msg_1', seconds, body),
  });
  expect(isOurs(secret, headersFor([secret]), body, now)).toBe(true);
  expect(isOurs(other, headersFor([secret, other]), body, now)).toBe(true);
  expect(isOurs(other, headersFor([secret]), body, now)).toBe(false);
  expect(isOurs(secret, headersFor([secret]), `${body} `, now)).toBe(false);
  expect(isOurs(secret, { ...headersFor([secret]), 'webhook-id': 'msg_2' }, body, now)).toBe(false);
  expect(isOurs(secret, headersFor([secret], now / 1000 - 600), body, now)).toBe(false);
  expect(isOurs(secret, {}, body, now)).toBe(false);
});
