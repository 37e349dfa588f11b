import type { Kysely, Selectable } from 'kysely';
import { type LetterOutcome, queuedRows, sealIn } from './queued-rows.ts';
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

/** The letters of mailings: one is due only while its mailing is under way, and a mailing ends with its last letter. */
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
        if (!(await queuedRows(trx, 'letters').take(next.id, { claimedAt: at }))) return null;
        const row = await trx.selectFrom('letters').selectAll().where('id', '=', next.id).executeTakeFirst();
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
    settle: (letterId: number, outcome: LetterOutcome, at: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await queuedRows(trx, 'letters').settle(letterId, outcome, { settledAt: at, ...sealIn(outcome) });
        await closeFinished(trx, at);
      }),
    putBack: (letterId: number, dueAt: string, reason: string, isAttempt: boolean): Promise<void> =>
      queuedRows(db, 'letters').putBack(letterId, { dueAt, reason, isAttempt }, { claimedAt: null }),
    /** What was claimed by a process that is gone: nobody knows whether it was sent. Gives how many there are. */
    setAside: (at: string): Promise<number> =>
      db.transaction().execute(async (trx) => {
        const count = await queuedRows(trx, 'letters').setAside({ settledAt: at });
        await closeFinished(trx, at);
        return count;
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
