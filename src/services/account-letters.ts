import { createHmac } from 'node:crypto';
import type { AccountLetter, AccountLetterKind } from '../store/account-letters.ts';
import type { AccountLink } from '../store/account-links.ts';
import type { Context } from './context.ts';
import { type AnyTray, type Composed, domainOf, type PostSettings, trayOf } from './post-office.ts';

const PATHS = { invitation: 'invitation', password: 'new-password', address: 'new-address' } as const;
const SUBJECTS: Record<AccountLetterKind, string> = {
  invitation: 'You are invited to Verbatim',
  password: 'A new password for Verbatim',
  address: 'Confirm your new address for Verbatim',
  'address-asked': 'Somebody asked to change your address at Verbatim',
  'address-changed': 'Your address at Verbatim was changed',
  'password-changed': 'Your password for Verbatim was changed',
  'second-factor-changed': 'How you sign in to Verbatim was changed',
};
const NOT_ME = 'If this was not you, tell whoever runs your Verbatim at once.';

/**
 * The token of a link follows from its id and the installation's key, so that a letter can be written when it goes; the database
 * holds its hash alone.
 */
export const linkToken = (key: Uint8Array, publicId: string): string =>
  createHmac('sha256', key).update(`link ${publicId}`).digest('base64url');

/** Where a link leads, below the address of Verbatim. */
export const linkPath = (key: Uint8Array, { kind, publicId }: Pick<AccountLink, 'kind' | 'publicId'>): string =>
  `/${PATHS[kind]}/${linkToken(key, publicId)}`;

/** Letters about accounts. They go out by the post office of all letters, before the others. */
export function accountLetterTray(
  { store, keys, now }: Pick<Context, 'store' | 'keys' | 'now'>,
  { publicUrl, post }: { publicUrl: string | null; post: PostSettings | null },
): AnyTray {
  const textOf = (kind: AccountLetterKind, about: Record<string, string>, link: string): string => {
    const once = 'The link opens once, for an hour.';
    switch (kind) {
      case 'invitation':
        return `${about['by']} invites you to ${about['place']} as ${about['role']}.\n\n${link}\n\n${once} If you do not know what this is about, leave it.`;
      case 'password':
        return `Choose a new password here:\n\n${link}\n\n${once} If you did not ask for it, leave it: your password stays as it is.`;
      case 'address':
        return `Confirm that this is your address from now on:\n\n${link}\n\n${once} If you did not ask for it, leave it: nothing changes.`;
      case 'address-asked':
        return `Somebody who was signed in to your account asked to change its address to ${about['after']}. It changes once that address is confirmed.\n\n${NOT_ME}`;
      case 'address-changed':
        return `The address of your account was changed from ${about['before']} to ${about['after']}. Every session has ended; sign in with the new address.\n\n${NOT_ME}`;
      case 'password-changed':
        return `The password of your account was changed, and every session has ended.\n\n${NOT_ME}`;
      case 'second-factor-changed':
        return `${about['what']}\n\n${NOT_ME}`;
    }
  };

  async function compose(letter: AccountLetter): Promise<Composed> {
    if (post === null || publicUrl === null) return { skip: 'there is no mail server' };
    const link = letter.linkId === null ? null : await store.accountLinks.find(letter.linkId);
    if (letter.linkId !== null && (!link || link.usedAt !== null || link.expiresAt <= now().toISOString()))
      return { skip: 'its link opens no more' };
    const about = JSON.parse(letter.about) as Record<string, string>;
    return {
      addressSeal: '',
      ready: {
        to: letter.toAddress,
        subject: SUBJECTS[letter.kind],
        text: `${textOf(letter.kind, about, link ? `${publicUrl}${linkPath(keys.accounts, link)}` : '')}\n`,
        messageId: `<account-${letter.id}-${Date.parse(letter.createdAt)}@${domainOf(post.from)}>`,
        optOut: null,
      },
    };
  }

  return trayOf<AccountLetter>({
    queue: store.accountLetters,
    compose,
    // Whoever asked for the letter sees that it was refused.
    onAddressFault: async () => {},
  });
}
