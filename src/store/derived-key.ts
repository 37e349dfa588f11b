import { createHmac } from 'node:crypto';

/** One key per purpose from the installation's secret, so that a hash made for one is worthless for another. */
export const derivedKey = (secret: Uint8Array, purpose: string): Uint8Array =>
  createHmac('sha256', secret).update(`verbatim ${purpose}`).digest();
