import type { Kysely, Selectable } from 'kysely';
import type { SubTheme } from '../themes/apply-corrections.ts';
import { questionOfRun } from '../themes/question.ts';
import { newPublicId } from './identifiers.ts';
import { isRunOf } from './of-question.ts';
import { countedResponses } from './responses.ts';
import type { Tables } from './tables.ts';
import { type NewTypingTool, typingToolRow } from './typing-tools.ts';

export type RunKind = 'themes' | 'scores' | 'segments' | 'tables' | 'personas';
export type Run = Selectable<Tables['runs']>;
export type Theme = Selectable<Tables['themes']>;
export type SpanRow = { sourceId: string; sourceVersion: number; spanStart: number; spanEnd: number; spanHash: string };
export type NewTheme = Pick<Theme, 'position' | 'label' | 'words' | 'size' | 'share' | 'repeatability' | 'band'> & {
  key: string;
  quotes: SpanRow[];
  /** The id it has from run to run; a new one without it. */
  lineage?: string;
  /** Known before this run. */
  isCarriedOn?: boolean;
  subThemes?: SubTheme[];
} & Partial<Pick<Theme, 'language' | 'groupNumber' | 'placeX' | 'placeY'>>;
export type ThemeDocument = {
  sourceId: string;
  sourceVersion: number;
  theme: string | null;
  confidence: number;
  subTheme?: string | null;
  /** What else a long answer speaks of. */
  further?: { theme: string; subTheme: string | null; confidence: number }[];
};
export type FoundSegment = {
  position: number;
  name: string;
  profile: string;
  members: { responseId: number; probability: number | null; margin: number | null; isPartial?: number }[];
  /** Whom it holds by what is known of them, and not by a response. */
  people?: { personId: number; probability: number | null; saidAt: string | null }[];
};

/**
 * Ends a run, if it is still going: a run that was cancelled meanwhile stays cancelled, and its results are dropped.
 *
 * @param inputHash null of what reads too many things for one
 */
