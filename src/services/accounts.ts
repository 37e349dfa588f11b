import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Problem } from '../model/problem.ts';
import type { Role, User } from '../store/accounts.ts';
import { isUniqueViolation } from '../store/dialect.ts';
import type { Context } from './context.ts';
import { checkPassword, hashPassword, PASSWORD_MAX, PASSWORD_MIN, type PasswordCost } from './passwords.ts';
import { signInLimiter } from './sign-in-limiter.ts';

export type SignedIn = {
  id: number;
  publicId: string;
  name: string;
  email: string;
  isAdmin: boolean;
  sessionHash: string;
};
export type NewAccount = { email: string; name: string; password: string };
type FieldError = { pointer: string; detail: string };

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');
const isSame = (a: string, b: string) => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};
/** A shorter name before the @ stands in too many good passwords to be held against them. */
const OWN_NAME_MIN = 4;
/** Read from paper and typed, so without letters that look alike. */
const CODE_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Who may work here: setting up, signing in and out, passwords. */
export function accountService({ store, now, limits, keys }: Context, passwordCost?: PasswordCost) {
  const limiter = signInLimiter({ tries: limits.loginTries, windowMs: limits.loginMinutes * 60_000, now });

  function check({ email, name, password }: NewAccount): FieldError[] {
    const errors: FieldError[] = [];
    const ownName = email.split('@')[0]?.toLowerCase() ?? '';
    if (!/^[^\s@<>"]{1,64}@[^\s@<>"]{1,190}$/.test(email))
      errors.push({ pointer: '#/email', detail: 'Enter an e-mail address, such as name@example.org' });
    if (name.trim() === '' || name.length > 200)
      errors.push({ pointer: '#/name', detail: 'Enter a name of at most 200 characters' });
    if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX) {
      errors.push({
        pointer: '#/password',
        detail: `Choose a password of ${PASSWORD_MIN} to ${PASSWORD_MAX} characters`,
      });
    } else if (
      (ownName.length >= OWN_NAME_MIN && password.toLowerCase().includes(ownName)) ||
      /^(.)\1*$/.test(password)
    ) {
      errors.push({
        pointer: '#/password',
        detail: 'Choose a password that does not hold the name in your address and is not one letter repeated',
      });
    }
    return errors;
  }

  async function openSession(user: Pick<User, 'id'>): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    const at = now();
    await store.accounts.endStaleSessions(at.toISOString());
    await store.accounts.openSession({
      idHash: sha256(token),
      userId: user.id,
      createdAt: at.toISOString(),
      seenAt: at.toISOString(),
      expiresAt: new Date(at.getTime() + limits.sessionHours * 3_600_000).toISOString(),
    });
    return token;
  }

  /** Remembers a browser that signed in before, so that strangers' wrong guesses never stand in its way. */
  const deviceMark = (email: string) => {
    const nonce = randomBytes(12).toString('base64url');
    return `${nonce}.${createHmac('sha256', keys.device).update(`${nonce} ${email}`).digest('base64url')}`;
  };
  const isKnownDevice = (email: string, mark: string | null) => {
    const [nonce, proof] = (mark ?? '').split('.');
    return (
      nonce !== undefined &&
      proof !== undefined &&
      isSame(proof, createHmac('sha256', keys.device).update(`${nonce} ${email}`).digest('base64url'))
    );
  };

  return {
    needsSetUp: async () => (await store.accounts.countUsers()) === 0,

    /** A fresh one-time code while nobody has an account; only its hash is kept. Null once somebody has. */
    newSetUpCode: async (): Promise<string | null> => {
      if ((await store.accounts.countUsers()) > 0) return null;
      const letters = Array.from(randomBytes(16), (byte) => CODE_LETTERS[byte % CODE_LETTERS.length]).join('');
      const code = letters.match(/.{4}/g)?.join('-') ?? letters;
      await store.accounts.putSetting('setup-code', sha256(code));
      return code;
    },

    /** Makes the first account, for whoever holds the code that the first start printed. */
    setUp: async (
      form: NewAccount & { code: string; workspace: string },
    ): Promise<{ token: string } | { errors: FieldError[] }> => {
      const kept = await store.accounts.setting('setup-code');
      if (kept === null || (await store.accounts.countUsers()) > 0)
        throw new Problem('not-found', 'There is no such page');
      limiter.check('set-up', 'set-up', false);
      const errors = check(form);
      const typed = form.code.trim().toLowerCase();
      if (!isSame(sha256(typed), kept)) {
        limiter.failed('set-up', 'set-up', false);
        errors.unshift({
          pointer: '#/code',
          detail: 'This is not the code that the latest start printed. Look in the terminal where Verbatim was started',
        });
      }
      if (form.workspace.trim() === '' || form.workspace.length > 200)
        errors.push({ pointer: '#/workspace', detail: 'Name the workspace, for example after your team' });
      if (errors.length > 0) return { errors };
      const user = await store.accounts.addFirst(
        {
          email: form.email.toLowerCase(),
          name: form.name.trim(),
          passwordHash: await hashPassword(form.password, passwordCost),
          isAdmin: true,
        },
        form.workspace.trim(),
        now().toISOString(),
      );
      if (!user) throw new Problem('not-found', 'There is no such page');
      return { token: await openSession(user) };
    },

    /**
     * @param network where the request came from, shortened; only ever kept in memory
     * @param deviceMark what a browser that signed in before carries, or null
     * @returns null for a wrong address or password, without saying which
     * @throws Problem `too-many` after too many wrong tries
     */
    signIn: async ({
      email,
      password,
      network,
      deviceMark: mark,
    }: {
      email: string;
      password: string;
      network: string;
      deviceMark: string | null;
    }) => {
      const address = email.trim().toLowerCase().slice(0, 300);
      const isKnown = isKnownDevice(address, mark);
      const unlockedAt = await store.accounts.setting(`unlocked ${address}`);
      limiter.check(address, network, isKnown, unlockedAt);
      // Counted before the password is looked at, so that guesses sent all at once are counted too.
      limiter.failed(address, network, isKnown);
      const user = await store.accounts.findByEmail(address);
      const isRight = await checkPassword(
        password.slice(0, PASSWORD_MAX),
        user && user.disabledAt === null ? user.passwordHash : null,
      );
      if (!isRight || !user) return null;
      limiter.succeeded(address, network, isKnown);
      return { token: await openSession(user), deviceMark: deviceMark(address) };
    },

    whoIs: async (token: string): Promise<SignedIn | null> => {
      const sessionHash = sha256(token);
      const session = await store.accounts.findSession(sessionHash);
      if (!session || session.disabledAt !== null) return null;
      const at = now();
      const idleMs = at.getTime() - Date.parse(session.seenAt);
      if (at.toISOString() >= session.expiresAt || idleMs > limits.sessionIdleMinutes * 60_000) {
        await store.accounts.endSession(sessionHash);
        return null;
      }
      // Once a minute is often enough to know who is idle, and spares a write on every page.
      if (idleMs > 60_000) await store.accounts.touchSession(sessionHash, at.toISOString());
      return {
        id: session.id,
        publicId: session.publicId,
        name: session.name,
        email: session.email,
        isAdmin: session.isAdmin === 1,
        sessionHash,
      };
    },

    signOut: (sessionHash: string) => store.accounts.endSession(sessionHash),

    /** Ends every session of the user, this one included. */
    changePassword: async (user: SignedIn, current: string, next: string): Promise<{ errors: FieldError[] }> => {
      const known = await store.accounts.findByEmail(user.email);
      const errors: FieldError[] = [];
      limiter.check(user.email, 'password', false);
      limiter.failed(user.email, 'password', false);
      if (await checkPassword(current.slice(0, PASSWORD_MAX), known?.passwordHash ?? null))
        limiter.succeeded(user.email, 'password');
      else errors.push({ pointer: '#/current', detail: 'This is not your password' });
      errors.push(
        ...check({ email: user.email, name: user.name, password: next }).map((error) => ({
          ...error,
          pointer: '#/next',
        })),
      );
      if (errors.length === 0) await store.accounts.setPassword(user.id, await hashPassword(next, passwordCost));
      return { errors };
    },

    /** For the command line: an account with a role, in every workspace there is or in one study. */
    add: async (
      account: NewAccount,
      place: { isAdmin: boolean; role: Role; studyId: number | null },
    ): Promise<User> => {
      const errors = check(account);
      if (errors.length > 0)
        throw new Problem('invalid', 'This account cannot be made', {
          errors,
          detail: errors.map((error) => error.detail).join('. '),
        });
      try {
        return await store.accounts.add(
          {
            email: account.email.toLowerCase(),
            name: account.name.trim(),
            passwordHash: await hashPassword(account.password, passwordCost),
            isAdmin: place.isAdmin,
          },
          { role: place.isAdmin ? 'owner' : place.role, studyId: place.isAdmin ? null : place.studyId },
          now().toISOString(),
        );
      } catch (error) {
        if (isUniqueViolation(error))
          throw new Problem('conflict', 'There is an account with this address already', {
            detail: 'Use another address',
          });
        throw error;
      }
    },

    setPassword: async (email: string, password: string): Promise<void> => {
      const user = await store.accounts.findByEmail(email.toLowerCase());
      if (!user) throw new Problem('not-found', `There is no account with the address ${email}`);
      const errors = check({ email: user.email, name: user.name, password });
      if (errors.length > 0)
        throw new Problem('invalid', 'This password cannot be used', {
          detail: errors.map((error) => error.detail).join('. '),
        });
      await store.accounts.setPassword(user.id, await hashPassword(password, passwordCost));
    },

    /** For the command line: forgets the wrong tries that stand against an address. */
    unlock: async (email: string): Promise<void> => {
      await store.accounts.putSetting(`unlocked ${email.toLowerCase()}`, now().toISOString());
    },
  };
}
export type Accounts = ReturnType<typeof accountService>;
