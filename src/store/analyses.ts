import type { Kysely, Selectable } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export type RunKind = 'themes' | 'scores' | 'segments';
export type Run = Selectable<Tables['runs']>;
export type Theme = Selectable<Tables['themes']>;
export type SpanRow = { sourceId: string; sourceVersion: number; spanStart: number; spanEnd: number; spanHash: string };
export type NewTheme = Omit<Theme, 'id' | 'studyId' | 'runId' | 'publicId' | 'version'> & {
  key: string;
  quotes: SpanRow[];
};
export type ThemeDocument = { sourceId: string; sourceVersion: number; theme: string | null; confidence: number };
export type FoundSegment = { position: number; name: string; profile: string; members: { responseId: number }[] };

/** Runs and what they found. A run's results are written in one transaction, or not at all. */
export function analysisStore(db: Kysely<Tables>) {
  /** Ends a run, if it is still going: a run that was cancelled meanwhile stays cancelled, and its results are dropped. */
  const finish = (trx: Kysely<Tables>, run: Run, result: string, inputHash: string, at: string) =>
    trx
      .updateTable('runs')
      .set({ state: 'done', result, inputHash, inputCut: run.inputCut, progress: 1, step: '', finishedAt: at })
      .where('id', '=', run.id)
      .where('state', '=', 'running')
      .executeTakeFirst()
      .then(({ numUpdatedRows }) => numUpdatedRows === 1n);

  /** A pause between parts lets the server answer others while a large result is written. */
  const inParts = async <T>(rows: readonly T[], write: (part: T[]) => Promise<unknown>) => {
    for (let from = 0; from < rows.length; from += 300) {
      await write(rows.slice(from, from + 300));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  return {
    addRun: (
      run: {
        studyId: number;
        kind: RunKind;
        surveyId: number;
        subject: string;
        engineVersion: string;
        seed: number;
        settings: unknown;
        inputCut: unknown;
        createdBy: number | null;
      },
      at: string,
    ): Promise<Run> =>
      db
        .insertInto('runs')
        .values({
          ...run,
          settings: JSON.stringify(run.settings),
          inputCut: JSON.stringify(run.inputCut),
          publicId: newPublicId(),
          inputHash: null,
          state: 'queued',
          step: 'Waiting for its turn',
          progress: 0,
          result: null,
          error: null,
          createdAt: at,
          startedAt: null,
          finishedAt: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow(),
    findRun: async (studyId: number, publicId: string): Promise<Run | null> =>
      (await db
        .selectFrom('runs')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    findRunById: async (id: number): Promise<Run | null> =>
      (await db.selectFrom('runs').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
    runs: (studyId: number, kind: RunKind): Promise<Run[]> =>
      db
        .selectFrom('runs')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('kind', '=', kind)
        .orderBy('id', 'desc')
        .limit(50)
        .execute(),
    latestDone: async (
      studyId: number,
      kind: RunKind,
      of: { surveyId?: number; subject?: string } = {},
    ): Promise<Run | null> => {
      let query = db
        .selectFrom('runs')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('kind', '=', kind)
        .where('state', '=', 'done');
      if (of.surveyId !== undefined) query = query.where('surveyId', '=', of.surveyId);
      if (of.subject !== undefined) query = query.where('subject', '=', of.subject);
      return (await query.orderBy('id', 'desc').executeTakeFirst()) ?? null;
    },
    /** The newest finished theme run of each open question of a survey. */
    latestThemeRuns: async (studyId: number, surveyId: number): Promise<Run[]> => {
      const runs = await db
        .selectFrom('runs')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('surveyId', '=', surveyId)
        .where('kind', '=', 'themes')
        .where('state', '=', 'done')
        .orderBy('id', 'desc')
        .execute();
      return [...Map.groupBy(runs, (run) => run.subject).values()].flatMap((list) => list.slice(0, 1));
    },
    begin: async (runId: number, at: string): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('runs')
        .set({ state: 'running', startedAt: at, step: 'Reading' })
        .where('id', '=', runId)
        .where('state', '=', 'queued')
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    progress: async (runId: number, step: string, progress: number) => {
      await db
        .updateTable('runs')
        .set({ step, progress })
        .where('id', '=', runId)
        .where('state', '=', 'running')
        .execute();
    },
    fail: async (runId: number, error: string, at: string) => {
      await db
        .updateTable('runs')
        .set({ state: 'failed', error, finishedAt: at })
        .where('id', '=', runId)
        .where('state', 'in', ['queued', 'running'])
        .execute();
    },
    cancel: async (runId: number, at: string): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('runs')
        .set({ state: 'cancelled', finishedAt: at })
        .where('id', '=', runId)
        .where('state', 'in', ['queued', 'running'])
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    /** What a process that died left running: it can be started again from its own settings and seed. */
    failUnfinished: async (at: string) => {
      await db
        .updateTable('runs')
        .set({
          state: 'failed',
          error: 'Verbatim stopped while this was running. Start it again: the same seed gives the same result',
          finishedAt: at,
        })
        .where('state', 'in', ['queued', 'running'])
        .execute();
    },

    saveThemes: (
      run: Run,
      result: string,
      inputHash: string,
      themes: readonly NewTheme[],
      documents: readonly ThemeDocument[],
      at: string,
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        if (!(await finish(trx, run, result, inputHash, at))) return false;
        const ids = new Map<string, number>();
        for (const { key, quotes, ...theme } of themes) {
          const { id } = await trx
            .insertInto('themes')
            .values({ ...theme, studyId: run.studyId, runId: run.id, publicId: newPublicId(), version: 1 })
            .returning('id')
            .executeTakeFirstOrThrow();
          ids.set(key, id);
          const rows = quotes.map((quote, position) => ({ ...quote, themeId: id, position }));
          if (rows.length > 0) await trx.insertInto('themeQuotes').values(rows).execute();
        }
        await inParts(documents, (part) =>
          trx
            .insertInto('themeDocuments')
            .values(
              part.map(({ theme, ...document }) => ({
                ...document,
                runId: run.id,
                themeId: theme === null ? null : (ids.get(theme) ?? null),
              })),
            )
            .execute(),
        );
        return true;
      }),
    themesOf: (runId: number): Promise<Theme[]> =>
      db.selectFrom('themes').selectAll().where('runId', '=', runId).orderBy('position').execute(),
    findTheme: async (studyId: number, publicId: string): Promise<Theme | null> =>
      (await db
        .selectFrom('themes')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    quotesOf: (themeId: number) =>
      db.selectFrom('themeQuotes').selectAll().where('themeId', '=', themeId).orderBy('position').execute(),
    documentsOf: (runId: number) => db.selectFrom('themeDocuments').selectAll().where('runId', '=', runId).execute(),

    saveScores: (
      run: Run,
      result: string,
      inputHash: string,
      scores: readonly { responseId: number; scale: string; value: number | null }[],
      at: string,
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        if (!(await finish(trx, run, result, inputHash, at))) return false;
        await inParts(scores, (part) =>
          trx
            .insertInto('scores')
            .values(part.map((score) => ({ ...score, runId: run.id })))
            .execute(),
        );
        return true;
      }),
    scoresOf: (runId: number) =>
      db.selectFrom('scores').select(['responseId', 'scale', 'value']).where('runId', '=', runId).execute(),

    saveSegments: (
      run: Run,
      result: string,
      inputHash: string,
      found: readonly FoundSegment[],
      at: string,
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        if (!(await finish(trx, run, result, inputHash, at))) return false;
        for (const { members, ...segment } of found) {
          const { id } = await trx
            .insertInto('segments')
            .values({
              ...segment,
              studyId: run.studyId,
              publicId: newPublicId(),
              origin: 'found',
              version: 1,
              runId: run.id,
              surveyId: run.surveyId,
              rule: null,
              createdBy: run.createdBy,
              createdAt: at,
              removedAt: null,
            })
            .returning('id')
            .executeTakeFirstOrThrow();
          await inParts(members, (part) =>
            trx
              .insertInto('segmentMemberships')
              .values(part.map((member) => ({ ...member, segmentId: id, probability: null })))
              .execute(),
          );
        }
        return true;
      }),
  };
}
