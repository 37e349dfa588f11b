import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Problem, type ProblemError } from '../model/problem.ts';
import type { Role, User } from '../store/accounts.ts';
import { isUniqueViolation } from '../store/dialect.ts';
import { accountFaults, addressFaults, foldAddress, type NewAccount, passwordFaults } from './account-form.ts';
import type { AccountLinks } from './account-links.ts';
import type { Context } from './context.ts';
import type { SharedLimits } from './limits-shared.ts';
import type { PasskeySite, Passkeys } from './passkeys.ts';
import { checkPassword, hashPassword, PASSWORD_MAX, type PasswordCost } from './passwords.ts';
import { type SecondFactors, typedCode } from './second-factors.ts';
import type { Sessions, SignedIn } from './sessions.ts';
import { signInLimiter } from './sign-in-limiter.ts';

/** What is shown besides the password: a code, or what a passkey signed. */
export type SecondProof = { code: string } | { answer: string; site: PasskeySite };
/** A sign-in that is done, or one that waits for its second step under a token of its own. */
export type SignInOutcome = { token: string; deviceMark: string } | { step: string };

/** So long a right password waits for the second step. */
const STEP_MS = 10 * 60_000;

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');
const isSame = (a: string, b: string) => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};

/** Who may work here: setting up, signing in and out, passwords. */
export function accountService(
  { store, now, limits, keys, audit }: Context,
  {
    sessions,
    shared,
    secondFactors,
    passkeys,
    links,
    passwordCost,
  }: {
    sessions: Sessions;
    shared: SharedLimits;
    secondFactors: SecondFactors;
    passkeys: Passkeys;
    links: AccountLinks;
    passwordCost: PasswordCost | undefined;
  },
) {
  const limiter = signInLimiter(shared, { tries: limits.loginTries, windowMs: limits.loginMinutes * 60_000 });
  const unlockedAt = (email: string) => store.accounts.setting(`unlocked ${email}`);

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

  /** What a passkey signs to confirm a session: something else once it was confirmed. */
  const confirmation = (user: SignedIn) => `confirm ${user.sessionHash} ${user.authenticatedAt}`;

  /** The end of every way in: a session, or the wait for the second step. */
  async function admit(user: User, agent: string | null): Promise<SignInOutcome> {
    if (!(await secondFactors.isNeeded(user)))
      return { token: await sessions.open(user, agent), deviceMark: deviceMark(user.email) };
    const step = randomBytes(32).toString('base64url');
    const at = now();
    await store.signIns.beginStep({
      idHash: sha256(step),
      userId: user.id,
      createdAt: at.toISOString(),
      expiresAt: new Date(at.getTime() + STEP_MS).toISOString(),
    });
    return { step };
  }

  async function checkSecond(user: { id: number; email: string }, what: string, proof: SecondProof): Promise<boolean> {
    return 'code' in proof
      ? secondFactors.checkCode(user, proof.code)
      : passkeys.check(user, proof.site, what, proof.answer);
  }

  async function find(email: string): Promise<User> {
    const user = await store.accounts.findByEmail(foldAddress(email));
    if (!user) throw new Problem('not-found', `There is no account with the address ${email}`);
    return user;
  }

  return {
    whoIs: sessions.whoIs,
    signOut: sessions.signOut,
    reauthenticated: sessions.reauthenticated,
    admit,

    needsSetUp: async () => (await store.accounts.countUsers()) === 0,

    /** A fresh one-time code while nobody has an account; only its hash is kept. Null once somebody has. */
    newSetUpCode: async (): Promise<string | null> => {
      if ((await store.accounts.countUsers()) > 0) return null;
      const code = typedCode();
      await store.accounts.putSetting('setup-code', sha256(code));
      return code;
    },

    /** Makes the first account, for whoever holds the code that the first start printed. */
    setUp: async (
      form: NewAccount & { code: string; workspace: string },
      agent: string | null = null,
    ): Promise<{ token: string } | { errors: ProblemError[] }> => {
      const kept = await store.accounts.setting('setup-code');
      if (kept === null || (await store.accounts.countUsers()) > 0)
        throw new Problem('not-found', 'There is no such page', { detail: 'Check the address' });
      await limiter.begin('set-up', 'set-up', false);
      const errors = await accountFaults(form);
      const typed = form.code.trim().toLowerCase();
      if (isSame(sha256(typed), kept)) await limiter.succeeded('set-up', 'set-up');
      else
        errors.unshift({
          pointer: '#/code',
          detail: 'This is not the code that the latest start printed. Look in the terminal where Verbatim was started',
        });
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
      if (!user) throw new Problem('not-found', 'There is no such page', { detail: 'Check the address' });
      return { token: await sessions.open(user, agent) };
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
      agent = null,
    }: {
      email: string;
      password: string;
      network: string;
      deviceMark: string | null;
      /** What the browser calls itself. */
      agent?: string | null;
    }): Promise<SignInOutcome | null> => {
      const address = foldAddress(email);
      const isKnown = isKnownDevice(address, mark);
      await limiter.begin(address, network, isKnown, await unlockedAt(address));
      const user = await store.accounts.findByEmail(address);
      const isRight = await checkPassword(
        password.slice(0, PASSWORD_MAX),
        user && user.disabledAt === null ? user.passwordHash : null,
      );
      if (!isRight || !user) {
        await audit.note({
          action: 'sign-in',
          actor: 'nobody',
          study: null,
          object: user ? `user:${user.publicId}` : '',
          outcome: 'refused',
        });
        return null;
      }
      await limiter.succeeded(address, network, isKnown);
      return admit(user, agent);
    },

    /** Whose sign-in waits for its second step, and what a passkey would sign; null when none does. */
    waiting: async (step: string): Promise<{ user: User; what: string } | null> => {
      const user = step.length <= 100 ? await store.signIns.step(sha256(step), now().toISOString()) : null;
      return user ? { user, what: `step ${sha256(step)}` } : null;
    },
    /**
     * Ends a sign-in with its second step.
     *
     * @returns null for what is wrong
     * @throws Problem `signed-out` when no sign-in waits, `too-many` after too many wrong tries
     */
    finishSignIn: async (
      step: string,
      proof: SecondProof,
      agent: string | null = null,
    ): Promise<{ token: string; deviceMark: string } | null> => {
      const idHash = sha256(step);
      const user = step.length <= 100 ? await store.signIns.step(idHash, now().toISOString()) : null;
      const over = new Problem('signed-out', 'Please sign in again', { detail: 'The second step came too late' });
      if (!user) throw over;
      await limiter.begin(`second ${user.id}`, 'second', false, await unlockedAt(user.email));
      if (!(await checkSecond(user, `step ${idHash}`, proof))) return null;
      await limiter.succeeded(`second ${user.id}`, 'second');
      if (!(await store.signIns.endStep(idHash))) throw over;
      return { token: await sessions.open(user, agent), deviceMark: deviceMark(user.email) };
    },

    confirmation,
    /**
     * Shows once more who is there: by the password, and by a second step where one is set up.
     *
     * @returns what is wrong, or the token under which the session goes on
     * @throws Problem `too-many`
     */
    confirm: async (
      user: SignedIn,
      { password, proof }: { password: string; proof: SecondProof | null },
    ): Promise<{ errors: ProblemError[] } | { token: string }> => {
      await limiter.begin(user.email, 'password', false, await unlockedAt(user.email));
      const known = await store.accounts.findUser(user.id);
      const errors: ProblemError[] = [];
      if (!(await checkPassword(password.slice(0, PASSWORD_MAX), known?.passwordHash ?? null)))
        errors.push({ pointer: '#/password', detail: 'This is not your password' });
      else if (await secondFactors.isNeeded(user)) {
        if (!proof || !(await checkSecond(user, confirmation(user), proof)))
          errors.push({
            pointer: '#/code',
            detail: 'This is not right just now. Wait for the next code, and type that',
          });
      }
      if (errors.length > 0) return { errors };
      await limiter.succeeded(user.email, 'password');
      return { token: await sessions.renew(user) };
    },

    /** Ends every session of the user, this one included. */
    changePassword: async (user: SignedIn, current: string, next: string): Promise<{ errors: ProblemError[] }> => {
      const known = await store.accounts.findUser(user.id);
      const errors: ProblemError[] = [];
      await limiter.begin(user.email, 'password', false, await unlockedAt(user.email));
      if (await checkPassword(current.slice(0, PASSWORD_MAX), known?.passwordHash ?? null))
        await limiter.succeeded(user.email, 'password');
      else errors.push({ pointer: '#/current', detail: 'This is not your password' });
      errors.push(...(await passwordFaults(next, user.email)).map((error) => ({ ...error, pointer: '#/next' })));
      if (errors.length > 0) return { errors };
      await store.accounts.setPassword(user.id, await hashPassword(next, passwordCost));
      await links.tell('password-changed', user.email);
      return { errors };
    },

    /** For the command line: an account with a role, in every workspace there is or in one study. */
    add: async (
      account: NewAccount,
      place: { isAdmin: boolean; role: Role; studyId: number | null },
    ): Promise<User> => {
      const errors = await accountFaults(account);
      if (errors.length > 0)
        throw new Problem('invalid', 'This account cannot be made', {
          errors,
          detail: errors.map((error) => error.detail).join('. '),
        });
      try {
        const added = await store.accounts.add(
          {
            email: account.email.toLowerCase(),
            name: account.name.trim(),
            passwordHash: await hashPassword(account.password, passwordCost),
            isAdmin: place.isAdmin,
          },
          { role: place.isAdmin ? 'owner' : place.role, studyId: place.isAdmin ? null : place.studyId },
          now().toISOString(),
        );
        await audit.note({
          action: 'account-made',
          object: `user:${added.publicId}`,
          detail: { level: place.isAdmin ? 'admin' : place.role },
        });
        return added;
      } catch (error) {
        if (isUniqueViolation(error))
          throw new Problem('conflict', 'There is an account with this address already', {
            detail: 'Use another address',
          });
        throw error;
      }
    },

    setPassword: async (email: string, password: string): Promise<void> => {
      const user = await find(email);
      const errors = await passwordFaults(password, user.email);
      if (errors.length > 0)
        throw new Problem('invalid', 'This password cannot be used', {
          detail: errors.map((error) => error.detail).join('. '),
        });
      await store.accounts.setPassword(user.id, await hashPassword(password, passwordCost));
    },

    /** For the command line: shuts somebody out, or lets them in again. */
    setDisabled: async (email: string, isDisabled: boolean): Promise<void> =>
      store.accounts.setDisabled((await find(email)).id, isDisabled ? now().toISOString() : null),

    /** For the command line: another address to sign in with. */
    setEmail: async (email: string, next: string): Promise<void> => {
      const user = await find(email);
      const address = foldAddress(next);
      const [fault] = addressFaults(address);
      if (fault) throw new Problem('invalid', 'This address cannot be used', { detail: fault.detail });
      try {
        await store.accounts.setEmail(user.id, address);
      } catch (error) {
        if (isUniqueViolation(error))
          throw new Problem('conflict', 'There is an account with this address already', {
            detail: 'Use another address',
          });
        throw error;
      }
      await links.tell('address-changed', user.email, { before: user.email, after: address });
    },

    /** For the command line: takes away every second factor of somebody who lost them all. */
    removeSecondFactors: async (email: string): Promise<void> => store.secondFactors.removeAll((await find(email)).id),

    /** For the command line: forgets the wrong tries that stand against an address. */
    unlock: async (email: string): Promise<void> => {
      await store.accounts.putSetting(`unlocked ${email.toLowerCase()}`, now().toISOString());
    },
  };
}
export type Accounts = ReturnType<typeof accountService>;
