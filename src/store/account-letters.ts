import type { Kysely, Selectable } from 'kysely';
import { type LetterOutcome, queuedRows } from './queued-rows.ts';
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
  const queue = queuedRows(db, 'accountLetters');
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
        const waiting = queuedRows(trx, 'accountLetters');
        const id = await waiting.firstDue(at);
        if (id === null || !(await waiting.take(id))) return null;
        const row = await trx.selectFrom('accountLetters').selectAll().where('id', '=', id).executeTakeFirst();
        return row ? asLetter(row) : null;
      }),
    nextDueAt: queue.nextDueAt,
    settle: (id: number, outcome: LetterOutcome): Promise<void> => queue.settle(id, outcome),
    putBack: (id: number, dueAt: string, reason: string, isAttempt: boolean): Promise<void> =>
      queue.putBack(id, { dueAt, reason, isAttempt }),
    /** What an earlier process had in hand may have been sent: it is not sent again by itself. */
    setAside: (): Promise<number> => queue.setAside(),
  };
}
