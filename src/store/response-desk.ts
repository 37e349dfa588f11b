import { type Selectable, sql } from 'kysely';
import type { Database } from './database.ts';
import { newPublicId } from './identifiers.ts';
import { insertRows } from './insert-rows.ts';
import { filterConditions, type ResponseFilter } from './response-filter.ts';
import type { ResponseRow } from './responses.ts';
import type { Tables } from './tables.ts';

export type Label = Selectable<Tables['labels']>;
export type SavedView = Selectable<Tables['savedViews']>;
export type LeftOut = Selectable<Tables['leftOut']>;
export type KeptText = Pick<
  Selectable<Tables['sourceTexts']>,
  'publicId' | 'version' | 'subjectId' | 'item' | 'text' | 'textHash' | 'erasedAt'
>;
export type ResponseNote = Selectable<Tables['responseNotes']> & { author: string | null };

/** What can be chosen of each fact that a response is filed under, as far as it occurs. */
export type ResponseFacts = {
  languages: string[];
  versions: { id: number; number: number }[];
  devices: string[];
  browsers: string[];
  countries: string[];
  sources: string[];
};

/** What may say something of whoever answered: marks, and the reason why a response was left out. */
const WRITTEN_BESIDE = ['responseLabels', 'responseNotes', 'qualityFlags', 'leftOut'] as const;
/** How long a list of matches is counted; longer ones are “more than”. */
export const MATCHES_COUNTED = 10_000;
/** More would fill no list that anybody reads. */
const FACTS_SHOWN = 200;
const FACTS_READ = 5_000;
/** Attributes are told from so many of the latest. */
const ATTRIBUTES_FROM = 200;

