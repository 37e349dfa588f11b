import type { Insertable, Kysely, Selectable } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export type RoundRow = Selectable<Tables['recruitingRounds']>;
export type RecruitRow = Selectable<Tables['recruitingPeople']>;
export type SlotRow = Selectable<Tables['recruitingSlots']>;
export type NewRecruit = Pick<
  Insertable<Tables['recruitingPeople']>,
  'publicId' | 'tokenHash' | 'personId' | 'responseId' | 'how' | 'cell' | 'language'
>;

const ROWS_AT_ONCE = 200;

/** PostgreSQL gives its large numbers as text. */
const asRound = (row: RoundRow): RoundRow => ({ ...row, id: Number(row.id), studyId: Number(row.studyId) });
const asRecruit = (row: RecruitRow): RecruitRow => ({
  ...row,
  id: Number(row.id),
  roundId: Number(row.roundId),
  personId: row.personId === null ? null : Number(row.personId),
});
const asSlot = (row: SlotRow): SlotRow => ({ ...row, id: Number(row.id), roundId: Number(row.roundId) });

/** Rounds of recruiting, who is in them, and the times they have. */
export function recruitingStore(db: Kysely<Tables>) {
  return {
    rounds: async (studyId: number): Promise<RoundRow[]> =>
      (await db.selectFrom('recruitingRounds').selectAll().where('studyId', '=', studyId).orderBy('id').execute()).map(
        asRound,
      ),
    find: async (studyId: number, publicId: string): Promise<RoundRow | null> => {
      const row = await db
        .selectFrom('recruitingRounds')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst();
      return row ? asRound(row) : null;
    },
    findById: async (id: number): Promise<RoundRow | null> => {
      const row = await db.selectFrom('recruitingRounds').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? asRound(row) : null;
    },
    add: async (studyId: number, settings: string, createdBy: number | null, at: string): Promise<RoundRow> =>
      asRound(
        await db
          .insertInto('recruitingRounds')
          .values({ studyId, publicId: newPublicId(), settings, createdBy, createdAt: at })
          .returningAll()
          .executeTakeFirstOrThrow(),
      ),
    save: async (id: number, settings: string): Promise<void> => {
      await db.updateTable('recruitingRounds').set({ settings }).where('id', '=', id).execute();
    },
    setState: async (id: number, state: 'open' | 'closed'): Promise<void> => {
      await db.updateTable('recruitingRounds').set({ state }).where('id', '=', id).execute();
    },

    people: async (roundId: number): Promise<RecruitRow[]> =>
      (
        await db.selectFrom('recruitingPeople').selectAll().where('roundId', '=', roundId).orderBy('number').execute()
      ).map(asRecruit),
    findPerson: async (roundId: number, publicId: string): Promise<RecruitRow | null> => {
      const row = await db
        .selectFrom('recruitingPeople')
        .selectAll()
        .where('roundId', '=', roundId)
        .where('publicId', '=', publicId)
        .executeTakeFirst();
      return row ? asRecruit(row) : null;
    },
    personById: async (id: number): Promise<RecruitRow | null> => {
      const row = await db.selectFrom('recruitingPeople').selectAll().where('id', '=', id).executeTakeFirst();
      return row ? asRecruit(row) : null;
    },
    personByToken: async (tokenHash: string): Promise<RecruitRow | null> => {
      const row = await db
        .selectFrom('recruitingPeople')
        .selectAll()
        .where('tokenHash', '=', tokenHash)
        .executeTakeFirst();
      return row ? asRecruit(row) : null;
    },
    personOfResponse: async (roundId: number, responseId: string): Promise<RecruitRow | null> => {
      const row = await db
        .selectFrom('recruitingPeople')
        .selectAll()
        .where('roundId', '=', roundId)
        .where('responseId', '=', responseId)
        .executeTakeFirst();
      return row ? asRecruit(row) : null;
    },
    /** Adds people to a round; those who are in it already are left as they are. Gives those that were added. */
    addPeople: (roundId: number, people: readonly NewRecruit[], at: string): Promise<RecruitRow[]> =>
      db.transaction().execute(async (trx) => {
        // Numbers are given one after the other, whoever else adds people just now.
        await trx
          .updateTable('recruitingRounds')
          .set((eb) => ({ state: eb.ref('state') }))
          .where('id', '=', roundId)
          .execute();
        const { most } = await trx
          .selectFrom('recruitingPeople')
          .select(({ fn }) => fn.max('number').as('most'))
          .where('roundId', '=', roundId)
          .executeTakeFirstOrThrow();
        const added: RecruitRow[] = [];
        for (let from = 0; from < people.length; from += ROWS_AT_ONCE) {
          const first = Number(most ?? 0) + from + 1;
          const rows = await trx
            .insertInto('recruitingPeople')
            .values(
              people.slice(from, from + ROWS_AT_ONCE).map((person, index) => ({
                ...person,
                roundId,
                number: first + index,
                invitedAt: at,
                email: null,
                payout: null,
                purgedAt: null,
              })),
            )
            .onConflict((on) => on.doNothing())
            .returningAll()
            .execute();
          added.push(...rows.map(asRecruit));
        }
        return added;
      }),
    /** Keeps what somebody typed to be written to and paid by, unless they have withdrawn what they said. */
    saveDetails: async (
      id: number,
      details: { email: string | null; payout: string | null; language: string | null },
    ): Promise<void> => {
      await db
        .updateTable('recruitingPeople')
        .set(details)
        .where('id', '=', id)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('recruitingBookings')
                .innerJoin('interviews', 'interviews.id', 'recruitingBookings.interviewId')
                .innerJoin('withdrawals', 'withdrawals.interviewId', 'interviews.publicId')
                .select('recruitingBookings.id')
                .whereRef('recruitingBookings.participantId', '=', 'recruitingPeople.id'),
            ),
          ),
        )
        .execute();
    },

    slots: async (roundId: number): Promise<SlotRow[]> =>
      (
        await db
          .selectFrom('recruitingSlots')
          .selectAll()
          .where('roundId', '=', roundId)
          .where('removedAt', 'is', null)
          .orderBy('startsAt')
          .execute()
      ).map(asSlot),
    /** Adds slots; those that begin when another does are left out. Gives how many were added. */
    addSlots: async (
      roundId: number,
      slots: readonly { startsAt: string; endsAt: string }[],
      at: string,
    ): Promise<number> => {
      let added = 0;
      for (let from = 0; from < slots.length; from += ROWS_AT_ONCE) {
        const rows = await db
          .insertInto('recruitingSlots')
          .values(
            slots
              .slice(from, from + ROWS_AT_ONCE)
              .map((slot) => ({ ...slot, roundId, publicId: newPublicId(), createdAt: at, removedAt: null })),
          )
          .onConflict((on) => on.doNothing())
          .returning('id')
          .execute();
        added += rows.length;
      }
      return added;
    },
    /** Takes a slot away that nobody has booked; false when somebody has. */
    removeSlot: async (roundId: number, publicId: string, at: string): Promise<boolean> =>
      (
        await db
          .updateTable('recruitingSlots')
          .set({ removedAt: at })
          .where('roundId', '=', roundId)
          .where('publicId', '=', publicId)
          .where('removedAt', 'is', null)
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom('recruitingBookings')
                  .select('recruitingBookings.id')
                  .whereRef('recruitingBookings.slotId', '=', 'recruitingSlots.id')
                  .where('recruitingBookings.cancelledAt', 'is', null),
              ),
            ),
          )
          .executeTakeFirst()
      ).numUpdatedRows === 1n,
  };
}
