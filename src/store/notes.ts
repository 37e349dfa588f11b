import { type Insertable, type Kysely, type Selectable, sql } from 'kysely';
import { isShownTo, standsFor } from './blind-words.ts';
import { holdInterviewNumbered } from './held-interview.ts';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export type Interview = Selectable<Tables['interviews']>;
export type SourceText = Selectable<Tables['sourceTexts']>;
export type NewSourceText = Omit<Insertable<Tables['sourceTexts']>, 'id' | 'erasedAt'>;
export type NewInterview = Omit<Insertable<Tables['interviews']>, 'id'>;
export type Code = Selectable<Tables['codes']>;
export type Coding = Selectable<Tables['codings']>;
/**
 * Which codings are meant: of some sources, or of one code.
 *
 * `viewer` sees nothing that others coded where they code blind; without one nothing is hidden. `withOwn` adds what the
 * viewer coded blind there and what does not count yet.
 */
type CodingsAsked = { sourceIds?: readonly string[]; codeId?: number; viewer?: number | null; withOwn?: boolean };

/** Interviews, the words kept whole, the codebook, and which words carry which code. */
export function noteStore(db: Kysely<Tables>) {
  return {
    /** An interview with its words and consent, together or not at all. */
    addInterview: (
      interview: NewInterview,
      sources: readonly NewSourceText[],
      consent: { purposes: string[]; textVersion: string; language: string },
    ): Promise<Interview> =>
      db.transaction().execute(async (trx) => {
        const added = await trx.insertInto('interviews').values(interview).returningAll().executeTakeFirstOrThrow();
        await trx
          .insertInto('interviewStates')
          .values({
            interviewId: added.id,
            state: added.state,
            note: '',
            madeBy: interview.createdBy ?? null,
            madeAt: interview.createdAt,
          })
          .execute();
        for (let from = 0; from < sources.length; from += 100) {
          const rows = sources.slice(from, from + 100).map((source) => ({ ...source, erasedAt: null }));
          await trx.insertInto('sourceTexts').values(rows).execute();
        }
        await trx
          .insertInto('consents')
          .values({
            studyId: interview.studyId,
            subjectKind: 'interview',
            subjectId: interview.publicId,
            purposes: JSON.stringify(consent.purposes),
            textVersion: consent.textVersion,
            language: consent.language,
            givenAt: interview.createdAt,
            withdrawnAt: null,
          })
          .execute();
        return added;
      }),
    /** Says whose an interview is; null for nobody in particular. */
    /** @throws Problem `conflict` for an interview that was withdrawn */
    linkInterview: (interviewId: number, participationId: number | null): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await holdInterviewNumbered(trx, interviewId);
        await trx.updateTable('interviews').set({ participationId }).where('id', '=', interviewId).execute();
      }),
    interviews: (studyId: number): Promise<Interview[]> =>
      db.selectFrom('interviews').selectAll().where('studyId', '=', studyId).orderBy('heldOn').orderBy('id').execute(),
    /** Without those whose participant took everything back. */
    countInterviews: async (studyId: number) =>
      Number(
        (
          await db
            .selectFrom('interviews')
            .select(({ fn }) => fn.countAll().as('n'))
            .where('studyId', '=', studyId)
            .where(({ not, exists, selectFrom }) =>
              not(
                exists(
                  selectFrom('withdrawals')
                    .select('withdrawals.id')
                    .whereRef('withdrawals.interviewId', '=', 'interviews.publicId'),
                ),
              ),
            )
            .executeTakeFirst()
        )?.n ?? 0,
      ),
    findInterview: async (studyId: number, publicId: string): Promise<Interview | null> =>
      (await db
        .selectFrom('interviews')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,

    /** Everything said under one subject as it stands, in order: an interview's moment and turns, or a response's answers. */
    sourcesOf: (studyId: number, subjectId: string): Promise<SourceText[]> =>
      db
        .selectFrom('sourceTexts')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('subjectId', '=', subjectId)
        .where('supersededAt', 'is', null)
        .orderBy('position')
        .orderBy('id')
        .execute(),
    /** Everything that was said under one subject, in every version. */
    versionsOfSubject: (studyId: number, subjectId: string): Promise<SourceText[]> =>
      db
        .selectFrom('sourceTexts')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('subjectId', '=', subjectId)
        .orderBy('id')
        .execute(),
    /** Every version of one text, the first first. */
    versionsOf: (studyId: number, publicId: string): Promise<SourceText[]> =>
      db
        .selectFrom('sourceTexts')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .orderBy('version')
        .execute(),
    findSource: async (studyId: number, publicId: string, version: number): Promise<SourceText | null> =>
      (await db
        .selectFrom('sourceTexts')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .where('version', '=', version)
        .executeTakeFirst()) ?? null,
    findSources: async (studyId: number, publicIds: readonly string[]): Promise<SourceText[]> => {
      const found: SourceText[] = [];
      for (let from = 0; from < publicIds.length; from += 500) {
        found.push(
          ...(await db
            .selectFrom('sourceTexts')
            .selectAll()
            // The sign keeps SQLite from looking through everything said in the study for a few ids.
            .where(sql<number>`+source_texts.study_id`, '=', studyId)
            .where('publicId', 'in', publicIds.slice(from, from + 500))
            .execute()),
        );
      }
      return found;
    },

    codes: (studyId: number) =>
      db
        .selectFrom('codes')
        .leftJoin('codings', (on) =>
          on.onRef('codings.codeId', '=', 'codes.id').on('codings.removedAt', 'is', null).on('codings.counts', '=', 1),
        )
        .selectAll('codes')
        .select(({ fn }) => fn.count<number>('codings.id').as('uses'))
        .where('codes.studyId', '=', studyId)
        .where('codes.retiredAt', 'is', null)
        .groupBy('codes.id')
        .orderBy('codes.name')
        .execute(),
    findCode: async (studyId: number, publicId: string): Promise<Code | null> =>
      (await db
        .selectFrom('codes')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    codeById: async (codeId: number): Promise<Code | null> =>
      (await db.selectFrom('codes').selectAll().where('id', '=', codeId).executeTakeFirst()) ?? null,
    /** The code of that name, made when the study has none. */
    codeNamed: (studyId: number, name: string, definition: string, at: string): Promise<Code> =>
      addCodeNamed(db, { studyId, name, definition }, at),
    hasHumanValues: async (studyId: number): Promise<boolean> =>
      (await db
        .selectFrom('codes')
        .select('id')
        .where('studyId', '=', studyId)
        .where('humanValue', 'is not', null)
        .limit(1)
        .executeTakeFirst()) !== undefined,
    /** Adds the codes of human values that are missing, each under the one it belongs to; says how many were. */
    addHumanValues: (
      studyId: number,
      values: readonly { key: string; name: string; definition: string; within: string | null }[],
      at: string,
    ): Promise<number> =>
      db.transaction().execute(async (trx) => {
        const ids = new Map<string, number>();
        let added = 0;
        for (const { key, name, definition, within } of values) {
          const own = trx.selectFrom('codes').select(['id', 'retiredAt']).where('studyId', '=', studyId);
          const known =
            (await own.where('humanValue', '=', key).executeTakeFirst()) ??
            (await own.where('name', '=', name).executeTakeFirst());
          const parentId = within === null ? null : (ids.get(within) ?? null);
          if (!known || known.retiredAt !== null) added += 1;
          const { id } = known
            ? await trx
                .updateTable('codes')
                .set({ humanValue: key, parentId, retiredAt: null, mergedInto: null })
                .where('id', '=', known.id)
                .returning('id')
                .executeTakeFirstOrThrow()
            : await trx
                .insertInto('codes')
                .values({
                  studyId,
                  publicId: newPublicId(),
                  parentId,
                  name,
                  definition,
                  humanValue: key,
                  createdAt: at,
                  retiredAt: null,
                })
                .returning('id')
                .executeTakeFirstOrThrow();
          ids.set(key, Number(id));
        }
        return added;
      }),
    findCoding: async (studyId: number, publicId: string): Promise<Coding | null> =>
      (await db
        .selectFrom('codings')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .where('removedAt', 'is', null)
        .executeTakeFirst()) ?? null,
    /** Codings by their ids, in whichever study, those that were taken away among them. */
    codingsCalled: async (publicIds: readonly string[]): Promise<Coding[]> =>
      publicIds.length === 0
        ? []
        : db.selectFrom('codings').selectAll().where('publicId', 'in', publicIds).orderBy('id').execute(),
    /** The codings that stand and count, of some sources or of one code, with the code's name. */
    codings: async (studyId: number, of: CodingsAsked) => {
      let query = db
        .selectFrom('codings')
        .innerJoin('codes', 'codes.id', 'codings.codeId')
        .selectAll('codings')
        .select(['codes.name as codeName', 'codes.publicId as codePublicId'])
        .where('codings.studyId', '=', studyId)
        .where('codings.removedAt', 'is', null)
        .where(({ ref }) => {
          const coding = { sourceId: ref('codings.sourceId'), coderId: ref('codings.coderId') };
          return of.withOwn
            ? standsFor(db, of.viewer ?? null, { ...coding, counts: ref('codings.counts') })
            : isShownTo(db, of.viewer ?? null, coding);
        })
        .orderBy('codings.id');
      if (!of.withOwn) query = query.where('codings.counts', '=', 1);
      // What was coded with a code that was taken out is seen on that code's own page alone.
      query =
        of.codeId === undefined
          ? query.where('codes.retiredAt', 'is', null)
          : query.where('codings.codeId', '=', of.codeId);
      if (of.sourceIds) {
        if (of.sourceIds.length === 0) return [];
        query = query.where('codings.sourceId', 'in', of.sourceIds);
      }
      return query.execute();
    },
  };
}

/** A code of a name, made unless there is one; also within a transaction. */
export const addCodeNamed = (
  db: Kysely<Tables>,
  code: { studyId: number; name: string; definition: string },
  at: string,
): Promise<Code> =>
  db
    .insertInto('codes')
    .values({ ...code, publicId: newPublicId(), parentId: null, createdAt: at, retiredAt: null })
    .onConflict((on) => on.columns(['studyId', 'name']).doUpdateSet({ retiredAt: null, mergedInto: null }))
    .returningAll()
    .executeTakeFirstOrThrow();
