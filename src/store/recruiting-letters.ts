import type { Insertable, Kysely, Selectable } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { LetterState } from './letter-queue.ts';
import { type LetterOutcome, queuedRows, sealIn } from './queued-rows.ts';
import type { Tables } from './tables.ts';

export type RecruitingLetter = Omit<Selectable<Tables['recruitingLetters']>, 'state'> & { state: LetterState };
export type NewRecruitingLetter = Pick<
  Insertable<Tables['recruitingLetters']>,
  'participantId' | 'bookingId' | 'kind' | 'mark' | 'dueAt'
>;

const ROWS_AT_ONCE = 200;

const asLetter = (row: Selectable<Tables['recruitingLetters']>): RecruitingLetter => ({
  ...row,
  id: Number(row.id),
  participantId: Number(row.participantId),
  bookingId: row.bookingId === null ? null : Number(row.bookingId),
  state: row.state as LetterState,
});

/** The letters about interviews, which wait, are claimed and settled as letters of surveys are. */
export function recruitingLetterStore(db: Kysely<Tables>) {
  const queue = queuedRows(db, 'recruitingLetters');
  return {
    /** Adds letters; what was written before for the same is not written again. */
    add: async (letters: readonly NewRecruitingLetter[]): Promise<void> => {
      for (let from = 0; from < letters.length; from += ROWS_AT_ONCE)
        await db
          .insertInto('recruitingLetters')
          .values(
            letters.slice(from, from + ROWS_AT_ONCE).map((letter) => ({
              ...letter,
              publicId: newPublicId(),
              state: 'waiting',
              claimedAt: null,
              settledAt: null,
              reason: null,
            })),
          )
          .onConflict((on) => on.columns(['participantId', 'mark']).doNothing())
          .execute();
    },
    ofRound: async (roundId: number): Promise<RecruitingLetter[]> =>
      (
        await db
          .selectFrom('recruitingLetters')
          .innerJoin('recruitingPeople', 'recruitingPeople.id', 'recruitingLetters.participantId')
          .selectAll('recruitingLetters')
          .where('recruitingPeople.roundId', '=', roundId)
          .orderBy('recruitingLetters.id')
          .execute()
      ).map(asLetter),
    marksOf: async (participantIds: readonly number[]): Promise<Map<number, Set<string>>> => {
      const found = new Map<number, Set<string>>();
      if (participantIds.length === 0) return found;
      const rows = await db
        .selectFrom('recruitingLetters')
        .select(['participantId', 'mark'])
        .where('participantId', 'in', participantIds)
        .execute();
      for (const { participantId, mark } of rows)
        found.set(Number(participantId), (found.get(Number(participantId)) ?? new Set()).add(mark));
      return found;
    },

    claim: (at: string): Promise<RecruitingLetter | null> =>
      db.transaction().execute(async (trx) => {
        const waiting = queuedRows(trx, 'recruitingLetters');
        const id = await waiting.firstDue(at);
        if (id === null || !(await waiting.take(id, { claimedAt: at }))) return null;
        const row = await trx.selectFrom('recruitingLetters').selectAll().where('id', '=', id).executeTakeFirst();
        return row ? asLetter(row) : null;
      }),
    nextDueAt: queue.nextDueAt,
    settle: (id: number, outcome: LetterOutcome, at: string): Promise<void> =>
      queue.settle(id, outcome, { settledAt: at, ...sealIn(outcome) }),
    putBack: (id: number, dueAt: string, reason: string, isAttempt: boolean): Promise<void> =>
      queue.putBack(id, { dueAt, reason, isAttempt }, { claimedAt: null }),
    setAside: (at: string): Promise<number> => queue.setAside({ settledAt: at }),
  };
}
