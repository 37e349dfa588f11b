import type { Database } from './database.ts';
import { insertRows } from './insert-rows.ts';

/** So many rows go into one statement. */
const PART = 2000;

/** Human values that are told of people as attributes, each source in the place of what it told before. */
export function toldValueStore({ kysely: db, engine }: Database) {
  return {
    /** Tells values as attributes of people, in the place of what this study told before. */
    tell: (
      workspaceId: number,
      source: string,
      names: readonly string[],
      rows: readonly { personId: number; name: string; value: number }[],
      at: string,
    ): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx
          .deleteFrom('attributes')
          .where('workspaceId', '=', workspaceId)
          .where('source', '=', source)
          .execute();
        for (const name of names)
          await trx
            .insertInto('attributeTypes')
            .values({ workspaceId, subject: 'person', name, type: 'number', family: 'psychographic', isSet: 1 })
            .onConflict((on) => on.columns(['workspaceId', 'subject', 'name']).doNothing())
            .execute();
        for (let from = 0; from < rows.length; from += PART)
          await insertRows(
            trx,
            engine,
            'attributes',
            {
              workspace_id: 'bigint',
              person_id: 'bigint',
              name: 'text',
              family: 'text',
              value: 'text',
              source: 'text',
              recorded_at: 'text',
            },
            rows
              .slice(from, from + PART)
              .map(({ personId, name, value }) => [
                workspaceId,
                personId,
                name,
                'psychographic',
                JSON.stringify(value),
                source,
                at,
              ]),
          );
      }),
    /** Which attributes a source tells, of how many people, and since when. */
    told: async (workspaceId: number, source: string): Promise<{ name: string; people: number; at: string }[]> =>
      (
        await db
          .selectFrom('attributes')
          .select(({ fn }) => ['name', fn.countAll().as('people'), fn.max('recordedAt').as('at')])
          .where('workspaceId', '=', workspaceId)
          .where('source', '=', source)
          .groupBy('name')
          .orderBy('name')
          .execute()
      ).map(({ name, people, at }) => ({ name, people: Number(people), at })),
    /** Takes back what a source told under some names. */
    untell: async (workspaceId: number, source: string, names: readonly string[]): Promise<void> => {
      if (names.length > 0)
        await db
          .deleteFrom('attributes')
          .where('workspaceId', '=', workspaceId)
          .where('source', '=', source)
          .where('name', 'in', names)
          .execute();
    },
  };
}
