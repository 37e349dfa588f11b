import { sql } from 'kysely';
import type { Database } from './database.ts';
import { clockMs } from './dialect.ts';

/** A piece of long work that a process has taken up. */
export type ClaimedJob = {
  id: number;
  kind: string;
  subjectId: number;
  /** How often it was taken up, this time included. */
  claims: number;
};

/** Who has not said for so long that they are alive has ended, or stands still. */
export const SILENT_MS = 15_000;

/**
 * The list of long work that all processes on one database share. Times are the database's own, so that clocks that
 * differ take nothing from anybody.
 *
 * @param by names this process; no other has the name
 */
export function jobStore({ kysely: db, engine }: Database, by: string) {
  const free = () =>
    db
      .selectFrom('jobs')
      .where((eb) =>
        eb.or([
          eb('claimedBy', 'is', null),
          eb('seenAliveAt', '<', sql<number>`${clockMs(engine)} - ${sql.lit(SILENT_MS)}`),
        ]),
      );

  return {
    put: async (kind: string, subjectId: number, at: string): Promise<void> => {
      await db.insertInto('jobs').values({ kind, subjectId, addedAt: at }).execute();
    },
    /** Puts it on the list as taken up already, for work that its own process does at once. */
    putMine: async (kind: string, subjectId: number, at: string): Promise<ClaimedJob> => {
      const row = await db
        .insertInto('jobs')
        .values({ kind, subjectId, addedAt: at, claimedBy: by, claims: 1, seenAliveAt: clockMs(engine) })
        .returning('id')
        .executeTakeFirstOrThrow();
      return { id: Number(row.id), kind, subjectId, claims: 1 };
    },
    /**
     * Takes up the oldest that nobody has, or whose process is silent. Of several who ask at once each gets another.
     *
     * @param only of one of these kinds
     */
    claim: async (only: readonly string[]): Promise<ClaimedJob | null> => {
      if (only.length === 0) return null;
      const oldest = free().select('id').where('kind', 'in', only).orderBy('id').limit(1);
      const row = await db
        .updateTable('jobs')
        .set((eb) => ({ claimedBy: by, seenAliveAt: clockMs(engine), claims: eb('claims', '+', 1) }))
        .where('id', '=', engine === 'postgres' ? oldest.forUpdate().skipLocked() : oldest)
        .returning(['id', 'kind', 'subjectId', 'claims'])
        .executeTakeFirst();
      return row
        ? { id: Number(row.id), kind: row.kind, subjectId: Number(row.subjectId), claims: Number(row.claims) }
        : null;
    },
    /** Says that its process is alive; false when somebody else has taken it up meanwhile. */
    sayAlive: async ({ id }: Pick<ClaimedJob, 'id'>): Promise<boolean> =>
      (
        await db
          .updateTable('jobs')
          .set({ seenAliveAt: clockMs(engine) })
          .where('id', '=', id)
          .where('claimedBy', '=', by)
          .executeTakeFirst()
      ).numUpdatedRows === 1n,
    /** It has ended, whatever came of it. */
    remove: async ({ id }: Pick<ClaimedJob, 'id'>): Promise<void> => {
      await db.deleteFrom('jobs').where('id', '=', id).where('claimedBy', '=', by).execute();
    },
    /** Somebody else may take it up at once, as if this process never had. */
    giveBack: async ({ id }: Pick<ClaimedJob, 'id'>): Promise<void> => {
      await db
        .updateTable('jobs')
        .set((eb) => ({ claimedBy: null, seenAliveAt: null, claims: eb('claims', '-', 1) }))
        .where('id', '=', id)
        .where('claimedBy', '=', by)
        .execute();
    },
    /** How many wait for a process. */
    waiting: async (): Promise<number> =>
      Number(
        (
          await free()
            .select(({ fn }) => fn.countAll().as('n'))
            .executeTakeFirst()
        )?.n ?? 0,
      ),
    /** Whether one of these is on the list, waiting or taken up. */
    isThere: async (kind: string, subjectId: number): Promise<boolean> =>
      (await db
        .selectFrom('jobs')
        .select('id')
        .where('kind', '=', kind)
        .where('subjectId', '=', subjectId)
        .executeTakeFirst()) !== undefined,
  };
}
export type JobStore = ReturnType<typeof jobStore>;
