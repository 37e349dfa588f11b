import type { Kysely, Selectable } from 'kysely';
import {
  type AttributeFamily,
  type AttributeSubject,
  type AttributeType,
  type AttributeValue,
  readAs,
} from '../model/attribute.ts';
import type { MessageBody, MessageKind } from '../model/event-message.ts';
import { newPublicId } from './identifiers.ts';
import type { Proof } from './intake-log.ts';
import { attributeTypes } from './intake-projection.ts';
import { recentReads } from './recent.ts';
import type { Tables } from './tables.ts';

export type Source = Selectable<Tables['sources']>;
/** A source as whoever sends found it; `isServer` where they showed the server key. */
export type OpenSource = Source & { isServer: boolean };
export type NewestMessage = {
  kind: MessageKind;
  name: string;
  groupId: string | null;
  userId: string | null;
  anonymousId: string | null;
  receivedAt: string;
  occurredAt: string;
  /** Null until the person is made from it, and for a group that names nobody. */
  person: string | null;
};

/** How long a write key is believed to be what it was; ending a source is known at once in this process. */
const KEY_MS = 1000;

/** Where events come from, what came last, and what could not be kept. */
export function sourceStore(db: Kysely<Tables>) {
  const byKey = recentReads<OpenSource | null>(KEY_MS);

  return {
    list: (workspaceId: number): Promise<Source[]> =>
      db.selectFrom('sources').selectAll().where('workspaceId', '=', workspaceId).orderBy('id').execute(),
    find: async (workspaceId: number, publicId: string): Promise<Source | null> =>
      (await db
        .selectFrom('sources')
        .selectAll()
        .where('workspaceId', '=', workspaceId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    /**
     * The source that a key belongs to; null for one that was ended.
     *
     * @param by the write key itself, or the hash of a server key
     */
    findOpen: (key: string, by: 'writeKey' | 'serverKeyHash' = 'writeKey'): Promise<OpenSource | null> =>
      byKey.read(`${by} ${key}`, async () => {
        const source = await db
          .selectFrom('sources')
          .selectAll()
          .where(by, '=', key)
          .where('endedAt', 'is', null)
          .executeTakeFirst();
        return source ? { ...source, isServer: by === 'serverKeyHash' } : null;
      }),
    findById: async (id: number): Promise<Source | null> =>
      (await db.selectFrom('sources').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
    /** Sources that take files from their folder. */
    withInbox: (): Promise<Source[]> =>
      db.selectFrom('sources').selectAll().where('inbox', 'is not', null).where('endedAt', 'is', null).execute(),
    /** Changes what a source believes or holds; known at once in this process. */
    set: async (
      sourceId: number,
      change: Partial<Pick<Source, 'signing' | 'signingSecret' | 'serverKey' | 'serverKeyHash' | 'inbox'>>,
    ): Promise<void> => {
      await byKey.after(() => db.updateTable('sources').set(change).where('id', '=', sourceId).execute());
    },
    /** How the newest messages that name somebody showed it: how many by each proof. */
    proofs: async (sourceId: number, newest: number): Promise<Map<Proof, number>> => {
      const rows = await db
        .selectFrom((eb) =>
          eb
            .selectFrom('intakeRecords')
            .select('proof')
            .where('sourceId', '=', sourceId)
            .orderBy('receivedAt', 'desc')
            .limit(newest)
            .as('recent'),
        )
        .select(({ fn }) => ['proof', fn.countAll().as('n')])
        .where('proof', 'is not', null)
        .groupBy('proof')
        .execute();
      return new Map(rows.map(({ proof, n }) => [proof as Proof, Number(n)]));
    },
    add: (
      source: Pick<Source, 'workspaceId' | 'name' | 'createdBy'> &
        Partial<Pick<Source, 'signingSecret' | 'serverKey' | 'serverKeyHash'>>,
      at: string,
    ): Promise<Source> =>
      byKey.after(() =>
        db
          .insertInto('sources')
          .values({ ...source, publicId: newPublicId(), writeKey: newPublicId(), createdAt: at, endedAt: null })
          .returningAll()
          .executeTakeFirstOrThrow(),
      ),
    end: async (sourceId: number, at: string): Promise<void> => {
      await byKey.after(() =>
        db
          .updateTable('sources')
          .set({ endedAt: at })
          .where('id', '=', sourceId)
          .where('endedAt', 'is', null)
          .execute(),
      );
    },
    /** When something last came, and how many messages since a moment. */
    activity: async (sourceId: number, since: string): Promise<{ lastAt: string | null; count: number }> => {
      const last = await db
        .selectFrom('intakeRecords')
        .select(({ fn }) => fn.max('receivedAt').as('at'))
        .where('sourceId', '=', sourceId)
        .executeTakeFirst();
      const counted = await db
        .selectFrom('intakeRecords')
        .select(({ fn }) => fn.countAll().as('n'))
        .where('sourceId', '=', sourceId)
        .where('receivedAt', '>=', since)
        .executeTakeFirst();
      return { lastAt: last?.at ?? null, count: Number(counted?.n ?? 0) };
    },
    newest: async (source: Source, limit: number): Promise<NewestMessage[]> => {
      const rows = await db
        .selectFrom('intakeRecords')
        .selectAll()
        .where('sourceId', '=', source.id)
        .orderBy('receivedAt', 'desc')
        .orderBy('seq', 'desc')
        .limit(limit)
        .execute();
      const named = rows.flatMap(({ userId, anonymousId }) => userId ?? anonymousId ?? []);
      const people =
        named.length === 0
          ? []
          : await db
              .selectFrom('personIdentities')
              .leftJoin('personLinks', 'personLinks.personId', 'personIdentities.personId')
              .innerJoin('people', (on) =>
                on.on((eb) =>
                  eb('people.id', '=', eb.fn.coalesce('personLinks.canonicalId', 'personIdentities.personId')),
                ),
              )
              .select(['personIdentities.kind', 'personIdentities.value', 'people.publicId'])
              .where('personIdentities.workspaceId', '=', source.workspaceId)
              .where('personIdentities.kind', 'in', ['external', 'anonymous'])
              .where('personIdentities.value', 'in', named)
              .execute();
      const byIdentity = new Map(people.map(({ kind, value, publicId }) => [`${kind} ${value}`, publicId]));
      return rows.map(({ kind, name, body, userId, anonymousId, receivedAt, occurredAt }) => ({
        kind: kind as MessageKind,
        name,
        groupId: (JSON.parse(body) as MessageBody).groupId ?? null,
        userId,
        anonymousId,
        receivedAt,
        occurredAt,
        person: byIdentity.get(userId === null ? `anonymous ${anonymousId ?? ''}` : `external ${userId}`) ?? null,
      }));
    },
    deadLetters: (sourceId: number, limit: number): Promise<Selectable<Tables['deadLetters']>[]> =>
      db
        .selectFrom('deadLetters')
        .selectAll()
        .where('sourceId', '=', sourceId)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute(),
    countDeadLetters: async (sourceId: number): Promise<number> =>
      Number(
        (
          await db
            .selectFrom('deadLetters')
            .select(({ fn }) => fn.countAll().as('n'))
            .where('sourceId', '=', sourceId)
            .executeTakeFirst()
        )?.n ?? 0,
      ),
    /** What the workspace knows of each attribute of people, or of companies, by name. */
    attributeTypes: (workspaceId: number, subject: AttributeSubject) => attributeTypes(db, workspaceId, subject),
    /**
     * Says once and for all what an attribute of people holds. What was read from events before is read anew as it; a
     * value that cannot be read so stays as it came.
     *
     * @returns false when there is no such attribute
     */
    setAttributeType: (
      workspaceId: number,
      name: string,
      { type, family }: { type: AttributeType; family: AttributeFamily },
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('attributeTypes')
          .set({ type, family, isSet: 1 })
          .where('workspaceId', '=', workspaceId)
          .where('subject', '=', 'person')
          .where('name', '=', name)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        const rows = trx.updateTable('attributes').where('workspaceId', '=', workspaceId).where('name', '=', name);
        await rows.set({ family }).execute();
        const values = await trx
          .selectFrom('attributes')
          .select('value')
          .distinct()
          .where('workspaceId', '=', workspaceId)
          .where('name', '=', name)
          .where('seq', 'is not', null)
          .execute();
        for (const { value } of values) {
          const read = readAs(type, JSON.parse(value) as AttributeValue);
          const text = read === null ? value : JSON.stringify(read);
          if (text !== value)
            await rows.set({ value: text }).where('value', '=', value).where('seq', 'is not', null).execute();
        }
        return true;
      }),
  };
}