/** The researchers' desk over responses: found by filters, marked, judged, and left out. */
export function responseDeskStore({ kysely: db, engine }: Pick<Database, 'kysely' | 'engine'>) {
  const matching = (surveyId: number, filter: ResponseFilter) =>
    db.selectFrom('responses').where(filterConditions(engine, surveyId, filter));
  return {
    /** Responses that match, the newest first, before one of them or from the newest on. */
    page: (
      surveyId: number,
      filter: ResponseFilter,
      beforeId: number | null,
      limit: number,
    ): Promise<ResponseRow[]> => {
      const all = matching(surveyId, filter).selectAll('responses').orderBy('responses.id', 'desc').limit(limit);
      return (beforeId === null ? all : all.where('responses.id', '<', beforeId)).execute();
    },
    /** The same from the oldest on, for files. */
    pageUp: (surveyId: number, filter: ResponseFilter, afterId: number, limit: number): Promise<ResponseRow[]> =>
      matching(surveyId, filter)
        .selectAll('responses')
        .where('responses.id', '>', afterId)
        .orderBy('responses.id')
        .limit(limit)
        .execute(),
    /**
     * Responses that match in the order of their ids, which are drawn by chance: it tells nothing of when they came.
     *
     * @param from the id before (`up`) or after which they come; null for all
     */
    shuffled: (
      surveyId: number,
      filter: ResponseFilter,
      from: string | null,
      limit: number,
      isUp = false,
    ): Promise<ResponseRow[]> => {
      const all = matching(surveyId, filter)
        .selectAll('responses')
        .orderBy('responses.publicId', isUp ? 'asc' : 'desc')
        .limit(limit);
      return (from === null ? all : all.where('responses.publicId', isUp ? '>' : '<', from)).execute();
    },
    /** Those with these ids, in their order; what is not there any more is left out. */
    withIds: async (surveyId: number, ids: readonly number[]): Promise<ResponseRow[]> => {
      if (ids.length === 0) return [];
      const rows = await db
        .selectFrom('responses')
        .selectAll()
        .where('surveyId', '=', surveyId)
        .where('id', 'in', ids)
        .execute();
      const byId = new Map(rows.map((row) => [Number(row.id), row]));
      return ids.flatMap((id) => byId.get(id) ?? []);
    },
    /** The ids of all that match. */
    ids: async (surveyId: number, filter: ResponseFilter): Promise<number[]> =>
      (await matching(surveyId, filter).select('responses.id').orderBy('responses.id').execute()).map(({ id }) =>
        Number(id),
      ),
    /** How many match, up to one more than `most`. */
    count: async (surveyId: number, filter: ResponseFilter, most = MATCHES_COUNTED): Promise<number> => {
      const some = matching(surveyId, filter)
        .select('responses.id')
        .limit(most + 1);
      const row = await db
        .selectFrom(some.as('some'))
        .select(({ fn }) => fn.countAll().as('n'))
        .executeTakeFirst();
      return Number(row?.n ?? 0);
    },
    facts: async (surveyId: number): Promise<ResponseFacts> => {
      // All in one go over an index that holds nothing else.
      const rows = await db
        .selectFrom('responses')
        .select(['language', 'device', 'browser', 'country', 'source'])
        .where('surveyId', '=', surveyId)
        .groupBy(['language', 'device', 'browser', 'country', 'source'])
        .limit(FACTS_READ)
        .execute();
      const distinct = (column: 'language' | 'device' | 'browser' | 'country' | 'source'): string[] =>
        [...new Set(rows.flatMap((row) => row[column] ?? []))].sort().slice(0, FACTS_SHOWN);
      return {
        languages: distinct('language'),
        versions: await db
          .selectFrom('surveyVersions')
          .select(['id', 'number'])
          .where('surveyId', '=', surveyId)
          .orderBy('number')
          .execute(),
        devices: distinct('device'),
        browsers: distinct('browser'),
        countries: distinct('country'),
        sources: distinct('source'),
      };
    },
    /** Names of attributes that were known when somebody began, told from the latest responses. */
    attributeNames: async (surveyId: number): Promise<string[]> => {
      const rows = await db
        .selectFrom('responses')
        .select('attributes')
        .where('surveyId', '=', surveyId)
        .where('attributes', 'is not', null)
        .orderBy('id', 'desc')
        .limit(ATTRIBUTES_FROM)
        .execute();
      const names = rows.flatMap((row) => Object.keys(JSON.parse(row.attributes ?? '{}') as object));
      return [...new Set(names)].sort();
    },

    /** The words of responses, by their source and version; found by whose they are, so that no other is looked at. */
    textsOf: async (responseIds: readonly string[]): Promise<KeptText[]> =>
      responseIds.length === 0
        ? []
        : db
            .selectFrom('sourceTexts')
            .select(['publicId', 'version', 'subjectId', 'item', 'text', 'textHash', 'erasedAt'])
            .where('subjectId', 'in', responseIds)
            .where('kind', '=', 'answer')
            .execute(),

    labels: (studyId: number): Promise<Label[]> =>
      db.selectFrom('labels').selectAll().where('studyId', '=', studyId).orderBy('name').execute(),
    findLabel: async (studyId: number, publicId: string): Promise<Label | null> =>
      (await db
        .selectFrom('labels')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst()) ?? null,
    /** Marks responses with the study's label of that name, which is made when there is none. */
    addLabel: (
      studyId: number,
      name: string,
      responseIds: readonly string[],
      userId: number | null,
      at: string,
    ): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx
          .insertInto('labels')
          .values({ studyId, publicId: newPublicId(), name, createdAt: at })
          .onConflict((on) => on.columns(['studyId', 'name']).doNothing())
          .execute();
        const { id } = await trx
          .selectFrom('labels')
          .select('id')
          .where('studyId', '=', studyId)
          .where('name', '=', name)
          .executeTakeFirstOrThrow();
        await insertRows(
          trx,
          engine,
          'response_labels',
          { label_id: 'bigint', response_id: 'text', made_by: 'bigint', made_at: 'text' },
          responseIds.map((responseId) => [id, responseId, userId, at]),
          sql`on conflict (label_id, response_id) do nothing`,
        );
      }),
    /** Takes a mark off one response; a label that marks nothing any more goes. */
    removeLabel: (labelId: number, responseId: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx
          .deleteFrom('responseLabels')
          .where('labelId', '=', labelId)
          .where('responseId', '=', responseId)
          .execute();
        const left = await trx
          .selectFrom('responseLabels')
          .select('responseId')
          .where('labelId', '=', labelId)
          .limit(1)
          .executeTakeFirst();
        if (!left) await trx.deleteFrom('labels').where('id', '=', labelId).execute();
      }),
    labelsOf: async (responseIds: readonly string[]): Promise<Map<string, Label[]>> => {
      if (responseIds.length === 0) return new Map();
      const rows = await db
        .selectFrom('responseLabels')
        .innerJoin('labels', 'labels.id', 'responseLabels.labelId')
        .selectAll('labels')
        .select('responseLabels.responseId')
        .where('responseLabels.responseId', 'in', responseIds)
        .orderBy('labels.name')
        .execute();
      return Map.groupBy(rows, (row) => row.responseId);
    },

    notes: (studyId: number, responseId: string): Promise<ResponseNote[]> =>
      db
        .selectFrom('responseNotes')
        .leftJoin('users', 'users.id', 'responseNotes.madeBy')
        .selectAll('responseNotes')
        .select('users.name as author')
        .where('responseNotes.studyId', '=', studyId)
        .where('responseId', '=', responseId)
        .orderBy('responseNotes.id')
        .execute(),
    addNote: async (note: Omit<Tables['responseNotes'], 'id' | 'publicId'>): Promise<void> => {
      await db
        .insertInto('responseNotes')
        .values({ ...note, publicId: newPublicId() })
        .execute();
    },
    /** False when the response has no such note. */
    removeNote: async (studyId: number, responseId: string, publicId: string): Promise<boolean> => {
      const { numDeletedRows } = await db
        .deleteFrom('responseNotes')
        .where('studyId', '=', studyId)
        .where('responseId', '=', responseId)
        .where('publicId', '=', publicId)
        .executeTakeFirst();
      return numDeletedRows === 1n;
    },
    /** Everything that was written beside a response goes, as it must once its words are gone. */
    forget: (responseIds: readonly string[]): Promise<void> =>
      db.transaction().execute(async (trx) => {
        if (responseIds.length === 0) return;
        for (const table of WRITTEN_BESIDE) {
          await trx.deleteFrom(table).where('responseId', 'in', responseIds).execute();
        }
      }),

    /** The same for every response that was withdrawn, and for those that went with an import. */
    forgetGone: (surveyId: number): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const withdrawn = trx
          .selectFrom('responses')
          .select('publicId')
          .where('surveyId', '=', surveyId)
          .where('state', '=', 'withdrawn');
        for (const table of WRITTEN_BESIDE) {
          await trx.deleteFrom(table).where('responseId', 'in', withdrawn).execute();
        }
        for (const table of ['responseLabels', 'responseNotes'] as const) {
          await trx
            .deleteFrom(table)
            .where(({ not, exists, selectFrom, ref }) =>
              not(
                exists(
                  selectFrom('responses')
                    .select('responses.id')
                    .where('responses.publicId', '=', ref(`${table}.responseId`)),
                ),
              ),
            )
            .execute();
        }
      }),

    views: (surveyId: number): Promise<SavedView[]> =>
      db.selectFrom('savedViews').selectAll().where('surveyId', '=', surveyId).orderBy('name').execute(),
    /** Keeps a view under its name; the same name stands for the newer one. */
    saveView: async (view: Omit<Tables['savedViews'], 'id' | 'publicId'>): Promise<void> => {
      await db
        .insertInto('savedViews')
        .values({ ...view, publicId: newPublicId() })
        .onConflict((on) =>
          on.columns(['surveyId', 'name']).doUpdateSet({ query: view.query, madeBy: view.madeBy, madeAt: view.madeAt }),
        )
        .execute();
    },
    removeView: async (surveyId: number, publicId: string): Promise<void> => {
      await db.deleteFrom('savedViews').where('surveyId', '=', surveyId).where('publicId', '=', publicId).execute();
    },

    leftOut: async (responseIds: readonly string[]): Promise<Map<string, LeftOut>> => {
      if (responseIds.length === 0) return new Map();
      const rows = await db.selectFrom('leftOut').selectAll().where('responseId', 'in', responseIds).execute();
      return new Map(rows.map((row) => [row.responseId, row]));
    },
    /** From now on it counts nowhere. */
    leaveOut: async (row: Tables['leftOut']): Promise<void> => {
      await db
        .insertInto('leftOut')
        .values(row)
        .onConflict((on) => on.column('responseId').doUpdateSet({ reason: row.reason }))
        .execute();
    },
    takeBack: async (responseId: string): Promise<void> => {
      await db.deleteFrom('leftOut').where('responseId', '=', responseId).execute();
    },

    /** Test responses that still hold something. */
    tests: async (surveyId: number): Promise<string[]> =>
      (
        await db
          .selectFrom('responses')
          .select('publicId')
          .where('surveyId', '=', surveyId)
          .where('isTest', '=', (eb) => eb.lit(1))
          .where('state', '<>', 'withdrawn')
          .execute()
      ).map((row) => row.publicId),
    /** The names under which people stand in a study's files, by participation. */
    pseudonyms: async (participationIds: readonly number[]): Promise<Map<number, string>> => {
      if (participationIds.length === 0) return new Map();
      const rows = await db
        .selectFrom('participations')
        .select(['id', 'pseudonym'])
        .where('id', 'in', participationIds)
        .execute();
      return new Map(rows.map((row) => [Number(row.id), row.pseudonym]));
    },
    /** A response's scores of the latest run that scored its survey. */
    scoresOf: async (responseId: number): Promise<{ scale: string; value: number | null }[]> => {
      const latest = await db
        .selectFrom('scores')
        .select(({ fn }) => fn.max('runId').as('runId'))
        .where('responseId', '=', responseId)
        .executeTakeFirst();
      if (!latest || latest.runId === null) return [];
      return db
        .selectFrom('scores')
        .select(['scale', 'value'])
        .where('responseId', '=', responseId)
        .where('runId', '=', latest.runId)
        .orderBy('scale')
        .execute();
    },
    /** The segments of versions that stand which a response is in, with what they may be called and whether only part of the answers said so. */
    segmentsOf: (responseId: number) =>
      db
        .selectFrom('segmentMemberships')
        .innerJoin('segments', 'segments.id', 'segmentMemberships.segmentId')
        .innerJoin('segmentationVersions', 'segmentationVersions.runId', 'segments.runId')
        .select(['segments.name', 'segmentationVersions.label', 'segmentMemberships.isPartial'])
        .where('segmentMemberships.responseId', '=', responseId)
        .where('segments.removedAt', 'is', null)
        .where('segments.supersededAt', 'is', null)
        .orderBy('segments.id')
        .execute(),
    /** How far responses came that were collected here and not left out: ended, or not continued since an instant. */
    course: async (surveyId: number, activeSince: string) => {
      const rows = await db
        .selectFrom('responses')
        .select(['surveyVersionId', 'lastPage', 'state', ({ fn }) => fn.countAll().as('n')])
        .where('surveyId', '=', surveyId)
        .where('isTest', '=', 0)
        .where('batchId', 'is', null)
        .where('publicId', 'not in', (eb) => eb.selectFrom('leftOut').select('responseId'))
        .where((eb) =>
          eb.or([
            eb('state', 'in', ['completed', 'screened-out', 'quota-full']),
            eb.and([eb('state', '=', 'started'), eb('updatedAt', '<', activeSince)]),
          ]),
        )
        .groupBy(['surveyVersionId', 'lastPage', 'state'])
        .execute();
      return rows.map(({ n, ...row }) => ({ ...row, lastPage: Number(row.lastPage), count: Number(n) }));
    },
  };
}
