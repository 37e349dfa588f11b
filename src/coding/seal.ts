import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * A keyed hash of words: it shows later that they are the words that were kept, and tells nothing to those who have
 * only the hash.
 *
 * @param key the installation's secret, at least 32 bytes
 * @returns HMAC-SHA256 in base64url
 */
export function seal(key: Uint8Array, words: string): string {
  return createHmac('sha256', key).update(words, 'utf8').digest('base64url');
}

/** True when the words are those that were sealed. */
export function isSealed(key: Uint8Array, words: string, hash: string): boolean {
  const [made, kept] = [Buffer.from(seal(key, words)), Buffer.from(hash)];
  return made.length === kept.length && timingSafeEqual(made, kept);
}
