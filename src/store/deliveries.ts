import type { Kysely, Selectable, Transaction } from 'kysely';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

/**
 * - `waiting`: for its turn; `claimed`: being sent, and no word from the other side yet
 * - `delivered`: the other side took it
 * - `failed`: refused in a way that another attempt would not change, or in doubt where a second one could do harm
 * - `given-up`: tried often enough, or there is nothing left to tell
 * - `held-back`: the person has not agreed to it; `skipped`: there was nothing to send
 */
export type DeliveryState = 'waiting' | 'claimed' | 'delivered' | 'failed' | 'given-up' | 'held-back' | 'skipped';
type DeliveryRow = Selectable<Tables['deliveries']>;
export type Delivery = Omit<DeliveryRow, 'state' | 'made'> & { state: DeliveryState; made: string[] };
export type NewDelivery = Pick<
  Delivery,
  'hookId' | 'origin' | 'event' | 'subject' | 'surveyId' | 'personId' | 'payload' | 'happenedAt'
> & {
  /** Why it is held back; null when it is to go. */
  heldBack: string | null;
};

export type Attempt = { status: number | null; answer: string | null; reason: string | null; made: readonly string[] };

export const WITHDRAWN = 'The person has withdrawn the response';
export const EXPIRED = 'It waited for thirty days';
const REASON_MAX = 300;

const asDelivery = (row: DeliveryRow): Delivery => ({
  ...row,
  state: row.state as DeliveryState,
  made: JSON.parse(row.made) as string[],
});

