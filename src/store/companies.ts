import { type Kysely, type Selectable, sql } from 'kysely';
import { lastSaid } from '../model/buying-role.ts';
import type { Tables } from './tables.ts';

export type Company = Selectable<Tables['companies']>;
export type CompanyAttribute = {
  companyId: number;
  name: string;
  family: string;
  value: string;
  source: string;
  recordedAt: string;
};

/** So many roles are offered to choose from. */
const ROLES_MAX = 100;
const ROWS_AT_ONCE = 200;

/** Companies, who belongs to them, and what is known of them. People who were merged into another count as that other. */
export function companyStore(db: Kysely<Tables>) {
  const members = () =>
    db
      .selectFrom('companyMembers')
      .leftJoin('personLinks', 'personLinks.personId', 'companyMembers.personId')
      .innerJoin('people', (on) =>
        on.on((eb) => eb('people.id', '=', eb.fn.coalesce('personLinks.canonicalId', 'companyMembers.personId'))),
      )
      .where('people.erasedAt', 'is', null);

  /** What was last said of the part that somebody has in a company, under whichever of their ids. */
  const saidRole = (companyId: number) =>
    sql<string | null>`(select said.role from company_members as said
      left join person_links as same on same.person_id = said.person_id
      where said.company_id = ${companyId} and coalesce(same.canonical_id, said.person_id) = people.id
      order by coalesce(said.role_at, '') desc, coalesce(said.role, '') desc limit 1)`;

  return {
    /** A page of companies with the number of their people, after the last one seen. */
    list: async (workspaceId: number, afterId: number, limit: number): Promise<(Company & { people: number })[]> => {
      const rows = await db
        .selectFrom('companies')
        .selectAll('companies')
        .select(
          members()
            .select(({ fn }) => fn.count('people.id').distinct().as('n'))
            .where('companyMembers.companyId', '=', sql.ref<number>('companies.id'))
            .as('people'),
        )
        .where('companies.workspaceId', '=', workspaceId)
        .where('companies.id', '>', afterId)
        .orderBy('companies.id')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ ...row, id: Number(row.id), people: Number(row.people ?? 0) }));
    },
    count: async (workspaceId: number): Promise<number> =>
      Number(
        (
          await db
            .selectFrom('companies')
            .select(({ fn }) => fn.countAll().as('n'))
            .where('workspaceId', '=', workspaceId)
            .executeTakeFirst()
        )?.n ?? 0,
      ),
    /** Says the role that people who are one have in a company; null takes it back. */
    setRole: async (
      companyId: number,
      personIds: readonly number[],
      { role, source }: { role: string | null; source: string },
      at: string,
    ): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('companyMembers')
        .set({ role, roleSource: source, roleAt: at })
        .where('companyId', '=', companyId)
        .where('personId', 'in', personIds)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    /** The roles that anybody has in a company of the workspace, in the order of the alphabet. */
    roles: async (workspaceId: number): Promise<string[]> =>
      (
        await db
          .selectFrom('companyMembers')
          .innerJoin('companies', 'companies.id', 'companyMembers.companyId')
          .select('companyMembers.role')
          .distinct()
          .where('companies.workspaceId', '=', workspaceId)
          .where('companyMembers.role', 'is not', null)
          .orderBy('companyMembers.role')
          .limit(ROLES_MAX)
          .execute()
      ).flatMap(({ role }) => role ?? []),
    find: async (workspaceId: number, publicId: string): Promise<Company | null> =>
      (await db
        .selectFrom('companies')
        .selectAll()
        .where('workspaceId', '=', workspaceId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    /** Companies by their numbers. */
    named: async (ids: readonly number[]): Promise<{ id: number; publicId: string; name: string }[]> => {
      const found: { id: number; publicId: string; name: string }[] = [];
      for (let from = 0; from < ids.length; from += ROWS_AT_ONCE)
        found.push(
          ...(await db
            .selectFrom('companies')
            .select(['id', 'publicId', 'name'])
            .where('id', 'in', ids.slice(from, from + ROWS_AT_ONCE))
            .orderBy('id')
            .execute()),
        );
      return found;
    },
    /** The companies of people that are one. */
    ofPeople: async (
      personIds: readonly number[],
    ): Promise<
      {
        id: number;
        publicId: string;
        name: string;
        role: string | null;
        roleSource: string | null;
        roleAt: string | null;
      }[]
    > => {
      const rows = await db
        .selectFrom('companyMembers')
        .innerJoin('companies', 'companies.id', 'companyMembers.companyId')
        .select(['companies.id', 'companies.publicId', 'companies.name'])
        .select(['companyMembers.role', 'companyMembers.roleSource', 'companyMembers.roleAt'])
        .where('companyMembers.personId', 'in', personIds)
        .orderBy('companies.name')
        .orderBy('companies.id')
        .execute();
      const byId = new Map<number, (typeof rows)[number]>();
      for (const row of rows) byId.set(Number(row.id), lastSaid(byId.get(Number(row.id)) ?? row, row));
      return [...byId].map(([id, row]) => ({ ...row, id }));
    },
    /** Every value that was known of companies, the newest first. */
    attributes: async (companyIds: readonly number[]): Promise<CompanyAttribute[]> =>
      companyIds.length === 0
        ? []
        : (
            await db
              .selectFrom('companyAttributes')
              .select(['companyId', 'name', 'family', 'value', 'source', 'recordedAt'])
              .where('companyId', 'in', companyIds)
              .orderBy('recordedAt', 'desc')
              .orderBy('id', 'desc')
              .execute()
          ).map((row) => ({ ...row, companyId: Number(row.companyId) })),
    /** How many of a company's people have each role, those without one under null; by role in the order of the alphabet. */
    rolesIn: async (companyId: number): Promise<{ role: string | null; people: number }[]> => {
      const rows = await db
        .selectFrom(
          members()
            .select(['people.id', saidRole(companyId).as('role')])
            .where('companyMembers.companyId', '=', companyId)
            .groupBy('people.id')
            .as('one'),
        )
        .select(({ fn }) => ['one.role', fn.countAll().as('people')])
        .groupBy('one.role')
        .execute();
      return rows
        .map(({ role, people }) => ({ role, people: Number(people) }))
        .sort(
          (a, b) => Number(a.role === null) - Number(b.role === null) || ((a.role ?? '') < (b.role ?? '') ? -1 : 1),
        );
    },
    /**
     * A page of a company's people with the id each is known by.
     *
     * @param role only those who have it, or who have none; everybody where it is left out
     */
    people: async (companyId: number, afterId: number, limit: number, role?: string | null) =>
      (
        await members()
          .$if(role !== undefined, (query) => query.where(saidRole(companyId), 'is not distinct from', role ?? null))
          .select((eb) => [
            'people.id',
            'people.publicId',
            'people.createdAt',
            saidRole(companyId).as('role'),
            eb
              .selectFrom('personIdentities')
              .select('personIdentities.value')
              .whereRef('personIdentities.personId', '=', 'people.id')
              .orderBy(sql`case when kind = 'external' then 0 else 1 end`)
              .orderBy('personIdentities.id')
              .limit(1)
              .as('identity'),
          ])
          .where('companyMembers.companyId', '=', companyId)
          .where('people.id', '>', afterId)
          .groupBy(['people.id', 'people.publicId', 'people.createdAt'])
          .orderBy('people.id')
          .limit(limit)
          .execute()
      ).map((row) => ({ ...row, id: Number(row.id) })),
    countPeople: async (companyId: number): Promise<number> =>
      Number(
        (
          await members()
            .select(({ fn }) => fn.count('people.id').distinct().as('n'))
            .where('companyMembers.companyId', '=', companyId)
            .executeTakeFirst()
        )?.n ?? 0,
      ),
    /** What its people did since a moment, whoever they were then: how often, by how many, by name. */
    events: async (
      companyId: number,
      since: string,
      limit: number,
    ): Promise<{ name: string; count: number; people: number }[]> => {
      const canonical = members().select('people.id').where('companyMembers.companyId', '=', companyId);
      const rows = await db
        .selectFrom('events')
        .leftJoin('personLinks', 'personLinks.personId', 'events.personId')
        .select((eb) => [
          'events.name',
          eb.fn.countAll().as('count'),
          eb.fn.count(eb.fn.coalesce('personLinks.canonicalId', 'events.personId')).distinct().as('people'),
        ])
        .where((eb) =>
          eb(
            'events.personId',
            'in',
            canonical.union(
              db.selectFrom('personLinks').select('personId as id').where('canonicalId', 'in', canonical),
            ),
          ),
        )
        .where('events.occurredAt', '>=', since)
        .where('events.kind', '=', 'track')
        .groupBy('events.name')
        .orderBy('count', 'desc')
        .orderBy('events.name')
        .limit(limit)
        .execute();
      return rows.map(({ name, count, people }) => ({ name, count: Number(count), people: Number(people) }));
    },
  };
}
