import type { Kysely, Selectable } from 'kysely';
import type { CodingRow } from '../coding/round-marks.ts';
import { blindAnswers, blindSources } from './blind-words.ts';
import type { Database } from './database.ts';
import { isInTexts } from './dialect.ts';
import { newPublicId } from './identifiers.ts';
import { countedResponses } from './responses.ts';
import type { Tables } from './tables.ts';

/** How answers were drawn: which of them, with what seed, out of how many. */
export type RoundDraw = { seed: number; of: number; from: string };
export type CodingRound = Omit<Selectable<Tables['codingRounds']>, 'codes' | 'drawn' | 'isBlind'> & {
  codes: string[];
  drawn: RoundDraw | null;
  isBlind: boolean;
};
export type RoundText = { sourceId: string; subjectId: string };
export type RoundCoder = { userId: number; name: string; doneAt: string | null };
export type RoundDecision = Omit<Selectable<Tables['codingDecisions']>, 'codings' | 'removedAt'> & {
  codings: string[];
  by: string | null;
};

const ROWS_AT_ONCE = 300;

/** Rounds in which several researchers code the same words, and what is decided where they disagree. */
export function codingRoundStore({ kysely: db, engine }: Database) {
  const read = (row: Selectable<Tables['codingRounds']>): CodingRound => ({
    ...row,
    id: Number(row.id),
    studyId: Number(row.studyId),
    minimum: Number(row.minimum),
    codes: JSON.parse(row.codes) as string[],
    drawn: row.drawn === null ? null : (JSON.parse(row.drawn) as RoundDraw),
    isBlind: row.isBlind === 1,
  });

  return {
    /** Writes a round with its texts and coders, or nothing. */
    add: (
      round: Pick<
        CodingRound,
        'studyId' | 'name' | 'kind' | 'unit' | 'codes' | 'drawn' | 'minimum' | 'isBlind' | 'createdBy' | 'createdAt'
      >,
      texts: readonly RoundText[],
      coders: readonly number[],
    ): Promise<CodingRound> =>
      db.transaction().execute(async (trx) => {
        const row = await trx
          .insertInto('codingRounds')
          .values({
            ...round,
            publicId: newPublicId(),
            codes: JSON.stringify(round.codes),
            drawn: round.drawn === null ? null : JSON.stringify(round.drawn),
            isBlind: round.isBlind ? 1 : 0,
            openedAt: null,
            taken: null,
            measured: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        const rows = texts.map((text, index) => ({ ...text, roundId: row.id, position: index + 1 }));
        for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
          await trx
            .insertInto('codingRoundTexts')
            .values(rows.slice(from, from + ROWS_AT_ONCE))
            .execute();
        await trx
          .insertInto('codingRoundCoders')
          .values(coders.map((userId, index) => ({ roundId: row.id, userId, position: index + 1, doneAt: null })))
          .execute();
        return read(row);
      }),
    find: async (studyId: number, publicId: string): Promise<CodingRound | null> => {
      const row = await db
        .selectFrom('codingRounds')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst();
      return row ? read(row) : null;
    },
    /** The newest first. */
    list: async (studyId: number): Promise<CodingRound[]> =>
      (
        await db.selectFrom('codingRounds').selectAll().where('studyId', '=', studyId).orderBy('id', 'desc').execute()
      ).map(read),
    texts: (roundId: number): Promise<RoundText[]> =>
      db
        .selectFrom('codingRoundTexts')
        .select(['sourceId', 'subjectId'])
        .where('roundId', '=', roundId)
        .orderBy('position')
        .execute(),
    coders: async (roundId: number): Promise<RoundCoder[]> =>
      (
        await db
          .selectFrom('codingRoundCoders')
          .innerJoin('users', 'users.id', 'codingRoundCoders.userId')
          .select(['codingRoundCoders.userId', 'users.name', 'codingRoundCoders.doneAt'])
          .where('roundId', '=', roundId)
          .orderBy('position')
          .execute()
      ).map((row) => ({ ...row, userId: Number(row.userId) })),

    /**
     * The rounds that wait for somebody to code, the newest first.
     *
     * @param subjectId an interview's or a response's, for those alone that it is in; null for all
     */
    waitingFor: async (studyId: number, userId: number, subjectId: string | null = null): Promise<CodingRound[]> => {
      let query = db
        .selectFrom('codingRounds')
        .innerJoin('codingRoundCoders', 'codingRoundCoders.roundId', 'codingRounds.id')
        .selectAll('codingRounds')
        .where('codingRounds.studyId', '=', studyId)
        .where('codingRounds.openedAt', 'is', null)
        .where('codingRoundCoders.userId', '=', userId)
        .where('codingRoundCoders.doneAt', 'is', null)
        .orderBy('codingRounds.id', 'desc');
      if (subjectId !== null)
        query = query.where(({ exists, selectFrom }) =>
          exists(
            selectFrom('codingRoundTexts')
              .select('codingRoundTexts.position')
              .whereRef('codingRoundTexts.roundId', '=', 'codingRounds.id')
              .where('codingRoundTexts.subjectId', '=', subjectId),
          ),
        );
      return (await query.execute()).map(read);
    },
    /** A blind round that somebody codes, whose results are not open yet and in which the subject is; null for none. */
    blindRoundOf: async (studyId: number, subjectId: string, userId: number): Promise<CodingRound | null> => {
      const row = await blindRounds(db, studyId, userId)
        .where(({ exists, selectFrom }) =>
          exists(
            selectFrom('codingRoundTexts')
              .select('codingRoundTexts.position')
              .whereRef('codingRoundTexts.roundId', '=', 'codingRounds.id')
              .where('codingRoundTexts.subjectId', '=', subjectId),
          ),
        )
        .executeTakeFirst();
      return row ? read(row) : null;
    },
    /** The words of a study that somebody codes blind just now: they see of them only what they coded themselves. */
    hiddenSources: async (studyId: number, userId: number): Promise<Set<string>> => {
      if ((await blindRounds(db, studyId, userId).execute()).length === 0) return new Set();
      return new Set((await blindSources(db, userId).execute()).map(({ sourceId }) => sourceId));
    },
    /** The words of a study that anybody codes blind just now. */
    blindNow: async (studyId: number): Promise<Set<string>> => {
      const coders = await db
        .selectFrom('codingRounds')
        .innerJoin('codingRoundCoders', 'codingRoundCoders.roundId', 'codingRounds.id')
        .select('codingRoundCoders.userId')
        .distinct()
        .where('codingRounds.studyId', '=', studyId)
        .where('codingRounds.isBlind', '=', 1)
        .where('codingRounds.openedAt', 'is', null)
        .execute();
      const found = new Set<string>();
      for (const { userId } of coders)
        for (const { sourceId } of await blindSources(db, Number(userId)).execute()) found.add(sourceId);
      return found;
    },
    /** Of some answers those that somebody codes blind, each with its round. */
    blindAnswers: async (
      userId: number,
      sourceIds: readonly string[],
    ): Promise<{ roundId: number; sourceId: string }[]> =>
      (
        await blindAnswers(db, userId)
          .where(({ ref }) => isInTexts(engine, ref('codingRoundTexts.sourceId'), sourceIds))
          .execute()
      ).map((row) => ({ ...row, roundId: Number(row.roundId) })),

    setDone: async (roundId: number, userId: number, at: string | null): Promise<void> => {
      await db
        .updateTable('codingRoundCoders')
        .set({ doneAt: at })
        .where('roundId', '=', roundId)
        .where('userId', '=', userId)
        .execute();
    },
    /** Opens what came of a round, with who had coded what; false when somebody was faster. */
    open: async (roundId: number, taken: string, at: string): Promise<boolean> => {
      const done = await db
        .updateTable('codingRounds')
        .set({ taken, openedAt: at })
        .where('id', '=', roundId)
        .where('openedAt', 'is', null)
        .executeTakeFirst();
      return done.numUpdatedRows > 0n;
    },
    /** Keeps what was measured, once. */
    measure: async (roundId: number, measured: string): Promise<void> => {
      await db
        .updateTable('codingRounds')
        .set({ measured })
        .where('id', '=', roundId)
        .where('measured', 'is', null)
        .execute();
    },

    reads: async (roundId: number): Promise<{ userId: number; sourceId: string }[]> =>
      (
        await db.selectFrom('codingRoundReads').select(['userId', 'sourceId']).where('roundId', '=', roundId).execute()
      ).map((row) => ({ ...row, userId: Number(row.userId) })),
    markRead: async (roundId: number, userId: number, sourceIds: readonly string[], at: string): Promise<void> => {
      if (sourceIds.length === 0) return;
      await db
        .insertInto('codingRoundReads')
        .values(sourceIds.map((sourceId) => ({ roundId, userId, sourceId, readAt: at })))
        .onConflict((on) => on.columns(['roundId', 'userId', 'sourceId']).doNothing())
        .execute();
    },

    /** What coders put on sources by themselves: no consensus, nothing that was only proposed. */
    codings: async (
      studyId: number,
      sourceIds: readonly string[],
      of: { coderIds: readonly number[]; codeIds: readonly number[] },
    ): Promise<CodingRow[]> => {
      if (of.coderIds.length === 0 || of.codeIds.length === 0) return [];
      const rows = await db
        .selectFrom('codings')
        .select(['id', 'publicId', 'codeId', 'coderId', 'sourceId', 'sourceVersion', 'spanStart', 'spanEnd', 'counts'])
        .where('studyId', '=', studyId)
        .where('removedAt', 'is', null)
        .where('layer', '=', 'human')
        .where('coderId', 'in', of.coderIds)
        .where('codeId', 'in', of.codeIds)
        .where(({ ref }) => isInTexts(engine, ref('sourceId'), sourceIds))
        .orderBy('id')
        .execute();
      return rows.map((row) => ({
        ...row,
        id: Number(row.id),
        codeId: Number(row.codeId),
        coderId: Number(row.coderId),
      }));
    },
    /** How many codings each coder has on sources. */
    countByCoder: async (studyId: number, sourceIds: readonly string[]): Promise<Map<number, number>> => {
      const rows = await db
        .selectFrom('codings')
        .select(({ fn }) => ['coderId', fn.countAll().as('n')])
        .where('studyId', '=', studyId)
        .where('removedAt', 'is', null)
        .where('layer', '=', 'human')
        .where(({ ref }) => isInTexts(engine, ref('sourceId'), sourceIds))
        .groupBy('coderId')
        .execute();
      return new Map(rows.flatMap(({ coderId, n }) => (coderId === null ? [] : [[Number(coderId), Number(n)]])));
    },
    /** The words of sources as they stand now; those that were erased are not there. */
    standing: async (studyId: number, sourceIds: readonly string[]) =>
      db
        .selectFrom('sourceTexts')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('erasedAt', 'is', null)
        .where('supersededAt', 'is', null)
        .where(({ ref }) => isInTexts(engine, ref('publicId'), sourceIds))
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('sourceTexts as later')
                .select('later.id')
                .whereRef('later.publicId', '=', 'sourceTexts.publicId')
                .whereRef('later.version', '>', 'sourceTexts.version'),
            ),
          ),
        )
        .execute(),
    /** The answers to an open question that count, in an order that does not depend on when they came. */
    answersTo: async (surveyId: number, item: string): Promise<RoundText[]> =>
      countedResponses(db)
        .innerJoin('sourceTexts', 'sourceTexts.subjectId', 'responses.publicId')
        .select(['sourceTexts.publicId as sourceId', 'sourceTexts.subjectId'])
        .where('responses.surveyId', '=', surveyId)
        .where('sourceTexts.kind', '=', 'answer')
        .where('sourceTexts.item', '=', item)
        .where('sourceTexts.erasedAt', 'is', null)
        .groupBy(['sourceTexts.publicId', 'sourceTexts.subjectId'])
        .orderBy('sourceTexts.publicId')
        .execute(),

    /** Every source and code of a study that was decided on, as `source code`. */
    decidedPlaces: async (studyId: number): Promise<Set<string>> => {
      const rows = await db
        .selectFrom('codingDecisions')
        .select(['sourceId', 'codeId'])
        .where('studyId', '=', studyId)
        .where('removedAt', 'is', null)
        .execute();
      return new Set(rows.map(({ sourceId, codeId }) => `${sourceId} ${Number(codeId)}`));
    },
    /** What stands of what was decided. */
    decisions: async (roundId: number): Promise<RoundDecision[]> =>
      (
        await db
          .selectFrom('codingDecisions')
          .leftJoin('users', 'users.id', 'codingDecisions.decidedBy')
          .selectAll('codingDecisions')
          .select('users.name as by')
          .where('roundId', '=', roundId)
          .where('removedAt', 'is', null)
          .orderBy('codingDecisions.id')
          .execute()
      ).map(({ removedAt: _, codings, ...row }) => ({
        ...row,
        id: Number(row.id),
        codeId: Number(row.codeId),
        coderId: row.coderId === null ? null : Number(row.coderId),
        codings: JSON.parse(codings) as string[],
      })),
  };
}

const blindRounds = (db: Kysely<Tables>, studyId: number, userId: number) =>
  db
    .selectFrom('codingRounds')
    .innerJoin('codingRoundCoders', 'codingRoundCoders.roundId', 'codingRounds.id')
    .selectAll('codingRounds')
    .where('codingRounds.studyId', '=', studyId)
    .where('codingRounds.isBlind', '=', 1)
    .where('codingRounds.openedAt', 'is', null)
    .where('codingRoundCoders.userId', '=', userId)
    .orderBy('codingRounds.id');
