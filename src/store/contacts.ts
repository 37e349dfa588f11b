import { type Kysely, type Selectable, sql } from 'kysely';
import { CONTACT_ATTRIBUTES, type Contact, contactFrom } from '../model/contact.ts';
import type { Tables } from './tables.ts';

export const OPT_OUT_ORIGINS = ['page', 'one-click', 'respondent', 'researcher'] as const;
export type OptOutOrigin = (typeof OPT_OUT_ORIGINS)[number];
export type BounceRow = Selectable<Tables['bounces']>;
/** Begun; come to an end without a completed response (screened out, quota full, withdrawn); completed. */
export type Standing = 'started' | 'ended' | 'completed';
const STANDINGS: readonly Standing[] = ['started', 'ended', 'completed'];
export type NewBounce = { personId: number | null; addressSeal: string; reason: string };

const ROWS_AT_ONCE = 200;

/** How people can be reached, who does not want to be, and which addresses letters do not reach. */
export function contactStore(db: Kysely<Tables>) {
  async function linked(): Promise<Map<number, number>> {
    const rows = await db.selectFrom('personLinks').select(['personId', 'canonicalId']).execute();
    return new Map(rows.map((row) => [row.personId, row.canonicalId]));
  }

  return {
    /** The contact of everybody in a workspace, or of some people only, by canonical person. */
    contacts: async (workspaceId: number, personIds?: readonly number[]): Promise<Map<number, Contact>> => {
      const links = await linked();
      let attributes = db
        .selectFrom('attributes')
        .select(['personId', 'name', 'value'])
        .where('workspaceId', '=', workspaceId)
        .where(sql<string>`lower(name)`, 'in', CONTACT_ATTRIBUTES)
        .orderBy('recordedAt')
        .orderBy('id');
      let identities = db
        .selectFrom('personIdentities')
        .select(['personId', 'value'])
        .where('workspaceId', '=', workspaceId)
        .where('value', 'like', '%@%')
        .orderBy('id');
      if (personIds) {
        attributes = attributes.where('personId', 'in', personIds);
        identities = identities.where('personId', 'in', personIds);
      }
      const known = new Map<number, { attributes: Map<string, unknown>; identities: string[] }>();
      const of = (personId: number) => {
        const canonical = links.get(personId) ?? personId;
        const found = known.get(canonical) ?? { attributes: new Map<string, unknown>(), identities: [] };
        known.set(canonical, found);
        return found;
      };
      for (const { personId, name, value } of await attributes.execute())
        of(personId).attributes.set(name.toLowerCase(), JSON.parse(value));
      for (const { personId, value } of await identities.execute()) of(personId).identities.push(value);
      return new Map(
        [...known].map(([personId, facts]) => [personId, contactFrom(facts.attributes, facts.identities)]),
      );
    },

    /** How far people have come with a survey, or with one wave of it; nothing for those who have not begun. */
    standing: async (surveyId: number, wavePublicId: string | null = null): Promise<Map<number, Standing>> => {
      const links = await linked();
      let query = db
        .selectFrom('responses')
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .leftJoin('importBatches', 'importBatches.id', 'responses.batchId')
        .select(['participations.personId', 'responses.state'])
        .where('responses.surveyId', '=', surveyId)
        .where('responses.isTest', '=', 0)
        .where((eb) => eb.or([eb('responses.batchId', 'is', null), eb('importBatches.state', '=', 'complete')]));
      if (wavePublicId !== null) query = query.where('responses.wave', '=', wavePublicId);
      const rows = await query.execute();
      const standing = new Map<number, Standing>();
      for (const { personId, state } of rows) {
        const canonical = links.get(personId) ?? personId;
        const own = state === 'started' || state === 'completed' ? state : 'ended';
        const known = standing.get(canonical);
        if (known === undefined || STANDINGS.indexOf(own) > STANDINGS.indexOf(known)) standing.set(canonical, own);
      }
      return standing;
    },

    personByPublicId: async (publicId: string) =>
      (await db
        .selectFrom('people')
        .select(['id', 'workspaceId', 'publicId'])
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    personById: async (id: number) =>
      (await db
        .selectFrom('people')
        .select(['id', 'workspaceId', 'publicId'])
        .where('id', '=', id)
        .executeTakeFirst()) ?? null,

    /** Keeps that a person wants no letters. Saying it again changes nothing, but that their own word takes the place of a researcher's. */
    optOut: async (row: Omit<Selectable<Tables['optOuts']>, 'id'>): Promise<void> => {
      await db
        .insertInto('optOuts')
        .values(row)
        .onConflict((on) =>
          on
            .column('personId')
            .doUpdateSet({ origin: row.origin, surveyId: row.surveyId, createdAt: row.createdAt })
            .where('optOuts.origin', '=', 'researcher'),
        )
        .execute();
    },
    /** Takes back what was noted in one of these ways; all else stays. False when there was nothing to take back. */
    takeBackOptOut: async (
      workspaceId: number,
      personIds: readonly number[],
      origins: readonly OptOutOrigin[],
    ): Promise<boolean> =>
      (
        await db
          .deleteFrom('optOuts')
          .where('workspaceId', '=', workspaceId)
          .where('personId', 'in', personIds)
          .where('origin', 'in', origins)
          .executeTakeFirst()
      ).numDeletedRows > 0n,
    /** Who wants no letters, by canonical person, and the seals of their addresses, under whatever id they come again. */
    optedOut: async (
      workspaceId: number,
    ): Promise<{ people: Set<number>; seals: Set<string>; byResearcher: Set<number> }> => {
      const links = await linked();
      const rows = await db
        .selectFrom('optOuts')
        .select(['personId', 'addressSeal', 'origin'])
        .where('workspaceId', '=', workspaceId)
        .execute();
      return {
        people: new Set(rows.map((row) => links.get(row.personId) ?? row.personId)),
        seals: new Set(rows.flatMap((row) => (row.addressSeal === null ? [] : [row.addressSeal]))),
        byResearcher: new Set(
          rows.filter((row) => row.origin === 'researcher').map((row) => links.get(row.personId) ?? row.personId),
        ),
      };
    },

    /** Keeps addresses that letters do not reach; gives how many were not known as such. */
    addBounces: (
      workspaceId: number,
      bounces: readonly NewBounce[],
      origin: 'smtp' | 'list',
      at: string,
    ): Promise<number> =>
      db.transaction().execute(async (trx) => {
        let added = 0;
        for (let from = 0; from < bounces.length; from += ROWS_AT_ONCE) {
          const rows = await trx
            .insertInto('bounces')
            .values(
              bounces
                .slice(from, from + ROWS_AT_ONCE)
                .map((bounce) => ({ ...bounce, workspaceId, origin, recordedAt: at })),
            )
            .onConflict((on) => on.columns(['workspaceId', 'addressSeal']).doNothing())
            .returning('id')
            .execute();
          added += rows.length;
        }
        return added;
      }),
    bounces: (workspaceId: number): Promise<BounceRow[]> =>
      db.selectFrom('bounces').selectAll().where('workspaceId', '=', workspaceId).orderBy('id', 'desc').execute(),
    /** Lets an address be written to again; false when it was not on the list. */
    forgetBounce: async (workspaceId: number, id: number): Promise<boolean> =>
      (await db.deleteFrom('bounces').where('workspaceId', '=', workspaceId).where('id', '=', id).executeTakeFirst())
        .numDeletedRows === 1n,
  };
}
