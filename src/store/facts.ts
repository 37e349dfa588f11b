import type { Kysely } from 'kysely';
import { lastSaid, type SaidRole } from '../model/buying-role.ts';
import type { DEEDS } from '../model/rule.ts';
import type { FactValue, Happening } from '../rules/subject.ts';
import { agreedInterviews } from './interview-turns.ts';
import { countedResponses } from './responses.ts';
import type { Tables } from './tables.ts';

/** Of one person's events so many are looked at, the newest. */
const EVENTS_MAX = 20_000;

/** What rules ask about a single person beyond attributes and answers. */
export function factStore(db: Kysely<Tables>) {
  const hasOwnId = async (canonicalId: number): Promise<boolean> =>
    (await db
      .selectFrom('personIdentities')
      .select('id')
      .where('kind', '=', 'external')
      .where((eb) =>
        eb.or([
          eb('personId', '=', canonicalId),
          eb(
            'personId',
            'in',
            eb.selectFrom('personLinks').select('personLinks.personId').where('canonicalId', '=', canonicalId),
          ),
        ]),
      )
      .limit(1)
      .executeTakeFirst()) !== undefined;

  return {
    /**
     * Who an id belongs to today, an own id before one of a browser; null when nobody is known by it. Somebody whose own
     * id is new is not whoever the browser belongs to, where that is a person with an id of their own.
     */
    personBehind: async (
      workspaceId: number,
      { userId, anonymousId }: { userId?: string | undefined; anonymousId?: string | undefined },
    ): Promise<number | null> => {
      const named = [
        ...(userId === undefined ? [] : [['external', userId] as const]),
        ...(anonymousId === undefined ? [] : [['anonymous', anonymousId] as const]),
      ];
      if (named.length === 0) return null;
      const rows = await db
        .selectFrom('personIdentities')
        .leftJoin('personLinks', 'personLinks.personId', 'personIdentities.personId')
        .select((eb) => [
          'personIdentities.kind',
          eb.fn.coalesce('personLinks.canonicalId', 'personIdentities.personId').as('id'),
        ])
        .where('personIdentities.workspaceId', '=', workspaceId)
        .where((eb) =>
          eb.or(
            named.map(([kind, value]) =>
              eb.and([eb('personIdentities.kind', '=', kind), eb('personIdentities.value', '=', value)]),
            ),
          ),
        )
        .execute();
      const own = rows.find(({ kind }) => kind === 'external');
      if (own) return Number(own.id);
      const id = rows[0] ? Number(rows[0].id) : null;
      return id === null || (userId !== undefined && (await hasOwnId(id))) ? null : id;
    },
    /** Their events of these names, by name, the oldest first. */
    events: async (personIds: readonly number[], names: readonly string[]): Promise<Map<string, Happening[]>> => {
      const found = new Map<string, Happening[]>(names.map((name) => [name, []]));
      if (names.length === 0) return found;
      const rows = await db
        .selectFrom('events')
        .select(['name', 'properties', 'occurredAt'])
        .where('personId', 'in', personIds)
        .where('name', 'in', names)
        .orderBy('occurredAt', 'desc')
        .limit(EVENTS_MAX)
        .execute();
      for (const { name, properties, occurredAt } of rows.reverse())
        found
          .get(name)
          ?.push({ at: Date.parse(occurredAt), properties: JSON.parse(properties) as Record<string, unknown> });
      return found;
    },
    /**
     * Pages that people of a workspace opened, and events of some names, the newest first, each of whoever the person is
     * today.
     */
    moments: async (
      workspaceId: number,
      { from, events, most }: { from: string; events: readonly string[]; most: number },
    ): Promise<{ personId: number; at: number; url: string; event: string | null; properties: unknown }[]> => {
      const rows = await db
        .selectFrom('events')
        .leftJoin('personLinks', 'personLinks.personId', 'events.personId')
        .select((eb) => [
          eb.fn.coalesce('personLinks.canonicalId', 'events.personId').as('person'),
          'events.kind',
          'events.name',
          'events.properties',
          'events.context',
          'events.occurredAt',
        ])
        .where('events.workspaceId', '=', workspaceId)
        .where('events.occurredAt', '>=', from)
        .where((eb) =>
          eb.or([
            eb('events.kind', '=', 'page'),
            ...(events.length > 0 ? [eb.and([eb('events.kind', '=', 'track'), eb('events.name', 'in', events)])] : []),
          ]),
        )
        .orderBy('events.occurredAt', 'desc')
        .orderBy('events.seq', 'desc')
        .limit(most)
        .execute();
      return rows.map(({ person, kind, name, properties, context, occurredAt }) => {
        const told = JSON.parse(properties) as { url?: unknown };
        const { page } = JSON.parse(context) as { page?: { url?: unknown } };
        return {
          personId: Number(person),
          at: Date.parse(occurredAt),
          url: String(told.url ?? page?.url ?? ''),
          event: kind === 'page' ? null : name,
          properties: told,
        };
      });
    },
    /** What is known of each of their companies, and their role in it. */
    companies: async (
      personIds: readonly number[],
    ): Promise<{ id: number; role: string | null; attributes: Record<string, FactValue> }[]> => {
      const rows = await db
        .selectFrom('companyMembers')
        .innerJoin('companies', 'companies.id', 'companyMembers.companyId')
        .leftJoin('companyAttributes', 'companyAttributes.companyId', 'companies.id')
        .select([
          'companies.id',
          'companies.name as called',
          'companyMembers.role',
          'companyMembers.roleAt',
          'companyAttributes.name',
          'companyAttributes.value',
        ])
        .where('companyMembers.personId', 'in', personIds)
        .orderBy('companies.id')
        .orderBy('companyAttributes.recordedAt')
        .orderBy('companyAttributes.id')
        .execute();
      const byCompany = new Map<number, SaidRole & { id: number; attributes: Record<string, FactValue> }>();
      for (const { id, called, role, roleAt, name, value } of rows) {
        const known = byCompany.get(id) ?? { id: Number(id), role, roleAt, attributes: { name: called } };
        Object.assign(known, lastSaid<SaidRole>(known, { role, roleAt }));
        if (name !== null && value !== null) known.attributes[name] = JSON.parse(value) as FactValue;
        byCompany.set(id, known);
      }
      return [...byCompany.values()].map(({ id, role, attributes }) => ({ id, role, attributes }));
    },
    /**
     * On how many passages of people's interviews a code lies, by the code as it was asked for: its id, or its name; one
     * that was merged into another is that one. Whoever was interviewed and has none has 0; whoever was not interviewed, or
     * did not agree to analysis, is not there.
     *
     * @param personIds null for everybody
     */
    codedSpans: async (
      studyId: number,
      codes: readonly string[],
      personIds: readonly number[] | null,
    ): Promise<Map<string, { personId: number; count: number }[]>> => {
      const found = new Map<string, { personId: number; count: number }[]>();
      if (codes.length === 0 || personIds?.length === 0) return found;
      const known = await db
        .selectFrom('codes')
        .select(['id', 'publicId', 'name', 'mergedInto'])
        .where('studyId', '=', studyId)
        .execute();
      for (const asked of codes) {
        const code =
          known.find(({ publicId }) => publicId === asked) ??
          known.find(({ name }) => name.trim().toLowerCase() === asked.trim().toLowerCase());
        if (!code) continue;
        let query = agreedInterviews(db)
          .innerJoin('participations', 'participations.id', 'interviews.participationId')
          .leftJoin('sourceTexts', (on) =>
            on
              .onRef('sourceTexts.subjectId', '=', 'interviews.publicId')
              .onRef('sourceTexts.studyId', '=', 'interviews.studyId')
              .on('sourceTexts.erasedAt', 'is', null)
              .on('sourceTexts.supersededAt', 'is', null),
          )
          .leftJoin('codings', (on) =>
            on
              .onRef('codings.sourceId', '=', 'sourceTexts.publicId')
              .onRef('codings.sourceVersion', '=', 'sourceTexts.version')
              .on('codings.codeId', '=', code.mergedInto ?? code.id)
              .on('codings.removedAt', 'is', null)
              .on('codings.counts', '=', 1),
          )
          .select(({ fn }) => ['participations.personId', fn.count('codings.id').distinct().as('count')])
          .where('interviews.studyId', '=', studyId)
          .groupBy('participations.personId');
        if (personIds) query = query.where('participations.personId', 'in', personIds);
        found.set(
          asked,
          (await query.execute()).map(({ personId, count }) => ({ personId: Number(personId), count: Number(count) })),
        );
      }
      return found;
    },
    /** Which surveys they have completed, by public id. */
    completed: async (personIds: readonly number[]): Promise<Set<string>> => {
      if (personIds.length === 0) return new Set();
      const rows = await countedResponses(db)
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .innerJoin('surveys', 'surveys.id', 'responses.surveyId')
        .select('surveys.publicId')
        .distinct()
        .where('participations.personId', 'in', personIds)
        .execute();
      return new Set(rows.map(({ publicId }) => publicId));
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
  };
}
