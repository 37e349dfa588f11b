import { type Selectable, sql } from 'kysely';
import type { Database } from './database.ts';
import { insertRows } from './insert-rows.ts';
import { countedResponses } from './responses.ts';
import type { Tables } from './tables.ts';

export type TextLook = Selectable<Tables['textLooks']>;
export type TextReading = Omit<Selectable<Tables['textReadings']>, 'lookId'>;
export type TextFinding = Omit<Selectable<Tables['textFindings']>, 'lookId'>;
/** How many answers feel how; `label` is null where that is not known for their language. */
export type SentimentCount = { label: string | null; n: number };

/** What the last look over a survey's answers read out of them: how they feel, and what of a person stands in them. */
export function answerReadingStore({ kysely: db, engine }: Database) {
  const lastLook = (surveyId: number): Promise<TextLook | undefined> =>
    db
      .selectFrom('textLooks')
      .selectAll()
      .where('surveyId', '=', surveyId)
      .where('isDone', '=', 1)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
  /** Readings of the last look whose answers count and are still kept. */
  const counted = (lookId: number) =>
    countedResponses(db)
      .innerJoin('textReadings', 'textReadings.responseId', 'responses.publicId')
      .innerJoin('sourceTexts', (on) =>
        on
          .onRef('sourceTexts.publicId', '=', 'textReadings.sourceId')
          .onRef('sourceTexts.version', '=', 'textReadings.sourceVersion'),
      )
      .where('textReadings.lookId', '=', lookId)
      .where('sourceTexts.erasedAt', 'is', null);

  return {
    /** The last look that came to its end; null before the first. */
    look: async (surveyId: number): Promise<TextLook | null> => (await lastLook(surveyId)) ?? null,
    /** Begins a look, which nothing shows before it is done. */
    begin: async (look: Omit<TextLook, 'id' | 'isDone' | 'texts'>): Promise<number> =>
      Number(
        (
          await db
            .insertInto('textLooks')
            .values({ ...look, texts: 0, isDone: 0 })
            .returning('id')
            .executeTakeFirstOrThrow()
        ).id,
      ),
    /** A part of what a look read. */
    add: (lookId: number, readings: readonly TextReading[], findings: readonly TextFinding[]): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await insertRows(
          trx,
          engine,
          'text_readings',
          {
            look_id: 'bigint',
            source_id: 'text',
            source_version: 'bigint',
            response_id: 'text',
            item: 'text',
            language: 'text',
            sentiment: 'text',
            score: 'bigint',
          },
          readings.map((one) => [
            lookId,
            one.sourceId,
            one.sourceVersion,
            one.responseId,
            one.item,
            one.language,
            one.sentiment,
            one.score,
          ]),
        );
        await insertRows(
          trx,
          engine,
          'text_findings',
          {
            look_id: 'bigint',
            response_id: 'text',
            item: 'text',
            source_id: 'text',
            source_version: 'bigint',
            kind: 'text',
            span_start: 'bigint',
            span_end: 'bigint',
          },
          findings.map((one) => [
            lookId,
            one.responseId,
            one.item,
            one.sourceId,
            one.sourceVersion,
            one.kind,
            one.spanStart,
            one.spanEnd,
          ]),
        );
      }),
    /** Puts a look in the place of all others of its survey. */
    finish: (look: { id: number; surveyId: number }, texts: number, at: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const others = trx
          .selectFrom('textLooks')
          .select('id')
          .where('surveyId', '=', look.surveyId)
          .where('id', '<>', look.id);
        await trx.deleteFrom('textReadings').where('lookId', 'in', others).execute();
        await trx.deleteFrom('textFindings').where('lookId', 'in', others).execute();
        await trx.deleteFrom('textLooks').where('surveyId', '=', look.surveyId).where('id', '<>', look.id).execute();
        await trx
          .updateTable('textLooks')
          .set({ isDone: 1, texts, computedAt: at })
          .where('id', '=', look.id)
          .execute();
      }),

    /** Counted answers to each item by how they feel. */
    sentiments: async (surveyId: number): Promise<Map<string, SentimentCount[]>> => {
      const look = await lastLook(surveyId);
      if (!look) return new Map();
      const rows = await counted(look.id)
        .select(['textReadings.item', 'textReadings.sentiment as label', ({ fn }) => fn.countAll().as('n')])
        .groupBy(['textReadings.item', 'textReadings.sentiment'])
        .execute();
      return Map.groupBy(
        rows.map((row) => ({ item: row.item, label: row.label, n: Number(row.n) })),
        (row) => row.item,
      );
    },
    /** How each counted answer to an item feels, by `source version`. */
    sentimentsOf: async (surveyId: number, item: string): Promise<Map<string, string | null>> => {
      const look = await lastLook(surveyId);
      if (!look) return new Map();
      const rows = await counted(look.id)
        .select(['sourceId', 'sourceVersion', 'sentiment'])
        .where('textReadings.item', '=', item)
        .execute();
      return new Map(rows.map((row) => [`${row.sourceId} ${row.sourceVersion}`, row.sentiment]));
    },
    /** Languages of counted answers whose feeling is not known, the commonest first. */
    unknownLanguages: async (surveyId: number, item: string): Promise<{ language: string; n: number }[]> => {
      const look = await lastLook(surveyId);
      if (!look) return [];
      const rows = await counted(look.id)
        .select(['textReadings.language', ({ fn }) => fn.countAll().as('n')])
        .where('textReadings.item', '=', item)
        .where('textReadings.sentiment', 'is', null)
        .groupBy('textReadings.language')
        .orderBy('n', 'desc')
        .orderBy('textReadings.language')
        .execute();
      return rows.map(({ language, n }) => ({ language, n: Number(n) }));
    },

    /** Findings of the last look in answers that are still kept; tests and unfinished responses among them. */
    findings: async (surveyId: number): Promise<(TextFinding & { startedAt: string })[]> => {
      const look = await lastLook(surveyId);
      if (!look) return [];
      return db
        .selectFrom('textFindings')
        .innerJoin('responses', 'responses.publicId', 'textFindings.responseId')
        .innerJoin('sourceTexts', (on) =>
          on
            .onRef('sourceTexts.publicId', '=', 'textFindings.sourceId')
            .onRef('sourceTexts.version', '=', 'textFindings.sourceVersion'),
        )
        .select([
          'textFindings.responseId',
          'textFindings.item',
          'textFindings.sourceId',
          'textFindings.sourceVersion',
          'textFindings.kind',
          'textFindings.spanStart',
          'textFindings.spanEnd',
          'responses.startedAt',
        ])
        .where('textFindings.lookId', '=', look.id)
        .where('sourceTexts.erasedAt', 'is', null)
        .orderBy('responses.id', 'desc')
        .orderBy('textFindings.item')
        .orderBy('textFindings.spanStart')
        .execute();
    },
    /** Texts of a survey's answers as they stand now, part by part, with the language of each response. */
    textsAfter: (surveyId: number, after: number, limit: number) =>
      db
        .selectFrom('sourceTexts')
        .innerJoin('responses', 'responses.publicId', 'sourceTexts.subjectId')
        .innerJoin('answers', (on) =>
          on.onRef('answers.responseId', '=', 'responses.id').onRef('answers.item', '=', 'sourceTexts.item'),
        )
        // An answer that was corrected has sources that it no longer points to.
        .where(
          sql<boolean>`answers.value = '{"source":"' || source_texts.public_id || '","version":' || cast(source_texts.version as text) || '}'`,
        )
        .select([
          'sourceTexts.id',
          'sourceTexts.publicId',
          'sourceTexts.version',
          'sourceTexts.subjectId',
          'sourceTexts.item',
          'sourceTexts.text',
          'responses.language',
        ])
        .where('responses.surveyId', '=', surveyId)
        .where('sourceTexts.kind', '=', 'answer')
        .where('sourceTexts.erasedAt', 'is', null)
        .where('sourceTexts.id', '>', after)
        .orderBy('sourceTexts.id')
        .limit(limit)
        .execute(),
  };
}
