import { type Kysely, type Selectable, sql } from 'kysely';
import type { AnswerState, AnswerValue } from '../model/answers.ts';
import { forgetVectorsOf } from './forget-vectors.ts';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export type ResponseRow = Selectable<Tables['responses']>;
export type ImportBatch = Selectable<Tables['importBatches']>;
export type StoredAnswer = {
  responseId: number;
  item: string;
  state: AnswerState;
  value: AnswerValue | { source: string; version: number } | null;
};

/** What says whether a response counts, and what it was shown. */
export type ProjectedResponse = {
  id: number;
  publicId: string;
  surveyVersionId: number;
  state: string;
  isTest: number;
  batchId: number | null;
};
/** An answer as it lies in the table, named as the table names it: read by the million, and not one of them renamed. */
export type ProjectedAnswer = { response_id: number; item: string; state: string; value: string | null };

const PROJECTED_RESPONSE = [
  'responses.id',
  'responses.publicId',
  'responses.surveyVersionId',
  'responses.state',
  'responses.isTest',
  'responses.batchId',
] as const;

/** What counts: completed, no test, and of no batch that was interrupted or taken back. */
export const countedResponses = (db: Kysely<Tables>) =>
  db
    .selectFrom('responses')
    .leftJoin('importBatches', 'importBatches.id', 'responses.batchId')
    .where('responses.state', '=', 'completed')
    .where('responses.isTest', '=', 0)
    .where((eb) => eb.or([eb('responses.batchId', 'is', null), eb('importBatches.state', '=', 'complete')]))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('leftOut').select('leftOut.responseId').whereRef('leftOut.responseId', '=', 'responses.publicId'),
        ),
      ),
    );

