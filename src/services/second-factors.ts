import { createHmac, randomBytes } from 'node:crypto';
import { Problem } from '../model/problem.ts';
import type { AccountLinks } from './account-links.ts';
import type { Context } from './context.ts';
import { closeSecret, openSecret } from './secret-box.ts';
import type { Sessions, SignedIn } from './sessions.ts';

/** RFC 6238 as every app has it: six digits, half a minute, SHA-1. */
const PERIOD_S = 30;
const DIGITS = 6;
/** A clock may be one step off. */
const WINDOW = 1;
const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
const ISSUER = 'Verbatim';
/** Read from paper and typed, so without letters that look alike. */
const CODE_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
/** The largest multiple of the letters below 256: bytes above would favour the first ones. */
const BYTE_LIMIT = 256 - (256 % CODE_LETTERS.length);

/** A code of four groups of four letters, some 79 bits. */
export function typedCode(): string {
  const letters: string[] = [];
  while (letters.length < 16)
    for (const byte of randomBytes(16))
      if (byte < BYTE_LIMIT && letters.length < 16) letters.push(CODE_LETTERS[byte % CODE_LETTERS.length] ?? '');
  return letters.join('').match(/.{4}/g)?.join('-') ?? '';
}

/** An app that is to be set up: its secret to type, and the address that a camera reads. */
export type AppSetUp = { secret: string; address: string };

/** What is asked for besides the password: codes of an app, passkeys, and recovery codes for the day both are lost. */
export function secondFactorService(
  { store, keys, now }: Context,
  { sessions, links, isRequired }: { sessions: Sessions; links: AccountLinks; isRequired: boolean },
) {
  const at = () => now().toISOString();
  const about = (userId: number) => `code app ${userId}`;
  const recoveryHash = (userId: number, code: string): string =>
    createHmac('sha256', keys.accounts)
      .update(`recovery ${userId} ${code.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`)
      .digest('base64url');
  const newCodes = (): string[] => Array.from({ length: RECOVERY_CODES }, typedCode);
  const hashes = (userId: number, codes: readonly string[]) => codes.map((code) => recoveryHash(userId, code));

  /** The app's own reckoning over a secret. */
  async function totp(user: { email: string }, secret: string) {
    const { Secret, TOTP } = await import('otpauth');
    return new TOTP({
      issuer: ISSUER,
      label: user.email,
      secret: Secret.fromBase32(secret),
      digits: DIGITS,
      period: PERIOD_S,
      algorithm: 'SHA1',
    });
  }
  /** The step that a code is of; null for one that is of none just now. */
  async function stepOf(user: { email: string }, secret: string, code: string): Promise<number | null> {
    const token = code.replaceAll(/\s/g, '');
    if (!/^\d{6}$/.test(token)) return null;
    const timestamp = now().getTime();
    const delta = (await totp(user, secret)).validate({ token, timestamp, window: WINDOW });
    return delta === null ? null : Math.floor(timestamp / 1000 / PERIOD_S) + delta;
  }
  async function secretOf(userId: number, isConfirmed: boolean): Promise<string | null> {
    const app = await store.secondFactors.app(userId);
    return app && (app.confirmedAt !== null) === isConfirmed
      ? openSecret(keys.accounts, about(userId), app.secret)
      : null;
  }
  /** Other sessions end when what guards the account changes, and its owner hears of it. */
  async function changed(user: SignedIn, what: string): Promise<void> {
    await sessions.endOthers(user);
    await links.tell('second-factor-changed', user.email, { what });
  }

  return {
    state: (user: { id: number }) => store.secondFactors.state(user.id),
    /** Whether something is asked for besides the password. */
    isNeeded: async (user: { id: number }): Promise<boolean> => {
      const { hasApp, passkeys } = await store.secondFactors.state(user.id);
      return hasApp || passkeys > 0;
    },
    /** Whether somebody has to set one up before anything else. */
    isMissing: async (user: { id: number }): Promise<boolean> => {
      if (!isRequired) return false;
      const { hasApp, passkeys } = await store.secondFactors.state(user.id);
      return !hasApp && passkeys === 0;
    },
    /** New codes and their hashes, for whoever sets something up. */
    newCodes: (userId: number) => {
      const codes = newCodes();
      return { codes, hashes: hashes(userId, codes) };
    },
    changed,

    /** @throws Problem `conflict` when an app is in use already */
    beginApp: async (user: SignedIn): Promise<AppSetUp> => {
      if ((await store.secondFactors.state(user.id)).hasApp)
        throw new Problem('conflict', 'An app is set up already', { detail: 'Remove it first' });
      const { Secret } = await import('otpauth');
      const secret = new Secret({ buffer: new Uint8Array(randomBytes(SECRET_BYTES)).buffer }).base32;
      await store.secondFactors.beginApp(user.id, closeSecret(keys.accounts, about(user.id), secret), at());
      return { secret, address: (await totp(user, secret)).toString() };
    },
    /** The app that waits to be confirmed; null when none does. */
    waitingApp: async (user: SignedIn): Promise<AppSetUp | null> => {
      const secret = await secretOf(user.id, false);
      return secret === null ? null : { secret, address: (await totp(user, secret)).toString() };
    },
    /**
     * Puts the app into use once it shows the right code.
     *
     * @returns false for a wrong code; else the recovery codes, none when there were some already
     */
    confirmApp: async (user: SignedIn, code: string): Promise<{ codes: string[] } | false> => {
      const secret = await secretOf(user.id, false);
      const step = secret === null ? null : await stepOf(user, secret, code);
      if (step === null) return false;
      const codes = newCodes();
      const { isNew, hasNewCodes } = await store.secondFactors.confirmApp(user.id, step, hashes(user.id, codes), at());
      if (!isNew) return false;
      await changed(user, 'An app that shows codes was set up for your account.');
      return { codes: hasNewCodes ? codes : [] };
    },
    removeApp: async (user: SignedIn): Promise<void> => {
      if (await store.secondFactors.removeApp(user.id))
        await changed(user, 'The app that shows codes was removed from your account.');
    },
    /** @throws Problem `conflict` when there is nothing they could stand in for */
    renewCodes: async (user: SignedIn): Promise<string[]> => {
      const { hasApp, passkeys } = await store.secondFactors.state(user.id);
      if (!hasApp && passkeys === 0)
        throw new Problem('conflict', 'There is nothing yet that recovery codes could stand in for', {
          detail: 'Set up an app or a passkey first',
        });
      const codes = newCodes();
      await store.secondFactors.replaceCodes(user.id, hashes(user.id, codes));
      await changed(user, 'New recovery codes were made for your account; the old ones open nothing any more.');
      return codes;
    },

    /** Whether a code of the app or a recovery code is right. Each is taken once. */
    checkCode: async (user: { id: number; email: string }, typed: string): Promise<boolean> => {
      const code = typed.trim().slice(0, 60);
      const secret = await secretOf(user.id, true);
      const step = secret === null ? null : await stepOf(user, secret, code);
      if (step !== null) return store.secondFactors.useStep(user.id, step);
      return store.secondFactors.useCode(user.id, recoveryHash(user.id, code), at());
    },
  };
}
export type SecondFactors = ReturnType<typeof secondFactorService>;
