import { createHmac } from 'node:crypto';

/** What stands before a secret's bytes in base64, so that a person knows it for one. */
export const SECRET_MARK = 'whsec_';

/**
 * The signature of a message after the Standard Webhooks convention: HMAC-SHA256 over `id.timestamp.body`, one for each
 * secret that holds just now, so that a receiver may change over at any time in between.
 *
 * @param secrets each `whsec_` and base64; the first is the newest
 * @param timestamp seconds since 1970
 * @returns `v1,<base64>` for each, divided by spaces
 * @see Standard Webhooks specification 1.0.0, “Signature scheme”
 *
 * @example
 * signWebhook(['whsec_c2VjcmV0'], 'msg_1', 1700000000, '{}') // => 'v1,A5oIrJxXPB/PkULSoVu0e4khvPiqpF9vljmhkSKg0FI='
 */
export function signWebhook(secrets: readonly string[], id: string, timestamp: number, body: string): string {
  return secrets
    .map((secret) => {
      const key = Buffer.from(secret.slice(SECRET_MARK.length), 'base64');
      return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`, 'utf8').digest('base64')}`;
    })
    .join(' ');
}
