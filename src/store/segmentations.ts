import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { Run } from './analyses.ts';
import { newPublicId } from './identifiers.ts';
import { personalOnly } from './personal-consent.ts';
import type { PlacementWay } from './placements.ts';
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
  const onlyPersonal = personalOnly(db);
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
    /** Says whose answers describe its people, where nothing says so yet. */
    describeBy: async (id: number, surveyId: number): Promise<void> => {
      await db
        .updateTable('segmentations')
        .set({ surveyId })
        .where('id', '=', id)
        .where('surveyId', 'is', null)
        .execute();
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
    runs: (segmentationId: number, subject: 'test' | 'fit' | 'compare' | 'define'): Promise<Run[]> =>
      db
        .selectFrom('runs')
        .selectAll()
        .where('segmentationId', '=', segmentationId)
        .where('subject', '=', subject)
        .orderBy('id', 'desc')
        .limit(50)
        .execute(),
    /** Its runs of one kind, the newest first, without what they found. */
    listRuns: (segmentationId: number, subject: string) =>
      db
        .selectFrom('runs')
        .select(['id', 'publicId', 'surveyId', 'settings', 'state', 'error', 'finishedAt'])
        .where('segmentationId', '=', segmentationId)
        .where('subject', '=', subject)
        .orderBy('id', 'desc')
        .limit(200)
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
    /** What the segments of accepted versions may be called, by the segment's id; those of a rule are not among them. */
    labels: async (studyId: number): Promise<Map<number, SegmentationVersion['label']>> =>
      new Map(
        (
          await db
            .selectFrom('segments')
            .innerJoin('segmentationVersions', 'segmentationVersions.runId', 'segments.runId')
            .select(['segments.id', 'segmentationVersions.label'])
            .where('segments.studyId', '=', studyId)
            .execute()
        ).map(({ id, label }) => [Number(id), label]),
      ),
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
          'segmentMemberships.isPartial',
          'segments.position',
        ])
        .where('segments.runId', '=', runId)
        .orderBy('segmentMemberships.responseId')
        .execute(),

    /** The people of every segment of a run that holds them by what is known of them. */
    peopleOf: (runId: number) =>
      db
        .selectFrom('segmentPeople')
        .innerJoin('segments', 'segments.id', 'segmentPeople.segmentId')
        .innerJoin('people', 'people.id', 'segmentPeople.personId')
        .select(['segmentPeople.segmentId', 'segmentPeople.personId', 'segments.position'])
        .where('segments.runId', '=', runId)
        .where('people.erasedAt', 'is', null)
        .orderBy('segmentPeople.personId')
        .execute(),

    /**
     * Makes a run's segments the next version. A segment that carries on one of the version before takes over its public
     * id, so that rules go on with it, and its name; the earlier row stays under an id of its own, with its members. People
     * whom it holds by what is known of them are placed, and those whom only the version before held are in none.
     *
     * @param placing how people came to be in the segments; null for a version that holds responses only
     * @returns null when the run was accepted already
     */
    accept: (
      segmentation: Segmentation,
      run: Run,
      version: Pick<SegmentationVersion, 'label' | 'note' | 'acceptedBy'>,
      matches: readonly SegmentMatch[],
      at: string,
      placing: { workspaceId: number; way: PlacementWay } | null = null,
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
            await trx.updateTable('personaSegments').set({ segmentId }).where('segmentId', '=', earlierId).execute();
        }
        if (placing) await placePeople(trx, added, placing, at);
        return added;
      }),

    /**
     * In which segments of accepted versions somebody's responses were, the oldest version first; of responses that may not
     * be made something that is known of a person, nothing.
     */
    historyOf: async (personIds: readonly number[]) => {
      const found = await db
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
          'responses.surveyVersionId',
          'responses.purposes',
        ])
        .where('participations.personId', 'in', personIds)
        .where('segmentations.removedAt', 'is', null)
        .where('responses.state', '<>', 'withdrawn')
        .orderBy('segmentations.id')
        .orderBy('segmentationVersions.number')
        .execute();
      return onlyPersonal(found);
    },
  };
}

/**
 * Writes down where the people of a version are. The time is that of which the source speaks, unless it said something later
 * before: then it is the time of writing, so that the newest source decides.
 */
async function placePeople(
  trx: Transaction<Tables>,
  { segmentationId, number, runId }: Pick<SegmentationVersion, 'segmentationId' | 'number' | 'runId'>,
  { workspaceId, way }: { workspaceId: number; way: PlacementWay },
  at: string,
): Promise<void> {
  const inputs = JSON.stringify({ version: number });
  await sql`
    insert into segment_placements
      (workspace_id, person_id, segmentation_id, version, segment, probability, way, inputs, placed_at)
    select cast(${workspaceId} as bigint), own.person_id, cast(${segmentationId} as bigint), cast(${number} as bigint),
      segments.lineage, own.probability, ${way}, ${inputs},
      case when own.said_at > coalesce((select max(placed_at) from segment_placements as earlier
        where earlier.segmentation_id = ${segmentationId} and earlier.person_id = own.person_id and earlier.way = ${way}), '')
        and own.said_at < ${at} then own.said_at else ${at} end
    from segment_people as own
    inner join segments on segments.id = own.segment_id
    inner join people on people.id = own.person_id
    where segments.run_id = ${runId} and people.erased_at is null`.execute(trx);
  await sql`
    insert into segment_placements (workspace_id, person_id, segmentation_id, version, segment, way, inputs, placed_at)
    select distinct cast(${workspaceId} as bigint), earlier.person_id, cast(${segmentationId} as bigint),
      cast(${number} as bigint), cast(null as text), ${way}, ${inputs}, ${at}
    from segment_placements as earlier
    where earlier.segmentation_id = ${segmentationId} and earlier.version = ${number - 1} and earlier.way = ${way}
      and earlier.segment is not null and earlier.withdrawn_at is null
      and earlier.person_id not in (select segment_people.person_id from segment_people
        inner join segments on segments.id = segment_people.segment_id where segments.run_id = ${runId})`.execute(trx);
}
