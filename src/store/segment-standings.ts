import type { ExpressionBuilder } from 'kysely';
import { foldPlacements, type Placing } from '../segments/typing/fold-placements.ts';
import type { Database } from './database.ts';
import { isInList } from './dialect.ts';
import { personalConsent } from './personal-consent.ts';
import { countedPlacements } from './placements.ts';
import type { Tables } from './tables.ts';

/** How surely somebody is in a segment that was found; 0 where they are known to be in another, or in none. */
export type SegmentStanding = {
  /** Who they are today. */
  personId: number;
  probability: number;
  /** When that was said, in milliseconds since 1970: of answers the time at which they were given. */
  at: number;
};

/** What is asked: segments that were found, and segmentations of which somebody is in no segment, each by public id. */
export type StandingsAsked = { segments: readonly string[]; none: readonly string[] };

type Place = {
  runId: number;
  studyId: number;
  segmentationId: number | null;
  segments: string[];
  none: string[];
};
type Fact = Placing & { isMembership: boolean; personId: number };

/** Later than every id of a placement: of one instant, segments found among all answers count more than a tool. */
const MEMBERSHIPS_FROM = 2 ** 50;

/**
 * In which segments people are, by what was found among responses and by how they were placed since; the newer counts.
 * Of responses, only those that still count and whose consent covers it where the survey asked for that.
 */
