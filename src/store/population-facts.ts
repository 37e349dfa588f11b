import type { Kysely } from 'kysely';
import type { SaidRole } from '../model/buying-role.ts';
import type { DEEDS } from '../model/rule.ts';
import type { FactValue } from '../rules/subject.ts';
import type { Tables } from './tables.ts';

/** So many rows are read at once. */
const PART = 5_000;
/** So many names of events are offered to choose from and looked at. */
export const EVENT_NAMES_MAX = 300;
/** So many of the latest events of a name tell which properties they have. */
const LATEST = 200;

/** What rules ask about all people of a workspace at once, beyond attributes and answers; each fact with whose it is. */
export function populationFactStore(db: Kysely<Tables>) {
  return {
    /** Under which id those who were merged into another are known. */
    links: async (workspaceId: number): Promise<Map<number, number>> =>
      new Map(
        (
          await db
            .selectFrom('personLinks')
            .innerJoin('people', 'people.id', 'personLinks.personId')
            .select(['personLinks.personId', 'personLinks.canonicalId'])
            .where('people.workspaceId', '=', workspaceId)
            .execute()
        ).map((row) => [row.personId, row.canonicalId]),
      ),

    /** Every value that an attribute of a name ever had, oldest rows first, a part at a time. */
    attributes: async function* (
      workspaceId: number,
      name: string,
    ): AsyncGenerator<{ personId: number; value: FactValue; recordedAt: string }> {
      for (let after = 0; ; ) {
        const part = await db
          .selectFrom('attributes')
          .select(['id', 'personId', 'value', 'recordedAt'])
          .where('workspaceId', '=', workspaceId)
          .where('name', '=', name)
          .where('id', '>', after)
          .orderBy('id')
          .limit(PART)
          .execute();
        for (const { personId, value, recordedAt } of part)
          yield { personId, value: JSON.parse(value) as FactValue, recordedAt };
        const last = part.at(-1);
        if (!last || part.length < PART) return;
        after = last.id;
      }
    },

    /**
     * Which events there are, in the order of the alphabet; each name costs one step along the index.
     *
     * @param most of more names than these the most frequent, which takes counting all events
     */
    eventNames: async (workspaceId: number, most: number = EVENT_NAMES_MAX): Promise<string[]> => {
      const names: string[] = [];
      while (names.length <= most) {
        const last = names.at(-1);
        let query = db.selectFrom('events').select('name').where('workspaceId', '=', workspaceId);
        if (last !== undefined) query = query.where('name', '>', last);
        const next = await query.orderBy('name').limit(1).executeTakeFirst();
        if (!next) return names;
        names.push(next.name);
      }
      const frequent = await db
        .selectFrom('events')
        .select(({ fn }) => ['name', fn.countAll().as('n')])
        .where('workspaceId', '=', workspaceId)
        .groupBy('name')
        .orderBy('n', 'desc')
        .orderBy('name')
        .limit(most)
        .execute();
      return frequent.map(({ name }) => name).sort();
    },

    /** How many names of events there are. */
    countEventNames: async (workspaceId: number): Promise<number> =>
      Number(
        (
          await db
            .selectFrom('events')
            .select(({ fn }) => fn.count('name').distinct().as('n'))
            .where('workspaceId', '=', workspaceId)
            .executeTakeFirst()
        )?.n ?? 0,
      ),

    /** Which properties the latest events of a name have. */
    propertyNames: async (workspaceId: number, name: string): Promise<string[]> => {
      const rows = await db
        .selectFrom('events')
        .select('properties')
        .where('workspaceId', '=', workspaceId)
        .where('name', '=', name)
        .orderBy('occurredAt', 'desc')
        .limit(LATEST)
        .execute();
      return [...new Set(rows.flatMap((row) => Object.keys(JSON.parse(row.properties) as object)))].sort();
    },

    /** Every event of a name, a part at a time, so that no more than that is in memory; properties as JSON. */
    events: async function* (
      workspaceId: number,
      name: string,
    ): AsyncGenerator<{ personId: number; properties: string; occurredAt: string }> {
      let last: { occurredAt: string; seq: number } | undefined;
      do {
        const after = last;
        let query = db
          .selectFrom('events')
          .select(['seq', 'personId', 'properties', 'occurredAt'])
          .where('workspaceId', '=', workspaceId)
          .where('name', '=', name);
        // In the order of the index, so that a part costs no more than its rows.
        if (after)
          query = query.where(({ eb, refTuple, tuple }) =>
            eb(refTuple('occurredAt', 'seq'), '>', tuple(after.occurredAt, after.seq)),
          );
        const part = await query.orderBy('occurredAt').orderBy('seq').limit(PART).execute();
        yield* part;
        last = part.length < PART ? undefined : part.at(-1);
      } while (last);
    },

    /**
     * What is known of each company, its name included, and who belongs to it in which role.
     *
     * @param names the attributes that are wanted; all without it
     */
    companies: async (
      workspaceId: number,
      names?: readonly string[],
    ): Promise<{
      companies: { id: number; publicId: string; name: string }[];
      attributes: Map<number, Record<string, FactValue>>;
      members: ({ companyId: number; personId: number } & SaidRole)[];
    }> => {
      const companies = await db
        .selectFrom('companies')
        .select(['id', 'publicId', 'name'])
        .where('workspaceId', '=', workspaceId)
        .orderBy('id')
        .execute();
      const attributes = new Map(companies.map(({ id, name }) => [id, { name } as Record<string, FactValue>]));
      let wanted = db
        .selectFrom('companyAttributes')
        .select(['companyId', 'name', 'value'])
        .where('workspaceId', '=', workspaceId);
      if (names && names.length > 0) wanted = wanted.where('name', 'in', names);
      const rows = names?.length === 0 ? [] : await wanted.orderBy('recordedAt').orderBy('id').execute();
      for (const { companyId, name, value } of rows) {
        const known = attributes.get(companyId);
        if (known) known[name] = JSON.parse(value) as FactValue;
      }
      const members = await db
        .selectFrom('companyMembers')
        .innerJoin('companies', 'companies.id', 'companyMembers.companyId')
        .select(['companyMembers.companyId', 'companyMembers.personId', 'companyMembers.role', 'companyMembers.roleAt'])
        .where('companies.workspaceId', '=', workspaceId)
        .orderBy('companyMembers.companyId')
        .execute();
      return { companies, attributes, members };
    },

    /** What everybody did with surveys, by slug, in no order. */
    deeds: async (
      workspaceId: number,
    ): Promise<{ personId: number; survey: string; did: (typeof DEEDS)[number]; at: string }[]> => {
      const offers = await db
        .selectFrom('offers')
        .innerJoin('surveys', 'surveys.id', 'offers.surveyId')
        .select(['offers.personId', 'surveys.slug', 'offers.madeAt', 'offers.dismissedAt'])
        .where('offers.workspaceId', '=', workspaceId)
        .execute();
      const responses = await db
        .selectFrom('responses')
        .innerJoin('participations', 'participations.id', 'responses.participationId')
        .innerJoin('studies', 'studies.id', 'responses.studyId')
        .innerJoin('surveys', 'surveys.id', 'responses.surveyId')
        .select([
          'participations.personId',
          'surveys.slug',
          'responses.startedAt',
          'responses.completedAt',
          'responses.state',
        ])
        .where('studies.workspaceId', '=', workspaceId)
        .where('responses.isTest', '=', 0)
        .execute();
      return [
        ...offers.flatMap(({ personId, slug: survey, madeAt, dismissedAt }) => [
          { personId, survey, did: 'seen' as const, at: madeAt },
          ...(dismissedAt === null ? [] : [{ personId, survey, did: 'dismissed' as const, at: dismissedAt }]),
        ]),
        ...responses.flatMap(({ personId, slug: survey, startedAt, completedAt, state }) => [
          { personId, survey, did: 'started' as const, at: startedAt },
          ...(completedAt === null || state !== 'completed'
            ? []
            : [{ personId, survey, did: 'completed' as const, at: completedAt }]),
        ]),
      ];
    },
  };
}
