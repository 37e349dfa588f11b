import { createHash, randomBytes } from 'node:crypto';
import type { Context } from './context.ts';
import { technologyOf } from './technology.ts';

export type SignedIn = {
  id: number;
  publicId: string;
  name: string;
  email: string;
  isAdmin: boolean;
  sessionHash: string;
  /** When they last showed who they are. */
  authenticatedAt: string | null;
};

/** So long after showing who one is, the most sensitive things may be done without showing it again. */
const FRESH_MS = 10 * 60_000;
/** Once a minute is often enough to know who is idle, and spares a write on every page. */
const SEEN_EVERY_MS = 60_000;

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

/** Browser and system in plain words; null for a program that says nothing of itself. */
const deviceIn = (agent: string | null): string | null => {
  const { browser, os } = agent === null ? {} : technologyOf({ userAgent: agent });
  return browser === undefined ? null : os === undefined ? browser : `${browser} on ${os}`;
};

/** Sessions of researchers: a random token in a cookie, its hash in the database. */
export function sessionService({ store, now, limits, audit }: Pick<Context, 'store' | 'now' | 'limits' | 'audit'>) {
  const at = () => now().toISOString();
  const lastAlive = () => new Date(now().getTime() - limits.sessionIdleMinutes * 60_000).toISOString();

  return {
    /**
     * @param agent what the browser calls itself; kept as its name and its system's
     * @returns the token, which nobody can be told again
     */
    open: async (user: { id: number }, agent: string | null = null): Promise<string> => {
      const token = randomBytes(32).toString('base64url');
      await store.accounts.endStaleSessions(at());
      await store.accounts.openSession({
        idHash: sha256(token),
        userId: user.id,
        createdAt: at(),
        seenAt: at(),
        expiresAt: new Date(now().getTime() + limits.sessionHours * 3_600_000).toISOString(),
        authenticatedAt: at(),
        device: deviceIn(agent),
      });
      await audit.note({ action: 'sign-in', actor: { userId: user.id }, study: null });
      return token;
    },

    whoIs: async (token: string): Promise<SignedIn | null> => {
      const sessionHash = sha256(token);
      const session = await store.accounts.findSession(sessionHash);
      if (!session || session.disabledAt !== null) return null;
      if (at() >= session.expiresAt || session.seenAt < lastAlive()) {
        await store.accounts.endSession(sessionHash);
        return null;
      }
      if (now().getTime() - Date.parse(session.seenAt) > SEEN_EVERY_MS)
        await store.accounts.touchSession(sessionHash, at());
      return {
        id: session.id,
        publicId: session.publicId,
        name: session.name,
        email: session.email,
        isAdmin: session.isAdmin === 1,
        sessionHash,
        authenticatedAt: session.authenticatedAt,
      };
    },

    signOut: async (sessionHash: string): Promise<void> => {
      await store.accounts.endSession(sessionHash);
      await audit.note({ action: 'sign-out' });
    },

    /** Whether somebody showed who they are a short while ago. */
    reauthenticated: ({ authenticatedAt }: Pick<SignedIn, 'authenticatedAt'>): boolean =>
      authenticatedAt !== null && now().getTime() - Date.parse(authenticatedAt) <= FRESH_MS,
    /**
     * Notes that they have done so now, and lets the session go on under another token, so that nobody who knew the one
     * before is let do more.
     *
     * @returns the new token
     */
    renew: async ({ sessionHash }: Pick<SignedIn, 'sessionHash'>): Promise<string> => {
      const token = randomBytes(32).toString('base64url');
      await store.accounts.reauthenticate(sessionHash, sha256(token), at());
      await audit.note({ action: 'reauthentication' });
      return token;
    },

    /** The sessions of a user that still open, the latest used first. */
    list: async (user: SignedIn) =>
      (await store.accounts.sessionsOf(user.id, at()))
        .filter(({ seenAt }) => seenAt >= lastAlive())
        .map((session) => ({ ...session, isThis: session.idHash === user.sessionHash })),
    /** Ends one of the user's sessions; one that has ended by now is what was asked for. */
    end: (user: SignedIn, idHash: string): Promise<void> => store.accounts.endSessionOf(user.id, idHash),
    endOthers: (user: SignedIn) => store.accounts.endOtherSessions(user.id, user.sessionHash),
  };
}
export type Sessions = ReturnType<typeof sessionService>;
