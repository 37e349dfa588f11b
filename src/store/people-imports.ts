import { type Kysely, type Selectable, sql } from 'kysely';
import type { AttributeFamily, AttributeType } from '../model/attribute.ts';
import type { PeopleImportPlan } from '../model/people-import.ts';
import type { Database } from './database.ts';
import { isInTexts } from './dialect.ts';
import { newPublicId } from './identifiers.ts';
import { peopleImportUndo } from './people-import-undo.ts';
import type { Tables } from './tables.ts';

export type PeopleImportState = 'staged' | 'loading' | 'complete' | 'interrupted';
export type PeopleImport = Omit<Selectable<Tables['peopleImports']>, 'plan' | 'state' | 'counts'> & {
  plan: PeopleImportPlan;
  state: PeopleImportState;
  /** What the import came to; null before it began. */
  counts: Record<string, number> | null;
};
export type NewAttributeType = { name: string; type: AttributeType; family: AttributeFamily; isSet: boolean };

const asImport = (row: Selectable<Tables['peopleImports']>): PeopleImport => ({
  ...row,
  plan: JSON.parse(row.plan) as PeopleImportPlan,
  state: row.state as PeopleImportState,
  counts: row.counts === null ? null : (JSON.parse(row.counts) as Record<string, number>),
});

/** Files of people: what their columns mean, and how far each has come. */
export function peopleImportStore({ kysely, engine }: Database) {
  const db: Kysely<Tables> = kysely;
  return {
    add: async (
      row: {
        workspaceId: number;
        fileName: string;
        plan: PeopleImportPlan;
        rowCount: number;
        createdBy: number | null;
      },
      at: string,
    ): Promise<PeopleImport> =>
      asImport(
        await db
          .insertInto('peopleImports')
          .values({
            ...row,
            plan: JSON.stringify(row.plan),
            publicId: newPublicId(),
            state: 'staged',
            counts: null,
            createdAt: at,
            endedAt: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow(),
      ),
    find: async (workspaceId: number, publicId: string): Promise<PeopleImport | null> => {
      const row = await db
        .selectFrom('peopleImports')
        .selectAll()
        .where('workspaceId', '=', workspaceId)
        .where('publicId', '=', publicId)
        .executeTakeFirst();
      return row ? asImport(row) : null;
    },
    list: async (workspaceId: number, limit: number): Promise<PeopleImport[]> =>
      (
        await db
          .selectFrom('peopleImports')
          .selectAll()
          .where('workspaceId', '=', workspaceId)
          .orderBy('id', 'desc')
          .limit(limit)
          .execute()
      ).map(asImport),
    /** False when it has begun meanwhile. */
    setPlan: async (id: number, plan: PeopleImportPlan): Promise<boolean> =>
      (
        await db
          .updateTable('peopleImports')
          .set({ plan: JSON.stringify(plan) })
          .where('id', '=', id)
          .where('state', '=', 'staged')
          .executeTakeFirst()
      ).numUpdatedRows === 1n,
    /**
     * Begins to load, or goes on with what was interrupted, and says what attributes hold that nobody knew.
     *
     * @returns false when it is loading or complete already
     */
    begin: (
      { id, workspaceId }: PeopleImport,
      counts: Record<string, number>,
      types: readonly NewAttributeType[],
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('peopleImports')
          .set({ state: 'loading', counts: sql`coalesce(counts, ${JSON.stringify(counts)})` })
          .where('id', '=', id)
          .where('state', 'in', ['staged', 'interrupted'])
          .where('undoneAt', 'is', null)
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) return false;
        for (const { isSet, ...type } of types)
          await trx
            .insertInto('attributeTypes')
            .values({ ...type, workspaceId, subject: 'person', isSet: isSet ? 1 : 0 })
            .onConflict((on) => on.doNothing())
            .execute();
        return true;
      }),
    end: async (id: number, state: 'complete' | 'interrupted', at: string): Promise<void> => {
      await db.updateTable('peopleImports').set({ state, endedAt: at }).where('id', '=', id).execute();
    },
    /** From now on it is being taken back. False when it is being loaded just now, was never begun, or is taken back. */
    beginUndo: async (id: number, at: string): Promise<boolean> =>
      (
        await db
          .updateTable('peopleImports')
          .set({ undoneAt: at })
          .where('id', '=', id)
          .where('state', 'in', ['complete', 'interrupted'])
          .where('undoneAt', 'is', null)
          .executeTakeFirst()
      ).numUpdatedRows === 1n,
    /** Imports that were taken back and of which something may still be there: a process may have ended over it. */
    undoneLeftovers: async (): Promise<PeopleImport[]> =>
      (
        await db
          .selectFrom('peopleImports')
          .selectAll()
          .where('undoneAt', 'is not', null)
          .where('clearedAt', 'is', null)
          .execute()
      ).map(asImport),
    /** Takes back the next rows of an import, all or nothing of them; gives how many there were. */
    undoPart: peopleImportUndo({ kysely, engine }),
    /** Nothing of it is left. */
    endUndo: async (id: number, at: string): Promise<void> => {
      await db.updateTable('peopleImports').set({ clearedAt: at }).where('id', '=', id).execute();
    },
    /** What a process that ended left half done: one import, or null for every one. */
    interruptLoading: async (at: string, only: number | null = null): Promise<void> => {
      await db
        .updateTable('peopleImports')
        .set({ state: 'interrupted', endedAt: at })
        .where('state', '=', 'loading')
        .$if(only !== null, (query) => query.where('id', '=', only))
        .execute();
    },
    /**
     * The latest values of some attributes of those people who are known by an id of their own, as JSON, by id.
     *
     * @returns an empty map for somebody of whom none of them is known; nothing for an id that nobody has
     */
    known: async (
      workspaceId: number,
      ids: readonly string[],
      names: readonly string[],
    ): Promise<Map<string, ReadonlyMap<string, string>>> => {
      const people = await db
        .selectFrom('personIdentities')
        .leftJoin('personLinks', 'personLinks.personId', 'personIdentities.personId')
        .select(['personIdentities.value as externalId'])
        .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'personIdentities.personId').as('id'))
        .where('personIdentities.workspaceId', '=', workspaceId)
        .where('personIdentities.kind', '=', 'external')
        .where((eb) => isInTexts(engine, eb.ref('personIdentities.value'), ids))
        .execute();
      if (people.length === 0) return new Map();
      const canonicalIds = [...new Set(people.map(({ id }) => Number(id)))];
      const links = await db
        .selectFrom('personLinks')
        .select(['personId', 'canonicalId'])
        .where('canonicalId', 'in', canonicalIds)
        .execute();
      const canonical = new Map(links.map(({ personId, canonicalId }) => [Number(personId), Number(canonicalId)]));
      const rows = await db
        .selectFrom('attributes')
        .select(['personId', 'name', 'value'])
        .where('personId', 'in', [...canonicalIds, ...canonical.keys()])
        .where((eb) => isInTexts(engine, eb.ref('name'), names))
        .orderBy('recordedAt')
        .orderBy('id')
        .execute();
      const values = new Map<number, Map<string, string>>(canonicalIds.map((id) => [id, new Map()]));
      for (const { personId, name, value } of rows)
        values.get(canonical.get(Number(personId)) ?? Number(personId))?.set(name, value);
      return new Map(people.map(({ externalId, id }) => [externalId, values.get(Number(id)) ?? new Map()]));
    },
  };
}
