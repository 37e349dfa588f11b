import type { Kysely, Selectable } from 'kysely';
import type { SurveyDefinition } from '../model/survey.ts';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export type SurveyRow = Omit<Selectable<Tables['surveys']>, 'draft'> & { draft: SurveyDefinition };
export type PublishedSurvey = {
  surveyId: number;
  studyId: number;
  publicId: string;
  slug: string;
  state: string;
  audienceSegmentId: number | null;
  versionId: number;
  version: number;
  definition: SurveyDefinition;
};

/** Everything asked of and done to surveys. Each function is one transaction. */
export function surveyStore(db: Kysely<Tables>) {
  /** A version never changes, so it is read once. */
  const versions = new Map<number, { version: number; definition: SurveyDefinition }>();
  const readVersion = async (versionId: number) => {
    const known = versions.get(versionId);
    if (known) return known;
    const row = await db
      .selectFrom('surveyVersions')
      .select(['number', 'definition'])
      .where('id', '=', versionId)
      .executeTakeFirstOrThrow();
    const read = { version: row.number, definition: JSON.parse(row.definition) as SurveyDefinition };
    if (versions.size > 500) versions.clear();
    versions.set(versionId, read);
    return read;
  };
  const parsed = (row: Selectable<Tables['surveys']>): SurveyRow => ({
    ...row,
    draft: JSON.parse(row.draft) as SurveyDefinition,
  });

  return {
    /** Null when there is none, or none published yet. */
    findPublished: async (slug: string): Promise<PublishedSurvey | null> => {
      const row = await db
        .selectFrom('surveys')
        .select(['id', 'studyId', 'publicId', 'slug', 'state', 'audienceSegmentId', 'publishedVersionId'])
        .where('slug', '=', slug)
        .executeTakeFirst();
      if (!row || row.publishedVersionId === null) return null;
      const { id, publishedVersionId, ...survey } = row;
      return { ...survey, surveyId: id, versionId: publishedVersionId, ...(await readVersion(publishedVersionId)) };
    },
    version: readVersion,
    list: async (studyId: number): Promise<SurveyRow[]> =>
      (await db.selectFrom('surveys').selectAll().where('studyId', '=', studyId).orderBy('id').execute()).map(parsed),
    find: async (studyId: number, publicId: string): Promise<SurveyRow | null> => {
      const row = await db
        .selectFrom('surveys')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst();
      return row ? parsed(row) : null;
    },
    findById: async (studyId: number, id: number): Promise<SurveyRow | null> => {
      const row = await db
        .selectFrom('surveys')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('id', '=', id)
        .executeTakeFirst();
      return row ? parsed(row) : null;
    },
    findBySlug: async (slug: string): Promise<SurveyRow | null> => {
      const row = await db.selectFrom('surveys').selectAll().where('slug', '=', slug).executeTakeFirst();
      return row ? parsed(row) : null;
    },
    versionsOf: (surveyId: number) =>
      db
        .selectFrom('surveyVersions')
        .select(['id', 'number', 'publishedAt'])
        .where('surveyId', '=', surveyId)
        .orderBy('number', 'desc')
        .execute(),
    slugTaken: async (slug: string) =>
      (await db.selectFrom('surveys').select('id').where('slug', '=', slug).executeTakeFirst()) !== undefined,
    add: async (studyId: number, slug: string, draft: SurveyDefinition, at: string): Promise<SurveyRow> =>
      parsed(
        await db
          .insertInto('surveys')
          .values({
            studyId,
            publicId: newPublicId(),
            slug,
            draft: JSON.stringify(draft),
            draftRevision: 1,
            publishedVersionId: null,
            audienceSegmentId: null,
            state: 'open',
            createdAt: at,
          })
          .returningAll()
          .executeTakeFirstOrThrow(),
      ),
    /** False when the draft has moved on since `revision` was read. */
    saveDraft: async (surveyId: number, revision: number, draft: SurveyDefinition): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('surveys')
        .set({ draft: JSON.stringify(draft), draftRevision: revision + 1 })
        .where('id', '=', surveyId)
        .where('draftRevision', '=', revision)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    /** Freezes the draft as the next version. Null when the draft has moved on since `revision` was read. */
    publish: (surveyId: number, revision: number, definitionHash: string, userId: number | null, at: string) =>
      db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('surveys')
          .set({ state: 'open' })
          .where('id', '=', surveyId)
          .where('draftRevision', '=', revision)
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) return null;
        const { draft } = await trx
          .selectFrom('surveys')
          .select('draft')
          .where('id', '=', surveyId)
          .executeTakeFirstOrThrow();
        const last = await trx
          .selectFrom('surveyVersions')
          .select(['id', 'number', 'definitionHash'])
          .where('surveyId', '=', surveyId)
          .orderBy('number', 'desc')
          .executeTakeFirst();
        if (last?.definitionHash === definitionHash) {
          await trx.updateTable('surveys').set({ publishedVersionId: last.id }).where('id', '=', surveyId).execute();
          return { number: last.number };
        }
        const number = (last?.number ?? 0) + 1;
        const { id } = await trx
          .insertInto('surveyVersions')
          .values({ surveyId, number, definition: draft, definitionHash, publishedAt: at, publishedBy: userId })
          .returning('id')
          .executeTakeFirstOrThrow();
        await trx.updateTable('surveys').set({ publishedVersionId: id }).where('id', '=', surveyId).execute();
        return { number };
      }),
    setState: async (surveyId: number, state: 'open' | 'closed') => {
      await db.updateTable('surveys').set({ state }).where('id', '=', surveyId).execute();
    },
    setAudience: async (surveyId: number, segmentId: number | null) => {
      await db.updateTable('surveys').set({ audienceSegmentId: segmentId }).where('id', '=', surveyId).execute();
    },
  };
}
