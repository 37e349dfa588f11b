import { sql } from 'kysely';
import { isOpenTo, standsFor } from './blind-words.ts';
import type { Database } from './database.ts';
import { isInTexts } from './dialect.ts';
import { filterConditions, type ResponseFilter } from './response-filter.ts';

/** Which answers of one open question are meant: of which responses, with which words, and bearing what. */
export type GridFilter = {
  responses: ResponseFilter;
  /** A stretch of words; empty for any. */
  words: string;
  /** Bearing no code, any, or the code of this id. */
  coded: 'any' | 'uncoded' | 'coded' | { codeId: number };
  /** Whoever codes: where they code blind, what others put on the words is not there. Null for nobody in particular. */
  viewer: number | null;
};
export type GridRow = {
  /** Grows with the order in which responses began. */
  responseId: number;
  response: string;
  sourceId: string;
  version: number;
  text: string;
  textHash: string;
  language: string;
  attributes: string | null;
};
/** A yes of the coder, or one that it nearly gave, that nobody has decided. */
export type GridSuggestion = { publicId: string; sourceId: string; codeId: number; probability: number | null };

/** How many answers there are, how many of them bear a code, and how many each. */
export type AnswerFrame = { answered: number; coded: number; codes: Map<number, number> };

/** Answers to one open question, row by row, with what they bear. */
export function answerGridStore({ kysely: db, engine }: Pick<Database, 'kysely' | 'engine'>) {
  const answersTo = (surveyId: number, item: string, filter: GridFilter) => {
    let query = db
      .selectFrom('responses')
      .innerJoin('sourceTexts', (on) =>
        on
          .onRef('sourceTexts.subjectId', '=', 'responses.publicId')
          .on('sourceTexts.kind', '=', 'answer')
          .on('sourceTexts.item', '=', item),
      )
      // Words that were since changed are not answers any more.
      .innerJoin('answers', (on) =>
        on
          .onRef('answers.responseId', '=', 'responses.id')
          .on('answers.item', '=', item)
          .on('answers.state', '=', 'answered')
          .on(
            sql<boolean>`answers.value = '{"source":"' || source_texts.public_id || '","version":' || source_texts.version || '}'`,
          ),
      )
      .where(filterConditions(engine, surveyId, { ...filter.responses, state: filter.responses.state ?? 'counted' }))
      .where('sourceTexts.erasedAt', 'is', null)
      .where('sourceTexts.supersededAt', 'is', null);
    if (filter.words !== '') {
      const pattern = `%${filter.words.toLowerCase().replace(/[!%_]/g, '!$&')}%`;
      query = query.where(sql<boolean>`lower(source_texts.text) like ${pattern} escape '!'`);
    }
    if (filter.coded !== 'any') {
      const { coded } = filter;
      query = query.where(({ exists, not, selectFrom }) => {
        let bears = selectFrom('codings')
          .innerJoin('codes', 'codes.id', 'codings.codeId')
          .select('codings.id')
          .whereRef('codings.sourceId', '=', 'sourceTexts.publicId')
          .whereRef('codings.sourceVersion', '=', 'sourceTexts.version')
          .where('codings.removedAt', 'is', null)
          .where(({ ref }) =>
            standsFor(db, filter.viewer, {
              sourceId: ref('codings.sourceId'),
              coderId: ref('codings.coderId'),
              counts: ref('codings.counts'),
            }),
          )
          .where('codes.retiredAt', 'is', null);
        if (typeof coded === 'object') bears = bears.where('codings.codeId', '=', coded.codeId);
        return coded === 'uncoded' ? not(exists(bears)) : exists(bears);
      });
    }
    return query;
  };

  return {
    /** The rows after one of them, the oldest response first. */
    page: async (
      surveyId: number,
      item: string,
      filter: GridFilter,
      afterId: number,
      limit: number,
    ): Promise<GridRow[]> =>
      (
        await answersTo(surveyId, item, filter)
          .select([
            'responses.id as responseId',
            'responses.publicId as response',
            'sourceTexts.publicId as sourceId',
            'sourceTexts.version',
            'sourceTexts.text',
            'sourceTexts.textHash',
            'responses.language',
            'responses.attributes',
          ])
          .where('responses.id', '>', afterId)
          .orderBy('responses.id')
          .limit(limit)
          .execute()
      ).map((row) => ({ ...row, responseId: Number(row.responseId) })),

    /**
     * How many answers there are, how many of them bear a code, and how many each code.
     *
     * @param gathering codes that are counted with those that stand under them, each with the ids of all these
     */
    frame: async (
      surveyId: number,
      item: string,
      filter: GridFilter,
      gathering: ReadonlyMap<number, ReadonlySet<number>> = new Map(),
    ): Promise<AnswerFrame> => {
      const all = answersTo(surveyId, item, filter);
      const { n } = await all.select(({ fn }) => fn.countAll().as('n')).executeTakeFirstOrThrow();
      const coding = all
        .innerJoin('codings', (on) =>
          on
            .onRef('codings.sourceId', '=', 'sourceTexts.publicId')
            .onRef('codings.sourceVersion', '=', 'sourceTexts.version')
            .on('codings.removedAt', 'is', null),
        )
        .innerJoin('codes', 'codes.id', 'codings.codeId')
        .where('codes.retiredAt', 'is', null)
        .where(({ ref }) =>
          standsFor(db, filter.viewer, {
            sourceId: ref('codings.sourceId'),
            coderId: ref('codings.coderId'),
            counts: ref('codings.counts'),
          }),
        );
      const rows = await coding
        .select(({ fn }) => ['codings.codeId', fn.count('responses.id').distinct().as('n')])
        .groupBy('codings.codeId')
        .execute();
      const some = await coding
        .select(({ fn }) => fn.count('responses.id').distinct().as('n'))
        .executeTakeFirstOrThrow();
      const codes = new Map(rows.map((row) => [Number(row.codeId), Number(row.n)]));
      for (const [id, own] of gathering) {
        const under = await coding
          .where('codings.codeId', 'in', [...own])
          .select(({ fn }) => fn.count('responses.id').distinct().as('n'))
          .executeTakeFirstOrThrow();
        codes.set(id, Number(under.n));
      }
      return {
        answered: Number(n),
        coded: Number(some.n),
        codes,
      };
    },

    /** What the coder proposes for answers and nobody has decided; nothing where a viewer codes them blind. */
    suggestions: (studyId: number, sourceIds: readonly string[], viewer: number | null): Promise<GridSuggestion[]> =>
      sourceIds.length === 0
        ? Promise.resolve([])
        : db
            .selectFrom('coderProposals')
            .innerJoin('codes', 'codes.id', 'coderProposals.codeId')
            .select([
              'coderProposals.publicId',
              'coderProposals.sourceId',
              'coderProposals.codeId',
              'coderProposals.probability',
            ])
            .where('coderProposals.studyId', '=', studyId)
            .where('coderProposals.verdict', 'is', null)
            .where('coderProposals.isYes', '=', 1)
            .where('codes.retiredAt', 'is', null)
            .where((eb) => isOpenTo(db, viewer, eb.ref('coderProposals.sourceId')))
            .where((eb) => isInTexts(engine, eb.ref('coderProposals.sourceId'), sourceIds))
            .orderBy('coderProposals.probability', 'desc')
            .execute(),

    /** What responses answered to some items, as it is kept; those that were not answered are not there. */
    answers: (responseIds: readonly number[], items: readonly string[]) =>
      responseIds.length === 0 || items.length === 0
        ? Promise.resolve([])
        : db
            .selectFrom('answers')
            .select(['responseId', 'item', 'value'])
            .where('responseId', 'in', responseIds)
            .where('item', 'in', items)
            .where('state', '=', 'answered')
            .execute(),
    /** The segments that stand which responses are in. */
    segmentsOf: (responseIds: readonly number[]) =>
      responseIds.length === 0
        ? Promise.resolve([])
        : db
            .selectFrom('segmentMemberships')
            .innerJoin('segments', 'segments.id', 'segmentMemberships.segmentId')
            .innerJoin('segmentationVersions', 'segmentationVersions.runId', 'segments.runId')
            .select(['segmentMemberships.responseId', 'segments.name'])
            .where('segmentMemberships.responseId', 'in', responseIds)
            .where('segments.removedAt', 'is', null)
            .where('segments.supersededAt', 'is', null)
            .orderBy('segments.id')
            .execute(),
  };
}
