import type { Kysely, Selectable, Transaction } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export type Person = Selectable<Tables['people']>;
export type AttributeFamily =
  | 'demographic'
  | 'geographic'
  | 'firmographic'
  | 'technographic'
  | 'psychographic'
  | 'value'
  | 'other';
export type AttributeValue = string | number | boolean | string[];
export type NewAttribute = { name: string; family: AttributeFamily; value: AttributeValue; source: string };

/** Whom we know and what we know of them. Facts keep the person they came with; a merge only names who that is now. */
export function peopleStore(db: Kysely<Tables>) {
  async function identified(
    trx: Transaction<Tables>,
    workspaceId: number,
    kind: string,
    value: string,
    at: string,
  ): Promise<number> {
    const known = await trx
      .selectFrom('personIdentities')
      .select('personId')
      .where('workspaceId', '=', workspaceId)
      .where('kind', '=', kind)
      .where('value', '=', value)
      .executeTakeFirst();
    if (known) return known.personId;
    const { id } = await trx
      .insertInto('people')
      .values({ workspaceId, publicId: newPublicId(), createdAt: at, erasedAt: null })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx.insertInto('personIdentities').values({ workspaceId, kind, value, personId: id }).execute();
    return id;
  }

  /** All people that are the same one today, the canonical first. */
  async function sameAs(personId: number): Promise<number[]> {
    const link = await db
      .selectFrom('personLinks')
      .select('canonicalId')
      .where('personId', '=', personId)
      .executeTakeFirst();
    const canonical = link?.canonicalId ?? personId;
    const others = await db.selectFrom('personLinks').select('personId').where('canonicalId', '=', canonical).execute();
    return [canonical, ...others.map((row) => row.personId)];
  }

  const latest = (
    rows: { personId: number; name: string; family: string; value: string; recordedAt: string; source: string }[],
  ) => {
    const found = new Map<string, { value: AttributeValue; family: string; recordedAt: string; source: string }>();
    for (const row of rows)
      found.set(row.name, {
        value: JSON.parse(row.value) as AttributeValue,
        family: row.family,
        recordedAt: row.recordedAt,
        source: row.source,
      });
    return found;
  };

  return {
    /** Finds or makes the people behind these ids, and notes what is new about them, in one transaction. */
    identify: (
      workspaceId: number,
      list: readonly { kind: string; value: string; attributes: readonly NewAttribute[] }[],
      at: string,
    ): Promise<number[]> =>
      db.transaction().execute(async (trx) => {
        const ids: number[] = [];
        for (const { kind, value, attributes } of list) {
          const personId = await identified(trx, workspaceId, kind, value, at);
          ids.push(personId);
          if (attributes.length === 0) continue;
          await trx
            .insertInto('attributes')
            .values(
              attributes.map(({ value: known, ...attribute }) => ({
                ...attribute,
                workspaceId,
                personId,
                value: JSON.stringify(known),
                recordedAt: at,
              })),
            )
            .execute();
        }
        return ids;
      }),
    find: async (workspaceId: number, publicId: string): Promise<Person | null> =>
      (await db
        .selectFrom('people')
        .selectAll()
        .where('workspaceId', '=', workspaceId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    count: async (workspaceId: number) =>
      Number(
        (
          await db
            .selectFrom('people')
            .select(({ fn }) => fn.countAll().as('n'))
            .where('workspaceId', '=', workspaceId)
            .executeTakeFirst()
        )?.n ?? 0,
      ),
    /** A page of people with the id they are known by, after the last one seen. */
    list: (workspaceId: number, afterId: number, limit: number) =>
      db
        .selectFrom('people')
        .leftJoin('personIdentities', 'personIdentities.personId', 'people.id')
        .select(['people.id', 'people.publicId', 'people.createdAt', 'personIdentities.value as identity'])
        .where('people.workspaceId', '=', workspaceId)
        .where('people.id', '>', afterId)
        .where('people.erasedAt', 'is', null)
        .orderBy('people.id')
        .limit(limit)
        .execute(),
    /** Everybody in a workspace once: people who were merged into another are that other. */
    canonical: (workspaceId: number): Promise<{ id: number; publicId: string }[]> =>
      db
        .selectFrom('people')
        .leftJoin('personLinks', 'personLinks.personId', 'people.id')
        .select(['people.id', 'people.publicId'])
        .where('people.workspaceId', '=', workspaceId)
        .where('people.erasedAt', 'is', null)
        .where('personLinks.personId', 'is', null)
        .orderBy('people.id')
        .execute(),
    /** The id each person came with. */
    identities: async (personIds: readonly number[]): Promise<Map<number, string>> => {
      if (personIds.length === 0) return new Map();
      const rows = await db
        .selectFrom('personIdentities')
        .select(['personId', 'value'])
        .where('personId', 'in', personIds)
        .orderBy('id')
        .execute();
      return new Map(rows.map((row) => [row.personId, row.value]));
    },
    sameAs,
    /** What is known of a person today: the latest value of each attribute, over everybody they are the same as. */
    attributesOf: async (personId: number) =>
      latest(
        await db
          .selectFrom('attributes')
          .select(['personId', 'name', 'family', 'value', 'recordedAt', 'source'])
          .where('personId', 'in', await sameAs(personId))
          .orderBy('recordedAt')
          .orderBy('id')
          .execute(),
      ),
    /** The attributes of everybody in a workspace, latest values, by canonical person. */
    allAttributes: async (workspaceId: number): Promise<Map<number, Map<string, AttributeValue>>> => {
      const links = new Map(
        (await db.selectFrom('personLinks').select(['personId', 'canonicalId']).execute()).map((row) => [
          row.personId,
          row.canonicalId,
        ]),
      );
      const rows = await db
        .selectFrom('attributes')
        .select(['personId', 'name', 'value'])
        .where('workspaceId', '=', workspaceId)
        .orderBy('recordedAt')
        .orderBy('id')
        .execute();
      const people = new Map<number, Map<string, AttributeValue>>();
      for (const row of rows) {
        const personId = links.get(row.personId) ?? row.personId;
        const known = people.get(personId) ?? new Map<string, AttributeValue>();
        known.set(row.name, JSON.parse(row.value) as AttributeValue);
        people.set(personId, known);
      }
      return people;
    },
    /** Which attributes there are, with how many people have each. */
    attributeNames: (workspaceId: number) =>
      db
        .selectFrom('attributes')
        .select(['name', 'family', ({ fn }) => fn.count<number>('personId').distinct().as('people')])
        .where('workspaceId', '=', workspaceId)
        .groupBy(['name', 'family'])
        .orderBy('name')
        .execute(),
    /** Says that one person is another from now on. Nothing that was kept is rewritten. */
    link: (personId: number, otherId: number, at: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const further = await trx
          .selectFrom('personLinks')
          .select('canonicalId')
          .where('personId', '=', otherId)
          .executeTakeFirst();
        const canonicalId = further?.canonicalId ?? otherId;
        if (canonicalId === personId) return;
        await trx.updateTable('personLinks').set({ canonicalId }).where('canonicalId', '=', personId).execute();
        await trx
          .insertInto('personLinks')
          .values({ personId, canonicalId, linkedAt: at })
          .onConflict((on) => on.column('personId').doUpdateSet({ canonicalId, linkedAt: at }))
          .execute();
      }),
    /** The pseudonyms of people in a study; those who are new to it get one. */
    participate: (studyId: number, personIds: readonly number[], at: string): Promise<Map<number, number>> =>
      db.transaction().execute(async (trx) => {
        const found = new Map<number, number>();
        for (const personId of personIds) {
          const row = await trx
            .insertInto('participations')
            .values({ studyId, personId, pseudonym: newPublicId(), createdAt: at })
            .onConflict((on) => on.columns(['studyId', 'personId']).doUpdateSet({ personId }))
            .returning('id')
            .executeTakeFirstOrThrow();
          found.set(personId, row.id);
        }
        return found;
      }),
    personOf: async (participationId: number) =>
      (await db.selectFrom('participations').select('personId').where('id', '=', participationId).executeTakeFirst())
        ?.personId ?? null,
    addInvitations: async (rows: readonly Omit<Selectable<Tables['invitations']>, 'id'>[]) => {
      for (let from = 0; from < rows.length; from += 200) {
        await db
          .insertInto('invitations')
          .values(rows.slice(from, from + 200))
          .onConflict((on) => on.columns(['surveyId', 'personId']).doNothing())
          .execute();
      }
    },
    invited: async (surveyId: number): Promise<Set<number>> =>
      new Set(
        (await db.selectFrom('invitations').select('personId').where('surveyId', '=', surveyId).execute()).map(
          (row) => row.personId,
        ),
      ),
    findInvited: async (surveyId: number, tokenHash: string) =>
      (
        await db
          .selectFrom('invitations')
          .select('personId')
          .where('surveyId', '=', surveyId)
          .where('tokenHash', '=', tokenHash)
          .executeTakeFirst()
      )?.personId ?? null,
    noteExposure: async (exposure: Omit<Selectable<Tables['exposures']>, 'id'>) => {
      await db.insertInto('exposures').values(exposure).execute();
    },
    /** Every purchase and refund in a workspace, for what people are worth. */
    moneyEvents: async (workspaceId: number): Promise<{ personId: number; name: string; revenue: number }[]> => {
      const rows = await db
        .selectFrom('eventRecords')
        .select(['personId', 'name', 'body'])
        .where('workspaceId', '=', workspaceId)
        .where('name', 'in', ['Order Completed', 'Order Refunded'])
        .execute();
      return rows.map(({ personId, name, body }) => {
        const { properties } = JSON.parse(body) as { properties: { revenue?: unknown } };
        return { personId, name, revenue: typeof properties.revenue === 'number' ? properties.revenue : 0 };
      });
    },
  };
}
