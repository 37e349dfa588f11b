import { ATTRIBUTE_FAMILIES, ATTRIBUTE_TYPES, type AttributeFamily, type AttributeType } from '../model/attribute.ts';
import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import type { OpenSource, Source } from '../store/sources.ts';
import type { Actor, Context } from './context.ts';
import { SERVER_KEY_MARK, serverKeyHash, sourceSecrets } from './source-secrets.ts';

/** Where events come from, what proves who they tell of, and what their attributes mean. */
export function sourceService({ store, now, keys }: Context) {
  const secrets = sourceSecrets(keys.sources, now);
  return {
    /** @throws Problem `invalid` for no name */
    add: (workspaceId: number, rawName: string, actor: Actor): Promise<Source> => {
      const name = cleanText(rawName, 'name');
      if (name.text.trim() === '' || name.isTooLong)
        throw new Problem('invalid', 'The source needs a name', {
          errors: [{ pointer: '#/name', detail: 'Enter a name of at most 200 characters' }],
        });
      return store.sources.add(
        {
          workspaceId,
          name: name.text.trim(),
          createdBy: actor?.userId ?? null,
          signingSecret: secrets.changedSigning(null),
          ...secrets.newServerKey(),
        },
        now().toISOString(),
      );
    },
    /** The source that a write key or a server key opens; null when none does. */
    findOpen: async (key: string): Promise<OpenSource | null> => {
      if (key.length > 100) return null;
      return key.startsWith(SERVER_KEY_MARK)
        ? store.sources.findOpen(serverKeyHash(key), 'serverKeyHash')
        : store.sources.findOpen(key);
    },
    /** What is secret of a source, for those who look after it; null where there is none yet. */
    secretsOf: (source: Source): { signing: string | null; bothUntil: string | null; serverKey: string | null } => ({
      signing: secrets.signing(source)[0] ?? null,
      bothUntil: secrets.signingBothUntil(source),
      serverKey: secrets.serverKey(source),
    }),
    /** True for an id whose hash shows that the source’s own server stands by it, or that the server itself names. */
    isProven: (source: OpenSource, userId: string, hash: unknown): boolean =>
      source.isServer || secrets.checker(source)(userId, hash) === 'signed',
    checkHash: (source: Source, userId: string, hash: string) => secrets.checker(source)(userId, hash),
    /** A new secret to sign ids with; for a day, the one before counts as well. */
    changeSigningSecret: ({ id, signingSecret }: Source): Promise<void> =>
      store.sources.set(id, { signingSecret: secrets.changedSigning(signingSecret) }),
    /** A new server key; the one before opens nothing from then on. */
    changeServerKey: ({ id }: Source): Promise<void> => store.sources.set(id, secrets.newServerKey()),
    /** @throws Problem `invalid` for what is no choice, and while there is no secret to sign with */
    setSigning: async (source: Source, wanted: string): Promise<void> => {
      if (wanted !== 'off' && wanted !== 'required')
        throw new Problem('invalid', 'Choose whom to believe', {
          errors: [{ pointer: '#/signing', detail: 'Choose one of the two' }],
        });
      if (wanted === 'required' && secrets.signing(source).length === 0)
        throw new Problem('invalid', 'There is no secret to sign with yet', {
          errors: [{ pointer: '#/signing', detail: 'Make the secret first' }],
        });
      await store.sources.set(source.id, { signing: wanted });
    },
    /** From now on nothing more is taken with its key; what came stays. */
    end: (source: Source): Promise<void> => store.sources.end(source.id, now().toISOString()),
    /** @throws Problem `invalid` for a type or family that there is not, `not-found` for an attribute that nobody has */
    setAttribute: async (workspaceId: number, name: string, form: { type: string; family: string }): Promise<void> => {
      const type = ATTRIBUTE_TYPES.find((one) => one === form.type);
      const family = ATTRIBUTE_FAMILIES.find((one) => one === form.family);
      if (!type || !family)
        throw new Problem('invalid', 'Choose a type and a family', {
          errors: [
            ...(type ? [] : [{ pointer: '#/type', detail: 'Choose one of the types' }]),
            ...(family ? [] : [{ pointer: '#/family', detail: 'Choose one of the families' }]),
          ],
        });
      const meaning: { type: AttributeType; family: AttributeFamily } = { type, family };
      if (!(await store.sources.setAttributeType(workspaceId, name, meaning)))
        throw new Problem('not-found', 'There is no such attribute in this workspace');
    },
  };
}
export type Sources = ReturnType<typeof sourceService>;
