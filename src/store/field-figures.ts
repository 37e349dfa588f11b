import { type Kysely, sql } from 'kysely';
import type { Asked } from '../model/record.ts';
import type { FieldCell } from '../reports/fieldwork-figures.ts';
import type { WaveTally } from '../reports/wave-comparison.ts';
import { countedResponses } from './responses.ts';
import type { Tables } from './tables.ts';

/** A response that a supplier sent. */
export type SuppliedResponse = {
  publicId: string;
  supplier: string;
  theirId: string;
  state: string;
  endCode: string | null;
  isTest: boolean;
  isLeftOut: boolean;
  startedAt: string;
  completedAt: string | null;
};

/** Counts over the responses of a survey that were collected here; what was imported stands apart. */
export function fieldFigureStore(db: Kysely<Tables>) {
  const collected = (surveyId: number) =>
    db
      .selectFrom('responses')
      .leftJoin('leftOut', 'leftOut.responseId', 'responses.publicId')
      .where('responses.surveyId', '=', surveyId)
      .where('responses.batchId', 'is', null);
  const completedHere = (surveyId: number) =>
    countedResponses(db).where('responses.surveyId', '=', surveyId).where('responses.batchId', 'is', null);

  return {
    /** How many responses there are of each sort. @param activeSince from when on an unfinished one is still under way */
    cells: async (surveyId: number, activeSince: string): Promise<FieldCell[]> => {
      const flags = {
        isLeftOut: sql<number>`case when left_out.response_id is null then 0 else 1 end`,
        isKnown: sql<number>`case when responses.participation_id is null then 0 else 1 end`,
        isRecent: sql<number>`case when responses.updated_at >= ${activeSince} then 1 else 0 end`,
      };
      const rows = await collected(surveyId)
        .select([
          'responses.state',
          'responses.isTest',
          'responses.wave',
          'responses.source',
          flags.isLeftOut.as('isLeftOut'),
          flags.isKnown.as('isKnown'),
          flags.isRecent.as('isRecent'),
          ({ fn }) => fn.countAll().as('n'),
        ])
        // By position: a value in the expression would be another parameter to PostgreSQL, and so another expression.
        .groupBy(sql`1, 2, 3, 4, 5, 6, 7`)
        .execute();
      return rows.map(({ state, isTest, wave, source, isLeftOut, isKnown, isRecent, n }) => ({
        state,
        wave,
        source,
        isTest: Number(isTest) === 1,
        isLeftOut: Number(isLeftOut) === 1,
        isKnown: Number(isKnown) === 1,
        isRecent: Number(isRecent) === 1,
        count: Number(n),
      }));
    },
    /** How many were completed on each day (UTC), oldest first. */
    perDay: async (surveyId: number): Promise<{ day: string; count: number }[]> => {
      const day = sql<string>`substr(responses.completed_at, 1, 10)`;
      const rows = await completedHere(surveyId)
        .where('responses.completedAt', 'is not', null)
        .select([day.as('day'), ({ fn }) => fn.countAll().as('n')])
        .groupBy(day)
        .orderBy(day)
        .execute();
      return rows.map((row) => ({ day: row.day, count: Number(row.n) }));
    },
    /** The first and the last day (UTC) on which one was completed; null where none was. */
    days: async (surveyId: number): Promise<{ from: string; to: string } | null> => {
      const row = await db
        .selectFrom('responses')
        .where('surveyId', '=', surveyId)
        .where('state', '=', 'completed')
        .where('isTest', '=', 0)
        .where('batchId', 'is', null)
        // One list rather than a look for each response, of which there may be very many.
        .where('publicId', 'not in', (eb) =>
          eb.selectFrom('leftOut').select('leftOut.responseId').where('leftOut.surveyId', '=', surveyId),
        )
        .select(({ fn }) => [fn.min('completedAt').as('from'), fn.max('completedAt').as('to')])
        .executeTakeFirst();
      return row?.from && row.to ? { from: row.from.slice(0, 10), to: row.to.slice(0, 10) } : null;
    },
    /** The latest completed responses with their times, newest first. */
    latest: (surveyId: number, since: string | null, limit: number) => {
      const query = completedHere(surveyId)
        .select(['responses.publicId', 'responses.startedAt', 'responses.completedAt', 'responses.wave'])
        .orderBy('responses.completedAt', 'desc')
        .limit(limit);
      return (since === null ? query : query.where('responses.completedAt', '>=', since)).execute();
    },
    countImported: async (surveyId: number): Promise<number> =>
      Number(
        (
          await countedResponses(db)
            // By its batches alone, so that those who answered here need not be gone through.
            .where('responses.batchId', 'in', (eb) =>
              eb.selectFrom('importBatches as own').select('own.id').where('own.surveyId', '=', surveyId),
            )
            .select(({ fn }) => fn.countAll().as('n'))
            .executeTakeFirst()
        )?.n ?? 0,
      ),
    /** How often each value was given to each item, by wave and version of the survey; texts are left out. */
    tallyByWave: async (surveyId: number): Promise<WaveTally[]> => {
      const rows = await countedResponses(db)
        .innerJoin('answers', 'answers.responseId', 'responses.id')
        .where('responses.surveyId', '=', surveyId)
        .where('responses.wave', 'is not', null)
        .where('answers.state', '=', 'answered')
        .where('answers.value', 'not like', '{%')
        .select([
          'responses.wave',
          'responses.surveyVersionId',
          'answers.item',
          'answers.value',
          ({ fn }) => fn.countAll().as('n'),
        ])
        .groupBy(['responses.wave', 'responses.surveyVersionId', 'answers.item', 'answers.value'])
        .execute();
      return rows.map((row) => ({
        wave: row.wave ?? '',
        versionId: Number(row.surveyVersionId),
        item: row.item,
        value: row.value === null ? null : (JSON.parse(row.value) as unknown),
        count: Number(row.n),
      }));
    },
    /** The responses that suppliers sent, oldest first; tests are among them. */
    supplied: async (surveyId: number): Promise<SuppliedResponse[]> => {
      const rows = await collected(surveyId)
        .where('responses.asked', 'like', '%"how":"supplier"%')
        .select([
          'responses.publicId',
          'responses.asked',
          'responses.state',
          'responses.endCode',
          'responses.isTest',
          'responses.startedAt',
          'responses.completedAt',
          'leftOut.reason',
        ])
        .orderBy('responses.id')
        .execute();
      return rows.map(({ asked, isTest, reason, ...row }) => {
        const { supplier = '', supplierId = '' } = JSON.parse(asked) as Asked;
        return { ...row, supplier, theirId: supplierId, isTest: Number(isTest) === 1, isLeftOut: reason !== null };
      });
    },
    /** Images that were laid in for a survey to show, newest first. */
    images: (surveyId: number) =>
      db
        .selectFrom('files')
        .select(['publicId', 'name', 'mediaType', 'bytes', 'createdAt'])
        .where('surveyId', '=', surveyId)
        .where('responseId', 'is', null)
        .where('erasedAt', 'is', null)
        .orderBy('id', 'desc')
        .execute(),
  };
}
