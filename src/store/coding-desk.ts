import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** What a page reads on which an interview is coded, and what each researcher keeps for themselves there. */
export function codingDeskStore(db: Kysely<Tables>) {
  return {
    /**
     * The codings of an interview, or of a response, that stand or once stood.
     *
     * @param only the rows asked for; null for all that stand
     * @param coderId for a blind coder: their own and nobody else's; null for all that count
     */
    codings: (
      studyId: number,
      subjectId: string,
      { only, coderId }: { only: readonly number[] | null; coderId: number | null },
    ) => {
      let query = db
        .selectFrom('sourceTexts')
        .innerJoin('codings', (on) =>
          on
            .onRef('codings.sourceId', '=', 'sourceTexts.publicId')
            .onRef('codings.sourceVersion', '=', 'sourceTexts.version'),
        )
        .innerJoin('codes', 'codes.id', 'codings.codeId')
        .leftJoin('users', 'users.id', 'codings.coderId')
        .select([
          'codings.id',
          'codings.publicId',
          'codings.codeId',
          'codings.sourceId',
          'codings.sourceVersion',
          'codings.spanStart',
          'codings.spanEnd',
          'codings.coderId',
          'codings.direction',
          'codings.isImportant',
          'codings.layer',
          'codings.counts',
          'codings.removedAt',
          'codes.publicId as codePublicId',
          'users.name as coder',
        ])
        .where('sourceTexts.studyId', '=', studyId)
        .where('sourceTexts.subjectId', '=', subjectId)
        .where('codings.studyId', '=', studyId)
        .orderBy('codings.id');
      if (only === null) {
        query = query.where('codings.removedAt', 'is', null);
        query = coderId === null ? query.where('codings.counts', '=', 1) : query.where('codings.coderId', '=', coderId);
      } else {
        if (only.length === 0) return Promise.resolve([]);
        query = query.where('codings.id', 'in', only);
      }
      return query.execute();
    },

    /** The codes of a study without how often they are used, which takes long to count. */
    codes: (studyId: number) =>
      db
        .selectFrom('codes')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('retiredAt', 'is', null)
        .orderBy('name')
        .execute(),

    /** Tells one state of an interview's words from the next: corrections and erasures change it. */
    textMark: async (studyId: number, subjectId: string): Promise<string> => {
      const row = await db
        .selectFrom('sourceTexts')
        .select(({ fn }) => [
          fn.max('id').as('last'),
          fn.count('supersededAt').as('superseded'),
          fn.count('erasedAt').as('erased'),
        ])
        .where('studyId', '=', studyId)
        .where('subjectId', '=', subjectId)
        .executeTakeFirst();
      return `${row?.last ?? 0}.${row?.superseded ?? 0}.${row?.erased ?? 0}`;
    },

    /** Null where somebody has given no keys of their own. */
    keyMap: async (userId: number): Promise<string | null> =>
      (await db.selectFrom('keyMaps').select('keys').where('userId', '=', userId).executeTakeFirst())?.keys ?? null,
    saveKeyMap: async (userId: number, keys: string, at: string): Promise<void> => {
      await db
        .insertInto('keyMaps')
        .values({ userId, keys, changedAt: at })
        .onConflict((on) => on.column('userId').doUpdateSet({ keys, changedAt: at }))
        .execute();
    },

    /** Null where somebody has pinned none. */
    pinned: async (userId: number, studyId: number): Promise<(string | null)[] | null> => {
      const row = await db
        .selectFrom('pinnedCodes')
        .select('codes')
        .where('userId', '=', userId)
        .where('studyId', '=', studyId)
        .executeTakeFirst();
      return row ? (JSON.parse(row.codes) as (string | null)[]) : null;
    },
    savePinned: async (
      userId: number,
      studyId: number,
      pinned: readonly (string | null)[],
      at: string,
    ): Promise<void> => {
      const codes = JSON.stringify(pinned);
      await db
        .insertInto('pinnedCodes')
        .values({ userId, studyId, codes, changedAt: at })
        .onConflict((on) => on.columns(['userId', 'studyId']).doUpdateSet({ codes, changedAt: at }))
        .execute();
    },

    /** Which turns of an interview somebody has read. */
    turnsRead: async (userId: number, studyId: number, subjectId: string): Promise<string[]> =>
      (
        await db
          .selectFrom('turnsRead')
          .innerJoin('sourceTexts', 'sourceTexts.publicId', 'turnsRead.sourceId')
          .select('turnsRead.sourceId')
          .distinct()
          .where('turnsRead.userId', '=', userId)
          .where('sourceTexts.studyId', '=', studyId)
          .where('sourceTexts.subjectId', '=', subjectId)
          .execute()
      ).map(({ sourceId }) => sourceId),
    markRead: async (userId: number, sourceIds: readonly string[], at: string): Promise<void> => {
      if (sourceIds.length === 0) return;
      await db
        .insertInto('turnsRead')
        .values(sourceIds.map((sourceId) => ({ userId, sourceId, readAt: at })))
        .onConflict((on) => on.columns(['userId', 'sourceId']).doNothing())
        .execute();
    },

    bookmark: async (userId: number, subjectId: string): Promise<{ sourceId: string; point: number } | null> =>
      (await db
        .selectFrom('bookmarks')
        .select(['sourceId', 'point'])
        .where('userId', '=', userId)
        .where('subjectId', '=', subjectId)
        .executeTakeFirst()) ?? null,
    saveBookmark: async (
      userId: number,
      subjectId: string,
      place: { sourceId: string; point: number },
      at: string,
    ): Promise<void> => {
      await db
        .insertInto('bookmarks')
        .values({ userId, subjectId, ...place, changedAt: at })
        .onConflict((on) => on.columns(['userId', 'subjectId']).doUpdateSet({ ...place, changedAt: at }))
        .execute();
    },
  };
}
export type CodingDeskStore = ReturnType<typeof codingDeskStore>;
