import { sql } from 'kysely';
import type { Placing } from '../segments/typing/fold-placements.ts';
import type { Database } from './database.ts';
import { isInList } from './dialect.ts';
import { personalConsent } from './personal-consent.ts';
import { countedPlacements, type PlacementWay } from './placements.ts';
import { countedResponses } from './responses.ts';

/** That somebody was in a segment, or in none, and how that was known. */
export type SegmentFact = Placing & {
  /** Who they are today. */
  personId: number;
  /** The version of the segmentation. */
  version: number;
  way: PlacementWay | 'grouped';
};
export type HistoryPerson = { id: number; publicId: string; identity: string | null };

/** Later than every id of a placement: of one instant, what a version says comes last. */
const GROUPED_FROM = 2 ** 50;
/** So many people are looked at in one go. */
const PART = 500;

/** Who was in which segment of a segmentation, version by version and since. */
export function segmentHistoryStore({ kysely: db, engine }: Database) {
  const mayBePersonal = personalConsent(db);

  /**
   * Whoever anything was ever said of in a segmentation, by who they are today. People whom a version holds by what is known
   * of them were placed when it was accepted.
   */
  const known = (segmentationId: number) =>
    countedResponses(db)
      .innerJoin('segmentMemberships', 'segmentMemberships.responseId', 'responses.id')
      .innerJoin('segments', 'segments.id', 'segmentMemberships.segmentId')
      .innerJoin('segmentationVersions', 'segmentationVersions.runId', 'segments.runId')
      .innerJoin('participations', 'participations.id', 'responses.participationId')
      .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
      .where('segmentationVersions.segmentationId', '=', segmentationId)
      .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'participations.personId').as('personId'))
      .union(
        countedPlacements(db)
          .where('segmentPlacements.segmentationId', '=', segmentationId)
          .where('segmentPlacements.personId', 'is not', null)
          .select((eb) =>
            eb.fn.coalesce('personLinks.canonicalId', sql<number>`segment_placements.person_id`).as('personId'),
          ),
      );

  return {
    /**
     * A page of those who were ever in the segmentation.
     *
     * @param among only these, by who they are today; null for everybody
     */
    people: async (
      segmentationId: number,
      { after, limit, among }: { after: number; limit: number; among: readonly number[] | null },
    ): Promise<HistoryPerson[]> => {
      if (among?.length === 0) return [];
      let query = db
        .selectFrom('people')
        .where('people.id', 'in', known(segmentationId))
        .where('people.erasedAt', 'is', null)
        .where('people.id', '>', after)
        .select((eb) => [
          'people.id',
          'people.publicId',
          eb
            .selectFrom('personIdentities')
            .select('personIdentities.value')
            .whereRef('personIdentities.personId', '=', 'people.id')
            .orderBy(sql`case when kind = 'external' then 0 else 1 end`)
            .orderBy('personIdentities.id')
            .limit(1)
            .as('identity'),
        ])
        .orderBy('people.id')
        .limit(limit);
      if (among) query = query.where((eb) => isInList(engine, eb.ref('people.id'), among));
      return (await query.execute()).map((row) => ({ ...row, id: Number(row.id) }));
    },

    /**
     * Everything that is known of some people, each person’s the oldest first; what a version says was said when it was
     * accepted, of several responses the newest last. Only of responses that still count, and whose consent covers it where
     * the survey asked for that.
     */
    factsOf: async (segmentationId: number, personIds: readonly number[]): Promise<SegmentFact[]> => {
      const facts: SegmentFact[] = [];
      for (let from = 0; from < personIds.length; from += PART) {
        const part = personIds.slice(from, from + PART);
        const merged = await db
          .selectFrom('personLinks')
          .select(['personId', 'canonicalId'])
          .where((eb) => isInList(engine, eb.ref('canonicalId'), part))
          .execute();
        const today = new Map([
          ...part.map((id): [number, number] => [id, id]),
          ...merged.map(({ personId, canonicalId }): [number, number] => [Number(personId), Number(canonicalId)]),
        ]);
        const ids = [...today.keys()];
        for (const row of await countedResponses(db)
          .innerJoin('segmentMemberships', 'segmentMemberships.responseId', 'responses.id')
          .innerJoin('segments', 'segments.id', 'segmentMemberships.segmentId')
          .innerJoin('segmentationVersions', 'segmentationVersions.runId', 'segments.runId')
          .innerJoin('participations', 'participations.id', 'responses.participationId')
          .where('segmentationVersions.segmentationId', '=', segmentationId)
          .where((eb) => isInList(engine, eb.ref('participations.personId'), ids))
          .select([
            'participations.personId',
            'responses.id',
            'responses.surveyVersionId',
            'responses.purposes',
            'segmentationVersions.number',
            'segmentationVersions.acceptedAt',
            'segments.lineage',
            'segments.publicId',
            'segmentMemberships.probability',
          ])
          .execute())
          if (await mayBePersonal(Number(row.surveyVersionId), JSON.parse(row.purposes) as string[]))
            facts.push({
              personId: today.get(Number(row.personId))!,
              version: Number(row.number),
              segment: row.lineage ?? row.publicId,
              probability: row.probability,
              probabilities: null,
              reason: null,
              way: 'grouped',
              placedAt: row.acceptedAt,
              id: GROUPED_FROM + Number(row.id),
            });
        for (const row of await countedPlacements(db)
          .where('segmentPlacements.segmentationId', '=', segmentationId)
          .where((eb) => isInList(engine, eb.ref('segmentPlacements.personId'), ids))
          .select([
            'segmentPlacements.id',
            'segmentPlacements.personId',
            'segmentPlacements.version',
            'segmentPlacements.segment',
            'segmentPlacements.probability',
            'segmentPlacements.probabilities',
            'segmentPlacements.reason',
            'segmentPlacements.way',
            'segmentPlacements.placedAt',
          ])
          .orderBy('segmentPlacements.id')
          .execute())
          facts.push({
            personId: today.get(Number(row.personId))!,
            version: Number(row.version),
            segment: row.segment,
            probability: row.probability,
            probabilities:
              row.probabilities === null ? null : (JSON.parse(row.probabilities) as Record<string, number>),
            reason: row.reason,
            way: row.way,
            placedAt: row.placedAt,
            id: Number(row.id),
          });
      }
      return facts.sort((a, b) => (a.placedAt < b.placedAt ? -1 : a.placedAt > b.placedAt ? 1 : a.id - b.id));
    },
  };
}
