import type { Selectable } from 'kysely';
import type { Asked } from '../model/record.ts';
import type { TypedItems } from '../model/typing-block.ts';
import type { Database } from './database.ts';
import { isInList } from './dialect.ts';
import { personalConsent } from './personal-consent.ts';
import { countedPlacements, insertPlacements, type NewPlacement, withdrawPlacements } from './placements.ts';
import type { Tables } from './tables.ts';

type Row = Selectable<Tables['typedSurveys']>;
/** A survey that types whoever answers it, with the tool it does so by. */
export type TypedSurvey = Omit<Row, 'items'> & { items: TypedItems };
/** A response as it is typed. */
export type ResponseToType = {
  id: number;
  /** Null of nobody who is known, and where the consent does not cover it. */
  personId: number | null;
  /** When its answers were given: at its end, or when they were corrected since. */
  at: string;
};

const asTyped = (row: Row): TypedSurvey => ({
  ...row,
  id: Number(row.id),
  surveyId: Number(row.surveyId),
  toolId: Number(row.toolId),
  seq: Number(row.seq),
  items: JSON.parse(row.items) as TypedItems,
});

/** Surveys that type whoever answers them, and how far their responses were looked at. */
export function typedSurveyStore({ kysely: db, engine }: Database) {
  const mayBePersonal = personalConsent(db);

  return {
    /** Those that type just now. */
    active: async (): Promise<TypedSurvey[]> =>
      (
        await db
          .selectFrom('typedSurveys')
          .innerJoin('typingTools', 'typingTools.id', 'typedSurveys.toolId')
          .innerJoin('segmentations', 'segmentations.id', 'typingTools.segmentationId')
          .selectAll('typedSurveys')
          .where('typedSurveys.endedAt', 'is', null)
          .where('segmentations.removedAt', 'is', null)
          .orderBy('typedSurveys.id')
          .execute()
      ).map(asTyped),
    /** What a tool made of each response that counts, by its newest answers; `asked` is how it came about. */
    typed: async (toolId: number) =>
      (
        await countedPlacements(db)
          .select([
            'segmentPlacements.segment',
            'segmentPlacements.reason',
            'segmentPlacements.personId',
            'segmentPlacements.placedAt',
            'responses.asked',
            'responses.surveyId',
          ])
          .where('segmentPlacements.toolId', '=', toolId)
          .where('segmentPlacements.way', '=', 'tool')
          .where((eb) =>
            eb.not(
              eb.exists(
                eb
                  .selectFrom('segmentPlacements as later')
                  .select('later.id')
                  .whereRef('later.responseId', '=', 'segmentPlacements.responseId')
                  .whereRef('later.toolId', '=', 'segmentPlacements.toolId')
                  .whereRef('later.id', '>', 'segmentPlacements.id'),
              ),
            ),
          )
          .execute()
      ).map(({ asked, ...row }) => ({
        ...row,
        personId: row.personId === null ? null : Number(row.personId),
        surveyId: Number(row.surveyId),
        how: (JSON.parse(asked ?? '{}') as Partial<Asked>).how ?? 'open',
      })),
    /** The workspace of a survey, and its public id. */
    placeOf: (surveyId: number): Promise<{ workspaceId: number; publicId: string }> =>
      db
        .selectFrom('surveys')
        .innerJoin('studies', 'studies.id', 'surveys.studyId')
        .select(['studies.workspaceId', 'surveys.publicId'])
        .where('surveys.id', '=', surveyId)
        .executeTakeFirstOrThrow(),
    /** Where a tool types or typed, the newest first. */
    ofTool: async (toolId: number): Promise<TypedSurvey[]> =>
      (
        await db.selectFrom('typedSurveys').selectAll().where('toolId', '=', toolId).orderBy('id', 'desc').execute()
      ).map(asTyped),
    /** The tools that type whoever answers a survey just now, with where each is found. */
    ofSurvey: (surveyId: number) =>
      db
        .selectFrom('typedSurveys')
        .innerJoin('typingTools', 'typingTools.id', 'typedSurveys.toolId')
        .innerJoin('segmentations', 'segmentations.id', 'typingTools.segmentationId')
        .select(['typingTools.name', 'typingTools.publicId', 'segmentations.publicId as segmentation'])
        .select('segmentations.name as segmentationName')
        .where('typedSurveys.surveyId', '=', surveyId)
        .where('typedSurveys.endedAt', 'is', null)
        .where('segmentations.removedAt', 'is', null)
        .orderBy('typedSurveys.id')
        .execute(),
    /** Types the responses that end from now on; another tool of the same segmentation types them no longer. */
    start: (
      { surveyId, toolId, items, by }: { surveyId: number; toolId: number; items: TypedItems; by: number | null },
      at: string,
    ): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const { segmentationId } = await trx
          .selectFrom('typingTools')
          .select('segmentationId')
          .where('id', '=', toolId)
          .executeTakeFirstOrThrow();
        await trx
          .updateTable('typedSurveys')
          .set({ endedAt: at, endedBy: by })
          .where('surveyId', '=', surveyId)
          .where('endedAt', 'is', null)
          .where('toolId', 'in', (eb) =>
            eb.selectFrom('typingTools').select('id').where('segmentationId', '=', segmentationId),
          )
          .execute();
        const last = await trx
          .selectFrom('responseRecords')
          .select(({ fn }) => fn.max('seq').as('seq'))
          .executeTakeFirst();
        await trx
          .insertInto('typedSurveys')
          .values({
            surveyId,
            toolId,
            items: JSON.stringify(items),
            seq: Number(last?.seq ?? 0),
            startedBy: by,
            startedAt: at,
            endedBy: null,
            endedAt: null,
          })
          .execute();
      }),
    end: async (id: number, by: number | null, at: string): Promise<void> => {
      await db
        .updateTable('typedSurveys')
        .set({ endedAt: at, endedBy: by })
        .where('id', '=', id)
        .where('endedAt', 'is', null)
        .execute();
    },
    /**
     * Responses of a survey that came to an end or were corrected behind a mark, as they are now.
     *
     * @returns where the mark stands after these
     */
    waiting: async (
      { surveyId, seq }: Pick<TypedSurvey, 'surveyId' | 'seq'>,
      upTo: number,
      limit: number,
    ): Promise<{ responses: ResponseToType[]; to: number }> => {
      const records = await db
        .selectFrom('responseRecords')
        .select(['seq', 'responseId'])
        .where('seq', '>', seq)
        .where('seq', '<=', upTo)
        .where('surveyId', '=', surveyId)
        .where('kind', 'in', ['completion', 'correction'])
        .orderBy('seq')
        .limit(limit)
        .execute();
      const to = records.length === limit ? Number(records.at(-1)?.seq) : upTo;
      if (records.length === 0) return { responses: [], to };
      const rows = await db
        .selectFrom('responses')
        .leftJoin('participations', 'participations.id', 'responses.participationId')
        .leftJoin('people', 'people.id', 'participations.personId')
        .select([
          'responses.id',
          'responses.surveyVersionId',
          'responses.purposes',
          'responses.updatedAt',
          'participations.personId',
          'people.erasedAt',
        ])
        .where('responses.publicId', 'in', [...new Set(records.map(({ responseId }) => responseId))])
        .where('responses.state', '=', 'completed')
        .where('responses.isTest', '=', 0)
        .orderBy('responses.id')
        .execute();
      const responses: ResponseToType[] = [];
      for (const { id, personId, erasedAt, surveyVersionId, purposes, updatedAt } of rows) {
        const isPerson =
          personId !== null &&
          erasedAt === null &&
          (await mayBePersonal(Number(surveyVersionId), JSON.parse(purposes) as string[]));
        responses.push({ id: Number(id), personId: isPerson ? Number(personId) : null, at: updatedAt });
      }
      return { to, responses };
    },
    /**
     * Keeps what responses were typed as and moves the mark, in one transaction.
     *
     * @returns false when somebody else has moved the mark; then nothing was written
     */
    note: (
      { id, seq }: Pick<TypedSurvey, 'id' | 'seq'>,
      to: number,
      rows: readonly NewPlacement[],
      at: string,
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('typedSurveys')
          .set({ seq: to })
          .where('id', '=', id)
          .where('seq', '=', seq)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        await insertPlacements(trx, engine, rows);
        const gone = await trx
          .selectFrom('responses')
          .select('id')
          .where((eb) =>
            isInList(
              engine,
              eb.ref('id'),
              rows.flatMap(({ responseId }) => responseId ?? []),
            ),
          )
          .where('state', '=', 'withdrawn')
          .execute();
        // Withdrawn since it was read: nothing of it stays.
        if (gone.length > 0)
          await withdrawPlacements(
            trx,
            gone.map(({ id }) => Number(id)),
            at,
          );
        return true;
      }),
  };
}
