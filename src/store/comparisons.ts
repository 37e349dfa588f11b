import type { Kysely, Selectable } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export const COMPARISON_KINDS = ['overlap', 'contrast', 'before', 'change'] as const;
export type ComparisonKind = (typeof COMPARISON_KINDS)[number];
export type Comparison = Selectable<Tables['comparisons']>;
export type ComparisonOf = { studyId: number; kind: ComparisonKind; segmentId: number | null };

/** So many comparisons of a kind are kept of a segment, or of a study for those that are of none. */
const KEPT = 20;

/** Comparisons of groups of people: what was asked, how far it is, and what came of it. */
export function comparisonStore(db: Kysely<Tables>) {
  const of = ({ studyId, kind, segmentId }: ComparisonOf) =>
    db
      .selectFrom('comparisons')
      .where('studyId', '=', studyId)
      .where('kind', '=', kind)
      .where('segmentId', segmentId === null ? 'is' : '=', segmentId);

  return {
    add: (
      comparison: ComparisonOf & { settings: unknown; seed: number; day: string; createdBy: number | null },
      at: string,
    ): Promise<Comparison> =>
      db
        .insertInto('comparisons')
        .values({
          ...comparison,
          settings: JSON.stringify(comparison.settings),
          publicId: newPublicId(),
          state: 'queued',
          step: 'Waiting for its turn',
          progress: 0,
          result: null,
          error: null,
          createdAt: at,
          finishedAt: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow(),
    find: async (studyId: number, publicId: string): Promise<Comparison | null> =>
      (await db
        .selectFrom('comparisons')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    findById: async (id: number): Promise<Comparison | null> =>
      (await db.selectFrom('comparisons').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
    /** The newest finished one. */
    latestDone: async (asked: ComparisonOf): Promise<Comparison | null> =>
      (await of(asked).selectAll().where('state', '=', 'done').orderBy('id', 'desc').limit(1).executeTakeFirst()) ??
      null,
    /** The newest of any state. */
    latest: async (asked: ComparisonOf): Promise<Comparison | null> =>
      (await of(asked).selectAll().orderBy('id', 'desc').limit(1).executeTakeFirst()) ?? null,
    /** The newest first, without their results. */
    list: (asked: ComparisonOf): Promise<Omit<Comparison, 'result'>[]> =>
      of(asked)
        .select([
          'id',
          'studyId',
          'publicId',
          'kind',
          'segmentId',
          'settings',
          'seed',
          'state',
          'step',
          'progress',
          'day',
          'error',
          'createdBy',
          'createdAt',
          'finishedAt',
        ])
        .orderBy('id', 'desc')
        .limit(KEPT)
        .execute(),
    /** False when it was cancelled before its turn came. */
    begin: async (id: number): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('comparisons')
        .set({ state: 'running', step: 'Beginning' })
        .where('id', '=', id)
        .where('state', '=', 'queued')
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    /** It waits again, since whoever had begun it has ended. */
    putBack: async (id: number): Promise<void> => {
      await db
        .updateTable('comparisons')
        .set({ state: 'queued', step: 'Waiting for its turn' })
        .where('id', '=', id)
        .where('state', '=', 'running')
        .execute();
    },
    progress: async (id: number, step: string, progress: number): Promise<void> => {
      await db
        .updateTable('comparisons')
        .set({ step, progress })
        .where('id', '=', id)
        .where('state', '=', 'running')
        .execute();
    },
    /** Keeps what came of it, unless it was cancelled meanwhile, and lets the oldest of its kind go. */
    finish: (comparison: Comparison, result: string, at: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx
          .updateTable('comparisons')
          .set({ state: 'done', step: '', progress: 1, result, finishedAt: at })
          .where('id', '=', comparison.id)
          .where('state', '=', 'running')
          .execute();
        const kept = await trx
          .selectFrom('comparisons')
          .select('id')
          .where('studyId', '=', comparison.studyId)
          .where('kind', '=', comparison.kind)
          .where('segmentId', comparison.segmentId === null ? 'is' : '=', comparison.segmentId)
          .orderBy('id', 'desc')
          .offset(comparison.kind === 'overlap' ? 1 : KEPT)
          .limit(KEPT)
          .execute();
        if (kept.length > 0)
          await trx
            .deleteFrom('comparisons')
            .where(
              'id',
              'in',
              kept.map(({ id }) => id),
            )
            .where('state', 'in', ['done', 'failed', 'cancelled'])
            .execute();
      }),
    fail: async (id: number, error: string, at: string): Promise<void> => {
      await db
        .updateTable('comparisons')
        .set({ state: 'failed', error, step: '', finishedAt: at })
        .where('id', '=', id)
        .where('state', 'in', ['queued', 'running'])
        .execute();
    },
    /** False when it had ended already. */
    cancel: async (id: number, at: string): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('comparisons')
        .set({ state: 'cancelled', step: '', finishedAt: at })
        .where('id', '=', id)
        .where('state', 'in', ['queued', 'running'])
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    /** Ends what was going when the server stopped; overlaps, which nobody asked for, are begun anew by themselves. */
    failUnfinished: async (at: string): Promise<void> => {
      await db
        .deleteFrom('comparisons')
        .where('kind', '=', 'overlap')
        .where('state', 'in', ['queued', 'running'])
        .execute();
      await db
        .updateTable('comparisons')
        .set({
          state: 'failed',
          error: 'The server was stopped while this was going. Begin it again',
          step: '',
          finishedAt: at,
        })
        .where('state', 'in', ['queued', 'running'])
        .execute();
    },
  };
}
