import { sql } from 'kysely';
import type { Database } from './database.ts';
import { isInTexts } from './dialect.ts';
import { newPublicId } from './identifiers.ts';

export type MaskDecision = {
  publicId: string;
  sourceId: string;
  sourceVersion: number;
  spanStart: number;
  spanEnd: number;
  verdict: string;
  /** What a span hidden by hand is; null where nobody said. */
  kind: string | null;
  decidedAt: string;
  author: string | null;
};
export type NewDisclosure = {
  studyId: number;
  surveyId: number | null;
  kind: 'view' | 'export';
  subject: string;
  reason: string;
  userId: number | null;
  at: string;
};

/** What researchers decided of masks, and who had words without them. */
export function maskStore({ kysely: db, engine }: Database) {
  return {
    /** The decisions that hold, of some sources. */
    decisionsOf: async (studyId: number, sourceIds: readonly string[]): Promise<MaskDecision[]> =>
      sourceIds.length === 0
        ? []
        : db
            .selectFrom('maskDecisions')
            .leftJoin('users', 'users.id', 'maskDecisions.decidedBy')
            .select([
              'maskDecisions.publicId',
              'sourceId',
              'sourceVersion',
              'spanStart',
              'spanEnd',
              'verdict',
              'kind',
              'decidedAt',
              'users.name as author',
            ])
            .where('studyId', '=', studyId)
            .where('undoneAt', 'is', null)
            .where((eb) => isInTexts(engine, eb.ref('sourceId'), sourceIds))
            .orderBy('maskDecisions.id')
            .execute(),
    /** Where researchers hid words by hand in what was said in some interviews or responses, with the texts around. */
    hiddenIn: async (studyId: number, subjectIds: readonly string[]) =>
      subjectIds.length === 0
        ? []
        : db
            .selectFrom('maskDecisions')
            .innerJoin('sourceTexts', (on) =>
              on
                .onRef('sourceTexts.publicId', '=', 'maskDecisions.sourceId')
                .onRef('sourceTexts.version', '=', 'maskDecisions.sourceVersion'),
            )
            .select(['sourceTexts.subjectId', 'sourceTexts.text', 'spanStart', 'spanEnd'])
            .where('maskDecisions.studyId', '=', studyId)
            .where('maskDecisions.verdict', '=', 'masked')
            .where('undoneAt', 'is', null)
            .where('sourceTexts.erasedAt', 'is', null)
            .where((eb) => isInTexts(engine, eb.ref('sourceTexts.subjectId'), subjectIds))
            .execute(),
    /** Keeps what was decided of a span, in the place of what was decided of the same span before. */
    decide: (
      decision: {
        studyId: number;
        sourceId: string;
        sourceVersion: number;
        spanStart: number;
        spanEnd: number;
        verdict: 'open' | 'masked';
        kind?: string | null;
      },
      userId: number | null,
      at: string,
    ): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx
          .updateTable('maskDecisions')
          .set({ undoneBy: userId, undoneAt: at })
          .where('studyId', '=', decision.studyId)
          .where('sourceId', '=', decision.sourceId)
          .where('sourceVersion', '=', decision.sourceVersion)
          .where('spanStart', '=', decision.spanStart)
          .where('spanEnd', '=', decision.spanEnd)
          .where('undoneAt', 'is', null)
          .execute();
        await trx
          .insertInto('maskDecisions')
          .values({
            ...decision,
            publicId: newPublicId(),
            decidedBy: userId,
            decidedAt: at,
            undoneBy: null,
            undoneAt: null,
          })
          .execute();
      }),
    undo: async (
      studyId: number,
      sourceIds: readonly string[],
      publicId: string,
      userId: number | null,
      at: string,
    ): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('maskDecisions')
        .set({ undoneBy: userId, undoneAt: at })
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .where((eb) => isInTexts(engine, eb.ref('sourceId'), sourceIds))
        .where('undoneAt', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    /** How many decisions of each kind hold in a survey's answers. */
    counts: async (surveyId: number): Promise<{ open: number; masked: number }> => {
      const rows = await db
        .selectFrom('maskDecisions')
        .innerJoin('sourceTexts', (on) =>
          on
            .onRef('sourceTexts.publicId', '=', 'maskDecisions.sourceId')
            .onRef('sourceTexts.version', '=', 'maskDecisions.sourceVersion'),
        )
        .innerJoin('responses', 'responses.publicId', 'sourceTexts.subjectId')
        .select(['verdict', ({ fn }) => fn.countAll().as('n')])
        .where('responses.surveyId', '=', surveyId)
        .where('sourceTexts.erasedAt', 'is', null)
        .where('undoneAt', 'is', null)
        .groupBy('verdict')
        .execute();
      const of = (verdict: string) => Number(rows.find((row) => row.verdict === verdict)?.n ?? 0);
      return { open: of('open'), masked: of('masked') };
    },
    /** Notes who had words unmasked; looking at the same again on one day is one entry. */
    disclose: async ({ at, ...disclosure }: NewDisclosure): Promise<void> => {
      const day = at.slice(0, 10);
      const { kind, subject, reason, studyId, surveyId, userId } = disclosure;
      const again = sql`select 1 from disclosures where kind = 'view' and study_id = ${studyId} and subject = ${subject}
        and day = ${day} and coalesce(user_id, 0) = ${userId ?? 0}`;
      if (kind === 'view' && (await again.execute(db)).rows.length > 0) return;
      await db
        .insertInto('disclosures')
        .values({ kind, subject, reason, studyId, surveyId, userId, day, madeAt: at })
        .execute();
    },
    /** Who had words of a survey unmasked, latest first. */
    disclosures: (surveyId: number, limit: number) =>
      db
        .selectFrom('disclosures')
        .leftJoin('users', 'users.id', 'disclosures.userId')
        .select(['disclosures.kind', 'subject', 'reason', 'madeAt', 'users.name as user'])
        .where('surveyId', '=', surveyId)
        .orderBy('disclosures.id', 'desc')
        .limit(limit)
        .execute(),
    countDisclosures: async (surveyId: number): Promise<number> =>
      Number(
        (
          await db
            .selectFrom('disclosures')
            .select(({ fn }) => fn.countAll().as('n'))
            .where('surveyId', '=', surveyId)
            .executeTakeFirst()
        )?.n ?? 0,
      ),
  };
}
