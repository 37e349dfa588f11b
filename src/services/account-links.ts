import { createHash } from 'node:crypto';
import { Problem, type ProblemError } from '../model/problem.ts';
import type { AccountLetterKind } from '../store/account-letters.ts';
import type { AccountLink, LinkKind, NewLink } from '../store/account-links.ts';
import type { User } from '../store/accounts.ts';
import { newPublicId } from '../store/identifiers.ts';
import { addressFaults, foldAddress, nameFaults, passwordFaults } from './account-form.ts';
import { linkPath, linkToken } from './account-letters.ts';
import type { Context } from './context.ts';
import type { SharedLimits } from './limits-shared.ts';
import { hashPassword, type PasswordCost } from './passwords.ts';
import type { SignedIn } from './sessions.ts';

const HOUR_MS = 3_600_000;
/** So many letters about a password one account, and one network, may ask for in an hour. */
const RESETS_MOST = 5;
const NETWORK_RESETS_MOST = 20;

export type OpenLink = { link: AccountLink; user: User | null };
/** What a link was made into: a letter, or a path to be handed on by hand, shown this once. */
export type MadeLink = { isSent: true } | { isSent: false; path: string };

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
const SPENT = new Problem('gone', 'This link opens no more', {
  detail: 'It opens once, for an hour. Ask for a new one',
});

