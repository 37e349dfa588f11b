import type { Kysely } from 'kysely';
import type { PrivacyNotice } from '../model/privacy-notice.ts';
import { isUniqueViolation } from './dialect.ts';
import type { Tables } from './tables.ts';

/** What a notice is written for: a study, a workspace, or, with neither, the whole installation. */
export type NoticePlace = { workspaceId: number | null; studyId: number | null };
export type KeptNotice = { notice: PrivacyNotice; revision: number };
/** One text of a notice as it was published; `country` is empty for everybody without one of their own. */
export type NoticeTextRow = { language: string; country: string; hash: string; text: string };

const SETS_KEPT = 300;

/** Privacy notices as they are written, and their texts as they were published with a survey. */
export function privacyNoticeStore(db: Kysely<Tables>) {
  /** Texts that were published never change, so they are read once. */
  const sets = new Map<string, NoticeTextRow[]>();

  const at = ({ workspaceId, studyId }: NoticePlace) =>
    db
      .selectFrom('privacyNotices')
      .select(['notice', 'revision'])
      .where('workspaceId', workspaceId === null ? 'is' : '=', workspaceId)
      .where('studyId', studyId === null ? 'is' : '=', studyId);

  return {
    /** Revision 0 and nothing said where none was written. */
    read: async (place: NoticePlace): Promise<KeptNotice> => {
      const row = await at(place).executeTakeFirst();
      return row
        ? { notice: JSON.parse(row.notice) as PrivacyNotice, revision: Number(row.revision) }
        : { notice: {}, revision: 0 };
    },

    /** What holds for a study, the widest first: the installation's, its workspace's, its own. */
    layers: async (study: { id: number; workspaceId: number }): Promise<PrivacyNotice[]> => {
      const rows = await db
        .selectFrom('privacyNotices')
        .select(['workspaceId', 'studyId', 'notice'])
        .where((eb) =>
          eb.or([
            eb.and([eb('workspaceId', 'is', null), eb('studyId', 'is', null)]),
            eb('workspaceId', '=', study.workspaceId),
            eb('studyId', '=', study.id),
          ]),
        )
        .execute();
      const rank = (row: NoticePlace) => (row.studyId !== null ? 2 : row.workspaceId !== null ? 1 : 0);
      return rows.sort((a, b) => rank(a) - rank(b)).map(({ notice }) => JSON.parse(notice) as PrivacyNotice);
    },

    /** @returns false when it has been changed since `revision` was read */
    save: async (
      place: NoticePlace,
      revision: number,
      notice: PrivacyNotice,
      { at: savedAt, userId }: { at: string; userId: number | null },
    ): Promise<boolean> => {
      const written = { notice: JSON.stringify(notice), revision: revision + 1, savedAt, savedBy: userId };
      if (revision > 0) {
        const { numUpdatedRows } = await db
          .updateTable('privacyNotices')
          .set(written)
          .where('workspaceId', place.workspaceId === null ? 'is' : '=', place.workspaceId)
          .where('studyId', place.studyId === null ? 'is' : '=', place.studyId)
          .where('revision', '=', revision)
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      }
      try {
        await db
          .insertInto('privacyNotices')
          .values({ workspaceId: place.workspaceId, studyId: place.studyId, ...written })
          .execute();
        return true;
      } catch (error) {
        if (isUniqueViolation(error)) return false;
        throw error;
      }
    },

    /** The texts that were published together with a survey, in its languages' order. */
    textsOf: async (surveyId: number, noticeSet: string): Promise<NoticeTextRow[]> => {
      const key = `${surveyId} ${noticeSet}`;
      const known = sets.get(key);
      if (known) return known;
      const rows = await db
        .selectFrom('noticeTexts')
        .select(['language', 'country', 'hash', 'text'])
        .where('surveyId', '=', surveyId)
        .where('noticeSet', '=', noticeSet)
        .orderBy('id')
        .execute();
      if (sets.size >= SETS_KEPT) sets.clear();
      if (rows.length > 0) sets.set(key, rows);
      return rows;
    },

    /** The text of a hash, whenever it was published with the survey; null for one that never was. */
    textOfHash: async (surveyId: number, hash: string): Promise<NoticeTextRow | null> =>
      (await db
        .selectFrom('noticeTexts')
        .select(['language', 'country', 'hash', 'text'])
        .where('surveyId', '=', surveyId)
        .where('hash', '=', hash)
        .limit(1)
        .executeTakeFirst()) ?? null,
  };
}

/** Keeps the texts that a survey is published with: part of the transaction that publishes it. */
export async function keepNoticeTexts(
  trx: Kysely<Tables>,
  surveyId: number,
  { noticeSet, texts }: { noticeSet: string; texts: readonly NoticeTextRow[] },
  at: string,
): Promise<void> {
  for (const text of texts)
    await trx
      .insertInto('noticeTexts')
      .values({ surveyId, noticeSet, ...text, publishedAt: at })
      .onConflict((conflict) => conflict.columns(['surveyId', 'noticeSet', 'language', 'country']).doNothing())
      .execute();
  await trx.updateTable('surveys').set({ noticeSet }).where('id', '=', surveyId).execute();
}