export async function finishRun(
  trx: Kysely<Tables>,
  run: Pick<Run, 'id' | 'inputCut'>,
  result: string,
  inputHash: string | null,
  at: string,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('runs')
    .set({ state: 'done', result, inputHash, inputCut: run.inputCut, progress: 1, step: '', finishedAt: at })
    .where('id', '=', run.id)
    .where('state', '=', 'running')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Runs and what they found. A run's results are written in one transaction, or not at all. */
export function analysisStore(db: Kysely<Tables>) {
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
        surveyId: number | null;
        segmentationId?: number;
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
    /** Runs of a study, the newest first, before one of them or from the newest on. */
    listRuns: async (
      studyId: number,
      { kind, beforeId, limit }: { kind: RunKind | null; beforeId: number | null; limit: number },
    ): Promise<Run[]> => {
      let query = db.selectFrom('runs').selectAll().where('studyId', '=', studyId).orderBy('id', 'desc').limit(limit);
      if (kind !== null) query = query.where('kind', '=', kind);
      if (beforeId !== null) query = query.where('id', '<', beforeId);
      return query.execute();
    },
    findRun: async (studyId: number, publicId: string): Promise<Run | null> =>
      (await db
        .selectFrom('runs')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    /** The state alone, for whoever waits for it. */
    findRunState: async (id: number): Promise<string | null> =>
      (await db.selectFrom('runs').select('state').where('id', '=', id).executeTakeFirst())?.state ?? null,
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
      of: { surveyId?: number | null; subject?: string } = {},
    ): Promise<Run | null> => {
      let query = db
        .selectFrom('runs')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('kind', '=', kind)
        .where('state', '=', 'done');
      if (of.surveyId !== undefined) query = query.where('surveyId', of.surveyId === null ? 'is' : '=', of.surveyId);
      if (of.subject !== undefined) query = query.where('subject', '=', of.subject);
      return (await query.orderBy('id', 'desc').executeTakeFirst()) ?? null;
    },
    /** The newest finished theme run of each open question of a survey; without one, that of the interviews. */
    latestThemeRuns: async (studyId: number, surveyId: number | null): Promise<Run[]> => {
      const runs = await db
        .selectFrom('runs')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('surveyId', surveyId === null ? 'is' : '=', surveyId)
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
    /** It waits again, since whoever had begun it has ended. */
    putBack: async (id: number): Promise<void> => {
      await db
        .updateTable('runs')
        .set({ state: 'queued', step: 'Waiting for its turn' })
        .where('id', '=', id)
        .where('state', '=', 'running')
        .execute();
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

    /** @param model what later answers are placed by; null when there is nothing to place them by */
    saveThemes: (
      run: Run,
      result: string,
      inputHash: string,
      themes: readonly NewTheme[],
      documents: readonly ThemeDocument[],
      at: string,
      model: { engineVersion: string; model: string } | null = null,
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        if (!(await finishRun(trx, run, result, inputHash, at))) return false;
        const rows = new Map<string, { id: number; lineage: string }>();
        const subThemeIds = new Map<string, string>();
        for (const { key, quotes, lineage: given, isCarriedOn = false, subThemes = [], ...theme } of themes) {
          const lineage = given ?? newPublicId();
          const publicId = isCarriedOn ? newPublicId() : lineage;
          const named = subThemes.map((sub, index) => ({ ...sub, id: `${publicId}.${index + 1}` }));
          for (const [index, { id }] of subThemes.entries()) subThemeIds.set(`${key} ${id}`, named[index]!.id);
          const { id } = await trx
            .insertInto('themes')
            .values({
              ...theme,
              studyId: run.studyId,
              runId: run.id,
              publicId,
              lineage,
              subThemes: JSON.stringify(named),
              version: 1,
            })
            .returning('id')
            .executeTakeFirstOrThrow();
          rows.set(key, { id, lineage });
          const spans = quotes.map((quote, position) => ({ ...quote, themeId: id, position }));
          if (spans.length > 0) await trx.insertInto('themeQuotes').values(spans).execute();
        }
        const subThemeOf = (theme: string, subTheme: string | null) =>
          subTheme === null ? null : (subThemeIds.get(`${theme} ${subTheme}`) ?? null);
        await inParts(documents, (part) =>
          trx
            .insertInto('themeDocuments')
            .values(
              part.map(({ theme, subTheme = null, further = [], ...document }) => ({
                ...document,
                runId: run.id,
                themeId: theme === null ? null : (rows.get(theme)?.id ?? null),
                subTheme: theme === null ? null : subThemeOf(theme, subTheme),
                further:
                  further.length === 0
                    ? null
                    : JSON.stringify(
                        further.map((one) => [
                          rows.get(one.theme)?.lineage ?? '',
                          subThemeOf(one.theme, one.subTheme),
                          one.confidence,
                        ]),
                      ),
              })),
            )
            .execute(),
        );
        // Only the newest run of a question places what comes in.
        await trx
          .deleteFrom('themeModels')
          .where('runId', 'in', (eb) =>
            eb
              .selectFrom('runs')
              .select('runs.id')
              .where('runs.kind', '=', 'themes')
              .where(isRunOf(questionOfRun(run))),
          )
          .execute();
        if (model)
          await trx
            .insertInto('themeModels')
            .values({ runId: run.id, ...model })
            .execute();
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
        if (!(await finishRun(trx, run, result, inputHash, at))) return false;
        await inParts(scores, (part) =>
          trx
            .insertInto('scores')
            .values(part.map((score) => ({ ...score, runId: run.id })))
            .execute(),
        );
        return true;
      }),
    /**
     * What became of the responses of a survey since a finished scoring: how many count that it did not see, how many it saw
     * count no more, and how many of the others were corrected.
     */
    sinceScores: async (run: Run): Promise<{ came: number; gone: number; changed: number }> => {
      const { watermark = 0 } = JSON.parse(run.inputCut) as { watermark?: number };
      const scored = new Set(
        (await db.selectFrom('scores').select('responseId').distinct().where('runId', '=', run.id).execute()).map(
          ({ responseId }) => Number(responseId),
        ),
      );
      const counted = await countedResponses(db)
        .where('responses.surveyId', '=', run.surveyId ?? 0)
        .select(['responses.id', 'responses.lastSeq'])
        .execute();
      const known = counted.filter(({ id }) => scored.has(Number(id)));
      return {
        came: counted.length - known.length,
        gone: scored.size - known.length,
        changed: known.filter(({ lastSeq }) => Number(lastSeq) > watermark).length,
      };
    },
    /** What everybody scored on one scale. */
    scoreValues: async (runId: number, scale: string): Promise<number[]> =>
      (
        await db
          .selectFrom('scores')
          .select('value')
          .where('runId', '=', runId)
          .where('scale', '=', scale)
          .where('value', 'is not', null)
          .execute()
      ).map(({ value }) => Number(value)),
    /** The newest finished scoring of each survey, the newest first. */
    scorings: async (studyId: number): Promise<Run[]> => {
      const runs = await db
        .selectFrom('runs')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('kind', '=', 'scores')
        .where('state', '=', 'done')
        .where(({ eb, selectFrom }) =>
          eb(
            'runs.id',
            'in',
            selectFrom('runs as newest')
              .select(({ fn }) => fn.max('newest.id').as('id'))
              .where('newest.studyId', '=', studyId)
              .where('newest.kind', '=', 'scores')
              .where('newest.state', '=', 'done')
              .groupBy('newest.surveyId'),
          ),
        )
        .orderBy('id', 'desc')
        .execute();
      return runs;
    },
    scoresOf: (runId: number) =>
      db.selectFrom('scores').select(['responseId', 'scale', 'value']).where('runId', '=', runId).execute(),

    /** Ends a run whose result is all there is of it. */
    saveResult: (run: Run, result: string, inputHash: string, at: string): Promise<boolean> =>
      db.transaction().execute((trx) => finishRun(trx, run, result, inputHash, at)),
    /** Keeps what a run built as a tool of its segmentation. */
    saveTypingTool: (run: Run, tool: NewTypingTool, result: string, inputHash: string, at: string): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        if (!(await finishRun(trx, run, result, inputHash, at))) return false;
        await trx.insertInto('typingTools').values(typingToolRow(tool, at)).execute();
        return true;
      }),
    saveSegments: (
      run: Run,
      result: string,
      inputHash: string,
      found: readonly FoundSegment[],
      at: string,
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        if (!(await finishRun(trx, run, result, inputHash, at))) return false;
        for (const { members, people = [], ...segment } of found) {
          const publicId = newPublicId();
          const { id } = await trx
            .insertInto('segments')
            .values({
              ...segment,
              studyId: run.studyId,
              publicId,
              lineage: publicId,
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
              .values(part.map((member) => ({ ...member, segmentId: id })))
              .execute(),
          );
          await inParts(people, (part) =>
            trx
              .insertInto('segmentPeople')
              .values(part.map((person) => ({ ...person, segmentId: id })))
              .execute(),
          );
        }
        return true;
      }),
  };
}
