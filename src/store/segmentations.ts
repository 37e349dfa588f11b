import type { Kysely, Selectable } from 'kysely';
import type { Run } from './analyses.ts';
import { newPublicId } from './identifiers.ts';
import type { Segment } from './segments.ts';
import type { Tables } from './tables.ts';

export type Segmentation = Selectable<Tables['segmentations']>;
export type SegmentationVersion = Selectable<Tables['segmentationVersions']>;
/** How alike a segment is to the one of the version before that it carries on, by the people both versions know. */
export type SegmentMatch = { segmentId: number; earlierId: number; jaccard: number; isCarriedOn: boolean };

/** A persona follows its segment into the next version only where most of its people do. */
export const PERSONA_FOLLOWS_FROM = 0.75;

/** Segmentations with their runs and accepted versions. */
export function segmentationStore(db: Kysely<Tables>) {
  const current = (segmentationId: number): Promise<Segment[]> =>
    db
      .selectFrom('segments')
      .innerJoin('runs', 'runs.id', 'segments.runId')
      .selectAll('segments')
      .where('runs.segmentationId', '=', segmentationId)
      .where('segments.acceptedAt', 'is not', null)
      .where('segments.supersededAt', 'is', null)
      .where('segments.removedAt', 'is', null)
      .orderBy('segments.position')
      .execute();

  return {
    list: (studyId: number): Promise<Segmentation[]> =>
      db
        .selectFrom('segmentations')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('removedAt', 'is', null)
        .orderBy('id', 'desc')
        .execute(),
    find: async (studyId: number, publicId: string): Promise<Segmentation | null> =>
      (await db
        .selectFrom('segmentations')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .where('removedAt', 'is', null)
        .executeTakeFirst()) ?? null,
    findById: async (id: number): Promise<Segmentation | null> =>
      (await db.selectFrom('segmentations').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
    add: (
      segmentation: Pick<Segmentation, 'studyId' | 'surveyId' | 'name' | 'origin' | 'settings' | 'createdBy'>,
      at: string,
    ): Promise<Segmentation> =>
      db
        .insertInto('segmentations')
        .values({ ...segmentation, publicId: newPublicId(), createdAt: at, changedAt: at, removedAt: null })
        .returningAll()
        .executeTakeFirstOrThrow(),
    /** Keeps name and settings; false when somebody else changed them since `changedAt`. */
    change: async (
      { id, changedAt }: Pick<Segmentation, 'id' | 'changedAt'>,
      to: Pick<Segmentation, 'name' | 'settings'>,
      at: string,
    ): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('segmentations')
        .set({ ...to, changedAt: at })
        .where('id', '=', id)
        .where('changedAt', '=', changedAt)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    /** Takes it out of sight, with the segments of it that stand. */
    remove: (id: number, at: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx.updateTable('segmentations').set({ removedAt: at }).where('id', '=', id).execute();
        await trx
          .updateTable('segments')
          .set({ removedAt: at })
          .where('runId', 'in', trx.selectFrom('runs').select('id').where('segmentationId', '=', id))
          .execute();
      }),

    /** Its runs, the newest first: tests, or solutions. */
    runs: (segmentationId: number, subject: 'test' | 'fit'): Promise<Run[]> =>
      db
        .selectFrom('runs')
        .selectAll()
        .where('segmentationId', '=', segmentationId)
        .where('subject', '=', subject)
        .orderBy('id', 'desc')
        .limit(50)
        .execute(),
    versions: (segmentationId: number): Promise<SegmentationVersion[]> =>
      db
        .selectFrom('segmentationVersions')
        .selectAll()
        .where('segmentationId', '=', segmentationId)
        .orderBy('number', 'desc')
        .execute(),
    versionOfRun: async (runId: number): Promise<SegmentationVersion | null> =>
      (await db.selectFrom('segmentationVersions').selectAll().where('runId', '=', runId).executeTakeFirst()) ?? null,
    /** The segmentation that a found segment belongs to. */
    ofSegment: async (segment: Pick<Segment, 'runId'>): Promise<Segmentation | null> =>
      segment.runId === null
        ? null
        : ((await db
            .selectFrom('runs')
            .innerJoin('segmentations', 'segmentations.id', 'runs.segmentationId')
            .selectAll('segmentations')
            .where('runs.id', '=', segment.runId)
            .executeTakeFirst()) ?? null),
    /** What a run found, in the order of size, whether it was accepted or not. */
    segmentsOf: (runId: number): Promise<Segment[]> =>
      db.selectFrom('segments').selectAll().where('runId', '=', runId).orderBy('position').execute(),
    /** The segments of the newest accepted version. */
    current,
    /** The members of every segment of a run: responses that still count, with how sure each is. */
    membersOf: (runId: number) =>
      db
        .selectFrom('segmentMemberships')
        .innerJoin('segments', 'segments.id', 'segmentMemberships.segmentId')
        .select([
          'segmentMemberships.segmentId',
          'segmentMemberships.responseId',
          'segmentMemberships.probability',
          'segmentMemberships.margin',
          'segments.position',
        ])
        .where('segments.runId', '=', runId)
        .orderBy('segmentMemberships.responseId')
        .execute(),

    /**
     * Makes a run's segments the next version. A segment that carries on one of the version before takes over its public
     * id, so that rules go on with it, and its name; the earlier row stays under an id of its own, with its members.
     *
     * @returns null when the run was accepted already
     */
    accept: (
      segmentation: Segmentation,
      run: Run,
      version: Pick<SegmentationVersion, 'label' | 'note' | 'acceptedBy'>,
      matches: readonly SegmentMatch[],
      at: string,
    ): Promise<SegmentationVersion | null> =>
      db.transaction().execute(async (trx) => {
        const earlier = await trx
          .selectFrom('segmentationVersions')
          .select(['number', 'runId'])
          .where('segmentationId', '=', segmentation.id)
          .orderBy('number', 'desc')
          .execute();
        if (earlier.some(({ runId }) => runId === run.id)) return null;
        const added = await trx
          .insertInto('segmentationVersions')
          .values({
            ...version,
            segmentationId: segmentation.id,
            number: Number(earlier[0]?.number ?? 0) + 1,
            runId: run.id,
            matches: JSON.stringify(matches),
            acceptedAt: at,
          })
          .returningAll()
          .executeTakeFirstOrThrow();
        const runs = earlier.map(({ runId }) => runId);
        if (runs.length > 0)
          await trx
            .updateTable('segments')
            .set({ supersededAt: at })
            .where('runId', 'in', runs)
            .where('supersededAt', 'is', null)
            .execute();
        await trx.updateTable('segments').set({ acceptedAt: at }).where('runId', '=', run.id).execute();
        for (const { segmentId, earlierId, jaccard, isCarriedOn } of matches) {
          if (!isCarriedOn) continue;
          const old = await trx
            .selectFrom('segments')
            .select(['publicId', 'name', 'version'])
            .where('id', '=', earlierId)
            .executeTakeFirstOrThrow();
          await trx.updateTable('segments').set({ publicId: newPublicId() }).where('id', '=', earlierId).execute();
          await trx
            .updateTable('segments')
            .set({ publicId: old.publicId, lineage: old.publicId, name: old.name, version: old.version + 1 })
            .where('id', '=', segmentId)
            .execute();
          if (jaccard >= PERSONA_FOLLOWS_FROM)
            await trx.updateTable('personas').set({ segmentId }).where('segmentId', '=', earlierId).execute();
        }
        return added;
      }),

    /** In which segments of accepted versions somebody's responses were, the oldest version first. */
    historyOf: (personIds: readonly number[]) =>
      db
        .selectFrom('segmentMemberships')
        .innerJoin('segments', 'segments.id', 'segmentMemberships.segmentId')
        .innerJoin('segmentationVersions', 'segmentationVersions.runId', 'segments.runId')
        .innerJoin('segmentations', 'segmentations.id', 'segmentationVersions.segmentationId')
        .innerJoin('responses', 'responses.id', 'segmentMemberships.responseId')
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .select([
          'segmentations.publicId as segmentation',
          'segmentations.name as segmentationName',
          'segmentationVersions.number',
          'segmentationVersions.acceptedAt',
          'segments.lineage',
          'segments.name',
          'segmentMemberships.probability',
        ])
        .where('participations.personId', 'in', personIds)
        .where('segmentations.removedAt', 'is', null)
        .orderBy('segmentations.id')
        .orderBy('segmentationVersions.number')
        .execute(),
  };
}
