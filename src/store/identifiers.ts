import { hash, randomBytes } from 'node:crypto';

/** A random 128-bit id for an address: 22 letters of base64url. */
export const newPublicId = (): string => randomBytes(16).toString('base64url');

/**
 * The public half of a secret: its SHA-256, cut to 128 bits. Whoever sees it cannot find the secret again.
 *
 * @example
 * publicHalf('secret') // => 'K7gNU3sdo-OL0wNhqoVWhg'
 */
export const publicHalf = (secret: string): string => hash('sha256', secret, 'buffer').toString('base64url', 0, 16);

/**
 * A source text's public id, the same over every rebuild: it follows from what the words are.
 *
 * @example
 * sourceId('answer', 'r1', 'trigger') // => '-noPKDPsJxuA3fl0Q7pGww'
 */
export const sourceId = (kind: string, subjectId: string, item: string): string =>
  publicHalf(JSON.stringify([kind, subjectId, item]));

/** True for anything that can be a public id, so that a look-up never sees a stranger's bytes. */
export const isPublicId = (text: string): boolean => /^[A-Za-z0-9_-]{22}$/.test(text);
