import { createHmac, timingSafeEqual } from 'node:crypto';
import { OPT_OUT_ORIGINS, type OptOutOrigin } from '../store/contacts.ts';
import { isPublicId } from '../store/identifiers.ts';
import type { Context } from './context.ts';

/** Who wants no letters: the links that say so, and the seals that tell an address again without keeping it. */
export function optOutService({ store, keys, now }: Context) {
  const mac = (text: string) => createHmac('sha256', keys.optOut).update(text).digest().subarray(0, 16);
  /** Tells an address again without keeping it. */
  const sealOf = (address: string): string => mac(`address ${address.toLowerCase()}`).toString('base64url');

  /** Needs no look-up and no second secret: the person's public id, and a seal that only this installation can make. */
  const tokenOf = (personPublicId: string): string =>
    `${personPublicId}${mac(`opt-out ${personPublicId}`).toString('base64url')}`;

  async function personOf(token: string) {
    const publicId = token.slice(0, 22);
    const seal = Buffer.from(token.slice(22));
    const expected = Buffer.from(tokenOf(publicId).slice(22));
    if (!isPublicId(publicId) || seal.length !== expected.length || !timingSafeEqual(seal, expected)) return null;
    return store.contacts.personByPublicId(publicId);
  }

  return {
    sealOf,
    token: tokenOf,
    /** Keeps that somebody wants no letters; false when the token is none of ours, or there is no such person. */
    keep: async (
      who: { token: string } | { personId: number },
      origin: OptOutOrigin,
      surveyId: number | null,
    ): Promise<boolean> => {
      const found = 'token' in who ? await personOf(who.token) : await store.contacts.personById(who.personId);
      if (!found) return false;
      const same = await store.people.sameAs(found.id);
      const personId = same[0] ?? found.id;
      const contact = (await store.contacts.contacts(found.workspaceId, same)).get(personId);
      await store.contacts.optOut({
        workspaceId: found.workspaceId,
        personId,
        surveyId,
        origin,
        addressSeal: contact?.address ? sealOf(contact.address) : null,
        createdAt: now().toISOString(),
      });
      return true;
    },
    /** Takes back what a researcher noted by mistake; false when the person said it themselves, or nobody did. */
    takeBack: async ({ id, workspaceId }: { id: number; workspaceId: number }): Promise<boolean> =>
      store.contacts.takeBackOptOut(workspaceId, await store.people.sameAs(id), ['researcher']),
    /**
     * Takes back what the person said with one of their links, or what was noted for them; where nobody had, nothing
     * changes. False when the token is none of ours. What somebody else said of an address they share stays.
     */
    undo: async (token: string): Promise<boolean> => {
      const found = await personOf(token);
      if (!found) return false;
      await store.contacts.takeBackOptOut(found.workspaceId, await store.people.sameAs(found.id), OPT_OUT_ORIGINS);
      return true;
    },
    /** Whether a letter's opt-out link is one of ours, and whether it was used; null when it is not. */
    find: async (token: string): Promise<{ isOptedOut: boolean } | null> => {
      const found = await personOf(token);
      if (!found) return null;
      const [canonical] = await store.people.sameAs(found.id);
      const { people } = await store.contacts.optedOut(found.workspaceId);
      return { isOptedOut: people.has(canonical ?? found.id) };
    },
  };
}
export type OptOuts = ReturnType<typeof optOutService>;
