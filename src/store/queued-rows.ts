import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** The tables that the post office takes letters from. */
type Queue = 'letters' | 'recruitingLetters' | 'accountLetters' | 'insightFollowers';
/** What their rows share. */
type Shared = { id: number; state: string; attempts: number; dueAt: string | null; reason: string | null };
/** What some of them note besides. */
type Besides = {
  claimedAt: string | null;
  settledAt: string | null;
  addressSeal: string;
  claimedChange: number | null;
};

const REASON_MAX = 300;
export const STOPPED_MEANWHILE = 'Verbatim was stopped while this letter was being sent';
export const shortReason = (reason: string | null): string | null => reason?.slice(0, REASON_MAX) ?? null;

/**
 * A queue of letters, which is nothing but their rows: one is claimed in one transaction, sent, and settled in another, so
 * that a process that ends in between leaves exactly what it had claimed in doubt.
 */
export function queuedRows(tables: Kysely<Tables>, table: Queue) {
  // Kysely names tables by types; these are alike in what is read and written here.
  const db = tables as unknown as Kysely<{ queue: Shared & Besides }>;
  const queue = table as 'queue';
  return {
    /** The id of what has been due longest; null where nothing is. */
    firstDue: async (at: string): Promise<number | null> =>
      (
        await db
          .selectFrom(queue)
          .select('id')
          .where('state', '=', 'waiting')
          .where('dueAt', '<=', at)
          .orderBy('dueAt')
          .orderBy('id')
          .limit(1)
          .executeTakeFirst()
      )?.id ?? null,
    /** When the next is due; null where none waits. */
    nextDueAt: async (): Promise<string | null> =>
      (
        await db
          .selectFrom(queue)
          .select(({ fn }) => fn.min('dueAt').as('dueAt'))
          .where('state', '=', 'waiting')
          .executeTakeFirst()
      )?.dueAt ?? null,
    /** From now on it is in the post office's hands. @returns whether it still waited */
    take: async (id: number, besides: Partial<Besides> = {}): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable(queue)
        .set((eb) => ({ ...besides, state: 'sending', attempts: eb('attempts', '+', 1) }))
        .where('id', '=', id)
        .where('state', '=', 'waiting')
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    /** Writes down what became of what was claimed. */
    settle: async (
      id: number,
      { state, reason }: { state: string; reason: string | null },
      besides: Partial<Besides> = {},
    ): Promise<void> => {
      await db
        .updateTable(queue)
        .set({ ...besides, state, reason: shortReason(reason) })
        .where('id', '=', id)
        .where('state', '=', 'sending')
        .execute();
    },
    /** Puts what was claimed back; `isAttempt` false when it was no fault of the letter's. */
    putBack: async (
      id: number,
      { dueAt, reason, isAttempt }: { dueAt: string; reason: string; isAttempt: boolean },
      besides: Partial<Besides> = {},
    ): Promise<void> => {
      await db
        .updateTable(queue)
        .set((eb) => ({
          ...besides,
          state: 'waiting',
          dueAt,
          reason: shortReason(reason),
          ...(isAttempt ? {} : { attempts: eb('attempts', '-', 1) }),
        }))
        .where('id', '=', id)
        .where('state', '=', 'sending')
        .execute();
    },
    /** What was claimed by a process that is gone: nobody knows whether it was sent. @returns how many there are */
    setAside: async (besides: Partial<Besides> = {}): Promise<number> =>
      Number(
        (
          await db
            .updateTable(queue)
            .set({ ...besides, state: 'unsure', reason: STOPPED_MEANWHILE })
            .where('state', '=', 'sending')
            .executeTakeFirst()
        ).numUpdatedRows,
      ),
  };
}

/** What is told of a letter once it was handed over. */
export type LetterOutcome = {
  state: 'sent' | 'refused' | 'unsure' | 'failed' | 'skipped';
  reason: string | null;
  addressSeal?: string;
};

/** The seal of an address, where a letter's outcome has one. */
export const sealIn = ({ addressSeal }: LetterOutcome) => (addressSeal === undefined ? {} : { addressSeal });
