import type { Kysely } from 'kysely';
import { isForeignKeyViolation } from './dialect.ts';
import type { Tables } from './tables.ts';

/** What belongs to a survey alone and goes with it; whatever else points to it keeps it. */
const OWN_TABLES = [
  'surveyDrafts',
  'quotaCells',
  'waves',
  'suppliers',
  'mailingSettings',
  'textLooks',
  'toldScores',
  'typedSurveys',
  'sampleDefinitions',
  'perceptionSurveys',
  'noticeTexts',
] as const;

/**
 * Removes a survey that nobody has answered, been sent or analysed.
 *
 * @returns false when anything has come of it; then nothing has changed
 */
export async function removeUnanswered(db: Kysely<Tables>, surveyId: number): Promise<boolean> {
  try {
    return await db.transaction().execute(async (trx) => {
      const answered = await trx
        .selectFrom('responseRecords')
        .select('seq')
        .where('surveyId', '=', surveyId)
        .limit(1)
        .executeTakeFirst();
      if (answered) return false;
      await trx
        .deleteFrom('sampleDefinitionVersions')
        .where('sampleId', 'in', trx.selectFrom('sampleDefinitions').select('id').where('surveyId', '=', surveyId))
        .execute();
      for (const table of OWN_TABLES) await trx.deleteFrom(table).where('surveyId', '=', surveyId).execute();
      await trx
        .deleteFrom('importBatches')
        .where('surveyId', '=', surveyId)
        .where('state', 'in', ['staged', 'undone'])
        .execute();
      await trx.updateTable('surveys').set({ publishedVersionId: null }).where('id', '=', surveyId).execute();
      await trx.deleteFrom('surveyVersions').where('surveyId', '=', surveyId).execute();
      await trx.deleteFrom('surveys').where('id', '=', surveyId).execute();
      return true;
    });
  } catch (error) {
    if (isForeignKeyViolation(error)) return false;
    throw error;
  }
}
