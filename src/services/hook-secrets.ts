import { randomBytes } from 'node:crypto';
import { SECRET_MARK } from '../exchange/outgoing/sign-webhook.ts';
import { closeSecret, openSecret } from './secret-box.ts';

/** After a change of secrets the old one signs as well for so long. */
const BOTH_HOLD_MS = 24 * 3_600_000;
const SECRET_BYTES = 32;
const ABOUT = 'hook';

type Kept = { current: string; previous?: string; previousUntil?: string };

/** The secrets of hooks: what other services gave us, and what our own webhooks are signed with. */
export function hookSecrets(key: Uint8Array, now: () => Date) {
  function read(closed: string): Kept | null {
    const text = openSecret(key, ABOUT, closed);
    return text === null ? null : (JSON.parse(text) as Kept);
  }
  const close = (kept: Kept): string => closeSecret(key, ABOUT, JSON.stringify(kept));

  return {
    /** A new one to sign with. */
    make: (): string => `${SECRET_MARK}${randomBytes(SECRET_BYTES).toString('base64')}`,
    close: (secret: string): string => close({ current: secret }),
    /** Those that hold just now, the newest first; null when they were closed under another key. */
    open: (closed: string): string[] | null => {
      const kept = read(closed);
      if (!kept) return null;
      const { current, previous, previousUntil = '' } = kept;
      return previous !== undefined && previousUntil > now().toISOString() ? [current, previous] : [current];
    },
    /** Until when the one before the last signs as well; null when it does not. */
    bothUntil: (closed: string): string | null => {
      const until = read(closed)?.previousUntil ?? '';
      return until > now().toISOString() ? until : null;
    },
    /** The same box with a new secret in it, beside the one before for a day. */
    rotate: (closed: string, secret: string): string => {
      const kept = read(closed);
      if (!kept) return close({ current: secret });
      const until = new Date(now().getTime() + BOTH_HOLD_MS).toISOString();
      return close({ current: secret, previous: kept.current, previousUntil: until });
    },
  };
}
export type HookSecrets = ReturnType<typeof hookSecrets>;
