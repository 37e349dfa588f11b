import type { Kysely, Selectable } from 'kysely';
import type { Tables } from './tables.ts';

/**
 * - `waiting`: for its turn; `sending`: handed to the post office, and no word from it yet
 * - `sent`: the mail server took it; `refused`: it never will
 * - `unsure`: the process or the line ended between asking and hearing; `failed`: tried often enough
 * - `skipped`: not sent, because the person had answered or opted out by then
 */
export type LetterState = 'waiting' | 'sending' | 'sent' | 'refused' | 'unsure' | 'failed' | 'skipped';
export type Letter = Omit<Selectable<Tables['letters']>, 'state'> & { state: LetterState };
export const asLetter = (row: Selectable<Tables['letters']>): Letter => ({ ...row, state: row.state as LetterState });

const REASON_MAX = 300;

/** A mailing whose last letter is settled is done. */
export const closeFinished = (kysely: Kysely<Tables>, at: string) =>
  kysely
    .updateTable('mailings')
    .set({ state: 'done', endedAt: at })
    .where('state', '=', 'sending')
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('letters')
            .select('letters.id')
            .whereRef('letters.mailingId', '=', 'mailings.id')
            .where('letters.state', 'in', ['waiting', 'sending']),
        ),
      ),
    )
    .execute();

/**
 * The queue of letters, which is nothing but their rows: a letter is claimed in one transaction, sent, and settled in
 * another, so that a process that ends in between leaves exactly the letters it had claimed in doubt.
 */
export function letterQueue(db: Kysely<Tables>) {
  return {
    /** Takes the next letter that is due, if any: from now on it is in the post office's hands. */
    claim: (at: string): Promise<Letter | null> =>
      db.transaction().execute(async (trx) => {
        const next = await trx
          .selectFrom('letters')
          .innerJoin('mailings', 'mailings.id', 'letters.mailingId')
          .select('letters.id')
          .where('letters.state', '=', 'waiting')
          .where('letters.dueAt', '<=', at)
          .where('mailings.state', '=', 'sending')
          .orderBy('letters.dueAt')
          .orderBy('letters.id')
          .limit(1)
          .executeTakeFirst();
        if (!next) return null;
        const row = await trx
          .updateTable('letters')
          .set((eb) => ({ state: 'sending', claimedAt: at, attempts: eb('attempts', '+', 1) }))
          .where('id', '=', next.id)
          .where('state', '=', 'waiting')
          .returningAll()
          .executeTakeFirst();
        return row ? asLetter(row) : null;
      }),
    /** When the next letter of a mailing under way is due; null when none waits. */
    nextDueAt: async (): Promise<string | null> =>
      (
        await db
          .selectFrom('letters')
          .innerJoin('mailings', 'mailings.id', 'letters.mailingId')
          .select(({ fn }) => fn.min('letters.dueAt').as('dueAt'))
          .where('letters.state', '=', 'waiting')
          .where('mailings.state', '=', 'sending')
          .executeTakeFirst()
      )?.dueAt ?? null,
    /** Writes down what became of a claimed letter. */
    settle: (
      letterId: number,
      outcome: {
        state: 'sent' | 'refused' | 'unsure' | 'failed' | 'skipped';
        reason: string | null;
        addressSeal?: string;
      },
      at: string,
    ): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx
          .updateTable('letters')
          .set({
            state: outcome.state,
            reason: outcome.reason?.slice(0, REASON_MAX) ?? null,
            settledAt: at,
            ...(outcome.addressSeal === undefined ? {} : { addressSeal: outcome.addressSeal }),
          })
          .where('id', '=', letterId)
          .where('state', '=', 'sending')
          .execute();
        await closeFinished(trx, at);
      }),
    /** Puts a claimed letter back; `isAttempt` false when it was no fault of the letter's. */
    putBack: async (letterId: number, dueAt: string, reason: string, isAttempt: boolean): Promise<void> => {
      await db
        .updateTable('letters')
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
    /** What was claimed by a process that is gone: nobody knows whether it was sent. Gives how many there are. */
    setAside: (at: string): Promise<number> =>
      db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('letters')
          .set({ state: 'unsure', settledAt: at, reason: 'Verbatim was stopped while this letter was being sent' })
          .where('state', '=', 'sending')
          .executeTakeFirst();
        await closeFinished(trx, at);
        return Number(numUpdatedRows);
      }),
    /** Lets the letters in doubt, or those that failed, wait for another turn; gives how many. */
    again: (mailingId: number, state: 'unsure' | 'failed', at: string): Promise<number> =>
      db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('letters')
          .set({ state: 'waiting', attempts: 0, dueAt: at, settledAt: null, reason: null })
          .where('mailingId', '=', mailingId)
          .where('state', '=', state)
          .executeTakeFirst();
        if (numUpdatedRows > 0n)
          await trx
            .updateTable('mailings')
            .set({ state: 'sending', endedAt: null })
            .where('id', '=', mailingId)
            .where('state', '=', 'done')
            .execute();
        return Number(numUpdatedRows);
      }),
  };
}
export type LetterQueue = ReturnType<typeof letterQueue>;
