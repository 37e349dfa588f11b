import { type Selectable, sql } from 'kysely';
import type { Database } from './database.ts';
import type { Reach } from './personal-places.ts';
import { type PersonalRows, personalRows } from './personal-rows.ts';
import { standingOf } from './standing-of.ts';
import { partsOf, reachOfPeople, reachOfResponses } from './subject-reach.ts';
import type { Tables } from './tables.ts';
import { type ErasureCounts, forgetNamed, letGoWritten, takeAway } from './take-away.ts';

export type Erasure = Selectable<Tables['erasures']>;
/** Who is erased, by random ids that hold in every copy of the database. */
export type ErasedIds = { people: string[]; responses: string[]; interviews: string[]; feedback: string[] };

/** What is kept of people wherever they are, and the end of it. */
export function erasureStore({ kysely: db, engine }: Database) {
  return {
    reachOfPeople: (personIds: readonly number[], studyIds: readonly number[] | null) =>
      reachOfPeople(db, personIds, studyIds),
    reachOfResponses: (publicIds: readonly string[]) => reachOfResponses(db, publicIds),
    rows: (reach: Reach): Promise<PersonalRows[]> => personalRows(db, reach),
    standing: (reach: Reach) => standingOf(db, reach),
    /** A response with the survey as it was asked and its answers; null when there is none. */
    response: async (publicId: string) => {
      const response = await db
        .selectFrom('responses')
        .innerJoin('surveyVersions', 'surveyVersions.id', 'responses.surveyVersionId')
        .select(['responses.id', 'state', 'language', 'startedAt', 'completedAt', 'definition'])
        .where('responses.publicId', '=', publicId)
        .executeTakeFirst();
      if (!response) return null;
      const answers = await db
        .selectFrom('answers')
        .select(['item', 'state', 'value'])
        .where('responseId', '=', response.id)
        .execute();
      return { ...response, answers };
    },
    /** Words by `source version`. */
    textsOf: async (subjectId: string): Promise<Map<string, string>> =>
      new Map(
        (
          await db
            .selectFrom('sourceTexts')
            .select(['publicId', 'version', 'text'])
            .where('subjectId', '=', subjectId)
            .execute()
        ).map(({ publicId, version, text }) => [`${publicId} ${version}`, text]),
      ),

    /** Rows of the audit log that name somebody by one of their ids, and what was done. */
    audited: async (reach: Reach): Promise<{ at: string; action: string; outcome: string }[]> => {
      const found = new Map<number, { at: string; action: string; outcome: string }>();
      const ids = [...reach.personPublic, ...reach.responsePublic, ...reach.interviewPublic, ...reach.feedbackPublic];
      for (const id of ids)
        for (const { number, ...row } of await db
          .selectFrom('auditLog')
          .select(['number', 'at', 'action', 'outcome'])
          .where('object', 'like', `%${id}%`)
          .execute())
          found.set(Number(number), row);
      return [...found].sort(([a], [b]) => a - b).map(([, row]) => row);
    },

    /** Studies in which people are, that they answered or were spoken with in. */
    studiesOf: async (personIds: readonly number[]): Promise<number[]> => {
      const [participations, feedback, invited] = await Promise.all([
        db.selectFrom('participations').select('studyId').where('personId', 'in', personIds).execute(),
        db.selectFrom('feedback').select('studyId').where('personId', 'in', personIds).execute(),
        db
          .selectFrom('recruitingPeople')
          .innerJoin('recruitingRounds', 'recruitingRounds.id', 'recruitingPeople.roundId')
          .select('recruitingRounds.studyId')
          .where('recruitingPeople.personId', 'in', personIds)
          .execute(),
      ]);
      return [...new Set([...participations, ...feedback, ...invited].map(({ studyId }) => Number(studyId)))];
    },

    /** What they are known by in words: their ids and, of what is known of them, addresses and names that files may hold. */
    namesOf: async (reach: Reach): Promise<string[]> => {
      const names = new Set<string>();
      for (const part of partsOf(reach.person as number[])) {
        for (const { value } of await db
          .selectFrom('personIdentities')
          .select('value')
          .where('personId', 'in', part)
          .execute())
          names.add(value);
        for (const { value } of await db
          .selectFrom('attributes')
          .select('value')
          .where('personId', 'in', part)
          .execute()) {
          const told: unknown = JSON.parse(value);
          if (typeof told === 'string' && told.includes('@')) names.add(told);
        }
      }
      return [...names];
    },

    /** Notes what is to be erased before anything of it goes. A second try of the same is the first one gone on with. */
    begin: async (
      erasure: Omit<Erasure, 'id' | 'state' | 'counts' | 'doneAt' | 'reach'>,
      reach: Reach,
    ): Promise<void> => {
      await db
        .insertInto('erasures')
        .values({ ...erasure, reach: JSON.stringify(reach), state: 'begun', counts: '{}', doneAt: null })
        .onConflict((on) => on.column('publicId').doNothing())
        .execute();
    },
    underway: async (): Promise<(Omit<Erasure, 'reach'> & { reach: Reach })[]> =>
      (await db.selectFrom('erasures').selectAll().where('state', '=', 'begun').orderBy('id').execute()).map((row) => ({
        ...row,
        reach: JSON.parse(row.reach) as Reach,
      })),
    /** Ids of those that were carried through here. */
    done: async (): Promise<Set<string>> =>
      new Set(
        (await db.selectFrom('erasures').select('publicId').where('state', '=', 'done').execute()).map(
          ({ publicId }) => publicId,
        ),
      ),
    list: () =>
      db
        .selectFrom('erasures')
        .leftJoin('users', 'users.id', 'erasures.begunBy')
        .select(['erasures.publicId', 'kind', 'subject', 'state', 'counts', 'begunAt', 'doneAt', 'users.name as by'])
        .orderBy('erasures.id', 'desc')
        .execute(),

    /** Who is meant by ids of a ledger, in this database. */
    known: async ({ people, responses, interviews, feedback }: ErasedIds) => {
      const of = async (table: 'people' | 'interviews' | 'feedback', ids: readonly string[]) => {
        const found: { id: number; publicId: string }[] = [];
        for (const part of partsOf(ids))
          found.push(
            ...(await db.selectFrom(table).select(['id', 'publicId']).where('publicId', 'in', part).execute()),
          );
        return found;
      };
      const responsesKnown: string[] = [];
      for (const part of partsOf(responses))
        for (const { responseId } of await db
          .selectFrom('responseRecords')
          .select('responseId')
          .distinct()
          .where('responseId', 'in', part)
          .execute())
          responsesKnown.push(responseId);
      return {
        people: (await of('people', people)).map(({ id }) => Number(id)),
        responses: responsesKnown,
        interviews: await of('interviews', interviews),
        feedback: await of('feedback', feedback),
      };
    },

    /** Takes away everything by the list, in one transaction, after the roads of their own have been gone. */
    takeAway: (reach: Reach, before: ErasureCounts, at: string): Promise<ErasureCounts> =>
      db.transaction().execute((trx) => takeAway(trx, reach, before, at)),
    /**
     * Deletes what names somebody and points to nobody: messages that could not be read, and entries into draws.
     *
     * @param names ids and addresses of theirs, none of them short
     */
    forgetNamed: (reach: Reach, names: readonly string[]): Promise<Record<string, number>> =>
      db.transaction().execute((trx) => forgetNamed(trx, reach, names)),
    /** Empties what researchers wrote around the words, before these go. */
    letGoWritten: (reach: Reach, at: string): Promise<ErasureCounts> =>
      db.transaction().execute((trx) => letGoWritten(trx, reach, at)),

    /** From here on nothing of it is known here but that it was done. */
    finish: async (publicId: string, counts: ErasureCounts, at: string): Promise<void> => {
      await db
        .updateTable('erasures')
        .set({ state: 'done', reach: '', counts: JSON.stringify(counts), doneAt: at })
        .where('publicId', '=', publicId)
        .execute();
    },

    /**
     * Empties the journal of a file, so that its bytes go as well. Whoever reads just now keeps it from that.
     *
     * @returns false while somebody does; then the writer empties it once they are done
     */
    emptyJournal: async (): Promise<boolean> => {
      if (engine !== 'sqlite') return true;
      const { rows } = await sql<{ busy: number }>`pragma wal_checkpoint(truncate)`.execute(db);
      return rows[0]?.busy === 0;
    },
  };
}

export type Erasures = ReturnType<typeof erasureStore>;
