import type { Insertable, Kysely, Selectable } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export type Report = Selectable<Tables['reports']>;
export type HandedOn = Selectable<Tables['handedOn']>;

/** Reports that were asked for, how far they are, and everything that was handed on. */
export function reportStore(db: Kysely<Tables>) {
  return {
    add: (
      report: Pick<Report, 'studyId' | 'kind' | 'format' | 'audience' | 'settings' | 'createdBy'>,
      at: string,
    ): Promise<Report> =>
      db
        .insertInto('reports')
        .values({ ...report, publicId: newPublicId(), state: 'waiting', createdAt: at })
        .returningAll()
        .executeTakeFirstOrThrow(),
    list: (studyId: number, limit = 100): Promise<Report[]> =>
      db.selectFrom('reports').selectAll().where('studyId', '=', studyId).orderBy('id', 'desc').limit(limit).execute(),
    find: async (studyId: number, publicId: string): Promise<Report | null> =>
      (await db
        .selectFrom('reports')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    findById: async (id: number): Promise<Report | null> =>
      (await db.selectFrom('reports').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
    /** False when it was cancelled meanwhile. */
    begin: async (id: number): Promise<boolean> =>
      (
        await db
          .updateTable('reports')
          .set({ state: 'running' })
          .where('id', '=', id)
          .where('state', '=', 'waiting')
          .executeTakeFirst()
      ).numUpdatedRows === 1n,
    progress: async (id: number, step: string, done: number): Promise<void> => {
      await db.updateTable('reports').set({ step, done }).where('id', '=', id).where('state', '=', 'running').execute();
    },
    /** False when it was cancelled, or its words were withdrawn, meanwhile. */
    finish: async (
      id: number,
      made: Required<Pick<Report, 'fileName' | 'mediaType' | 'bytes' | 'hash' | 'notices'>>,
      at: string,
    ): Promise<boolean> =>
      (
        await db
          .updateTable('reports')
          .set({ ...made, state: 'done', done: 1, step: '', finishedAt: at })
          .where('id', '=', id)
          .where('state', '=', 'running')
          .where('goneAt', 'is', null)
          .executeTakeFirst()
      ).numUpdatedRows === 1n,
    fail: async (id: number, error: string, at: string): Promise<void> => {
      await db
        .updateTable('reports')
        .set({ state: 'failed', error, finishedAt: at })
        .where('id', '=', id)
        .where('state', 'in', ['waiting', 'running'])
        .execute();
    },
    cancel: async (id: number, at: string): Promise<boolean> =>
      (
        await db
          .updateTable('reports')
          .set({ state: 'cancelled', finishedAt: at })
          .where('id', '=', id)
          .where('state', 'in', ['waiting', 'running'])
          .executeTakeFirst()
      ).numUpdatedRows === 1n,

    /** Writes down that something was handed on, and to whom it was meant to go. */
    handOn: async (entry: Insertable<Tables['handedOn']>): Promise<void> => {
      await db.insertInto('handedOn').values(entry).execute();
    },
    handedOn: (studyId: number, limit = 200): Promise<HandedOn[]> =>
      db.selectFrom('handedOn').selectAll().where('studyId', '=', studyId).orderBy('id', 'desc').limit(limit).execute(),
  };
}
