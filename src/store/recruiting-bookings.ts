import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { InterviewState } from '../model/interview-state.ts';
import { isUniqueViolation } from './dialect.ts';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

type BookingRow = Selectable<Tables['recruitingBookings']>;

/**
 * A booking with what its interview says of it. Whether it took place, and when it is, is the interview's to say: a
 * booking only holds a time free for somebody.
 */
export type Booking = BookingRow & {
  startsAt: string;
  /** Null until the interview is there. */
  state: InterviewState | null;
  interview: string | null;
  minutes: number;
  place: string;
};

/** What stands against taking a time: somebody else has it, it is not there any more, or the round has all it wants. */
export type Refused = 'taken' | 'gone' | 'full' | 'too-late';

export type Claim = {
  roundId: number;
  slot: string;
  participantId: number;
  /** Times that begin before are too late to be taken, and one's own that begins before too late to be changed. */
  earliest: string;
  latestChange: string;
  /** How many the round wants in all, and of the participant's cell. */
  wanted: number;
  cell: { name: string; wanted: number } | null;
  consentText: string;
  zone: string;
  promised: { amountCents: number; currency: string; form: string };
};

const asBooking = (row: Booking): Booking => ({
  ...row,
  id: Number(row.id),
  roundId: Number(row.roundId),
  slotId: Number(row.slotId),
  participantId: Number(row.participantId),
  interviewId: row.interviewId === null ? null : Number(row.interviewId),
  minutes: Number(row.minutes),
});

