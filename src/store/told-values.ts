import type { Database } from './database.ts';
import { tellAttributes } from './tell-attributes.ts';

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
        await tellAttributes(
          trx,
          engine,
          workspaceId,
          names,
          rows.map((row) => ({ ...row, source, at })),
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
