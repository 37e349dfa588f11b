import type { Kysely, Selectable } from 'kysely';
import type { SurveyDefinition } from '../model/survey.ts';
import { readSettings, type SurveySettings } from '../model/survey-settings.ts';
import { newPublicId } from './identifiers.ts';
import { keepNoticeTexts, type NoticeTextRow } from './privacy-notices.ts';
import { recentReads } from './recent.ts';
import { removeUnanswered } from './remove-survey.ts';
import type { Tables } from './tables.ts';

export type SurveyRow = Omit<Selectable<Tables['surveys']>, 'draft'> & { draft: SurveyDefinition };
export type PublishedSurvey = {
  surveyId: number;
  studyId: number;
  publicId: string;
  slug: string;
  state: string;
  audienceSegmentId: number | null;
  isAnonymous: boolean;
  settings: SurveySettings;
  versionId: number;
  version: number;
  definition: SurveyDefinition;
  /** Which texts of the privacy notice are shown; null where it was published without any. */
  noticeSet: string | null;
};

/** Where a survey is found and how it is run. */
export type Standing = {
  slug: string;
  publicId: string;
  state: string;
  isAnonymous: boolean;
  settings: SurveySettings;
};

/** How long another process's change to a survey may go unseen. */
const RECENT_MS = 1_000;

