import type { Insertable, Kysely, Selectable } from 'kysely';
import type { Tables } from './tables.ts';

export type LadderRung = Selectable<Tables['ladderRungs']> & { codeName: string | null };
export type NewRung = Omit<Insertable<Tables['ladderRungs']>, 'id' | 'position' | 'removedAt'>;

/** Ladders as they were heard: each rung a kind, and a code or words. */
export function ladderRungStore(db: Kysely<Tables>) {
  const rungs = (studyId: number) =>
    db
      .selectFrom('ladderRungs')
      .leftJoin('codes', 'codes.id', 'ladderRungs.codeId')
      .selectAll('ladderRungs')
      .select('codes.name as codeName')
      .where('ladderRungs.studyId', '=', studyId)
      .where('ladderRungs.removedAt', 'is', null)
      // Withdrawals of earlier versions left rungs without words.
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('withdrawals')
              .select('withdrawals.id')
              .whereRef('withdrawals.interviewId', '=', 'ladderRungs.subjectId'),
          ),
        ),
      )
      .orderBy('ladderRungs.subjectId')
      .orderBy('ladderRungs.ladder')
      .orderBy('ladderRungs.position')
      .orderBy('ladderRungs.id');
  return {
    /** From the foot of each ladder upwards. */
    list: async (studyId: number): Promise<LadderRung[]> => (await rungs(studyId).execute()).map(asNumbers),
    of: async (studyId: number, subjectId: string): Promise<LadderRung[]> =>
      (await rungs(studyId).where('ladderRungs.subjectId', '=', subjectId).execute()).map(asNumbers),
    /** Adds a rung at the top of its ladder. */
    add: (rung: NewRung): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const { last } = await trx
          .selectFrom('ladderRungs')
          .select(({ fn }) => fn.max('position').as('last'))
          .where('studyId', '=', rung.studyId)
          .where('subjectId', '=', rung.subjectId)
          .where('ladder', '=', rung.ladder)
          .where('removedAt', 'is', null)
          .executeTakeFirstOrThrow();
        await trx
          .insertInto('ladderRungs')
          .values({ ...rung, position: Number(last ?? 0) + 1, removedAt: null })
          .execute();
      }),
    /** Takes a rung out, its words with it. */
    remove: async (id: number, at: string): Promise<void> => {
      await db.updateTable('ladderRungs').set({ removedAt: at, text: '' }).where('id', '=', id).execute();
    },
    /** Lets two rungs of a ladder change places. */
    swap: (one: LadderRung, other: LadderRung): Promise<void> =>
      db.transaction().execute(async (trx) => {
        for (const [{ id }, { position }] of [
          [one, other],
          [other, one],
        ] as const)
          await trx.updateTable('ladderRungs').set({ position }).where('id', '=', id).execute();
      }),
  };
}

/** PostgreSQL gives its large numbers as text. */
const asNumbers = (row: LadderRung): LadderRung => ({
  ...row,
  id: Number(row.id),
  studyId: Number(row.studyId),
  codeId: row.codeId === null ? null : Number(row.codeId),
});