/** Bookings of times for interviews. Each function is one transaction. */
export function recruitingBookingStore(db: Kysely<Tables>) {
  const withInterviews = (from: Kysely<Tables>) =>
    from
      .selectFrom('recruitingBookings')
      .innerJoin('recruitingSlots', 'recruitingSlots.id', 'recruitingBookings.slotId')
      .leftJoin('interviews', 'interviews.id', 'recruitingBookings.interviewId')
      .selectAll('recruitingBookings')
      .select((eb) => [
        eb.fn.coalesce('interviews.scheduledAt', 'recruitingSlots.startsAt').as('startsAt'),
        'interviews.state',
        'interviews.publicId as interview',
        eb.fn.coalesce('interviews.lengthMinutes', eb.val(0)).as('minutes'),
        eb.fn.coalesce('interviews.place', eb.val('')).as('place'),
      ]);

  /** Bookings whose interview was called off elsewhere hold no time any more. */
  async function letGo(trx: Transaction<Tables>, roundId: number, at: string): Promise<void> {
    await trx
      .updateTable('recruitingBookings')
      .set({ cancelledAt: at, changedAt: at })
      .where('roundId', '=', roundId)
      .where('cancelledAt', 'is', null)
      .where('interviewId', 'in', (eb) =>
        eb.selectFrom('interviews').select('interviews.id').where('interviews.state', '=', 'cancelled'),
      )
      .execute();
  }

  /** How many of a round are booked or held, of one cell or of all; those who did not show leave their place to others. */
  async function countTaken(trx: Transaction<Tables>, roundId: number, except: number, cell: string | null) {
    let query = trx
      .selectFrom('recruitingBookings')
      .innerJoin('recruitingPeople', 'recruitingPeople.id', 'recruitingBookings.participantId')
      .leftJoin('interviews', 'interviews.id', 'recruitingBookings.interviewId')
      .select(({ fn }) => fn.countAll().as('n'))
      .where('recruitingBookings.roundId', '=', roundId)
      .where('recruitingBookings.cancelledAt', 'is', null)
      .where('recruitingBookings.participantId', '!=', except)
      .where((eb) => eb.or([eb('interviews.state', 'is', null), eb('interviews.state', '!=', 'no-show')]));
    if (cell !== null) query = query.where('recruitingPeople.cell', '=', cell);
    return Number((await query.executeTakeFirstOrThrow()).n);
  }

  const attempt = (claim: Claim, at: string): Promise<{ booking: Booking; was: string | null } | Refused> =>
    db.transaction().execute(async (trx) => {
      const { roundId, participantId } = claim;
      // One after the other within a round, so that what is counted here still holds when it is written.
      await trx
        .updateTable('recruitingRounds')
        .set((eb) => ({ state: eb.ref('state') }))
        .where('id', '=', roundId)
        .execute();
      await letGo(trx, roundId, at);
      const slot = await trx
        .selectFrom('recruitingSlots')
        .selectAll()
        .where('roundId', '=', roundId)
        .where('publicId', '=', claim.slot)
        .where('removedAt', 'is', null)
        .executeTakeFirst();
      if (!slot || slot.startsAt < claim.earliest) return 'gone';
      const own = await withInterviews(trx)
        .where('recruitingBookings.participantId', '=', participantId)
        .where('recruitingBookings.cancelledAt', 'is', null)
        .executeTakeFirst();
      if (own && Number(own.slotId) === Number(slot.id)) return { booking: asBooking(own), was: own.startsAt };
      if (own && (own.startsAt < claim.latestChange || (own.state !== null && own.state !== 'scheduled')))
        return 'too-late';
      if (!own) {
        if ((await countTaken(trx, roundId, participantId, null)) >= claim.wanted) return 'full';
        const { cell } = claim;
        if (cell && (await countTaken(trx, roundId, participantId, cell.name)) >= cell.wanted) return 'full';
      }
      const held = { slotId: slot.id, zone: claim.zone, consentText: claim.consentText, changedAt: at };
      const { id } = own
        ? await trx
            .updateTable('recruitingBookings')
            .set(held)
            .where('id', '=', own.id)
            .returning('id')
            .executeTakeFirstOrThrow()
        : await trx
            .insertInto('recruitingBookings')
            .values({
              ...held,
              ...claim.promised,
              roundId,
              participantId,
              interviewId: null,
              publicId: newPublicId(),
              bookedAt: at,
              cancelledAt: null,
              paidAt: null,
              returnedAt: null,
            })
            .returning('id')
            .executeTakeFirstOrThrow();
      const booking = await withInterviews(trx).where('recruitingBookings.id', '=', id).executeTakeFirstOrThrow();
      return { booking: asBooking(booking), was: own?.startsAt ?? null };
    });

  return {
    /** Takes a time for somebody, in the place of the one they had. Of several who want one at once, one gets it. */
    claim: async (claim: Claim, at: string): Promise<{ booking: Booking; was: string | null } | Refused> => {
      try {
        return await attempt(claim, at);
      } catch (error) {
        if (isUniqueViolation(error)) return 'taken';
        throw error;
      }
    },
    setInterview: async (bookingId: number, interviewId: number): Promise<void> => {
      await db.updateTable('recruitingBookings').set({ interviewId }).where('id', '=', bookingId).execute();
    },
    /** Lets a time go; false when it was let go before. */
    cancel: async (bookingId: number, at: string): Promise<boolean> =>
      (
        await db
          .updateTable('recruitingBookings')
          .set({ cancelledAt: at, changedAt: at })
          .where('id', '=', bookingId)
          .where('cancelledAt', 'is', null)
          .executeTakeFirst()
      ).numUpdatedRows === 1n,
    /** Every booking of a round, those that were called off among them, in the order in which they begin. */
    ofRound: async (roundId: number): Promise<Booking[]> =>
      (await withInterviews(db).where('recruitingBookings.roundId', '=', roundId).orderBy('startsAt').execute()).map(
        asBooking,
      ),
    ofStudy: async (studyId: number): Promise<Booking[]> =>
      (
        await withInterviews(db)
          .innerJoin('recruitingRounds', 'recruitingRounds.id', 'recruitingBookings.roundId')
          .where('recruitingRounds.studyId', '=', studyId)
          .orderBy('startsAt')
          .execute()
      ).map(asBooking),
    /** Somebody's newest booking; null when they never had one. */
    latestOf: async (participantId: number): Promise<Booking | null> => {
      const row = await withInterviews(db)
        .where('recruitingBookings.participantId', '=', participantId)
        .orderBy('recruitingBookings.id', 'desc')
        .executeTakeFirst();
      return row ? asBooking(row) : null;
    },
    findById: async (id: number): Promise<Booking | null> => {
      const row = await withInterviews(db).where('recruitingBookings.id', '=', id).executeTakeFirst();
      return row ? asBooking(row) : null;
    },
    find: async (roundId: number, publicId: string): Promise<Booking | null> => {
      const row = await withInterviews(db)
        .where('recruitingBookings.roundId', '=', roundId)
        .where('recruitingBookings.publicId', '=', publicId)
        .executeTakeFirst();
      return row ? asBooking(row) : null;
    },
    /** Bookings whose interview was called off on its own page, which still hold a time. */
    calledOff: async (): Promise<Booking[]> =>
      (
        await withInterviews(db)
          .where('recruitingBookings.cancelledAt', 'is', null)
          .where('interviews.state', '=', 'cancelled')
          .execute()
      ).map(asBooking),
    /** Bookings that stand and are still to come, with the settings of their round. */
    upcoming: async (at: string): Promise<(Booking & { settings: string })[]> => {
      const rows = await withInterviews(db)
        .innerJoin('recruitingRounds', 'recruitingRounds.id', 'recruitingBookings.roundId')
        .select('recruitingRounds.settings')
        .where('recruitingBookings.cancelledAt', 'is', null)
        .where('interviews.state', '=', 'scheduled')
        .where('interviews.scheduledAt', '>', at)
        .execute();
      return rows.map((row) => ({ ...asBooking(row), settings: row.settings }));
    },
    /**
     * The number that a calendar goes by: it has risen if the entry says something else than it said last.
     *
     * @param told all that the entry says, as one text
     */
    sequence: (bookingId: number, told: string): Promise<number> =>
      db.transaction().execute(async (trx) => {
        await trx
          .updateTable('recruitingBookings')
          .set((eb) => ({
            sequence: sql<number>`case when told = '' then 0 else ${eb.ref('sequence')} + 1 end`,
            told,
          }))
          .where('id', '=', bookingId)
          .where('told', '!=', told)
          .execute();
        const { sequence } = await trx
          .selectFrom('recruitingBookings')
          .select('sequence')
          .where('id', '=', bookingId)
          .executeTakeFirstOrThrow();
        return Number(sequence);
      }),

    /**
     * Keeps that somebody was paid, or that it came back; with that all they typed to be paid by is emptied. False when
     * it was settled before.
     */
    settle: (booking: Booking, as: 'paid' | 'returned', reference: string, at: string): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('recruitingBookings')
          .set(as === 'paid' ? { paidAt: at, reference } : { returnedAt: at, reference })
          .where('id', '=', booking.id)
          .where('paidAt', as === 'paid' ? 'is' : 'is not', null)
          .where('returnedAt', 'is', null)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        await trx
          .updateTable('recruitingPeople')
          .set({ email: null, payout: null, purgedAt: at })
          .where('id', '=', booking.participantId)
          .execute();
        return true;
      }),
    /** Empties what was typed by everybody whose bookings all ended before a time; gives how many there were. */
    purgeOlderThan: async (before: string, at: string): Promise<number> =>
      Number(
        (
          await db
            .updateTable('recruitingPeople')
            .set({ email: null, payout: null, purgedAt: at })
            .where((eb) => eb.or([eb('email', 'is not', null), eb('payout', 'is not', null)]))
            .where(({ not, exists, selectFrom }) =>
              not(
                exists(
                  selectFrom('recruitingBookings')
                    .innerJoin('recruitingSlots', 'recruitingSlots.id', 'recruitingBookings.slotId')
                    .leftJoin('interviews', 'interviews.id', 'recruitingBookings.interviewId')
                    .select('recruitingBookings.id')
                    .whereRef('recruitingBookings.participantId', '=', 'recruitingPeople.id')
                    .where((eb) => eb.fn.coalesce('interviews.scheduledAt', 'recruitingSlots.startsAt'), '>=', before),
                ),
              ),
            )
            .executeTakeFirst()
        ).numUpdatedRows,
      ),
  };
}
