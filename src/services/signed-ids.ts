import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a hash says of an id: that the site's server signed it, that it did not, or that it did and no longer stands by it. */
export type Signature = 'signed' | 'unsigned' | 'wrong' | 'expired';

/*
 * The time up to which a signature holds goes into the key and not beside the id, so that no id, whatever somebody calls
 * themselves, can be taken for another id with a time.
 */
const digest = (secret: string, userId: string, expires: string | null): Buffer =>
  createHmac('sha256', expires === null ? secret : `${secret}.${expires}`)
    .update(userId, 'utf8')
    .digest();

/**
 * Signs an id as a site's server does: HMAC-SHA256 in hexadecimal.
 *
 * @param expires until when it holds, in seconds since 1970; without one it holds as long as the secret
 *
 * @example
 * signId('secret', 'user-1') // => '1d16fd7e96e8a9681f283b8a251822ffdc71e2a5bda0c5267a044874fa21b82b'
 */
export function signId(secret: string, userId: string, expires: number | null = null): string {
  const until = expires === null ? null : String(expires);
  const hex = digest(secret, userId, until).toString('hex');
  return until === null ? hex : `${until}.${hex}`;
}

/**
 * Checks the hash that came with an id, in a time that does not tell how much of it is right.
 *
 * @param secrets those that hold just now; with none nothing can be checked, and nothing counts as signed
 * @param hash as it came, of any type
 */
export function checkId(secrets: readonly string[], userId: string, hash: unknown, now: Date): Signature {
  if (hash === undefined || hash === null || hash === '' || secrets.length === 0) return 'unsigned';
  const [, expires, hex] = (typeof hash === 'string' && /^(?:(\d{10})\.)?([0-9a-f]{64})$/i.exec(hash)) || [];
  if (hex === undefined) return 'wrong';
  const said = Buffer.from(hex, 'hex');
  const isOurs = secrets
    .map((secret) => timingSafeEqual(digest(secret, userId, expires ?? null), said))
    .some((isEqual) => isEqual);
  if (!isOurs) return 'wrong';
  return expires === undefined || Number(expires) * 1000 > now.getTime() ? 'signed' : 'expired';
}
