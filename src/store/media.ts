import type { Insertable, Kysely, Selectable } from 'kysely';
import { holdInterviewNumbered } from './held-interview.ts';
import type { Tables } from './tables.ts';

export type MediaFile = Selectable<Tables['mediaFiles']>;
export type Transcription = Selectable<Tables['transcriptions']>;

/** Recordings beside interviews, and what became of writing them down. The files themselves stand in the data folder. */
export function mediaStore(db: Kysely<Tables>) {
  const standing = () => db.selectFrom('mediaFiles').selectAll().where('erasedAt', 'is', null);

  return {
    /** @throws Problem `conflict` for an interview that was withdrawn */
    add: (file: Omit<Insertable<Tables['mediaFiles']>, 'id' | 'erasedAt'>): Promise<MediaFile> =>
      db.transaction().execute(async (trx) => {
        await holdInterviewNumbered(trx, file.interviewId);
        return asFile(
          await trx
            .insertInto('mediaFiles')
            .values({ ...file, erasedAt: null })
            .returningAll()
            .executeTakeFirstOrThrow(),
        );
      }),
    /** Null when there is none, or it was taken away. */
    find: async (studyId: number, publicId: string): Promise<MediaFile | null> => {
      const row = await standing().where('studyId', '=', studyId).where('publicId', '=', publicId).executeTakeFirst();
      return row ? asFile(row) : null;
    },
    /** The recordings of an interview that are there, the latest first. */
    listOf: async (interviewId: number): Promise<MediaFile[]> =>
      (await standing().where('interviewId', '=', interviewId).orderBy('id', 'desc').execute()).map(asFile),
    /** The number of an interview in the database; null for none. */
    interviewIdOf: async (publicId: string): Promise<number | null> => {
      const row = await db.selectFrom('interviews').select('id').where('publicId', '=', publicId).executeTakeFirst();
      return row ? Number(row.id) : null;
    },
    markErased: async (id: number, at: string): Promise<void> => {
      await db.updateTable('mediaFiles').set({ erasedAt: at, name: '' }).where('id', '=', id).execute();
    },

    addTranscription: async (row: Omit<Insertable<Tables['transcriptions']>, 'id'>): Promise<Transcription> =>
      asTranscription(await db.insertInto('transcriptions').values(row).returningAll().executeTakeFirstOrThrow()),
    findTranscription: async (studyId: number, publicId: string): Promise<Transcription | null> => {
      const row = await db
        .selectFrom('transcriptions')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst();
      return row ? asTranscription(row) : null;
    },
    /** The transcription of an interview that was asked for last; null when none was. */
    lastTranscription: async (interviewId: number): Promise<Transcription | null> => {
      const row = await db
        .selectFrom('transcriptions')
        .selectAll()
        .where('interviewId', '=', interviewId)
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row ? asTranscription(row) : null;
    },
    /** Changes one that has not ended; false where it has. */
    stepTranscription: async (
      id: number,
      change: Partial<Pick<Transcription, 'state' | 'step' | 'progress' | 'failure' | 'endedAt'>>,
    ): Promise<boolean> => {
      const done = await db
        .updateTable('transcriptions')
        .set(change)
        .where('id', '=', id)
        .where('state', 'in', ['waiting', 'running'])
        .executeTakeFirst();
      return Number(done.numUpdatedRows) === 1;
    },
    /** What a process that ended had under way has stopped: one transcription, or null for every one. */
    failUnfinished: async (at: string, only: number | null = null): Promise<void> => {
      await db
        .updateTable('transcriptions')
        .set({
          state: 'failed',
          failure: 'The server was stopped while it worked. Send the recording again',
          endedAt: at,
        })
        .where('state', 'in', ['waiting', 'running'])
        .$if(only !== null, (query) => query.where('id', '=', only))
        .execute();
    },
    unfinishedOf: async (interviewId: number): Promise<Transcription[]> =>
      (
        await db
          .selectFrom('transcriptions')
          .selectAll()
          .where('interviewId', '=', interviewId)
          .where('state', 'in', ['waiting', 'running'])
          .execute()
      ).map(asTranscription),
  };
}

/** PostgreSQL gives its large numbers as text. */
const asFile = (row: MediaFile): MediaFile => ({
  ...row,
  id: Number(row.id),
  studyId: Number(row.studyId),
  interviewId: Number(row.interviewId),
  bytes: Number(row.bytes),
});
const asTranscription = (row: Transcription): Transcription => ({
  ...row,
  id: Number(row.id),
  studyId: Number(row.studyId),
  interviewId: Number(row.interviewId),
  mediaId: Number(row.mediaId),
});
