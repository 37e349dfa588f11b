import type { Kysely, Selectable } from 'kysely';
import type { LetterKind, Message } from '../model/mailing.ts';
import { newPublicId } from './identifiers.ts';
import { asLetter, closeFinished, type Letter, type LetterState } from './letter-queue.ts';
import type { Tables } from './tables.ts';

export type Mailing = Omit<Selectable<Tables['mailings']>, 'message' | 'audience' | 'kind' | 'state'> & {
  kind: LetterKind;
  state: 'sending' | 'paused' | 'done';
  message: Message;
  /** Whom it was meant for, in words that stay when the rule goes. */
  audience: { segment: string | null };
};
export type NewMailing = {
  surveyId: number;
  kind: LetterKind;
  wave: number;
  audience: Mailing['audience'];
  message: Message;
  createdBy: number | null;
};
export type NewLetter = { personId: number; round: number; addressSeal: string; language: string };
export type LetterCounts = Record<LetterState, number>;
export type MailingSettings = { remindersMax: number; daysBetween: number };

export const MAILING_SETTINGS: MailingSettings = { remindersMax: 2, daysBetween: 3 };

const ROWS_AT_ONCE = 200;

/** Mailings, the letters they are made of, and how often people may be reminded. */
export function mailingStore(db: Kysely<Tables>) {
  const read = (row: Selectable<Tables['mailings']>): Mailing => ({
    ...row,
    kind: row.kind as LetterKind,
    state: row.state as Mailing['state'],
    message: JSON.parse(row.message) as Message,
    audience: JSON.parse(row.audience) as Mailing['audience'],
  });

  async function addPart(
    { id, surveyId, wave }: { id: number; surveyId: number; wave: number },
    letters: readonly NewLetter[],
    at: string,
  ): Promise<number> {
    const fresh = { state: 'waiting', attempts: 0, dueAt: at, claimedAt: null, settledAt: null, reason: null };
    const rows = await db
      .insertInto('letters')
      .values(
        letters.map((letter) => ({ ...letter, ...fresh, mailingId: id, surveyId, wave, publicId: newPublicId() })),
      )
      .onConflict((on) =>
        on
          .columns(['surveyId', 'wave', 'personId', 'round'])
          .doUpdateSet((eb) => ({
            ...fresh,
            mailingId: eb.ref('excluded.mailingId'),
            addressSeal: eb.ref('excluded.addressSeal'),
            language: eb.ref('excluded.language'),
            publicId: eb.ref('excluded.publicId'),
          }))
          .where('letters.state', 'in', ['skipped', 'failed']),
      )
      .returning('id')
      .execute();
    return rows.length;
  }

  return {
    /**
     * Adds a mailing with those of its letters that nobody has written before. A letter that was skipped or failed
     * makes room for another. Letters go in by parts, so that answers which come in meanwhile need not wait; the mailing
     * is paused until all are there, and one that was cut off stays so for a person to let go on.
     *
     * @returns null when no letter is left, and then nothing is kept
     */
    add: async (
      mailing: NewMailing,
      letters: readonly NewLetter[],
      at: string,
    ): Promise<{ mailing: Mailing; added: number } | null> => {
      const made = await db
        .insertInto('mailings')
        .values({
          ...mailing,
          audience: JSON.stringify(mailing.audience),
          message: JSON.stringify(mailing.message),
          publicId: newPublicId(),
          state: 'paused',
          createdAt: at,
          endedAt: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      let added = 0;
      for (let from = 0; from < letters.length; from += ROWS_AT_ONCE) {
        added += await addPart(made, letters.slice(from, from + ROWS_AT_ONCE), at);
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (added === 0) {
        await db.deleteFrom('mailings').where('id', '=', made.id).execute();
        return null;
      }
      await db.updateTable('mailings').set({ state: 'sending' }).where('id', '=', made.id).execute();
      return { mailing: read({ ...made, state: 'sending' }), added };
    },
    list: async (surveyId: number): Promise<Mailing[]> =>
      (
        await db.selectFrom('mailings').selectAll().where('surveyId', '=', surveyId).orderBy('id', 'desc').execute()
      ).map(read),
    find: async (surveyId: number, publicId: string): Promise<Mailing | null> => {
      const row = await db
        .selectFrom('mailings')
        .selectAll()
        .where('surveyId', '=', surveyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst();
      return row ? read(row) : null;
    },
    findById: async (id: number): Promise<Mailing | null> => {
      const row = await db.selectFrom('mailings').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? read(row) : null;
    },
    /** How many letters of each state a survey's mailings have, by mailing. */
    counts: async (surveyId: number): Promise<Map<number, LetterCounts>> => {
      const rows = await db
        .selectFrom('letters')
        .select(['mailingId', 'state', ({ fn }) => fn.countAll().as('n')])
        .where('surveyId', '=', surveyId)
        .groupBy(['mailingId', 'state'])
        .execute();
      const counts = new Map<number, LetterCounts>();
      for (const { mailingId, state, n } of rows) {
        const own = counts.get(mailingId) ?? noLetters();
        own[state as LetterState] = Number(n);
        counts.set(mailingId, own);
      }
      return counts;
    },
    /** Every letter of a survey's wave, oldest first, each with whoever its person is today. */
    letters: async (surveyId: number, wave: number): Promise<Letter[]> =>
      (
        await db
          .selectFrom('letters')
          .leftJoin('personLinks', 'personLinks.personId', 'letters.personId')
          .selectAll('letters')
          .select('personLinks.canonicalId')
          .where('letters.surveyId', '=', surveyId)
          .where('letters.wave', '=', wave)
          .orderBy('letters.id')
          .execute()
      ).map(({ canonicalId, ...row }) => asLetter({ ...row, personId: canonicalId ?? row.personId })),
    /** Why letters of a mailing were not sent, with how many each. */
    reasons: (mailingId: number) =>
      db
        .selectFrom('letters')
        .select(['state', 'reason', ({ fn }) => fn.countAll<number>().as('n')])
        .where('mailingId', '=', mailingId)
        .where('reason', 'is not', null)
        .groupBy(['state', 'reason'])
        .orderBy('n', 'desc')
        .limit(50)
        .execute(),
    lastWave: async (surveyId: number): Promise<number> =>
      Number(
        (
          await db
            .selectFrom('mailings')
            .select(({ fn }) => fn.max('wave').as('wave'))
            .where('surveyId', '=', surveyId)
            .executeTakeFirst()
        )?.wave ?? 1,
      ),
    setState: (mailingId: number, state: 'sending' | 'paused', at: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx
          .updateTable('mailings')
          .set({ state })
          .where('id', '=', mailingId)
          .where('state', '<>', 'done')
          .execute();
        if (state === 'sending') await closeFinished(trx, at);
      }),

    settings: async (surveyId: number): Promise<MailingSettings> =>
      (await db
        .selectFrom('mailingSettings')
        .select(['remindersMax', 'daysBetween'])
        .where('surveyId', '=', surveyId)
        .executeTakeFirst()) ?? MAILING_SETTINGS,
    putSettings: async (surveyId: number, settings: MailingSettings): Promise<void> => {
      await db
        .insertInto('mailingSettings')
        .values({ surveyId, ...settings })
        .onConflict((on) => on.column('surveyId').doUpdateSet(settings))
        .execute();
    },
  };
}

export const noLetters = (): LetterCounts => ({
  waiting: 0,
  sending: 0,
  sent: 0,
  refused: 0,
  unsure: 0,
  failed: 0,
  skipped: 0,
});
