import { type Insertable, type Kysely, type Selectable, sql, type Updateable } from 'kysely';
import { newPublicId } from './identifiers.ts';
import { stillHolding } from './still-holding.ts';
import type { Tables } from './tables.ts';

export type Insight = Selectable<Tables['insights']> & { owner: string | null };
export type InsightStatus = Insight['status'];
export type Stance = 'for' | 'against';

/** Words that an insight rests on, with where they were said and whether they still stand there. */
export type Evidence = {
  id: number;
  publicId: string;
  insightId: number;
  sourceId: string;
  sourceVersion: number;
  spanStart: number;
  spanEnd: number;
  spanHash: string;
  codingId: number | null;
  stance: Stance;
  /** True where a correction touched the words since they were taken up. */
  isChanged: boolean;
  kind: string;
  subjectId: string;
  erasedAt: string | null;
  supersededAt: string | null;
  /** Who said it, as far as that is known: one person counts once however often they were asked. */
  speakerKey: string;
};
export type NewEvidence = Pick<
  Evidence,
  'sourceId' | 'sourceVersion' | 'spanStart' | 'spanEnd' | 'spanHash' | 'codingId' | 'stance'
>;
/** A claim of a persona: an insight in the persona's words. */
export type PersonaClaim = {
  publicId: string;
  personaId: number;
  persona: string;
  words: string;
  position: number;
  insightId: number;
  insight: string;
  statement: string;
  status: InsightStatus;
  /** What was decided because of the insight, and on which day; empty and null where nothing was, or nobody said when. */
  decision: string;
  decidedOn: string | null;
};

