import type { Arrival, EventMessage } from '../model/event-message.ts';
import type { Proof } from '../store/intake-log.ts';
import type { OpenSource, Source } from '../store/sources.ts';
import type { Signature } from './signed-ids.ts';
import type { SourceSecrets } from './source-secrets.ts';

/** Who sends: a source, with its server key or without. */
export type Sender = Source & Partial<Pick<OpenSource, 'isServer'>>;

/** How a message shows whom it speaks for; or why it is not believed. */
export type Prove = (raw: unknown, arrival: Arrival, message: EventMessage) => Proof | null | Error;

const NOT_BELIEVED: Readonly<Record<Exclude<Signature, 'signed'>, string>> = {
  unsigned: 'userId is not signed, and this source believes only signed ids',
  wrong: 'The signature of userId is wrong',
  expired: 'The signature of userId has expired',
};

/**
 * Looks at the messages of one request. Where ids must be signed, whoever has only the write key may say of a browser
 * whose it is, but not that two people are one: such an alias is marked as one of a browser.
 */
export function proverFor(source: Sender, secrets: SourceSecrets): Prove {
  const check = secrets.checker(source);
  const isStrict = source.signing === 'required' && !source.isServer;
  return (raw, { context }, { kind, userId, body }) => {
    if (userId === null) return null;
    if (source.isServer) return 'server';
    const signature = check(userId, hashIn(raw, context));
    if (isStrict && signature !== 'signed') return new Error(NOT_BELIEVED[signature]);
    if (isStrict && kind === 'alias') body.previousIs = 'anonymous';
    return signature === 'expired' ? 'wrong' : signature;
  };
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The hash that came with a message: its own, or the one that a batch has for all of its messages. */
function hashIn(raw: unknown, shared: unknown): unknown {
  if (!isPlain(raw)) return undefined;
  const { userHash, context } = raw;
  return userHash ?? (isPlain(context) ? context['userHash'] : null) ?? (isPlain(shared) ? shared['userHash'] : null);
}
