import type { Insertable, Kysely, Selectable } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { LetterState } from './letter-queue.ts';
import type { Tables } from './tables.ts';

export type RecruitingLetter = Omit<Selectable<Tables['recruitingLetters']>, 'state'> & { state: LetterState };
export type NewRecruitingLetter = Pick<
  Insertable<Tables['recruitingLetters']>,
  'participantId' | 'bookingId' | 'kind' | 'mark' | 'dueAt'
>;

const REASON_MAX = 300;
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
        const next = await trx
          .selectFrom('recruitingLetters')
          .select('id')
          .where('state', '=', 'waiting')
          .where('dueAt', '<=', at)
          .orderBy('dueAt')
          .orderBy('id')
          .limit(1)
          .executeTakeFirst();
        if (!next) return null;
        const row = await trx
          .updateTable('recruitingLetters')
          .set((eb) => ({ state: 'sending', claimedAt: at, attempts: eb('attempts', '+', 1) }))
          .where('id', '=', next.id)
          .where('state', '=', 'waiting')
          .returningAll()
          .executeTakeFirst();
        return row ? asLetter(row) : null;
      }),
    nextDueAt: async (): Promise<string | null> =>
      (
        await db
          .selectFrom('recruitingLetters')
          .select(({ fn }) => fn.min('dueAt').as('dueAt'))
          .where('state', '=', 'waiting')
          .executeTakeFirst()
      )?.dueAt ?? null,
    settle: async (
      letterId: number,
      outcome: {
        state: 'sent' | 'refused' | 'unsure' | 'failed' | 'skipped';
        reason: string | null;
        addressSeal?: string;
      },
      at: string,
    ): Promise<void> => {
      await db
        .updateTable('recruitingLetters')
        .set({
          state: outcome.state,
          reason: outcome.reason?.slice(0, REASON_MAX) ?? null,
          settledAt: at,
          ...(outcome.addressSeal === undefined ? {} : { addressSeal: outcome.addressSeal }),
        })
        .where('id', '=', letterId)
        .where('state', '=', 'sending')
        .execute();
    },
    putBack: async (letterId: number, dueAt: string, reason: string, isAttempt: boolean): Promise<void> => {
      await db
        .updateTable('recruitingLetters')
        .set((eb) => ({
          state: 'waiting',
          dueAt,
          reason: reason.slice(0, REASON_MAX),
          claimedAt: null,
          ...(isAttempt ? {} : { attempts: eb('attempts', '-', 1) }),
        }))
        .where('id', '=', letterId)
        .where('state', '=', 'sending')
        .execute();
    },
    setAside: async (at: string): Promise<number> =>
      Number(
        (
          await db
            .updateTable('recruitingLetters')
            .set({ state: 'unsure', settledAt: at, reason: 'Verbatim was stopped while this letter was being sent' })
            .where('state', '=', 'sending')
            .executeTakeFirst()
        ).numUpdatedRows,
      ),
  };
}
