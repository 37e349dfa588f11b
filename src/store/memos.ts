import type { Kysely, Selectable } from 'kysely';
import { isMemoShownTo } from './blind-words.ts';
import type { Tables } from './tables.ts';

export type Memo = Selectable<Tables['memos']>;

/** What researchers write beside codes, codings and words. They are written through the journal of coding. */
export function memoStore(db: Kysely<Tables>) {
  const standing = (studyId: number, viewer: number | null = null) =>
    db
      .selectFrom('memos')
      .leftJoin('users', 'users.id', 'memos.createdBy')
      .selectAll('memos')
      .select('users.name as author')
      .where('memos.studyId', '=', studyId)
      .where(({ ref }) =>
        isMemoShownTo(db, viewer, {
          createdBy: ref('memos.createdBy'),
          kind: ref('memos.subjectKind'),
          subjectId: ref('memos.subjectId'),
        }),
      );
  return {
    /** @param viewer whoever reads it: not what others wrote where they code blind; null for a reader who is nobody */
    find: async (studyId: number, publicId: string, viewer: number | null = null) =>
      (await standing(studyId, viewer)
        .where('memos.publicId', '=', publicId)
        .where('memos.removedAt', 'is', null)
        .executeTakeFirst()) ?? null,

    /** By its id, in whichever study, also when it was taken away. */
    called: async (publicId: string): Promise<Memo | null> =>
      (await db.selectFrom('memos').selectAll().where('publicId', '=', publicId).executeTakeFirst()) ?? null,

    /** All that stand and a viewer may read, the newest first. */
    list: (studyId: number, viewer: number | null = null) =>
      standing(studyId, viewer)
        .where('memos.removedAt', 'is', null)
        .orderBy('memos.changedAt', 'desc')
        .orderBy('memos.id', 'desc')
        .execute(),

    /** By their numbers, those that were taken away among them. */
    byIds: async (studyId: number, ids: readonly number[]) =>
      ids.length === 0 ? [] : standing(studyId).where('memos.id', 'in', ids).orderBy('memos.id').execute(),

    /** What stands beside an interview, one of its texts, or a coding on one of them. */
    ofInterview: (studyId: number, interviewId: string, viewer: number | null = null) => {
      const texts = db
        .selectFrom('sourceTexts')
        .select('publicId')
        .where('studyId', '=', studyId)
        .where('subjectId', '=', interviewId);
      return standing(studyId, viewer)
        .where('memos.removedAt', 'is', null)
        .where((is) =>
          is.or([
            is.and([is('memos.subjectKind', '=', 'interview'), is('memos.subjectId', '=', interviewId)]),
            is.and([is('memos.subjectKind', '=', 'source'), is('memos.subjectId', 'in', texts)]),
            is.and([
              is('memos.subjectKind', '=', 'coding'),
              is(
                'memos.subjectId',
                'in',
                db
                  .selectFrom('codings')
                  .select('publicId')
                  .where('studyId', '=', studyId)
                  .where('sourceId', 'in', texts),
              ),
            ]),
          ]),
        )
        .orderBy('memos.id')
        .execute();
    },
  };
}
export type MemoRow = Awaited<ReturnType<ReturnType<typeof memoStore>['list']>>[number];
