import type { Kysely, Selectable } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export type ReaderQuestion = Selectable<Tables['readerQuestions']>;

/** What readers of shared links ask about personas, and what the study's researchers answer. */
export function readerQuestionStore(db: Kysely<Tables>) {
  const standing = () => db.selectFrom('readerQuestions').selectAll().where('removedAt', 'is', null);
  return {
    add: async (
      question: Pick<ReaderQuestion, 'studyId' | 'shareId' | 'personaId' | 'words'>,
      at: string,
    ): Promise<void> => {
      await db
        .insertInto('readerQuestions')
        .values({ ...question, publicId: newPublicId(), askedAt: at })
        .execute();
    },
    /** All that a study was asked, the latest first. */
    list: async (studyId: number, limit = 500): Promise<ReaderQuestion[]> =>
      (await standing().where('studyId', '=', studyId).orderBy('id', 'desc').limit(limit).execute()).map(asQuestion),
    /** What was answered of what readers of a link asked about a persona, the oldest first. */
    answered: async (shareId: number, personaId: number): Promise<ReaderQuestion[]> =>
      (
        await standing()
          .where('shareId', '=', shareId)
          .where('personaId', '=', personaId)
          .where('answeredAt', 'is not', null)
          .orderBy('id')
          .execute()
      ).map(asQuestion),
    find: async (studyId: number, publicId: string): Promise<ReaderQuestion | null> => {
      const row = await standing().where('studyId', '=', studyId).where('publicId', '=', publicId).executeTakeFirst();
      return row ? asQuestion(row) : null;
    },
    /** How many of a link nobody has answered. */
    waiting: async (shareId: number): Promise<number> =>
      Number(
        (
          await db
            .selectFrom('readerQuestions')
            .select(({ fn }) => fn.countAll().as('n'))
            .where('shareId', '=', shareId)
            .where('answeredAt', 'is', null)
            .where('removedAt', 'is', null)
            .executeTakeFirst()
        )?.n ?? 0,
      ),
    answer: async (id: number, answer: string, by: number | null, at: string): Promise<void> => {
      await db
        .updateTable('readerQuestions')
        .set({ answer, answeredBy: by, answeredAt: at })
        .where('id', '=', id)
        .where('removedAt', 'is', null)
        .execute();
    },
    /** Its words go as well. */
    remove: async (id: number, by: number | null, at: string): Promise<void> => {
      await db
        .updateTable('readerQuestions')
        .set({ words: '', answer: null, removedBy: by, removedAt: at })
        .where('id', '=', id)
        .execute();
    },
  };
}

/** PostgreSQL gives its large numbers as text. */
const asQuestion = (row: ReaderQuestion): ReaderQuestion => ({
  ...row,
  id: Number(row.id),
  studyId: Number(row.studyId),
  shareId: Number(row.shareId),
  personaId: Number(row.personaId),
});
