import type { Insertable, Kysely, Selectable } from 'kysely';
import { queuedRows, STOPPED_MEANWHILE, shortReason } from './queued-rows.ts';
import type { Tables } from './tables.ts';

export type InsightChange = Selectable<Tables['insightChanges']> & { by: string | null };
export type NewInsightChange = Pick<
  Insertable<Tables['insightChanges']>,
  'studyId' | 'insightId' | 'what' | 'before' | 'after' | 'changedBy'
>;
/** Who follows an insight, with the letter that waits for them, if one does. */
export type InsightFollower = Selectable<Tables['insightFollowers']>;

const asFollower = (row: InsightFollower): InsightFollower => ({
  ...row,
  id: Number(row.id),
  studyId: Number(row.studyId),
  insightId: Number(row.insightId),
  userId: Number(row.userId),
  seenChange: Number(row.seenChange),
  toldChange: Number(row.toldChange),
  claimedChange: row.claimedChange === null ? null : Number(row.claimedChange),
});

/** Every change of insights, who follows which, and the letters that tell followers of changes. */
export function insightNewsStore(db: Kysely<Tables>) {
  const queue = queuedRows(db, 'insightFollowers');
  const changes = () =>
    db
      .selectFrom('insightChanges')
      .leftJoin('users', 'users.id', 'insightChanges.changedBy')
      .selectAll('insightChanges')
      .select('users.name as by');
  /** Back to waiting where something came since, to quiet where nothing did. */
  const rest = async (id: number, toldChange: number | null, reason: string | null, dueAt: string) => {
    const row = await db.selectFrom('insightFollowers').selectAll().where('id', '=', id).executeTakeFirst();
    if (!row) return;
    const told = toldChange ?? Number(row.toldChange);
    const newer = await db
      .selectFrom('insightChanges')
      .select('id')
      .where('insightId', '=', row.insightId)
      .where('id', '>', Math.max(told, Number(row.claimedChange ?? 0)))
      .limit(1)
      .executeTakeFirst();
    await db
      .updateTable('insightFollowers')
      .set({
        toldChange: told,
        claimedChange: null,
        attempts: 0,
        state: newer ? 'waiting' : 'quiet',
        dueAt: newer ? dueAt : null,
        reason: shortReason(reason),
      })
      .where('id', '=', id)
      .where('state', '=', 'sending')
      .execute();
  };

  return {
    /**
     * Writes changes down, and lets a letter wait for each follower but whoever made them.
     *
     * @param dueAt when the letter goes, so that what is changed in one go is told in one
     */
    note: (list: readonly NewInsightChange[], at: string, dueAt: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        for (const change of list) {
          await trx
            .insertInto('insightChanges')
            .values({ ...change, changedAt: at })
            .execute();
          let waiting = trx
            .updateTable('insightFollowers')
            .set({ state: 'waiting', dueAt })
            .where('insightId', '=', change.insightId)
            .where('state', '=', 'quiet');
          if (change.changedBy !== null && change.changedBy !== undefined)
            waiting = waiting.where('userId', '<>', change.changedBy);
          await waiting.execute();
        }
      }),
    /** The newest first. */
    changesOf: (insightId: number, limit = 100): Promise<InsightChange[]> =>
      changes().where('insightId', '=', insightId).orderBy('insightChanges.id', 'desc').limit(limit).execute(),

    follow: async (insight: { id: number; studyId: number }, userId: number, at: string): Promise<void> => {
      const last = await db
        .selectFrom('insightChanges')
        .select(({ fn }) => fn.max('id').as('id'))
        .where('insightId', '=', insight.id)
        .executeTakeFirst();
      const seen = Number(last?.id ?? 0);
      await db
        .insertInto('insightFollowers')
        .values({
          studyId: insight.studyId,
          insightId: insight.id,
          userId,
          followedAt: at,
          seenChange: seen,
          toldChange: seen,
        })
        .onConflict((on) => on.columns(['insightId', 'userId']).doNothing())
        .execute();
    },
    unfollow: async (insightId: number, userId: number): Promise<void> => {
      await db.deleteFrom('insightFollowers').where('insightId', '=', insightId).where('userId', '=', userId).execute();
    },
    isFollowed: async (insightId: number, userId: number): Promise<boolean> =>
      (await db
        .selectFrom('insightFollowers')
        .select('id')
        .where('insightId', '=', insightId)
        .where('userId', '=', userId)
        .executeTakeFirst()) !== undefined,
    /** What changed in the insights that somebody follows since they last looked, the newest first; their own changes are none. */
    news: async (userId: number, limit = 200) =>
      (
        await db
          .selectFrom('insightFollowers')
          .innerJoin('insights', 'insights.id', 'insightFollowers.insightId')
          .innerJoin('insightChanges', 'insightChanges.insightId', 'insights.id')
          .leftJoin('users', 'users.id', 'insightChanges.changedBy')
          .selectAll('insightChanges')
          .select([
            'users.name as by',
            'insights.publicId',
            'insights.statement',
            'insights.status',
            'insightFollowers.seenChange',
          ])
          .where('insightFollowers.userId', '=', userId)
          .where((eb) =>
            eb.or([eb('insightChanges.changedBy', 'is', null), eb('insightChanges.changedBy', '<>', userId)]),
          )
          .whereRef('insightChanges.changedAt', '>=', 'insightFollowers.followedAt')
          .orderBy('insightChanges.id', 'desc')
          .limit(limit)
          .execute()
      ).map(({ seenChange, ...change }) => ({ ...change, isNew: Number(change.id) > Number(seenChange) })),
    /** How many changes there are that somebody has not seen, in the insights they follow. */
    countNew: async (userId: number): Promise<number> =>
      Number(
        (
          await db
            .selectFrom('insightFollowers')
            .innerJoin('insightChanges', 'insightChanges.insightId', 'insightFollowers.insightId')
            .select(({ fn }) => fn.countAll().as('n'))
            .where('insightFollowers.userId', '=', userId)
            .whereRef('insightChanges.id', '>', 'insightFollowers.seenChange')
            .where((eb) =>
              eb.or([eb('insightChanges.changedBy', 'is', null), eb('insightChanges.changedBy', '<>', userId)]),
            )
            .executeTakeFirst()
        )?.n ?? 0,
      ),
    /** Somebody looked at the news up to a change. */
    saw: async (userId: number, upTo: number): Promise<void> => {
      await db
        .updateTable('insightFollowers')
        .set({ seenChange: upTo })
        .where('userId', '=', userId)
        .where('seenChange', '<', upTo)
        .execute();
    },

    /* The letters: a follower's row in the hands of the post office. */

    claim: (at: string): Promise<InsightFollower | null> =>
      db.transaction().execute(async (trx) => {
        const waiting = queuedRows(trx, 'insightFollowers');
        const id = await waiting.firstDue(at);
        if (id === null) return null;
        const follower = trx.selectFrom('insightFollowers').selectAll().where('id', '=', id);
        const { insightId } = await follower.executeTakeFirstOrThrow();
        const last = await trx
          .selectFrom('insightChanges')
          .select(({ fn }) => fn.max('id').as('id'))
          .where('insightId', '=', insightId)
          .executeTakeFirst();
        if (!(await waiting.take(id, { claimedChange: Number(last?.id ?? 0) }))) return null;
        return asFollower(await follower.executeTakeFirstOrThrow());
      }),
    nextDueAt: queue.nextDueAt,
    /** Whatever became of the letter, its changes are told: a letter that could not go is not tried for ever. */
    settle: async (id: number, outcome: { reason: string | null }, at: string): Promise<void> => {
      const row = await db
        .selectFrom('insightFollowers')
        .select('claimedChange')
        .where('id', '=', id)
        .executeTakeFirst();
      await rest(id, Number(row?.claimedChange ?? 0), outcome.reason, at);
    },
    putBack: (id: number, dueAt: string, reason: string, isAttempt: boolean): Promise<void> =>
      queue.putBack(id, { dueAt, reason, isAttempt }, { claimedChange: null }),
    /** What was claimed by a process that is gone: told rather than told twice; the page of news has it in any case. */
    setAside: async (at: string): Promise<number> => {
      const rows = await db
        .selectFrom('insightFollowers')
        .select(['id', 'claimedChange'])
        .where('state', '=', 'sending')
        .execute();
      for (const { id, claimedChange } of rows)
        await rest(Number(id), Number(claimedChange ?? 0), STOPPED_MEANWHILE, at);
      return rows.length;
    },
  };
}