/** How many revisions of a draft are kept to step back through. */
export const DRAFTS_KEPT = 200;

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
  const recent = recentReads<PublishedSurvey | null>(RECENT_MS);
  const standings = recentReads<Standing>(RECENT_MS);
  const afterwards = <Result>(write: () => Promise<Result>) => standings.after(() => recent.after(write));
  const change = (
    surveyId: number,
    values: Partial<Pick<Tables['surveys'], 'state' | 'audienceSegmentId'> & { settings: string }>,
  ) =>
    afterwards(async () => {
      await db.updateTable('surveys').set(values).where('id', '=', surveyId).execute();
    });
  const parsed = (row: Selectable<Tables['surveys']>): SurveyRow => ({
    ...row,
    draft: JSON.parse(row.draft) as SurveyDefinition,
  });

  async function readPublished(slug: string): Promise<PublishedSurvey | null> {
    const row = await db
      .selectFrom('surveys')
      .select([
        'id',
        'studyId',
        'publicId',
        'slug',
        'state',
        'audienceSegmentId',
        'publishedVersionId',
        'settings',
        'isAnonymous',
        'noticeSet',
      ])
      .where('slug', '=', slug)
      .executeTakeFirst();
    if (!row || row.publishedVersionId === null) return null;
    const { id, publishedVersionId, settings, isAnonymous, ...survey } = row;
    return {
      ...survey,
      isAnonymous: isAnonymous === 1,
      settings: readSettings(settings),
      surveyId: id,
      versionId: publishedVersionId,
      ...(await readVersion(publishedVersionId)),
    };
  }

  return {
    /** Null when there is none, or none published yet. */
    findPublished: (slug: string): Promise<PublishedSurvey | null> => recent.read(slug, () => readPublished(slug)),
    saveSettings: (surveyId: number, settings: SurveySettings) =>
      change(surveyId, { settings: JSON.stringify(settings) }),
    /** Says whether a survey is anonymous. @returns false once it was published: then nothing has changed */
    setAnonymous: (surveyId: number, isAnonymous: boolean): Promise<boolean> =>
      afterwards(async () => {
        const { numUpdatedRows } = await db
          .updateTable('surveys')
          .set({ isAnonymous: isAnonymous ? 1 : 0 })
          .where('id', '=', surveyId)
          .where('publishedVersionId', 'is', null)
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }),
    /** Where a survey is found and how it is run, without its draft. */
    standing: (surveyId: number): Promise<Standing> =>
      standings.read(String(surveyId), async () => {
        const row = await db
          .selectFrom('surveys')
          .select(['slug', 'publicId', 'state', 'settings', 'isAnonymous'])
          .where('id', '=', surveyId)
          .executeTakeFirstOrThrow();
        return { ...row, isAnonymous: row.isAnonymous === 1, settings: readSettings(row.settings) };
      }),
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
    /**
     * Keeps a draft as the next revision, with what was before it; the oldest beyond `kept` revisions are let go.
     *
     * @returns false when the draft has moved on since `revision` was read
     */
    saveDraft: (
      surveyId: number,
      revision: number,
      draft: SurveyDefinition,
      { at, userId, kept = DRAFTS_KEPT }: { at: string; userId: number | null; kept?: number },
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const before = await trx
          .selectFrom('surveys')
          .select(['draft', 'createdAt'])
          .where('id', '=', surveyId)
          .where('draftRevision', '=', revision)
          .executeTakeFirst();
        if (!before) return false;
        const { numUpdatedRows } = await trx
          .updateTable('surveys')
          .set({ draft: JSON.stringify(draft), draftRevision: revision + 1 })
          .where('id', '=', surveyId)
          .where('draftRevision', '=', revision)
          .executeTakeFirst();
        if (numUpdatedRows !== 1n) return false;
        // A draft that has never been changed yet stands in no history.
        await trx
          .insertInto('surveyDrafts')
          .values({ surveyId, revision, draft: before.draft, savedAt: before.createdAt, savedBy: null })
          .onConflict((conflict) => conflict.columns(['surveyId', 'revision']).doNothing())
          .execute();
        await trx
          .insertInto('surveyDrafts')
          .values({ surveyId, revision: revision + 1, draft: JSON.stringify(draft), savedAt: at, savedBy: userId })
          .execute();
        await trx
          .deleteFrom('surveyDrafts')
          .where('surveyId', '=', surveyId)
          .where('revision', '<=', revision + 1 - kept)
          .execute();
        return true;
      }),
    /** Drafts after a revision, oldest first, as they are stored. */
    draftsAfter: (surveyId: number, revision: number) =>
      db
        .selectFrom('surveyDrafts')
        .select(['revision', 'draft'])
        .where('surveyId', '=', surveyId)
        .where('revision', '>', revision)
        .orderBy('revision')
        .execute(),
    /** Null when the revision is not kept any more. */
    draftAt: async (surveyId: number, revision: number): Promise<SurveyDefinition | null> => {
      const row = await db
        .selectFrom('surveyDrafts')
        .select('draft')
        .where('surveyId', '=', surveyId)
        .where('revision', '=', revision)
        .executeTakeFirst();
      return row ? (JSON.parse(row.draft) as SurveyDefinition) : null;
    },
    /** Who saved a revision and when; null when it is not kept, or was never changed. */
    draftSaved: async (surveyId: number, revision: number): Promise<{ savedAt: string; name: string | null } | null> =>
      (await db
        .selectFrom('surveyDrafts')
        .leftJoin('users', 'users.id', 'surveyDrafts.savedBy')
        .select(['surveyDrafts.savedAt', 'users.name'])
        .where('surveyId', '=', surveyId)
        .where('revision', '=', revision)
        .executeTakeFirst()) ?? null,
    /**
     * Freezes the draft as the next version, with the texts of the privacy notice that are shown from now on. Null when the
     * draft has moved on since `revision` was read.
     */
    publish: (
      surveyId: number,
      revision: number,
      definitionHash: string,
      userId: number | null,
      at: string,
      notice: { noticeSet: string; texts: readonly NoticeTextRow[] } | null = null,
    ) =>
      afterwards(() =>
        db.transaction().execute(async (trx) => {
          const { numUpdatedRows } = await trx
            .updateTable('surveys')
            .set({ state: 'open' })
            .where('id', '=', surveyId)
            .where('draftRevision', '=', revision)
            .executeTakeFirst();
          if (numUpdatedRows !== 1n) return null;
          if (notice) await keepNoticeTexts(trx, surveyId, notice, at);
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
      ),
    /** False when it has been answered, sent or analysed; then it stays. */
    removeUnanswered: (surveyId: number): Promise<boolean> => afterwards(() => removeUnanswered(db, surveyId)),
    setState: (surveyId: number, state: 'open' | 'closed') => change(surveyId, { state }),
    setAudience: (surveyId: number, segmentId: number | null) => change(surveyId, { audienceSegmentId: segmentId }),
  };
}