/** Insights, the words they rest on, and what personas claim because of them. */
export function insightStore(db: Kysely<Tables>) {
  const evidence = (studyId: number) =>
    db
      .selectFrom('insightEvidence')
      .innerJoin('sourceTexts', (on) =>
        on
          .onRef('sourceTexts.publicId', '=', 'insightEvidence.sourceId')
          .onRef('sourceTexts.version', '=', 'insightEvidence.sourceVersion'),
      )
      .leftJoin('interviews', 'interviews.publicId', 'sourceTexts.subjectId')
      .leftJoin('responses', 'responses.publicId', 'sourceTexts.subjectId')
      .leftJoin('participations', (on) =>
        on.on('participations.id', '=', sql`coalesce(interviews.participation_id, responses.participation_id)`),
      )
      .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
      .select([
        'insightEvidence.id',
        'insightEvidence.publicId',
        'insightEvidence.insightId',
        'insightEvidence.sourceId',
        'insightEvidence.sourceVersion',
        'insightEvidence.spanStart',
        'insightEvidence.spanEnd',
        'insightEvidence.spanHash',
        'insightEvidence.codingId',
        'insightEvidence.stance',
        'insightEvidence.isChanged',
        'sourceTexts.kind',
        'sourceTexts.subjectId',
        'sourceTexts.erasedAt',
        'sourceTexts.supersededAt',
      ])
      .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'participations.personId').as('personId'))
      .where('insightEvidence.studyId', '=', studyId)
      .where('insightEvidence.removedAt', 'is', null)
      .orderBy('insightEvidence.id');

  const read = async (query: ReturnType<typeof evidence>): Promise<Evidence[]> =>
    (await query.execute()).map(({ personId, isChanged, ...row }) => ({
      ...row,
      id: Number(row.id),
      insightId: Number(row.insightId),
      isChanged: isChanged === 1,
      speakerKey: personId === null ? row.subjectId : `person ${Number(personId)}`,
    }));

  const claims = (studyId: number) =>
    db
      .selectFrom('personaInsights')
      .innerJoin('insights', 'insights.id', 'personaInsights.insightId')
      .innerJoin('personas', 'personas.id', 'personaInsights.personaId')
      .select([
        'personaInsights.publicId',
        'personaInsights.personaId',
        'personas.publicId as persona',
        'personaInsights.words',
        'personaInsights.position',
        'personaInsights.insightId',
        'insights.publicId as insight',
        'insights.statement',
        'insights.status',
        'insights.decision',
        'insights.decidedOn',
      ])
      .where('personaInsights.studyId', '=', studyId)
      .where('personaInsights.removedAt', 'is', null)
      .orderBy('personaInsights.position')
      .orderBy('personaInsights.id');

  const insights = (studyId: number) =>
    db
      .selectFrom('insights')
      .leftJoin('users', 'users.id', 'insights.ownerId')
      .selectAll('insights')
      .select('users.name as owner')
      .where('insights.studyId', '=', studyId);

  return {
    add: (
      insight: Omit<Insertable<Tables['insights']>, 'id' | 'publicId'>,
    ): Promise<{ id: number; publicId: string }> =>
      db
        .insertInto('insights')
        .values({ ...insight, publicId: newPublicId() })
        .returning(['id', 'publicId'])
        .executeTakeFirstOrThrow(),
    /**
     * @param was what stood there when it was read; left out by whoever does not care
     * @returns false when something else stands there by now: nothing is kept then
     */
    change: async (
      insightId: number,
      patch: Updateable<Tables['insights']>,
      was: Partial<Omit<Insight, 'owner'>> = {},
    ): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('insights')
        .set(patch)
        .where('id', '=', insightId)
        .where(stillHolding<'insights'>(was))
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    find: async (studyId: number, publicId: string): Promise<Insight | null> =>
      (await insights(studyId).where('insights.publicId', '=', publicId).executeTakeFirst()) ?? null,
    /** The latest first. */
    list: (studyId: number): Promise<Insight[]> => insights(studyId).orderBy('insights.id', 'desc').execute(),

    /** What an insight rests on, or all of a study's. */
    evidenceOf: (studyId: number, insightId: number | null = null): Promise<Evidence[]> => {
      const query = evidence(studyId);
      return read(insightId === null ? query : query.where('insightEvidence.insightId', '=', insightId));
    },
    /** What rests on words of a text, in whatever version. */
    evidenceIn: (studyId: number, sourceId: string): Promise<Evidence[]> =>
      read(evidence(studyId).where('insightEvidence.sourceId', '=', sourceId)),
    /** Adds words that an insight rests on, once each; says how many were not there yet. */
    addEvidence: (
      insight: Pick<Insight, 'id' | 'studyId'>,
      rows: readonly NewEvidence[],
      addedBy: number | null,
      at: string,
    ): Promise<number> =>
      db.transaction().execute(async (trx) => {
        const known = await trx
          .selectFrom('insightEvidence')
          .select(['sourceId', 'sourceVersion', 'spanStart', 'spanEnd', 'stance'])
          .where('insightId', '=', insight.id)
          .where('removedAt', 'is', null)
          .execute();
        const keyOf = (row: Pick<NewEvidence, 'sourceId' | 'sourceVersion' | 'spanStart' | 'spanEnd'>) =>
          `${row.sourceId} ${row.sourceVersion} ${row.spanStart} ${row.spanEnd}`;
        const there = new Set(known.map(keyOf));
        const fresh = rows.filter((row) => !there.has(keyOf(row)) && there.add(keyOf(row)));
        for (const row of fresh)
          await trx
            .insertInto('insightEvidence')
            .values({
              ...row,
              studyId: insight.studyId,
              insightId: insight.id,
              publicId: newPublicId(),
              addedBy,
              addedAt: at,
              removedAt: null,
            })
            .execute();
        await trx.updateTable('insights').set({ changedAt: at }).where('id', '=', insight.id).execute();
        return fresh.length;
      }),
    /** False where it is not among the insight's evidence. */
    changeEvidence: async (
      insight: Pick<Insight, 'id'>,
      publicId: string,
      patch: Pick<Updateable<Tables['insightEvidence']>, 'stance' | 'removedAt' | 'isChanged'>,
    ): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('insightEvidence')
        .set(patch)
        .where('insightId', '=', insight.id)
        .where('publicId', '=', publicId)
        .where('removedAt', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    /** What a persona claims because of insights, in its order. */
    claimsOf: (studyId: number, personaId: number): Promise<PersonaClaim[]> =>
      claims(studyId).where('personaInsights.personaId', '=', personaId).execute(),
    /** Which personas claim something because of an insight; null for all insights. */
    claimsBy: (studyId: number, insightIds: readonly number[] | null): Promise<PersonaClaim[]> => {
      if (insightIds?.length === 0) return Promise.resolve([]);
      const query = claims(studyId);
      return (insightIds === null ? query : query.where('personaInsights.insightId', 'in', insightIds)).execute();
    },
    /** Lets a persona claim it, after all that it claims already. */
    claim: (
      claim: { studyId: number; personaId: number; insightId: number; words: string; createdBy: number | null },
      at: string,
    ): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const last = await trx
          .selectFrom('personaInsights')
          .select(({ fn }) => fn.max('position').as('position'))
          .where('personaId', '=', claim.personaId)
          .executeTakeFirst();
        await trx
          .insertInto('personaInsights')
          .values({
            ...claim,
            publicId: newPublicId(),
            position: Number(last?.position ?? 0) + 1,
            createdAt: at,
            removedAt: null,
          })
          .execute();
      }),
    /** Takes a claim away, or moves it before the one above it. False where there is no such claim. */
    changeClaim: (studyId: number, publicId: string, how: 'remove' | 'up', at: string): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const row = await trx
          .selectFrom('personaInsights')
          .selectAll()
          .where('studyId', '=', studyId)
          .where('publicId', '=', publicId)
          .where('removedAt', 'is', null)
          .executeTakeFirst();
        if (!row) return false;
        const change = (id: number, patch: Updateable<Tables['personaInsights']>) =>
          trx.updateTable('personaInsights').set(patch).where('id', '=', id).execute();
        if (how === 'remove') {
          await change(row.id, { removedAt: at });
          return true;
        }
        const above = await trx
          .selectFrom('personaInsights')
          .select(['id', 'position'])
          .where('personaId', '=', row.personaId)
          .where('removedAt', 'is', null)
          .where('position', '<', row.position)
          .orderBy('position', 'desc')
          .limit(1)
          .executeTakeFirst();
        if (above) {
          await change(row.id, { position: above.position });
          await change(above.id, { position: row.position });
        }
        return true;
      }),

    /** How many people there are to rest an insight on: in interviews whose words stand, and in responses that count. */
    peopleThere: async (studyId: number): Promise<{ interviews: number; answers: number }> => {
      const interviews = await db
        .selectFrom('interviews')
        .innerJoin('sourceTexts', 'sourceTexts.subjectId', 'interviews.publicId')
        .leftJoin('participations', 'participations.id', 'interviews.participationId')
        .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
        .select((eb) => [
          'interviews.publicId',
          eb.fn.coalesce('personLinks.canonicalId', 'participations.personId').as('personId'),
        ])
        .distinct()
        .where('interviews.studyId', '=', studyId)
        .where('sourceTexts.erasedAt', 'is', null)
        .execute();
      const answers = await db
        .selectFrom('sourceTexts')
        .select(({ fn }) => fn.count('subjectId').distinct().as('n'))
        .where('studyId', '=', studyId)
        .where('kind', '=', 'answer')
        .where('erasedAt', 'is', null)
        .executeTakeFirst();
      return {
        interviews: new Set(
          interviews.map(({ publicId, personId }) => (personId === null ? publicId : `person ${Number(personId)}`)),
        ).size,
        answers: Number(answers?.n ?? 0),
      };
    },

    /** Notes that somebody looked at an insight or a persona again. */
    review: async (review: Omit<Insertable<Tables['evidenceReviews']>, 'id'>): Promise<void> => {
      await db.insertInto('evidenceReviews').values(review).execute();
    },
    /** When insights or personas were last looked at again, by their public ids. */
    reviews: async (studyId: number, subjectKind: 'insight' | 'persona'): Promise<Map<string, string>> =>
      new Map(
        (
          await db
            .selectFrom('evidenceReviews')
            .select(['subjectId', ({ fn }) => fn.max('reviewedAt').as('last')])
            .where('studyId', '=', studyId)
            .where('subjectKind', '=', subjectKind)
            .groupBy('subjectId')
            .execute()
        ).map(({ subjectId, last }) => [subjectId, String(last)]),
      ),
  };
}
