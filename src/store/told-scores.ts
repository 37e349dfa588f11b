import { sql } from 'kysely';
import { scoreSourceStart } from '../model/score-source.ts';
import type { Database } from './database.ts';
import { countedResponses } from './responses.ts';
import { type ToldAttribute, tellAttributes } from './tell-attributes.ts';

/** A published survey, and what it holds just now as one word that changes whenever its scores could. */
export type ScoredPlace = {
  surveyId: number;
  studyId: number;
  workspaceId: number;
  publicId: string;
  versionId: number;
  state: string;
  /** The word that its scores were told at; null when they never were. */
  told: string | null;
};

/** Scale scores that are told of people as attributes: each survey's in the place of what it told before. */
export function toldScoreStore({ kysely: db, engine }: Database) {
  return {
    places: async (): Promise<ScoredPlace[]> => {
      const rows = await db
        .selectFrom('surveys')
        .innerJoin('studies', 'studies.id', 'surveys.studyId')
        .leftJoin('toldScores', 'toldScores.surveyId', 'surveys.id')
        .where('surveys.publishedVersionId', 'is not', null)
        .select(['surveys.id', 'surveys.studyId', 'surveys.publicId', 'surveys.publishedVersionId'])
        .select(['studies.workspaceId', 'toldScores.state as told'])
        .select(({ selectFrom }) => [
          selectFrom('responses')
            .select(({ fn }) => fn.max('responses.lastSeq').as('seq'))
            .whereRef('responses.surveyId', '=', 'surveys.id')
            .as('lastSeq'),
          // Neither what is left out nor an import that was taken back is a record of its response.
          selectFrom('leftOut')
            .select(sql<string>`count(*) || ' ' || coalesce(max(made_at), '')`.as('left'))
            .whereRef('leftOut.surveyId', '=', 'surveys.id')
            .as('leftOut'),
          selectFrom('importBatches')
            .select(({ fn }) => fn.countAll().as('n'))
            .whereRef('importBatches.surveyId', '=', 'surveys.id')
            .where('importBatches.state', '=', 'complete')
            .as('batches'),
        ])
        .orderBy('surveys.id')
        .execute();
      return rows.map((row) => ({
        surveyId: Number(row.id),
        studyId: Number(row.studyId),
        workspaceId: Number(row.workspaceId),
        publicId: row.publicId,
        versionId: Number(row.publishedVersionId),
        state: [row.publishedVersionId, row.lastSeq ?? 0, row.leftOut ?? '0 ', row.batches ?? 0].join(';'),
        told: row.told,
      }));
    },
    /** Counted responses of people who are known and were not erased, with what they agreed to, the oldest first. */
    people: (surveyId: number) =>
      countedResponses(db)
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .innerJoin('people', 'people.id', 'participations.personId')
        .where('responses.surveyId', '=', surveyId)
        .where('people.erasedAt', 'is', null)
        .select(['responses.id', 'responses.purposes', 'responses.completedAt', 'participations.personId'])
        .orderBy('responses.completedAt')
        .orderBy('responses.id')
        .execute(),
    tell: (
      { surveyId, workspaceId, publicId, state }: ScoredPlace,
      names: readonly string[],
      rows: readonly ToldAttribute[],
      at: string,
    ): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const start = scoreSourceStart(publicId);
        await trx
          .deleteFrom('attributes')
          .where('workspaceId', '=', workspaceId)
          .where(sql<boolean>`substr(source, 1, ${start.length}) = ${start}`)
          .execute();
        await tellAttributes(trx, engine, workspaceId, names, rows);
        const told = { state, people: new Set(rows.map(({ personId }) => personId)).size, toldAt: at };
        await trx
          .insertInto('toldScores')
          .values({ surveyId, ...told })
          .onConflict((on) => on.column('surveyId').doUpdateSet(told))
          .execute();
      }),
    /** Of how many people a survey's scores are told, and since when; null before the first time. */
    told: async (surveyId: number): Promise<{ people: number; toldAt: string } | null> =>
      (await db
        .selectFrom('toldScores')
        .select(['people', 'toldAt'])
        .where('surveyId', '=', surveyId)
        .executeTakeFirst()) ?? null,
  };
}
