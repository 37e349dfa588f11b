import { type Selectable, sql } from 'kysely';
import type { Database } from './database.ts';
import { insertRows } from './insert-rows.ts';
import type { Tables } from './tables.ts';

export type QualityRun = Selectable<Tables['qualityRuns']>;
export type QualityFlag = Selectable<Tables['qualityFlags']>;

/** Signs that answers were not given in earnest, as the last look over a survey found them. */
export function qualityFlagStore({ kysely: db, engine }: Database) {
  return {
    flagsOf: async (responseIds: readonly string[]): Promise<Map<string, QualityFlag[]>> => {
      if (responseIds.length === 0) return new Map();
      const rows = await db
        .selectFrom('qualityFlags')
        .selectAll()
        .where('responseId', 'in', responseIds)
        .orderBy('position')
        .execute();
      return Map.groupBy(rows, (row) => row.responseId);
    },
    /** The responses of a survey that any check marked, by public id. */
    flaggedIds: async (surveyId: number): Promise<Set<string>> => {
      const rows = await db
        .selectFrom('qualityFlags')
        .select('responseId')
        .distinct()
        .where('surveyId', '=', surveyId)
        .execute();
      return new Set(rows.map((row) => row.responseId));
    },
    /** How many responses each check marked, and how many have any mark. */
    flagCounts: async (surveyId: number): Promise<{ signs: Map<string, number>; any: number }> => {
      const rows = await db
        .selectFrom('qualityFlags')
        .select(['sign', sql<number>`count(distinct response_id)`.as('n')])
        .where('surveyId', '=', surveyId)
        .groupBy('sign')
        .execute();
      const any = await db
        .selectFrom('qualityFlags')
        .select(sql<number>`count(distinct response_id)`.as('n'))
        .where('surveyId', '=', surveyId)
        .executeTakeFirst();
      return { signs: new Map(rows.map((row) => [row.sign, Number(row.n)])), any: Number(any?.n ?? 0) };
    },
    qualityRun: async (surveyId: number): Promise<QualityRun | null> =>
      (await db.selectFrom('qualityRuns').selectAll().where('surveyId', '=', surveyId).executeTakeFirst()) ?? null,
    /** The last record of any response of a survey. */
    lastSeq: async (surveyId: number): Promise<number> => {
      const row = await db
        .selectFrom('responses')
        .select(({ fn }) => fn.max('lastSeq').as('seq'))
        .where('surveyId', '=', surveyId)
        .executeTakeFirst();
      return Number(row?.seq ?? 0);
    },
    /** Puts what a run found in the place of what the one before it found. */
    saveQuality: (run: Tables['qualityRuns'], flags: readonly Omit<QualityFlag, 'surveyId'>[]): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx.deleteFrom('qualityFlags').where('surveyId', '=', run.surveyId).execute();
        await trx.deleteFrom('qualityRuns').where('surveyId', '=', run.surveyId).execute();
        await trx.insertInto('qualityRuns').values(run).execute();
        await insertRows(
          trx,
          engine,
          'quality_flags',
          { survey_id: 'bigint', response_id: 'text', position: 'bigint', sign: 'text', item: 'text', reason: 'text' },
          flags.map((flag) => [run.surveyId, flag.responseId, flag.position, flag.sign, flag.item, flag.reason]),
        );
      }),
    /** Responses in which a field was filled in that people do not see. */
    trapped: async (surveyId: number): Promise<Set<string>> => {
      const rows = await db
        .selectFrom('responseRecords')
        .select('responseId')
        .distinct()
        .where('surveyId', '=', surveyId)
        .where('body', 'like', '%"isTrapped":true%')
        .execute();
      return new Set(rows.map((row) => row.responseId));
    },
  };
}