export function segmentStandingStore({ kysely: db, engine }: Database) {
  const mayBePersonal = personalConsent(db);

  async function memberships(
    { runId, studyId }: { runId: number; studyId: number },
    personIds: readonly number[] | null,
  ): Promise<Fact[]> {
    let query = db
      .selectFrom('segmentMemberships')
      .innerJoin('segments', 'segments.id', 'segmentMemberships.segmentId')
      .innerJoin('responses', 'responses.id', 'segmentMemberships.responseId')
      .leftJoin('importBatches', 'importBatches.id', 'responses.batchId')
      .innerJoin('participations', 'participations.id', 'responses.participationId')
      .innerJoin('people', 'people.id', 'participations.personId')
      .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
      .select((eb) => [
        'segments.publicId',
        'segmentMemberships.probability',
        'responses.id',
        'responses.surveyVersionId',
        'responses.purposes',
        eb.fn.coalesce('responses.completedAt', 'responses.updatedAt').as('at'),
        eb.fn.coalesce('personLinks.canonicalId', 'participations.personId').as('personId'),
      ])
      .where('segments.runId', '=', runId)
      .where('people.erasedAt', 'is', null)
      .where('responses.state', '<>', 'withdrawn')
      .where((eb) => eb.or([eb('responses.batchId', 'is', null), eb('importBatches.state', '=', 'complete')]))
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('leftOut')
              .select('leftOut.responseId')
              .whereRef('leftOut.responseId', '=', 'responses.publicId'),
          ),
        ),
      );
    if (personIds)
      // Led by the person, or every membership would be looked at.
      query = query.where('segmentMemberships.responseId', 'in', (eb) =>
        eb
          .selectFrom('participations as own')
          .innerJoin('responses as given', 'given.participationId', 'own.id')
          .select('given.id')
          .where('own.studyId', '=', studyId)
          .where((inner) => isInList(engine, inner.ref('own.personId'), personIds)),
      );
    const facts: Fact[] = [];
    for (const row of await query.execute()) {
      if (!(await mayBePersonal(Number(row.surveyVersionId), JSON.parse(row.purposes) as string[]))) continue;
      facts.push({
        isMembership: true,
        personId: Number(row.personId),
        segment: row.publicId,
        probability: row.probability ?? 1,
        probabilities: null,
        reason: null,
        placedAt: row.at,
        id: MEMBERSHIPS_FROM + Number(row.id),
      });
    }
    return facts;
  }

  /** Placements of the version that stands, and of earlier ones into a segment that it carries on. */
  async function placements(
    segmentationId: number,
    { number, segments }: { number: number; segments: ReadonlySet<string> },
    personIds: readonly number[] | null,
  ): Promise<Fact[]> {
    let query = countedPlacements(db)
      .select((eb) => [
        'segmentPlacements.id',
        'segmentPlacements.version',
        'segmentPlacements.segment',
        'segmentPlacements.probability',
        'segmentPlacements.probabilities',
        'segmentPlacements.reason',
        'segmentPlacements.placedAt',
        eb.fn.coalesce('personLinks.canonicalId', 'segmentPlacements.personId').as('personId'),
      ])
      .where('segmentPlacements.segmentationId', '=', segmentationId)
      .where('segmentPlacements.personId', 'is not', null);
    if (personIds) query = query.where((eb) => isInList(engine, eb.ref('segmentPlacements.personId'), personIds));
    return (await query.execute()).flatMap((row) =>
      Number(row.version) === number || (row.segment !== null && segments.has(row.segment))
        ? [
            {
              isMembership: false,
              personId: Number(row.personId),
              segment: row.segment,
              probability: row.probability,
              probabilities:
                row.probabilities === null ? null : (JSON.parse(row.probabilities) as Record<string, number>),
              reason: row.reason,
              placedAt: row.placedAt,
              id: Number(row.id),
            },
          ]
        : [],
    );
  }

  /** The runs that what is asked belongs to, each with the keys asked of it. */
  async function places({ segments, none }: StandingsAsked) {
    const found = new Map<number, Place>();
    const placeOf = (runId: number, studyId: number, segmentationId: number | null) => {
      const place = found.get(runId) ?? { runId, studyId, segmentationId, segments: [], none: [] };
      found.set(runId, place);
      return place;
    };
    if (segments.length > 0)
      for (const row of await db
        .selectFrom('segments')
        .innerJoin('runs', 'runs.id', 'segments.runId')
        .select(['segments.publicId', 'runs.id', 'runs.studyId', 'runs.segmentationId'])
        .where('segments.publicId', 'in', segments)
        .execute())
        placeOf(
          Number(row.id),
          Number(row.studyId),
          row.segmentationId === null ? null : Number(row.segmentationId),
        ).segments.push(row.publicId);
    if (none.length > 0)
      for (const row of await db
        .selectFrom('segmentations')
        .innerJoin('segmentationVersions', 'segmentationVersions.segmentationId', 'segmentations.id')
        .select(['segmentations.publicId', 'segmentations.id', 'segmentations.studyId', 'segmentationVersions.runId'])
        .where('segmentations.publicId', 'in', none)
        .where('segmentations.removedAt', 'is', null)
        .where((eb) => isNewest(eb))
        .execute())
        placeOf(Number(row.runId), Number(row.studyId), Number(row.id)).none.push(row.publicId);
    return [...found.values()];
  }

  async function versionOf(runId: number) {
    const version = await db
      .selectFrom('segmentationVersions')
      .select('number')
      .where('runId', '=', runId)
      .executeTakeFirst();
    const segments = await db.selectFrom('segments').select('publicId').where('runId', '=', runId).execute();
    return { number: Number(version?.number ?? 0), segments: new Set(segments.map(({ publicId }) => publicId)) };
  }

  return {
    /**
     * @param personIds every id of one person, or of some; null for everybody
     * @returns for each public id asked whoever it is known of; 1 says of a segmentation that they are in none of its segments
     */
    of: async (asked: StandingsAsked, personIds: readonly number[] | null): Promise<Map<string, SegmentStanding[]>> => {
      const standings = new Map<string, SegmentStanding[]>();
      if (personIds?.length === 0) return standings;
      for (const { runId, studyId, segmentationId, segments, none } of await places(asked)) {
        const facts = await memberships({ runId, studyId }, personIds);
        if (segmentationId !== null)
          facts.push(...(await placements(segmentationId, await versionOf(runId), personIds)));
        const people = [...Map.groupBy(facts, ({ personId }) => personId)].map(([personId, own]) =>
          standingOf(personId, own),
        );
        for (const segment of segments)
          standings.set(
            segment,
            people.map(({ personId, at, probabilityIn }) => ({ personId, at, probability: probabilityIn(segment) })),
          );
        for (const id of none)
          standings.set(
            id,
            people.map(({ personId, at, isInNone }) => ({ personId, at, probability: Number(isInNone) })),
          );
      }
      return standings;
    },
  };
}

const isNewest = (eb: ExpressionBuilder<Tables, 'segmentationVersions' | 'segmentations'>) =>
  eb(
    'segmentationVersions.number',
    '=',
    eb
      .selectFrom('segmentationVersions as newest')
      .select(({ fn }) => fn.max('newest.number').as('number'))
      .whereRef('newest.segmentationId', '=', 'segmentations.id'),
  );

/**
 * Where the newest is a placement it alone says where somebody is. Where it is a response, whatever segments their
 * responses were found in count, each as surely as the newest of its responses.
 */
function standingOf(personId: number, facts: readonly Fact[]) {
  const { segment, probability, by } = foldPlacements(facts).at(-1)!;
  const found = facts.filter(({ isMembership }) => isMembership).toSorted((a, b) => a.id - b.id);
  return {
    personId,
    at: Date.parse(by.placedAt),
    isInNone: segment === null,
    probabilityIn: (id: string): number =>
      by.isMembership
        ? (found.findLast((fact) => fact.segment === id)?.probability ?? 0)
        : segment === id
          ? (probability ?? 1)
          : 0,
  };
}
