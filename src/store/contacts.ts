import { type Kysely, type Selectable, sql } from 'kysely';
import { CONTACT_ATTRIBUTES, CONTACT_WAYS, type Contact, contactFrom } from '../model/contact.ts';
import type { Tables } from './tables.ts';

export const OPT_OUT_ORIGINS = ['page', 'one-click', 'respondent', 'researcher'] as const;
export type OptOutOrigin = (typeof OPT_OUT_ORIGINS)[number];
export type BounceRow = Selectable<Tables['bounces']>;
/** Begun; come to an end without a completed response (screened out, quota full, withdrawn); completed. */
export type Standing = 'started' | 'ended' | 'completed';
const STANDINGS: readonly Standing[] = ['started', 'ended', 'completed'];
/**
 * How a person can be reached, and why not: their address or number was told by nobody but a page without proof, or a
 * page without proof called them the same person as somebody else. Whoever reads a page of the site can say such things.
 */
export type Reach = Contact & { withheld: 'unproven' | 'said-same' | null };
export type NewBounce = { personId: number | null; addressSeal: string; reason: string };

const ROWS_AT_ONCE = 200;

/**
 * True of what was told by our own services, by a server or with a signed id; a fact without a record is of our own.
 */
const isProven = sql<number>`case when intake_records.seq is null or intake_records.source_id is null
  or intake_records.proof in ('signed', 'server') then 1 else 0 end`;
/** True of an id under which something was told of somebody; others may be those of a browser before they signed in. */
const isSomebodys = sql<number>`case when exists (select 1 from intake_records
  where intake_records.workspace_id = person_identities.workspace_id
    and coalesce(intake_records.user_id, intake_records.anonymous_id) = person_identities.value
    and intake_records.kind in ('identify', 'group') and intake_records.user_id is not null) then 1 else 0 end`;
const WAYS = new Set(CONTACT_WAYS);

type ContactFacts = { attributes: Map<string, unknown>; identities: string[] };
const emptyFacts = (): ContactFacts => ({ attributes: new Map(), identities: [] });

function reachOf({ told, proven }: Record<'told' | 'proven', ContactFacts>, isSaidSame: boolean): Reach {
  const contact = contactFrom(proven.attributes, proven.identities);
  if (isSaidSame) return { ...contact, address: null, phone: null, withheld: 'said-same' };
  const isTold = contact.address === null && contactFrom(told.attributes, told.identities).address !== null;
  return { ...contact, withheld: isTold ? 'unproven' : null };
}

/** How people can be reached, who does not want to be, and which addresses letters do not reach. */
export function contactStore(db: Kysely<Tables>) {
  async function linked(): Promise<Map<number, number>> {
    const rows = await db.selectFrom('personLinks').select(['personId', 'canonicalId']).execute();
    return new Map(rows.map((row) => [row.personId, row.canonicalId]));
  }

  /** Canonical people of whom a page without proof said that they are several who have ids of their own, known before or since. */
  async function calledSame(workspaceId: number, links: ReadonlyMap<number, number>): Promise<Set<number>> {
    const marked = await db
      .selectFrom('people')
      .select('id')
      .where('workspaceId', '=', workspaceId)
      .where('isSaidSame', '=', 1)
      .execute();
    const doubtful = new Set(marked.map(({ id }) => links.get(id) ?? id));
    const members = [...doubtful, ...[...links].flatMap(([id, canonical]) => (doubtful.has(canonical) ? [id] : []))];
    const ids = new Map<number, number>();
    for (let from = 0; from < members.length; from += ROWS_AT_ONCE) {
      const rows = await db
        .selectFrom('personIdentities')
        .select(['personId', ({ fn }) => fn.sum<number>(isSomebodys).as('n')])
        .where('kind', '=', 'external')
        .where('personId', 'in', members.slice(from, from + ROWS_AT_ONCE))
        .groupBy('personId')
        .execute();
      // Whoever has an id at all is one, whether anything was said under it or not.
      for (const { personId, n } of rows) {
        const canonical = links.get(personId) ?? personId;
        ids.set(canonical, (ids.get(canonical) ?? 0) + Math.max(1, Number(n)));
      }
    }
    return new Set([...ids].flatMap(([canonical, n]) => (n > 1 ? [canonical] : [])));
  }

  return {
    /**
     * The contact of everybody in a workspace, or of some people only, by canonical person: with the address and the
     * number that were told with proof.
     *
     * @param personIds everybody who is the same as one of these has to be among them
     */
    contacts: async (workspaceId: number, personIds?: readonly number[]): Promise<Map<number, Reach>> => {
      const links = await linked();
      let attributes = db
        .selectFrom('attributes')
        .leftJoin('intakeRecords', 'intakeRecords.seq', 'attributes.seq')
        .select(['attributes.personId', 'attributes.name', 'attributes.value', isProven.as('isProven')])
        .where('attributes.workspaceId', '=', workspaceId)
        .where(sql<string>`lower(attributes.name)`, 'in', CONTACT_ATTRIBUTES)
        .orderBy('attributes.recordedAt')
        .orderBy('attributes.id');
      let identities = db
        .selectFrom('personIdentities')
        .select([
          'personId',
          'value',
          sql<number>`case when exists (select 1 from intake_records
            where intake_records.workspace_id = person_identities.workspace_id
              and intake_records.kind in ('identify', 'group')
              and coalesce(intake_records.user_id, intake_records.anonymous_id) = person_identities.value
              and intake_records.user_id is not null and ${isProven} = 1) then 1 else 0 end`.as('isProven'),
        ])
        .where('workspaceId', '=', workspaceId)
        .where('kind', '=', 'external')
        .where('value', 'like', '%@%')
        .orderBy('id');
      if (personIds) {
        attributes = attributes.where('attributes.personId', 'in', personIds);
        identities = identities.where('personId', 'in', personIds);
      }
      const known = new Map<number, { told: ContactFacts; proven: ContactFacts }>();
      const of = (personId: number) => {
        const canonical = links.get(personId) ?? personId;
        const found = known.get(canonical) ?? { told: emptyFacts(), proven: emptyFacts() };
        known.set(canonical, found);
        return found;
      };
      for (const { personId, name, value, isProven } of await attributes.execute()) {
        const { told, proven } = of(personId);
        const key = name.toLowerCase();
        for (const facts of isProven === 1 || !WAYS.has(key) ? [told, proven] : [told])
          facts.attributes.set(key, JSON.parse(value));
      }
      for (const { personId, value, isProven } of await identities.execute()) {
        const { told, proven } = of(personId);
        for (const facts of isProven === 1 ? [told, proven] : [told]) facts.identities.push(value);
      }
      const saidSame = await calledSame(workspaceId, links);
      return new Map([...known].map(([id, facts]) => [id, reachOf(facts, saidSame.has(id))]));
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
