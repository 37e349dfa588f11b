import type { Kysely, Selectable } from 'kysely';
import type { Tables } from './tables.ts';

export type AccountLetterKind =
  | 'invitation'
  | 'password'
  | 'address'
  | 'address-asked'
  | 'address-changed'
  | 'password-changed'
  | 'second-factor-changed';
export type AccountLetter = Omit<Selectable<Tables['accountLetters']>, 'kind'> & { kind: AccountLetterKind };

const REASON_MAX = 300;
/** What was sent to whom is of no use later. */
const KEPT_MS = 30 * 86_400_000;
const asLetter = (row: Selectable<Tables['accountLetters']>): AccountLetter => ({
  ...row,
  id: Number(row.id),
  linkId: row.linkId === null ? null : Number(row.linkId),
  attempts: Number(row.attempts),
  kind: row.kind as AccountLetterKind,
});

/** Letters about accounts that wait for the post office: links, and word of what was changed. */
export function accountLetterStore(db: Kysely<Tables>) {
  return {
    add: (
      letter: { kind: AccountLetterKind; toAddress: string; linkId: number | null; about: Record<string, string> },
      at: string,
    ): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx
          .deleteFrom('accountLetters')
          .where('createdAt', '<', new Date(Date.parse(at) - KEPT_MS).toISOString())
          .execute();
        await trx
          .insertInto('accountLetters')
          .values({
            ...letter,
            about: JSON.stringify(letter.about),
            state: 'waiting',
            attempts: 0,
            dueAt: at,
            reason: null,
            createdAt: at,
          })
          .execute();
      }),
    claim: (at: string): Promise<AccountLetter | null> =>
      db.transaction().execute(async (trx) => {
        const next = await trx
          .selectFrom('accountLetters')
          .select('id')
          .where('state', '=', 'waiting')
          .where('dueAt', '<=', at)
          .orderBy('dueAt')
          .orderBy('id')
          .limit(1)
          .executeTakeFirst();
        if (!next) return null;
        const row = await trx
          .updateTable('accountLetters')
          .set((eb) => ({ state: 'sending', attempts: eb('attempts', '+', 1) }))
          .where('id', '=', next.id)
          .where('state', '=', 'waiting')
          .returningAll()
          .executeTakeFirst();
        return row ? asLetter(row) : null;
      }),
    nextDueAt: async (): Promise<string | null> =>
      (
        await db
          .selectFrom('accountLetters')
          .select(({ fn }) => fn.min('dueAt').as('dueAt'))
          .where('state', '=', 'waiting')
          .executeTakeFirst()
      )?.dueAt ?? null,
    settle: async (id: number, outcome: { state: string; reason: string | null }): Promise<void> => {
      await db
        .updateTable('accountLetters')
        .set({ state: outcome.state, reason: outcome.reason?.slice(0, REASON_MAX) ?? null })
        .where('id', '=', id)
        .where('state', '=', 'sending')
        .execute();
    },
    /** `isAttempt` false when it was no fault of the letter's. */
    putBack: async (id: number, dueAt: string, reason: string, isAttempt: boolean): Promise<void> => {
      await db
        .updateTable('accountLetters')
        .set((eb) => ({
          state: 'waiting',
          dueAt,
          reason: reason.slice(0, REASON_MAX),
          ...(isAttempt ? {} : { attempts: eb('attempts', '-', 1) }),
        }))
        .where('id', '=', id)
        .where('state', '=', 'sending')
        .execute();
    },
    /** What an earlier process had in hand may have been sent: it is not sent again by itself. */
    setAside: async (): Promise<number> => {
      const { numUpdatedRows } = await db
        .updateTable('accountLetters')
        .set({ state: 'unsure', reason: 'Verbatim was stopped while this letter was being sent' })
        .where('state', '=', 'sending')
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },
  };
}
