import { hash, randomBytes } from 'node:crypto';
import type { Source } from '../store/sources.ts';
import { hookSecrets } from './hook-secrets.ts';
import { checkId, type Signature } from './signed-ids.ts';

/** What stands before a server key, so that a person knows it for a secret and we know it from a write key. */
export const SERVER_KEY_MARK = 'server_';

/** The database finds a source by this, and holds the key itself only sealed. */
export const serverKeyHash = (key: string): string => hash('sha256', key, 'base64url');

/** The two secrets of a source: what a site's server signs ids with, and the key by which it speaks for anybody. */
export function sourceSecrets(key: Uint8Array, now: () => Date) {
  const boxes = hookSecrets(key, now);
  const newest = (closed: string | null): string | null => (closed === null ? null : (boxes.open(closed)?.[0] ?? null));
  /** Those that sign just now, the newest first; after a change the one before counts for a day. */
  const signing = ({ signingSecret }: Source): string[] =>
    signingSecret === null ? [] : (boxes.open(signingSecret) ?? []);

  return {
    /** A secret of its own, sealed; beside the one before, if there is any. */
    changedSigning: (before: string | null): string => {
      const secret = randomBytes(32).toString('base64url');
      return before === null ? boxes.close(secret) : boxes.rotate(before, secret);
    },
    newServerKey: (): { serverKey: string; serverKeyHash: string } => {
      const made = `${SERVER_KEY_MARK}${randomBytes(32).toString('base64url')}`;
      return { serverKey: boxes.close(made), serverKeyHash: serverKeyHash(made) };
    },
    signing,
    signingBothUntil: ({ signingSecret }: Source): string | null =>
      signingSecret === null ? null : boxes.bothUntil(signingSecret),
    serverKey: ({ serverKey }: Source): string | null => newest(serverKey),
    /** Tells of ids whether the source's own server signed them. */
    checker: (source: Source): ((userId: string, said: unknown) => Signature) => {
      let secrets: string[] | null = null;
      return (userId, said) => {
        // Most messages have none, and nothing need be opened for them.
        if (said === undefined || said === null) return 'unsigned';
        secrets ??= signing(source);
        return checkId(secrets, userId, said, now());
      };
    },
  };
}
export type SourceSecrets = ReturnType<typeof sourceSecrets>;
