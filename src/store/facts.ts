import { type Kysely, sql } from 'kysely';
import type { DEEDS } from '../model/rule.ts';
import type { FactValue, Happening } from '../rules/subject.ts';
import type { Tables } from './tables.ts';

/** Of one person's events so many of a name are looked at, the newest. */
const EVENTS_MAX = 5_000;

/** What rules ask about a single person beyond attributes and answers. */
export function factStore(db: Kysely<Tables>) {
  return {
    /** Who an id belongs to today, an own id before one of a browser; null when nobody is known by it. */
    personBehind: async (
      workspaceId: number,
      { userId, anonymousId }: { userId?: string | undefined; anonymousId?: string | undefined },
    ): Promise<number | null> => {
      for (const [kind, value] of [
        ['external', userId],
        ['anonymous', anonymousId],
      ] as const) {
        if (value === undefined) continue;
        const row = await db
          .selectFrom('personIdentities')
          .leftJoin('personLinks', 'personLinks.personId', 'personIdentities.personId')
          .select((eb) => eb.fn.coalesce('personLinks.canonicalId', 'personIdentities.personId').as('id'))
          .where('personIdentities.workspaceId', '=', workspaceId)
          .where('personIdentities.kind', '=', kind)
          .where('personIdentities.value', '=', value)
          .executeTakeFirst();
        if (row) return Number(row.id);
      }
      return null;
    },
    /** Their events of these names, by name, the oldest first. */
    events: async (personIds: readonly number[], names: readonly string[]): Promise<Map<string, Happening[]>> => {
      const found = new Map<string, Happening[]>();
      for (const name of names) {
        const rows = await db
          .selectFrom('events')
          .select(['properties', 'occurredAt'])
          .where('personId', 'in', personIds)
          .where('name', '=', name)
          .orderBy('occurredAt', 'desc')
          .limit(EVENTS_MAX)
          .execute();
        found.set(
          name,
          rows.reverse().map((row) => ({
            at: Date.parse(row.occurredAt),
            properties: JSON.parse(row.properties) as Record<string, unknown>,
          })),
        );
      }
      return found;
    },
    /** What is known of each of their companies. */
    companies: async (personIds: readonly number[]): Promise<Record<string, FactValue>[]> => {
      const rows = await db
        .selectFrom('companyMembers')
        .innerJoin('companies', 'companies.id', 'companyMembers.companyId')
        .leftJoin('companyAttributes', 'companyAttributes.companyId', 'companies.id')
        .select(['companies.id', 'companies.name as called', 'companyAttributes.name', 'companyAttributes.value'])
        .where('companyMembers.personId', 'in', personIds)
        .orderBy('companies.id')
        .orderBy('companyAttributes.recordedAt')
        .orderBy('companyAttributes.id')
        .execute();
      const byCompany = new Map<number, Record<string, FactValue>>();
      for (const { id, called, name, value } of rows) {
        const known = byCompany.get(id) ?? { name: called };
        if (name !== null && value !== null) known[name] = JSON.parse(value) as FactValue;
        byCompany.set(id, known);
      }
      return [...byCompany.values()];
    },
    /** What they did with surveys, by slug. */
    deeds: async (
      personIds: readonly number[],
    ): Promise<{ survey: string; did: (typeof DEEDS)[number]; at: number }[]> => {
      const offers = await db
        .selectFrom('offers')
        .innerJoin('surveys', 'surveys.id', 'offers.surveyId')
        .select(['surveys.slug', 'offers.madeAt', 'offers.dismissedAt'])
        .where('offers.personId', 'in', personIds)
        .execute();
      const responses = await db
        .selectFrom('responses')
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .innerJoin('surveys', 'surveys.id', 'responses.surveyId')
        .select(['surveys.slug', 'responses.startedAt', 'responses.completedAt', 'responses.state'])
        .where('participations.personId', 'in', personIds)
        .where('responses.isTest', '=', 0)
        .execute();
      return [
        ...offers.flatMap(({ slug, madeAt, dismissedAt }) => [
          { survey: slug, did: 'seen' as const, at: Date.parse(madeAt) },
          ...(dismissedAt === null ? [] : [{ survey: slug, did: 'dismissed' as const, at: Date.parse(dismissedAt) }]),
        ]),
        ...responses.flatMap(({ slug, startedAt, completedAt, state }) => [
          { survey: slug, did: 'started' as const, at: Date.parse(startedAt) },
          ...(completedAt === null || state !== 'completed'
            ? []
            : [{ survey: slug, did: 'completed' as const, at: Date.parse(completedAt) }]),
        ]),
      ].sort((a, b) => a.at - b.at);
    },
    /** How sure they are in segments that were found among responses, by the segment's public id; the newest response says. */
    found: async (personIds: readonly number[], segmentIds: readonly string[]): Promise<Map<string, number>> => {
      if (segmentIds.length === 0) return new Map();
      const rows = await db
        .selectFrom('segmentMemberships')
        .innerJoin('segments', 'segments.id', 'segmentMemberships.segmentId')
        .innerJoin('responses', 'responses.id', 'segmentMemberships.responseId')
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .select(['segments.publicId', 'segmentMemberships.probability'])
        .where('participations.personId', 'in', personIds)
        .where('segments.publicId', 'in', segmentIds)
        .orderBy('responses.id')
        .execute();
      return new Map(rows.map(({ publicId, probability }) => [publicId, probability ?? 1]));
    },
    /** Whether any of their responses was looked at when the segment's run was made. */
    wasSorted: async (personIds: readonly number[], segmentId: string): Promise<boolean> => {
      const row = await db
        .selectFrom('segments')
        .innerJoin('segments as siblings', 'siblings.runId', 'segments.runId')
        .innerJoin('segmentMemberships', 'segmentMemberships.segmentId', 'siblings.id')
        .innerJoin('responses', 'responses.id', 'segmentMemberships.responseId')
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .select(sql<number>`1`.as('one'))
        .where('segments.publicId', '=', segmentId)
        .where('participations.personId', 'in', personIds)
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}
