import type { Kysely, Selectable } from 'kysely';
import type { RuleUnit } from '../model/rule.ts';
import { newPublicId } from './identifiers.ts';
import type { Tables } from './tables.ts';

export type Segment = Selectable<Tables['segments']>;

/** The responses that a segment holds by themselves, or by the person who gave them. */
export const responsesIn = (db: Pick<Kysely<Tables>, 'selectFrom'>, segmentId: number) =>
  db
    .selectFrom('segmentMemberships')
    .select('responseId')
    .where('segmentId', '=', segmentId)
    .union(
      db
        .selectFrom('responses')
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .leftJoin('personLinks', 'personLinks.personId', 'participations.personId')
        .innerJoin('segmentPeople', (on) =>
          on.on((eb) =>
            eb('segmentPeople.personId', '=', eb.fn.coalesce('personLinks.canonicalId', 'participations.personId')),
          ),
        )
        .select('responses.id as responseId')
        .where('segmentPeople.segmentId', '=', segmentId)
        .where('responses.state', '=', 'completed'),
    );

/** The segments of a study that stand: rules, and those of accepted versions that no later one took the place of. */
export const standingSegments = (db: Pick<Kysely<Tables>, 'selectFrom'>, studyId: number) =>
  db
    .selectFrom('segments')
    .where('studyId', '=', studyId)
    .where('removedAt', 'is', null)
    .where('supersededAt', 'is', null)
    .where((eb) => eb.or([eb('origin', '=', 'rule'), eb('acceptedAt', 'is not', null)]));

/** Groups of people, defined by a rule or found by a run. */
export function segmentStore(db: Kysely<Tables>) {
  return {
    /** Those that a rule defines, and of those that were found the ones that were accepted and stand today. */
    list: (studyId: number): Promise<Segment[]> =>
      standingSegments(db, studyId).selectAll().orderBy('runId', 'desc').orderBy('position').orderBy('id').execute(),
    find: async (studyId: number, publicId: string): Promise<Segment | null> =>
      (await db
        .selectFrom('segments')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('publicId', '=', publicId)
        .where('removedAt', 'is', null)
        .executeTakeFirst()) ?? null,
    findById: async (studyId: number, id: number): Promise<Segment | null> =>
      (await db
        .selectFrom('segments')
        .selectAll()
        .where('studyId', '=', studyId)
        .where('id', '=', id)
        .executeTakeFirst()) ?? null,
    addDefined: (
      studyId: number,
      name: string,
      rule: unknown,
      surveyId: number | null,
      userId: number | null,
      at: string,
      unit: RuleUnit = 'person',
    ): Promise<Segment> =>
      db
        .insertInto('segments')
        .values({
          studyId,
          publicId: newPublicId(),
          origin: 'rule',
          name,
          version: 1,
          runId: null,
          surveyId,
          rule: JSON.stringify(rule),
          position: 0,
          profile: null,
          createdBy: userId,
          createdAt: at,
          removedAt: null,
          unit,
        })
        .returningAll()
        .executeTakeFirstOrThrow(),
    /** @param surveyId what it is counted over from now on; as before when it is left out */
    redefine: async (
      segmentId: number,
      version: number,
      { name, rule, surveyId }: { name: string; rule: unknown; surveyId?: number | null | undefined },
    ): Promise<boolean> => {
      const { numUpdatedRows } = await db
        .updateTable('segments')
        .set({
          name,
          rule: JSON.stringify(rule),
          version: version + 1,
          ...(surveyId === undefined ? {} : { surveyId }),
        })
        .where('id', '=', segmentId)
        .where('version', '=', version)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },
    rename: async (segmentId: number, name: string) => {
      await db.updateTable('segments').set({ name }).where('id', '=', segmentId).execute();
    },
    /** How many responses, or people, each segment of a study holds. */
    memberCounts: async (studyId: number): Promise<Map<number, number>> => {
      const counts = new Map<number, number>();
      for (const table of ['segmentMemberships', 'segmentPeople'] as const)
        for (const { id, n } of await db
          .selectFrom(table)
          .innerJoin('segments', 'segments.id', `${table}.segmentId`)
          .select(['segments.id', ({ fn }) => fn.countAll().as('n')])
          .where('segments.studyId', '=', studyId)
          .groupBy('segments.id')
          .execute())
          counts.set(id, (counts.get(id) ?? 0) + Number(n));
      return counts;
    },
    /** The responses of a segment, by themselves or by the person who gave them. */
    members: async (segmentId: number): Promise<Set<number>> =>
      new Set((await responsesIn(db, segmentId).execute()).map((row) => Number(row.responseId))),
    /** The people whom a segment holds by what is known of them, as they were known then. */
    people: async (segmentId: number): Promise<number[]> =>
      (await db.selectFrom('segmentPeople').select('personId').where('segmentId', '=', segmentId).execute()).map(
        ({ personId }) => Number(personId),
      ),
  };
}
