import { type Insertable, type Kysely, type Selectable, sql } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export type Report = Selectable<Tables['reports']>;
export type HandedOn = Selectable<Tables['handedOn']>;

/** So many ids fit a statement of either engine. */
const PART = 200;

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
    /** It waits again, since whoever had begun it has ended. */
    putBack: async (id: number): Promise<void> => {
      await db
        .updateTable('reports')
        .set({ state: 'waiting', step: 'Waiting for its turn' })
        .where('id', '=', id)
        .where('state', '=', 'running')
        .execute();
    },
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

    /** That it is gone, whether or not it was finished: nobody can fetch it any more. */
    letGo: async (id: number, at: string): Promise<void> => {
      await db.updateTable('reports').set({ goneAt: at }).where('id', '=', id).where('goneAt', 'is', null).execute();
    },
    /** Whether one is waiting or being built. */
    isUnderway: async (publicId: string): Promise<boolean> =>
      (await db
        .selectFrom('reports')
        .select('id')
        .where('publicId', '=', publicId)
        .where('state', 'in', ['waiting', 'running'])
        .executeTakeFirst()) !== undefined,
    /** Finished ones whose file is still kept, of all studies. */
    kept: (): Promise<Report[]> =>
      db.selectFrom('reports').selectAll().where('state', '=', 'done').where('goneAt', 'is', null).execute(),
    /** What a process that ended left unfinished. */
    failUnfinished: async (at: string): Promise<void> => {
      await db
        .updateTable('reports')
        .set({ state: 'failed', error: 'Verbatim was stopped while this was built. Ask for it again', finishedAt: at })
        .where('state', 'in', ['waiting', 'running'])
        .execute();
    },
    /** Whether somebody of a study took back words, a response, or part of what they agreed to, since a moment. */
    hasWithdrawals: async (studyId: number, since: string): Promise<boolean> => {
      const found = await Promise.all([
        db
          .selectFrom('responses')
          .select('id')
          .where('studyId', '=', studyId)
          // Written out, since an index of a part is not used where a parameter says which.
          .where('state', '=', sql.lit('withdrawn'))
          .where('updatedAt', '>=', since)
          .limit(1)
          .executeTakeFirst(),
        db
          .selectFrom('sourceTexts')
          .select('id')
          .where('studyId', '=', studyId)
          .where('erasedAt', '>=', since)
          .limit(1)
          .executeTakeFirst(),
        db
          .selectFrom('withdrawals')
          .select('id')
          .where('studyId', '=', studyId)
          .where('withdrawnAt', '>=', since)
          .limit(1)
          .executeTakeFirst(),
        db
          .selectFrom('consents')
          .select('id')
          .where('studyId', '=', studyId)
          .where('withdrawnAt', '>=', since)
          .limit(1)
          .executeTakeFirst(),
      ]);
      return found.some((one) => one !== undefined);
    },
    /** Whether responses to a survey were left out by a researcher since a moment. */
    hasLeftOut: async (surveyId: number, since: string): Promise<boolean> =>
      (await db
        .selectFrom('leftOut')
        .select('responseId')
        .where('surveyId', '=', surveyId)
        .where('madeAt', '>=', since)
        .limit(1)
        .executeTakeFirst()) !== undefined,
    /** When the newest thing came to be that a report of a study could tell of; answers come with their responses. */
    newest: async (study: { id: number; createdAt: string }): Promise<string> => {
      const responses = db.selectFrom('responses').select(({ fn }) => fn.max('updatedAt').as('at'));
      const texts = db.selectFrom('sourceTexts').select(({ fn }) => fn.max('createdAt').as('at'));
      const codings = db.selectFrom('codings').select(({ fn }) => fn.max('createdAt').as('at'));
      const runs = db.selectFrom('runs').select(({ fn }) => fn.max('finishedAt').as('at'));
      const found = await Promise.all([
        responses.where('studyId', '=', study.id).executeTakeFirst(),
        texts.where('studyId', '=', study.id).where('kind', 'in', ['turn', 'note', 'moment']).executeTakeFirst(),
        codings.where('studyId', '=', study.id).executeTakeFirst(),
        runs.where('studyId', '=', study.id).executeTakeFirst(),
        db
          .selectFrom('personaVersions')
          .innerJoin('personas', 'personas.id', 'personaVersions.personaId')
          .select(({ fn }) => fn.max('personaVersions.createdAt').as('at'))
          .where('personas.studyId', '=', study.id)
          .executeTakeFirst(),
      ]);
      return found.reduce((latest, row) => (row?.at && row.at > latest ? row.at : latest), study.createdAt);
    },
    /** When something of a survey's responses was last sent; null where nothing was. */
    lastSent: async (surveyId: number): Promise<string | null> =>
      (
        await db
          .selectFrom('responses')
          .select(({ fn }) => fn.max('updatedAt').as('at'))
          .where('surveyId', '=', surveyId)
          .executeTakeFirst()
      )?.at ?? null,
    /** In which language responses were given and to which survey, by their public ids; those that are none are left out. */
    ofResponses: async (
      studyId: number,
      publicIds: readonly string[],
    ): Promise<Map<string, { language: string; surveyId: number }>> => {
      const found = new Map<string, { language: string; surveyId: number }>();
      for (let from = 0; from < publicIds.length; from += PART) {
        const rows = await db
          .selectFrom('responses')
          .select(['publicId', 'language', 'surveyId'])
          .where('studyId', '=', studyId)
          .where('publicId', 'in', publicIds.slice(from, from + PART))
          .execute();
        for (const { publicId, language, surveyId } of rows)
          found.set(publicId, { language, surveyId: Number(surveyId) });
      }
      return found;
    },

    /** Writes down that something was handed on, and to whom it was meant to go. */
    handOn: async (entry: Insertable<Tables['handedOn']>): Promise<void> => {
      await db.insertInto('handedOn').values(entry).execute();
    },
    handedOn: (studyId: number, limit = 200): Promise<HandedOn[]> =>
      db.selectFrom('handedOn').selectAll().where('studyId', '=', studyId).orderBy('id', 'desc').limit(limit).execute(),
  };
}