/** Responses as they are now, read from the projections. */
export function responseStore(db: Kysely<Tables>) {
  const counted = () => countedResponses(db);

  return {
    countBySurvey: async (studyId: number): Promise<Map<number, { completed: number; started: number }>> => {
      const completed = await counted()
        .where('responses.studyId', '=', studyId)
        .select(['responses.surveyId', ({ fn }) => fn.countAll().as('n')])
        .groupBy('responses.surveyId')
        .execute();
      const started = await db
        .selectFrom('responses')
        .where('studyId', '=', studyId)
        .where('state', '=', 'started')
        .where('isTest', '=', 0)
        .where('batchId', 'is', null)
        .select(['surveyId', ({ fn }) => fn.countAll().as('n')])
        .groupBy('surveyId')
        .execute();
      const counts = new Map<number, { completed: number; started: number }>();
      for (const row of completed) counts.set(row.surveyId, { completed: Number(row.n), started: 0 });
      for (const row of started)
        counts.set(row.surveyId, { completed: counts.get(row.surveyId)?.completed ?? 0, started: Number(row.n) });
      return counts;
    },
    /** How many were completed on each day, oldest first. */
    perDay: async (studyId: number): Promise<{ day: string; n: number }[]> => {
      const rows = await counted().where('responses.studyId', '=', studyId).select('responses.completedAt').execute();
      const days = new Map<string, number>();
      for (const { completedAt } of rows) {
        const day = completedAt?.slice(0, 10);
        if (day) days.set(day, (days.get(day) ?? 0) + 1);
      }
      return [...days].map(([day, n]) => ({ day, n })).sort((a, b) => (a.day < b.day ? -1 : 1));
    },
    /** Every counted response of a survey, by id. */
    list: (surveyId: number): Promise<ResponseRow[]> =>
      counted().where('responses.surveyId', '=', surveyId).selectAll('responses').orderBy('responses.id').execute(),
    /** How many responses of a survey count, and the last record that any of them was made from. */
    extent: async (surveyId: number): Promise<{ n: number; watermark: number }> => {
      const row = await counted()
        .where('responses.surveyId', '=', surveyId)
        .select(({ fn }) => [fn.countAll().as('n'), fn.max('responses.lastSeq').as('watermark')])
        .executeTakeFirst();
      return { n: Number(row?.n ?? 0), watermark: Number(row?.watermark ?? 0) };
    },
    /** How many responses count, and the days of the first and last of them. */
    days: async (surveyId: number): Promise<{ n: number; from: string | null; to: string | null }> => {
      const row = await counted()
        .select(({ fn }) => [
          fn.countAll().as('n'),
          fn.min(fn.coalesce('responses.completedAt', 'responses.updatedAt')).as('from'),
          fn.max(fn.coalesce('responses.completedAt', 'responses.updatedAt')).as('to'),
        ])
        .where('responses.surveyId', '=', surveyId)
        .executeTakeFirst();
      return { n: Number(row?.n ?? 0), from: row?.from?.slice(0, 10) ?? null, to: row?.to?.slice(0, 10) ?? null };
    },
    /** The public ids of every counted response of a survey. */
    countedIds: async (surveyId: number): Promise<string[]> =>
      (
        await counted()
          .where('responses.surveyId', '=', surveyId)
          .select('responses.publicId')
          .orderBy('responses.id')
          .execute()
      ).map((row) => row.publicId),
    /** A page of a survey's responses, newest first, whatever their state. */
    page: (surveyId: number, offset: number, limit: number): Promise<ResponseRow[]> =>
      db
        .selectFrom('responses')
        .selectAll()
        .where('surveyId', '=', surveyId)
        .orderBy('id', 'desc')
        .offset(offset)
        .limit(limit)
        .execute(),
    find: async (studyId: number, publicId: string): Promise<ResponseRow | null> =>
      (await db
        .selectFrom('responses')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    /** Counted responses with whoever the person behind each is today, null where nobody in particular was asked. */
    /** Which survey each of these answers to, by public ids; those that are not there are left out. */
    placesOf: async (publicIds: readonly string[]): Promise<{ id: number; surveyId: number }[]> => {
      const found: { id: number; surveyId: number }[] = [];
      for (let from = 0; from < publicIds.length; from += 500)
        found.push(
          ...(await db
            .selectFrom('responses')
            .select(['id', 'surveyId'])
            .where('publicId', 'in', publicIds.slice(from, from + 500))
            .execute()),
        );
      return found.map(({ id, surveyId }) => ({ id: Number(id), surveyId: Number(surveyId) }));
    },
    listWithPeople: (surveyId: number) =>
      counted()
        .leftJoin('participations', 'participations.id', 'responses.participationId')
        .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
        .where('responses.surveyId', '=', surveyId)
        .select(['responses.id', 'responses.publicId', 'responses.attributes', 'responses.purposes'])
        .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'participations.personId').as('personId'))
        .orderBy('responses.id')
        .execute(),
    /** Every answered item of everybody known in a study, latest first. */
    answersInStudy: async (studyId: number): Promise<(StoredAnswer & { slug: string; personId: number })[]> => {
      const rows = await counted()
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .innerJoin('answers', 'answers.responseId', 'responses.id')
        .innerJoin('surveys', 'surveys.id', 'responses.surveyId')
        .where('responses.studyId', '=', studyId)
        .where('answers.state', '=', 'answered')
        .select([
          'answers.responseId',
          'answers.item',
          'answers.state',
          'answers.value',
          'surveys.slug',
          'participations.personId',
        ])
        .orderBy('responses.completedAt', 'desc')
        .execute();
      return rows.map((row) => ({ ...parsedAnswer(row), slug: row.slug, personId: row.personId }));
    },
    /** The answers of every counted response of a survey, to some items or to all. */
    answersOf: async (surveyId: number, items?: readonly string[]): Promise<StoredAnswer[]> => {
      if (items?.length === 0) return [];
      let query = counted()
        .innerJoin('answers', 'answers.responseId', 'responses.id')
        .where('responses.surveyId', '=', surveyId)
        .select(['answers.responseId', 'answers.item', 'answers.state', 'answers.value']);
      if (items) query = query.where('answers.item', 'in', items);
      return (await query.execute()).map(parsedAnswer);
    },
    /** How many gave each value to each item; texts are counted, not told apart. */
    tally: async (surveyId: number): Promise<{ item: string; state: string; value: unknown; count: number }[]> => {
      const isText = sql<number>`case when answers.value like '{%' then 1 else 0 end`;
      const rows = await counted()
        .innerJoin('answers', 'answers.responseId', 'responses.id')
        .where('responses.surveyId', '=', surveyId)
        .select([
          'answers.item',
          'answers.state',
          sql<string | null>`case when ${isText} = 1 then null else answers.value end`.as('value'),
          ({ fn }) => fn.countAll().as('n'),
        ])
        .groupBy(['answers.item', 'answers.state', sql`case when ${isText} = 1 then null else answers.value end`])
        .execute();
      return rows.map((row) => ({
        item: row.item,
        state: row.state,
        value: row.value === null ? null : JSON.parse(row.value),
        count: Number(row.n),
      }));
    },
    /** Up to which record everything has been projected. */
    projectedUpTo: async (): Promise<number> => {
      const row = await db.selectFrom('watermarks').select('seq').where('name', '=', 'responses').executeTakeFirst();
      return Number(row?.seq ?? 0);
    },
    /** Finished responses of a survey, tests and batches of any state among them, in the order of their ids. */
    finishedAfter: async (surveyId: number, afterId: number, limit: number): Promise<ProjectedResponse[]> =>
      (
        await db
          .selectFrom('responses')
          .select(PROJECTED_RESPONSE)
          .where('surveyId', '=', surveyId)
          .where('state', '=', 'completed')
          .where('id', '>', afterId)
          .orderBy('id')
          .limit(limit)
          .execute()
      ).map(projectedResponse),
    countFinished: async (surveyId: number): Promise<number> =>
      Number(
        (
          await db
            .selectFrom('responses')
            .select(({ fn }) => fn.countAll().as('n'))
            .where('surveyId', '=', surveyId)
            .where('state', '=', 'completed')
            .executeTakeFirst()
        )?.n ?? 0,
      ),
    /** Responses of a survey, whatever their state, of which a record lies after one sequence and up to another. */
    changedBetween: async (surveyId: number, afterSeq: number, upToSeq: number): Promise<ProjectedResponse[]> =>
      (
        await db
          .selectFrom('responses')
          .select(PROJECTED_RESPONSE)
          .where('publicId', 'in', (eb) =>
            eb
              .selectFrom('responseRecords')
              .select('responseId')
              .where('seq', '>', afterSeq)
              .where('seq', '<=', upToSeq)
              .where('surveyId', '=', surveyId),
          )
          .orderBy('id')
          .execute()
      ).map(projectedResponse),
    /** The answers of a survey's finished responses whose ids lie from one to another. */
    projectedAnswers: (surveyId: number, fromId: number, toId: number): Promise<ProjectedAnswer[]> =>
      db
        .withoutPlugins()
        .selectFrom(sql<ProjectedAnswer>`answers`.as('answers'))
        .select(['answers.response_id', 'answers.item', 'answers.state', 'answers.value'])
        .where('answers.response_id', '>=', fromId)
        .where('answers.response_id', '<=', toId)
        .where(
          sql<boolean>`answers.response_id in (select id from responses where survey_id = ${surveyId} and state = 'completed' and id >= ${fromId} and id <= ${toId})`,
        )
        .execute(),
    projectedAnswersOf: (responseIds: readonly number[]): Promise<ProjectedAnswer[]> =>
      responseIds.length === 0
        ? Promise.resolve([])
        : db
            .withoutPlugins()
            .selectFrom(sql<ProjectedAnswer>`answers`.as('answers'))
            .select(['answers.response_id', 'answers.item', 'answers.state', 'answers.value'])
            .where('answers.response_id', 'in', responseIds)
            .execute(),
    /** Responses of a survey that a researcher has left out. */
    leftOutIds: async (surveyId: number): Promise<number[]> =>
      (
        await db
          .selectFrom('leftOut')
          .innerJoin('responses', 'responses.publicId', 'leftOut.responseId')
          .select('responses.id')
          .where('leftOut.surveyId', '=', surveyId)
          .execute()
      ).map((row) => Number(row.id)),
    /** The import batches of a survey that count. */
    completeBatches: async (surveyId: number): Promise<Set<number>> => {
      const rows = await db
        .selectFrom('importBatches')
        .select('id')
        .where('surveyId', '=', surveyId)
        .where('state', '=', 'complete')
        .execute();
      return new Set(rows.map((row) => Number(row.id)));
    },
    answersOfResponses: async (responseIds: readonly number[]): Promise<StoredAnswer[]> =>
      responseIds.length === 0
        ? []
        : (await db.selectFrom('answers').selectAll().where('responseId', 'in', responseIds).execute()).map(
            parsedAnswer,
          ),
    answersIn: async (responseId: number): Promise<StoredAnswer[]> =>
      (await db.selectFrom('answers').selectAll().where('responseId', '=', responseId).execute()).map(parsedAnswer),
    /** True when one of these people, who are the same one, has sent answers to the survey, or to one wave of it. */
    hasCompleted: async (
      surveyId: number,
      personIds: readonly number[],
      wavePublicId: string | null = null,
    ): Promise<boolean> => {
      const query = counted()
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .where('responses.surveyId', '=', surveyId)
        .where('participations.personId', 'in', personIds)
        .select('responses.id');
      const found = wavePublicId === null ? query : query.where('responses.wave', '=', wavePublicId);
      return (await found.executeTakeFirst()) !== undefined;
    },
    /** A person's answers to one item over a study's surveys, latest first. */
    answersByPeople: async (
      studyId: number,
      personIds: readonly number[],
    ): Promise<(StoredAnswer & { slug: string; completedAt: string | null })[]> => {
      if (personIds.length === 0) return [];
      const rows = await counted()
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .innerJoin('answers', 'answers.responseId', 'responses.id')
        .innerJoin('surveys', 'surveys.id', 'responses.surveyId')
        .where('responses.studyId', '=', studyId)
        .where('participations.personId', 'in', personIds)
        .where('answers.state', '=', 'answered')
        .select([
          'answers.responseId',
          'answers.item',
          'answers.state',
          'answers.value',
          'surveys.slug',
          'responses.completedAt',
        ])
        .orderBy('responses.completedAt', 'desc')
        .execute();
      return rows.map((row) => ({ ...parsedAnswer(row), slug: row.slug, completedAt: row.completedAt }));
    },

    addBatch: (
      batch: {
        studyId: number;
        surveyId: number;
        fileName: string;
        mapping: unknown;
        rowCount: number;
        createdBy: number | null;
      },
      at: string,
    ): Promise<ImportBatch> =>
      db
        .insertInto('importBatches')
        .values({
          ...batch,
          mapping: JSON.stringify(batch.mapping),
          publicId: newPublicId(),
          state: 'staged',
          createdAt: at,
          endedAt: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow(),
    setBatchPlan: async (batchId: number, mapping: string) => {
      await db
        .updateTable('importBatches')
        .set({ mapping })
        .where('id', '=', batchId)
        .where('state', '=', 'staged')
        .execute();
    },
    /** False when somebody else has begun to load it. */
    beginBatch: async (batchId: number): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('importBatches')
        .set({ state: 'loading' })
        .where('id', '=', batchId)
        .where('state', '=', 'staged')
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    setBatchState: async (batchId: number, state: 'complete' | 'interrupted', at: string) => {
      await db.updateTable('importBatches').set({ state, endedAt: at }).where('id', '=', batchId).execute();
    },
    /**
     * What a process that died had begun to load: it never counted, and can be taken back.
     *
     * @param only one batch; null for every one
     */
    interruptLoading: async (at: string, only: number | null = null) => {
      await db
        .updateTable('importBatches')
        .set({ state: 'interrupted', endedAt: at })
        .where('state', '=', 'loading')
        .$if(only !== null, (query) => query.where('id', '=', only))
        .execute();
    },
    /** How many of a batch's rows have been projected so far. */
    countInBatch: async (batchId: number): Promise<number> =>
      Number(
        (
          await db
            .selectFrom('responses')
            .select(({ fn }) => fn.countAll().as('n'))
            .where('batchId', '=', batchId)
            .executeTakeFirst()
        )?.n ?? 0,
      ),
    batches: (surveyId: number): Promise<ImportBatch[]> =>
      db.selectFrom('importBatches').selectAll().where('surveyId', '=', surveyId).orderBy('id', 'desc').execute(),
    /** For the command line, which is told a batch and no study. */
    findBatchById: async (publicId: string): Promise<ImportBatch | null> =>
      (await db.selectFrom('importBatches').selectAll().where('publicId', '=', publicId).executeTakeFirst()) ?? null,
    findBatch: async (studyId: number, publicId: string): Promise<ImportBatch | null> =>
      (await db
        .selectFrom('importBatches')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    /** From now on nothing of the batch counts. False when it is being loaded just now, or was taken back before. */
    beginUndo: async (batchId: number, at: string): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('importBatches')
        .set({ state: 'undone', endedAt: at })
        .where('id', '=', batchId)
        .where('state', 'in', ['staged', 'complete', 'interrupted'])
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    /** Batches that were taken back and of which something is still there: a process may have died over it. */
    undoneLeftovers: async (): Promise<number[]> =>
      (
        await db
          .selectFrom('importBatches')
          .select('id')
          .where('state', '=', 'undone')
          .where((eb) =>
            eb.exists(
              eb
                .selectFrom('responseRecords')
                .select('seq')
                .whereRef('responseRecords.batchId', '=', 'importBatches.id')
                .limit(1),
            ),
          )
          .execute()
      ).map((row) => row.id),
    /**
     * Removes some responses of a batch that was taken back, with their records and everything made from them; texts
     * that something may point at are emptied and stay as tombstones.
     *
     * @returns how many responses went; 0 when nothing of the batch is left
     */
    clearUndone: (batchId: number, most: number, at: string): Promise<number> =>
      db.transaction().execute(async (trx) => {
        const some = await trx
          .selectFrom('responses')
          .select(['id', 'publicId'])
          .where('batchId', '=', batchId)
          .limit(most)
          .execute();
        if (some.length === 0) {
          await trx.deleteFrom('responseRecords').where('batchId', '=', batchId).execute();
          return 0;
        }
        const ids = some.map((row) => row.id);
        const publicIds = some.map((row) => row.publicId);
        await forgetVectorsOf(trx, publicIds);
        await trx
          .updateTable('sourceTexts')
          .set({ text: '', erasedAt: at })
          .where('subjectId', 'in', publicIds)
          .execute();
        await trx
          .deleteFrom('consents')
          .where('subjectKind', '=', 'response')
          .where('subjectId', 'in', publicIds)
          .execute();
        for (const table of ['scores', 'segmentMemberships', 'segmentPlacements', 'answers'] as const) {
          await trx.deleteFrom(table).where('responseId', 'in', ids).execute();
        }
        await trx.deleteFrom('responses').where('id', 'in', ids).execute();
        await trx.deleteFrom('responseRecords').where('responseId', 'in', publicIds).execute();
        return some.length;
      }),
  };
}

/** PostgreSQL gives its large numbers as text. */
const projectedResponse = (row: ProjectedResponse): ProjectedResponse => ({
  ...row,
  id: Number(row.id),
  surveyVersionId: Number(row.surveyVersionId),
  batchId: row.batchId === null ? null : Number(row.batchId),
});

function parsedAnswer(row: { responseId: number; item: string; state: string; value: string | null }): StoredAnswer {
  return {
    responseId: row.responseId,
    item: row.item,
    state: row.state as AnswerState,
    value: row.value === null ? null : (JSON.parse(row.value) as StoredAnswer['value']),
  };
}