/** Links by which somebody joins, chooses a new password, or confirms a new address: once, within the hour. */
export function accountLinkService(
  { store, keys, now }: Context,
  {
    shared,
    hasPost,
    wake,
    passwordCost,
    report,
  }: {
    shared: SharedLimits;
    /** Whether letters can go out. */
    hasPost: boolean;
    wake: () => void;
    passwordCost: PasswordCost | undefined;
    report: (error: unknown) => void;
  },
) {
  const at = () => now().toISOString();

  /** Tells somebody something of their account, where letters can go out. */
  async function tell(
    kind: AccountLetterKind,
    toAddress: string,
    about: Record<string, string> = {},
    linkId: number | null = null,
  ): Promise<void> {
    if (!hasPost) return;
    await store.accountLetters.add({ kind, toAddress, about, linkId }, at());
    wake();
  }

  /** @param about what the letter says besides the link */
  async function make(
    link: Omit<NewLink, 'publicId' | 'tokenHash' | 'expiresAt'>,
    about: Record<string, string>,
  ): Promise<MadeLink> {
    const publicId = newPublicId();
    const made = await store.accountLinks.add(
      {
        ...link,
        publicId,
        tokenHash: hashOf(linkToken(keys.accounts, publicId)),
        expiresAt: new Date(now().getTime() + HOUR_MS).toISOString(),
      },
      at(),
    );
    if (!hasPost) return { isSent: false, path: linkPath(keys.accounts, made) };
    await tell(link.kind, link.email, about, made.id);
    return { isSent: true };
  }

  /** @throws Problem `gone` for a link that was used, has run out, or never was: the three look alike */
  async function open(kind: LinkKind, token: string): Promise<OpenLink> {
    const link = token.length <= 100 ? await store.accountLinks.findByHash(hashOf(token)) : null;
    if (!link || link.kind !== kind || link.usedAt !== null || link.expiresAt <= at()) throw SPENT;
    const user =
      link.userId === null ? await store.accounts.findByEmail(link.email) : await store.accounts.findUser(link.userId);
    return { link, user };
  }

  return {
    hasPost,
    make,
    tell,
    open,

    /** Where an invitation leads: the name of its study or workspace. */
    placeOf: async ({ studyId, workspaceId }: AccountLink): Promise<string> =>
      studyId !== null
        ? `the study “${(await store.studies.find(studyId))?.name ?? ''}”`
        : `the workspace “${workspaceId === null ? '' : ((await store.studies.workspace(workspaceId))?.name ?? '')}”`,

    /** Takes an invitation up with a new account. @throws Problem `gone` for a link that opens no more */
    joinAsNew: async (
      token: string,
      form: { name: string; password: string },
    ): Promise<{ user: User } | { errors: ProblemError[] }> => {
      const { link, user } = await open('invitation', token);
      if (user)
        throw new Problem('conflict', 'There is an account with this address by now', { detail: 'Sign in first' });
      const errors = [...nameFaults(form.name), ...(await passwordFaults(form.password, link.email))];
      if (errors.length > 0) return { errors };
      const passwordHash = await hashPassword(form.password, passwordCost);
      const added = await store.accountLinks.joinAsNew(
        link.id,
        { email: link.email, name: form.name.trim(), passwordHash },
        at(),
      );
      if (!added) throw SPENT;
      return { user: added };
    },
    /** The same for whoever is signed in. @throws Problem `forbidden` when the invitation is for another address */
    join: async (token: string, signedIn: SignedIn): Promise<void> => {
      const { link } = await open('invitation', token);
      if (link.email !== signedIn.email)
        throw new Problem('forbidden', 'This invitation is for another address', {
          detail: `Sign in with ${link.email} and open it again`,
        });
      if (!(await store.accountLinks.join(link.id, signedIn.id, at()))) throw SPENT;
    },

    /**
     * Sends a link for a new password, where there is an account to send it for. It says the same, after the same time, whether
     * there is one or not.
     *
     * @throws Problem `too-many`
     */
    askForPassword: async (email: string, network: string): Promise<void> => {
      const address = foldAddress(email);
      const wait = await shared.take(
        [
          { name: `reset ${address}`, most: RESETS_MOST },
          { name: `resets ${network}`, most: NETWORK_RESETS_MOST },
        ],
        HOUR_MS,
      );
      if (wait !== null)
        throw new Problem('too-many', 'This was asked too often', {
          detail: `Wait ${Math.ceil(wait / 60)} minutes, and look for the letter among those that were sorted out`,
          retryAfterSeconds: wait,
        });
      // Nobody waits for it, so that the time taken does not tell who has an account.
      if (hasPost)
        void store.accounts
          .findByEmail(address)
          .then(async (user) => {
            if (!user || user.disabledAt !== null) return;
            await make(
              {
                kind: 'password',
                email: user.email,
                userId: user.id,
                role: null,
                studyId: null,
                workspaceId: null,
                madeBy: null,
              },
              {},
            );
          })
          .catch(report);
    },
    /** Chooses the new password. @throws Problem `gone` for a link that opens no more */
    setPassword: async (token: string, password: string): Promise<{ errors: ProblemError[] }> => {
      const { link, user } = await open('password', token);
      if (!user || user.disabledAt !== null) throw SPENT;
      const errors = await passwordFaults(password, user.email);
      if (errors.length > 0) return { errors };
      const changed = await store.accountLinks.setPassword(link.id, await hashPassword(password, passwordCost), at());
      if (!changed) throw SPENT;
      await tell('password-changed', changed.email);
      return { errors: [] };
    },

    /** Asks the new address to confirm itself, and tells the old one. @throws Problem `conflict` without a mail server */
    askForAddress: async (user: SignedIn, email: string): Promise<{ errors: ProblemError[] }> => {
      const address = foldAddress(email);
      if (!hasPost)
        throw new Problem('conflict', 'Addresses cannot be confirmed here, since no mail server is set', {
          detail: 'Ask whoever runs this server: they change it on its command line',
        });
      const errors = addressFaults(address);
      if (address === user.email) errors.push({ pointer: '#/email', detail: 'This is your address already' });
      if (errors.length > 0) return { errors };
      await tell('address-asked', user.email, { after: address });
      // Whether somebody has the address is for its mailbox to hear, and not for whoever types it.
      if (!(await store.accounts.findByEmail(address)))
        await make(
          {
            kind: 'address',
            email: address,
            userId: user.id,
            role: null,
            studyId: null,
            workspaceId: null,
            madeBy: user.id,
          },
          {},
        );
      return { errors: [] };
    },
    /** Changes the address; both are told. @throws Problem `gone` for a link that opens no more */
    changeAddress: async (token: string): Promise<void> => {
      const { link } = await open('address', token);
      const changed = await store.accountLinks.changeAddress(link.id, at());
      if (!changed) throw SPENT;
      await tell('address-changed', changed.before, changed);
      await tell('address-changed', changed.after, changed);
    },
  };
}
export type AccountLinks = ReturnType<typeof accountLinkService>;
