import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { AttributeValue } from '../model/attribute.ts';
import { currencyOf, moneyOf } from '../rules/computed-value.ts';
import { newPublicId } from './identifiers.ts';
import { countedResponses } from './responses.ts';
import type { Tables } from './tables.ts';

export type Person = Selectable<Tables['people']>;

const ownIdFirst = sql`case when kind = 'external' then 0 else 1 end`;

/** Few enough values for one statement, many enough that statements are few. */
const ROWS_AT_ONCE = 200;

/** Writes down that a person, and all who were them, are another from now on, who is nobody else in turn. */
export async function linkPeople(
  trx: Transaction<Tables>,
  personId: number,
  canonicalId: number,
  at: string,
): Promise<void> {
  await trx.updateTable('personLinks').set({ canonicalId }).where('canonicalId', '=', personId).execute();
  await trx
    .insertInto('personLinks')
    .values({ personId, canonicalId, linkedAt: at })
    .onConflict((on) => on.column('personId').doUpdateSet({ canonicalId, linkedAt: at }))
    .execute();
}

/** Whom we know and what we know of them. Facts keep the person they came with; a merge only names who that is now. */
export function peopleStore(db: Kysely<Tables>) {
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

  /** The same of people who are known to be one. */
  const attributesOfAll = async (personIds: readonly number[]) =>
    latest(
      await db
        .selectFrom('attributes')
        .select(['personId', 'name', 'family', 'value', 'recordedAt', 'source'])
        .where('personId', 'in', personIds)
        .orderBy('recordedAt')
        .orderBy('id')
        .execute(),
    );

  return {
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
            .leftJoin('personLinks', 'personLinks.personId', 'people.id')
            .select(({ fn }) => fn.countAll().as('n'))
            .where('people.workspaceId', '=', workspaceId)
            .where('people.erasedAt', 'is', null)
            .where('personLinks.personId', 'is', null)
            .executeTakeFirst()
        )?.n ?? 0,
      ),
    /** A page of people with the id they are known by, after the last one seen; who was merged into another is not listed. */
    list: (workspaceId: number, afterId: number, limit: number) =>
      db
        .selectFrom('people')
        .leftJoin('personLinks', 'personLinks.personId', 'people.id')
        .select(['people.id', 'people.publicId', 'people.createdAt'])
        .select((eb) =>
          eb
            .selectFrom('personIdentities')
            .select('personIdentities.value')
            .whereRef('personIdentities.personId', '=', 'people.id')
            .orderBy(ownIdFirst)
            .orderBy('personIdentities.id')
            .limit(1)
            .as('identity'),
        )
        .where('people.workspaceId', '=', workspaceId)
        .where('people.id', '>', afterId)
        .where('people.erasedAt', 'is', null)
        .where('personLinks.personId', 'is', null)
        .orderBy('people.id')
        .limit(limit)
        .execute(),
    /** True where a page, and no server, said that some of those who are this person today are the same. */
    isSaidSame: async (personId: number): Promise<boolean> =>
      (await db
        .selectFrom('people')
        .select('id')
        .where('id', 'in', await sameAs(personId))
        .where('isSaidSame', '=', 1)
        .limit(1)
        .executeTakeFirst()) !== undefined,
    /** The people behind ids that programs know them by; an id that nobody has is not in the answer. */
    byExternalIds: async (workspaceId: number, values: readonly string[]): Promise<Map<string, number>> => {
      const found = new Map<string, number>();
      for (let from = 0; from < values.length; from += ROWS_AT_ONCE) {
        const rows = await db
          .selectFrom('personIdentities')
          .select(['value', 'personId'])
          .where('workspaceId', '=', workspaceId)
          .where('kind', '=', 'external')
          .where('value', 'in', values.slice(from, from + ROWS_AT_ONCE))
          .execute();
        for (const { value, personId } of rows) found.set(value, personId);
      }
      return found;
    },
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
    /** Since when each id is known, those that were merged into another among them. */
    knownSince: async (workspaceId: number): Promise<Map<number, string>> => {
      const rows = await db
        .selectFrom('people')
        .leftJoin('attributes', 'attributes.personId', 'people.id')
        .where('people.workspaceId', '=', workspaceId)
        .groupBy(['people.id', 'people.createdAt'])
        .select(({ fn }) => ['people.id', 'people.createdAt', fn.min('attributes.recordedAt').as('toldAt')])
        .execute();
      return new Map(
        rows.map(({ id, createdAt, toldAt }) => [id, toldAt !== null && toldAt < createdAt ? toldAt : createdAt]),
      );
    },
    /** The id each person came with: their own before one of a browser. */
    identities: async (personIds: readonly number[]): Promise<Map<number, string>> => {
      if (personIds.length === 0) return new Map();
      const rows = await db
        .selectFrom('personIdentities')
        .select(['personId', 'value'])
        .where('personId', 'in', personIds)
        .orderBy(ownIdFirst)
        .orderBy('id')
        .execute();
      return new Map(rows.toReversed().map((row) => [row.personId, row.value]));
    },
    sameAs,
    /** What is known of a person today: the latest value of each attribute, over everybody they are the same as. */
    attributesOf: async (personId: number) => attributesOfAll(await sameAs(personId)),
    attributesOfAll,
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
    /**
     * The attributes of those who answered a survey and count, each name with what said it of any of them.
     *
     * @returns in the order of their names
     */
    attributeNamesOf: async (surveyId: number): Promise<{ name: string; sources: string[] }[]> => {
      const rows = await db
        .selectFrom('attributes')
        .leftJoin('personLinks', 'personLinks.personId', 'attributes.personId')
        .where(({ eb, fn, ref }) =>
          eb(
            fn.coalesce(ref('personLinks.canonicalId'), ref('attributes.personId')),
            'in',
            countedResponses(db)
              .innerJoin('participations', 'participations.id', 'responses.participationId')
              .leftJoin('personLinks as links', 'links.personId', 'participations.personId')
              .where('responses.surveyId', '=', surveyId)
              .select(({ fn: inner, ref: at }) =>
                inner.coalesce(at('links.canonicalId'), at('participations.personId')).as('personId'),
              ),
          ),
        )
        .select(['attributes.name', 'attributes.source'])
        .distinct()
        .orderBy('attributes.name')
        .execute();
      return [...Map.groupBy(rows, ({ name }) => name)].map(([name, own]) => ({
        name,
        sources: own.map(({ source }) => source),
      }));
    },
    /** Says that one person is another from now on. Nothing that was kept is rewritten. */
    link: (personId: number, otherId: number, at: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const further = await trx
          .selectFrom('personLinks')
          .select('canonicalId')
          .where('personId', '=', otherId)
          .executeTakeFirst();
        const canonicalId = further?.canonicalId ?? otherId;
        if (canonicalId !== personId) await linkPeople(trx, personId, canonicalId, at);
      }),
    /** The pseudonyms of people in a study; those who are new to it get one. */
    participate: (studyId: number, personIds: readonly number[], at: string): Promise<Map<number, number>> =>
      db.transaction().execute(async (trx) => {
        const found = new Map<number, number>();
        for (let from = 0; from < personIds.length; from += ROWS_AT_ONCE) {
          const rows = await trx
            .insertInto('participations')
            .values(
              personIds
                .slice(from, from + ROWS_AT_ONCE)
                .map((personId) => ({ studyId, personId, pseudonym: newPublicId(), createdAt: at })),
            )
            .onConflict((on) =>
              on.columns(['studyId', 'personId']).doUpdateSet((eb) => ({ personId: eb.ref('excluded.personId') })),
            )
            .returning(['id', 'personId'])
            .execute();
          for (const row of rows) found.set(row.personId, row.id);
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
    /** Every purchase and refund in a workspace that says its amount, with whoever that is today; a refund is below nought. */
    moneyEvents: async (
      workspaceId: number,
    ): Promise<{ personId: number; amount: number; currency: string | null }[]> => {
      const rows = await db
        .selectFrom('events')
        .leftJoin('personLinks', 'personLinks.personId', 'events.personId')
        .select(['events.name', 'events.properties'])
        .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'events.personId').as('personId'))
        .where('events.workspaceId', '=', workspaceId)
        .where('events.name', 'in', ['Order Completed', 'Order Refunded'])
        .where('events.kind', '=', 'track')
        .execute();
      return rows.flatMap(({ personId, name, properties }) => {
        const told: unknown = JSON.parse(properties);
        const isRefund = name === 'Order Refunded';
        const amount = moneyOf(told, isRefund);
        if (amount === null) return [];
        const signed = isRefund ? -Math.abs(amount) : amount;
        return [{ personId: Number(personId), amount: signed, currency: currencyOf(told) }];
      });
    },
  };
}