async function insert(trx: Kysely<Tables>, list: readonly NewDelivery[], at: string): Promise<number> {
  let added = 0;
  for (const { heldBack, ...delivery } of list) {
    const row = await trx
      .insertInto('deliveries')
      .values({
        ...delivery,
        publicId: newPublicId(),
        payload: heldBack === null ? delivery.payload : '',
        state: heldBack === null ? 'waiting' : 'held-back',
        attempts: 0,
        dueAt: at,
        lastStatus: null,
        lastAnswer: null,
        reason: heldBack,
        made: '[]',
        createdAt: at,
        claimedAt: null,
        settledAt: heldBack === null ? null : at,
      })
      .onConflict((on) => on.columns(['hookId', 'origin']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (row) added += 1;
  }
  return added;
}

/** What was about a response that is no longer there: nothing more goes out, and nothing of it stays. */
async function forgetSubject(trx: Transaction<Tables>, subject: string, at: string): Promise<void> {
  await trx.deleteFrom('deliveries').where('subject', '=', subject).where('state', '=', 'held-back').execute();
  await trx
    .updateTable('deliveries')
    .set({ state: 'given-up', reason: WITHDRAWN, settledAt: at })
    .where('subject', '=', subject)
    .where('event', '!=', 'response.withdrawn')
    .where('state', '=', 'waiting')
    .execute();
  await trx
    .updateTable('deliveries')
    .set({ payload: '', lastAnswer: null })
    .where('subject', '=', subject)
    .where('event', '!=', 'response.withdrawn')
    .execute();
}

/**
 * The outbox, which is nothing but its rows: a delivery is claimed in one transaction, sent, and settled in another.
 */
export function deliveryStore(db: Kysely<Tables>) {
  const settleIn = async (
    trx: Kysely<Tables>,
    id: number,
    values: { state: DeliveryState; dueAt?: string; settledAt: string | null; isAttempt?: boolean },
    { status, answer, reason, made }: Attempt,
  ): Promise<void> => {
    const { isAttempt = true, ...rest } = values;
    await trx
      .updateTable('deliveries')
      .set((eb) => ({
        ...rest,
        lastStatus: status,
        // A payload that was emptied meanwhile belongs to a response that is gone, and so would the answer.
        lastAnswer: eb.case().when('payload', '=', '').then(null).else(answer).end(),
        reason: reason?.slice(0, REASON_MAX) ?? null,
        claimedAt: null,
        ...(made.length > 0 ? { made: JSON.stringify(made) } : {}),
        ...(isAttempt ? {} : { attempts: eb('attempts', '-', 1) }),
      }))
      .where('id', '=', id)
      .where('state', '=', 'claimed')
      .execute();
  };

  const tried = () =>
    db
      .selectFrom('deliveries')
      .select('hookId')
      .distinct()
      .where((eb) => eb.or([eb('attempts', '>', 0), eb('state', 'in', ['claimed', 'delivered'])]));
  const told = (rows: { hookId: number }[]): number[] => rows.map(({ hookId }) => Number(hookId));

  return {
    mark: async (name: 'outbox' | 'outbox personas'): Promise<number> =>
      Number((await db.selectFrom('watermarks').select('seq').where('name', '=', name).executeTakeFirst())?.seq ?? 0),
    /** Responses that came to an end, were corrected or taken back, behind a mark and up to another; imports are none of these. */
    endings: (afterSeq: number, upToSeq: number, limit: number) =>
      db
        .selectFrom('responseRecords')
        .select(['seq', 'responseId', 'kind', 'studyId', 'surveyId', 'surveyVersionId', 'receivedAt'])
        .where('seq', '>', afterSeq)
        .where('seq', '<=', upToSeq)
        .where('kind', 'in', ['completion', 'correction', 'withdrawal'])
        .where('batchId', 'is', null)
        .orderBy('seq')
        .limit(limit)
        .execute(),
    personaVersions: (afterId: number, limit: number) =>
      db
        .selectFrom('personaVersions')
        .innerJoin('personas', 'personas.id', 'personaVersions.personaId')
        .leftJoin('personaSegments', (on) =>
          on.onRef('personaSegments.personaId', '=', 'personas.id').on('personaSegments.position', '=', 0),
        )
        .leftJoin('segments', 'segments.id', 'personaSegments.segmentId')
        .innerJoin('studies', 'studies.id', 'personas.studyId')
        .select([
          'personaVersions.id',
          'personaVersions.number',
          'personaVersions.name',
          'personaVersions.createdAt',
          'personas.publicId as personaId',
          'personas.studyId',
          'segments.publicId as segmentId',
          'segments.name as segmentName',
          'studies.publicId as study',
        ])
        .where('personaVersions.id', '>', afterId)
        .orderBy('personaVersions.id')
        .limit(limit)
        .execute(),

    /**
     * Writes what is to be told and moves the mark past it, in one transaction.
     *
     * @param withdrawn public ids of responses of which nothing may stay
     * @returns false when somebody else has moved the mark; then nothing was written
     */
    advance: (
      name: 'outbox' | 'outbox personas',
      from: number,
      to: number,
      { list, withdrawn }: { list: readonly NewDelivery[]; withdrawn: readonly string[] },
      at: string,
    ): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('watermarks')
          .set({ seq: to })
          .where('name', '=', name)
          .where('seq', '=', from)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        for (const subject of withdrawn) await forgetSubject(trx, subject, at);
        await insert(trx, list, at);
        return true;
      }),
    /** Writes what is to be told now; what was told before under the same origin is not told again. Gives how many are new. */
    add: (list: readonly NewDelivery[], at: string): Promise<number> =>
      db.transaction().execute((trx) => insert(trx, list, at)),

    /** Writes down what was sent at once, outside the queue. */
    addSent: async (
      delivery: Omit<NewDelivery, 'heldBack'> & { publicId: string; state: 'delivered' | 'failed' },
      { status, answer, reason }: Attempt,
      at: string,
    ): Promise<void> => {
      await db
        .insertInto('deliveries')
        .values({
          ...delivery,
          attempts: 1,
          dueAt: at,
          lastStatus: status,
          lastAnswer: answer,
          reason: reason?.slice(0, REASON_MAX) ?? null,
          made: '[]',
          createdAt: at,
          claimedAt: null,
          settledAt: at,
        })
        .execute();
    },

    /** The tickets that were asked for from one thing, the first first. */
    ticketsOf: async (subject: string): Promise<Delivery[]> =>
      (
        await db
          .selectFrom('deliveries')
          .selectAll()
          .where('subject', '=', subject)
          .where('event', 'in', ['response.ticket', 'feedback.ticket', 'theme.ticket'])
          .orderBy('id')
          .execute()
      ).map(asDelivery),
    /** Lets nothing more of what a delivery was about go out, and keeps nothing of it. */
    forget: (subject: string, at: string): Promise<void> =>
      db.transaction().execute((trx) => forgetSubject(trx, subject, at)),

    /** Hooks that have been, or may have been, told of a response. */
    toldOf: async (subject: string): Promise<number[]> =>
      told(await tried().where('subject', '=', subject).where('event', '!=', 'response.withdrawn').execute()),
    /** Hooks that have been told of a response, or are still to be. */
    toldOrToBe: async (subject: string): Promise<number[]> =>
      told(
        await db
          .selectFrom('deliveries')
          .select('hookId')
          .distinct()
          .where('subject', '=', subject)
          .where('event', '=', 'response.completed')
          .where('state', '!=', 'held-back')
          .execute(),
      ),
    /** Hooks of a study that have been, or may have been, told of a person apart from any response. */
    toldOfPerson: async (studyId: number, personId: number): Promise<number[]> =>
      told(
        await tried()
          .where('subject', 'is', null)
          .where('personId', '=', personId)
          .where('hookId', 'in', (eb) => eb.selectFrom('hooks').select('hooks.id').where('hooks.studyId', '=', studyId))
          .execute(),
      ),
    /** What a hook's deliveries about a response, or about its person apart from any, made on the other side. */
    madeFrom: async (hookId: number, subject: string, personId: number | null): Promise<string[]> => {
      const rows = await db
        .selectFrom('deliveries')
        .select('made')
        .where('hookId', '=', hookId)
        .where((eb) =>
          eb.or([
            eb('subject', '=', subject),
            ...(personId === null ? [] : [eb.and([eb('subject', 'is', null), eb('personId', '=', personId)])]),
          ]),
        )
        .orderBy('id')
        .execute();
      return [...new Set(rows.flatMap((row) => JSON.parse(row.made) as string[]))];
    },

    /** Takes the next delivery that is due, of a hook that is not paused and has none under way. */
    claim: (at: string): Promise<Delivery | null> =>
      db.transaction().execute(async (trx) => {
        const next = await trx
          .selectFrom('deliveries')
          .innerJoin('hooks', 'hooks.id', 'deliveries.hookId')
          .select('deliveries.id')
          .where('deliveries.state', '=', 'waiting')
          .where('deliveries.dueAt', '<=', at)
          .where('hooks.pausedAt', 'is', null)
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom('deliveries as other')
                  .select('other.id')
                  .whereRef('other.hookId', '=', 'deliveries.hookId')
                  .where('other.state', '=', 'claimed'),
              ),
            ),
          )
          .orderBy('deliveries.dueAt')
          .orderBy('deliveries.id')
          .limit(1)
          .executeTakeFirst();
        if (!next) return null;
        const row = await trx
          .updateTable('deliveries')
          .set((eb) => ({ state: 'claimed', claimedAt: at, attempts: eb('attempts', '+', 1) }))
          .where('id', '=', next.id)
          .where('state', '=', 'waiting')
          .returningAll()
          .executeTakeFirst();
        return row ? asDelivery(row) : null;
      }),
    settle: (
      id: number,
      state: 'delivered' | 'failed' | 'given-up' | 'held-back' | 'skipped',
      attempt: Attempt,
      at: string,
    ): Promise<void> => settleIn(db, id, { state, settledAt: at }, attempt),
    /** Puts a claimed delivery back for another attempt; `isAttempt` false when nothing was tried. */
    putBack: (id: number, dueAt: string, attempt: Attempt, isAttempt = true): Promise<void> =>
      settleIn(db, id, { state: 'waiting', dueAt, settledAt: null, isAttempt }, attempt),
    /** Lets nothing of a hook go before a time, since its other side asked for a pause. */
    postpone: async (hookId: number, until: string): Promise<void> => {
      await db
        .updateTable('deliveries')
        .set({ dueAt: until })
        .where('hookId', '=', hookId)
        .where('state', '=', 'waiting')
        .where('dueAt', '<', until)
        .execute();
    },
    /** Everything that a process which is gone had claimed. */
    claimed: async (): Promise<(Delivery & { kind: string })[]> =>
      (
        await db
          .selectFrom('deliveries')
          .innerJoin('hooks', 'hooks.id', 'deliveries.hookId')
          .selectAll('deliveries')
          .select('hooks.kind')
          .where('deliveries.state', '=', 'claimed')
          .orderBy('deliveries.id')
          .execute()
      ).map((row) => ({ ...asDelivery(row), kind: row.kind })),

    /** A page of a hook's log, the newest first. */
    log: async (hookId: number, beforeId: number | null, limit: number): Promise<Delivery[]> => {
      let query = db
        .selectFrom('deliveries')
        .selectAll()
        .where('hookId', '=', hookId)
        .orderBy('id', 'desc')
        .limit(limit);
      if (beforeId !== null) query = query.where('id', '<', beforeId);
      return (await query.execute()).map(asDelivery);
    },
    find: async (hookId: number, publicId: string): Promise<Delivery | null> => {
      const row = await db
        .selectFrom('deliveries')
        .selectAll()
        .where('hookId', '=', hookId)
        .where('publicId', '=', publicId)
        .executeTakeFirst();
      return row ? asDelivery(row) : null;
    },
    findByOrigin: async (hookId: number, origin: string): Promise<Delivery | null> => {
      const row = await db
        .selectFrom('deliveries')
        .selectAll()
        .where('hookId', '=', hookId)
        .where('origin', '=', origin)
        .executeTakeFirst();
      return row ? asDelivery(row) : null;
    },
    /** How many deliveries of each hook of a study are in each state. */
    counts: async (studyId: number): Promise<Map<number, Partial<Record<DeliveryState, number>>>> => {
      const rows = await db
        .selectFrom('deliveries')
        .innerJoin('hooks', 'hooks.id', 'deliveries.hookId')
        .select(['deliveries.hookId', 'deliveries.state', ({ fn }) => fn.countAll().as('n')])
        .where('hooks.studyId', '=', studyId)
        .groupBy(['deliveries.hookId', 'deliveries.state'])
        .execute();
      const counts = new Map<number, Partial<Record<DeliveryState, number>>>();
      for (const { hookId, state, n } of rows)
        counts.set(Number(hookId), { ...counts.get(Number(hookId)), [state]: Number(n) });
      return counts;
    },
    /** Lets a settled delivery go once more. False when it is under way, waits already, or has nothing left to say. */
    replay: async (hookId: number, publicId: string, at: string): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('deliveries')
        .set({ state: 'waiting', attempts: 0, dueAt: at, settledAt: null, reason: null })
        .where('hookId', '=', hookId)
        .where('publicId', '=', publicId)
        .where('payload', '!=', '')
        .where('state', 'in', ['delivered', 'failed', 'given-up', 'skipped'])
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    /** Gives up what has waited since before a time, as it does for a hook that stays paused. */
    expire: async (before: string, at: string): Promise<void> => {
      await db
        .updateTable('deliveries')
        .set({ state: 'given-up', reason: EXPIRED, settledAt: at })
        .where('state', '=', 'waiting')
        .where('createdAt', '<', before)
        .execute();
    },
    /** Empties what was settled before a time; the lines of the log stay. */
    emptySettled: async (before: string): Promise<void> => {
      await db
        .updateTable('deliveries')
        .set({ payload: '', lastAnswer: null })
        .where('settledAt', '<', before)
        .where('payload', '!=', '')
        .execute();
    },

    /** The purposes that a person's responses in a study were given for, the latest first, with what was asked. */
    purposesOf: async (
      studyId: number,
      personIds: readonly number[],
    ): Promise<{ surveyVersionId: number; purposes: string[] }[]> => {
      if (personIds.length === 0) return [];
      const rows = await db
        .selectFrom('responses')
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .select(['responses.surveyVersionId', 'responses.purposes'])
        .where('responses.studyId', '=', studyId)
        .where('participations.personId', 'in', personIds)
        .where('responses.state', '!=', 'withdrawn')
        .where('responses.isTest', '=', 0)
        .orderBy('responses.startedAt', 'desc')
        .orderBy('responses.id', 'desc')
        .execute();
      return rows.map((row) => ({
        surveyVersionId: Number(row.surveyVersionId),
        purposes: JSON.parse(row.purposes) as string[],
      }));
    },
    /** A participation's person, and the name they have in the study. */
    participant: async (participationId: number): Promise<{ personId: number; pseudonym: string } | null> =>
      (await db
        .selectFrom('participations')
        .select(['personId', 'pseudonym'])
        .where('id', '=', participationId)
        .executeTakeFirst()) ?? null,
  };
}
