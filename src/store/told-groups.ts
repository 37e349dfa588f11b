import { sql } from 'kysely';
import type { Database } from './database.ts';
import { LOCK } from './postgres.ts';

/** Of which responses figures were told to others than a study's researchers. */
export function toldGroupStore({ kysely: db, engine }: Database) {
  return {
    /**
     * Nobody else is told anything meanwhile, by whichever process. One of a process asks at a time, since each that waits
     * holds a connection.
     */
    alone: async <T>(work: () => Promise<T>): Promise<T> => {
      // A file has one process, whose work waits for its turn as it is.
      if (engine === 'sqlite') return work();
      return db.connection().execute(async (held) => {
        await sql`select pg_advisory_lock(${LOCK.ledger}::bigint)`.execute(held);
        try {
          return await work();
        } finally {
          await sql`select pg_advisory_unlock(${LOCK.ledger}::bigint)`.execute(held);
        }
      });
    },
    /** The ids of responses of each group, in the order in which they were told of. */
    of: async (surveyId: number): Promise<number[][]> => {
      const rows = await db
        .selectFrom('toldGroups')
        .select('members')
        .where('surveyId', '=', surveyId)
        .orderBy('id')
        .execute();
      return rows.map(({ members }) => JSON.parse(members) as number[]);
    },
    /** A group that was told of before stays as it is. */
    add: async (group: { surveyId: number; digest: string; members: readonly number[] }, at: string): Promise<void> => {
      await db
        .insertInto('toldGroups')
        .values({ surveyId: group.surveyId, digest: group.digest, members: JSON.stringify(group.members), toldAt: at })
        .onConflict((conflict) => conflict.columns(['surveyId', 'digest']).doNothing())
        .execute();
    },
  };
}
