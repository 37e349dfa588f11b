import { type ExpressionBuilder, type Kysely, type Selectable, sql } from 'kysely';
import { ADDRESS_ATTRIBUTES } from '../model/contact.ts';
import type { MembershipPlan } from '../model/defined-segmentation.ts';
import type { Database } from './database.ts';
import { isInTexts } from './dialect.ts';
import { newPublicId } from './identifiers.ts';
import { countedResponses } from './responses.ts';
import type { Tables } from './tables.ts';

/** What an import came to. */
export type MembershipCounts = {
  rows: number;
  placed: number;
  unknown: number;
  repeated: number;
  conflicts: number;
  withoutSegment: number;
  unread: number;
};
export type SegmentImport = Omit<Selectable<Tables['segmentImports']>, 'plan' | 'counts'> & {
  plan: MembershipPlan;
  counts: MembershipCounts | null;
};

/** Files that say who is in which segment, and whom their ids mean. */
export function segmentImportStore({ kysely, engine }: Database) {
  const db: Kysely<Tables> = kysely;
  return {
    add: async (
      row: Pick<SegmentImport, 'studyId' | 'segmentationId' | 'fileName' | 'plan' | 'rowCount' | 'createdBy'>,
      at: string,
    ): Promise<SegmentImport> =>
      asImport(
        await db
          .insertInto('segmentImports')
          .values({
            ...row,
            plan: JSON.stringify(row.plan),
            publicId: newPublicId(),
            state: 'staged',
            runId: null,
            counts: null,
            createdAt: at,
            endedAt: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow(),
      ),
    find: async (studyId: number, publicId: string): Promise<SegmentImport | null> => {
      const row = await db
        .selectFrom('segmentImports')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .executeTakeFirst();
      return row ? asImport(row) : null;
    },
    /** Those of a study, or of one segmentation of it, the newest first. */
    list: async (studyId: number, segmentationId: number | null, limit: number): Promise<SegmentImport[]> => {
      let query = db.selectFrom('segmentImports').selectAll().where('studyId', '=', studyId);
      if (segmentationId !== null) query = query.where('segmentationId', '=', segmentationId);
      return (await query.orderBy('id', 'desc').limit(limit).execute()).map(asImport);
    },
    /**
     * Takes an import for whoever asks first, before its run is there.
     *
     * @returns false while it is being imported, and once it is
     */
    claim: async (id: number, at: string): Promise<boolean> =>
      (
        await db
          .updateTable('segmentImports')
          .set({ endedAt: at, runId: null })
          .where('id', '=', id)
          .where(isFree)
          .executeTakeFirst()
      ).numUpdatedRows === 1n,
    /** Gives back a claim that came to no run. */
    release: async (id: number): Promise<void> => {
      await db
        .updateTable('segmentImports')
        .set({ endedAt: null })
        .where('id', '=', id)
        .where('state', '=', 'staged')
        .execute();
    },
    /** Gives back what a process that ended had claimed and not begun: one file, or null for every one. */
    releaseUnbegun: async (only: number | null = null): Promise<void> => {
      await db
        .updateTable('segmentImports')
        .set({ endedAt: null })
        .where('state', '=', 'staged')
        .where('runId', 'is', null)
        .$if(only !== null, (query) => query.where('id', '=', only))
        .execute();
    },
    /** False when it was imported meanwhile, or is just now. */
    setPlan: async (id: number, plan: MembershipPlan): Promise<boolean> =>
      (
        await db
          .updateTable('segmentImports')
          .set({ plan: JSON.stringify(plan) })
          .where('id', '=', id)
          .where(isFree)
          .executeTakeFirst()
      ).numUpdatedRows === 1n,
    complete: async (id: number, counts: MembershipCounts, at: string): Promise<void> => {
      await db
        .updateTable('segmentImports')
        .set({ state: 'complete', counts: JSON.stringify(counts), endedAt: at })
        .where('id', '=', id)
        .execute();
    },
    /** The run that imports it, as a version of which segmentation. */
    setRun: async (id: number, segmentationId: number, runId: number): Promise<void> => {
      await db.updateTable('segmentImports').set({ segmentationId, runId }).where('id', '=', id).execute();
    },

    /** People by ids of their own, as they are today; whoever nobody knows is left out. */
    byExternalIds: async (workspaceId: number, ids: readonly string[]): Promise<Map<string, number>> =>
      new Map(
        (
          await db
            .selectFrom('personIdentities')
            .innerJoin('people', 'people.id', 'personIdentities.personId')
            .leftJoin('personLinks', 'personLinks.personId', 'personIdentities.personId')
            .select(['personIdentities.value'])
            .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'personIdentities.personId').as('id'))
            .where('personIdentities.workspaceId', '=', workspaceId)
            .where('personIdentities.kind', '=', 'external')
            .where('people.erasedAt', 'is', null)
            .where((eb) => isInTexts(engine, eb.ref('personIdentities.value'), ids))
            .execute()
        ).map(({ value, id }) => [value, Number(id)]),
      ),
    /**
     * Everybody of a workspace with an e-mail address as it was last told, or an id that is one. Two people with one address
     * are both there.
     */
    addresses: async (workspaceId: number): Promise<{ personId: number; address: string }[]> => {
      const told = await db
        .selectFrom('attributes')
        .innerJoin('people', 'people.id', 'attributes.personId')
        .leftJoin('personLinks', 'personLinks.personId', 'attributes.personId')
        .select(['attributes.value'])
        .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'attributes.personId').as('id'))
        .where('attributes.workspaceId', '=', workspaceId)
        .where(sql`lower(attributes.name)`, 'in', ADDRESS_ATTRIBUTES)
        .where('people.erasedAt', 'is', null)
        .orderBy('attributes.recordedAt')
        .orderBy('attributes.id')
        .execute();
      const last = new Map(told.map(({ id, value }) => [Number(id), String(JSON.parse(value))]));
      const ids = await db
        .selectFrom('personIdentities')
        .innerJoin('people', 'people.id', 'personIdentities.personId')
        .leftJoin('personLinks', 'personLinks.personId', 'personIdentities.personId')
        .select(['personIdentities.value'])
        .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'personIdentities.personId').as('id'))
        .where('personIdentities.workspaceId', '=', workspaceId)
        .where('personIdentities.kind', '=', 'external')
        .where('personIdentities.value', 'like', '%@%')
        .where('people.erasedAt', 'is', null)
        .execute();
      for (const { id, value } of ids) if (!last.has(Number(id))) last.set(Number(id), value);
      return [...last].map(([personId, address]) => ({ personId, address }));
    },
    /** Counted responses of a study by their public ids. */
    byResponseIds: async (
      studyId: number,
      ids: readonly string[],
    ): Promise<Map<string, { id: number; surveyId: number }>> =>
      new Map(
        (
          await countedResponses(db)
            .select(['responses.publicId', 'responses.id', 'responses.surveyId'])
            .where('responses.studyId', '=', studyId)
            .where((eb) => isInTexts(engine, eb.ref('responses.publicId'), ids))
            .execute()
        ).map(({ publicId, id, surveyId }) => [publicId, { id: Number(id), surveyId: Number(surveyId) }]),
      ),
    /** Who answered which survey of a study, as they are known today. */
    surveysOf: async (studyId: number): Promise<{ surveyId: number; personId: number }[]> =>
      (
        await countedResponses(db)
          .innerJoin('participations', 'participations.id', 'responses.participationId')
          .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
          .select('responses.surveyId')
          .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'participations.personId').as('personId'))
          .where('responses.studyId', '=', studyId)
          .execute()
      ).map(({ surveyId, personId }) => ({ surveyId: Number(surveyId), personId: Number(personId) })),
  };
}

/** Nobody imports it: it was never claimed (until its end the time is that of the claim), or its run came to nothing. */
const isFree = (eb: ExpressionBuilder<Tables, 'segmentImports'>) =>
  eb.and([
    eb('state', '=', 'staged'),
    eb.or([
      eb('endedAt', 'is', null),
      eb('runId', 'in', eb.selectFrom('runs').select('runs.id').where('runs.state', 'in', ['failed', 'cancelled'])),
    ]),
  ]);

const asImport = (row: Selectable<Tables['segmentImports']>): SegmentImport => ({
  ...row,
  plan: JSON.parse(row.plan) as MembershipPlan,
  counts: row.counts === null ? null : (JSON.parse(row.counts) as MembershipCounts),
});
