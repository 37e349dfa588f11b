import { type Kysely, sql } from 'kysely';
import type { SeenEvent } from '../rules/last-seen.ts';
import type { Tables } from './tables.ts';

/** So many of somebody's newest events are looked at for what was last known of a visit. */
const EVENTS_EACH = 5;
const PEOPLE_AT_ONCE = 2_000;

type Row = { personId: number; properties: string; context: string; occurredAt: string };

const asSeen = ({ personId, properties, context, occurredAt }: Row): SeenEvent & { personId: number } => ({
  personId: Number(personId),
  at: Date.parse(occurredAt),
  properties: JSON.parse(properties),
  context: JSON.parse(context),
});

/** The newest events of people, which tell the page they were on, what they used and where they were. */
export function sightStore(db: Kysely<Tables>) {
  /** The newest few of each, and the newest page among older ones. */
  const newest = sql`select seq from (select latest.seq from events as latest where latest.person_id = people.id
      order by latest.occurred_at desc limit ${EVENTS_EACH}) as few
    union select seq from (select page.seq from events as page where page.person_id = people.id and page.kind = 'page'
      order by page.occurred_at desc limit 1) as one`;

  return {
    of: async (personIds: readonly number[]): Promise<SeenEvent[]> =>
      personIds.length === 0
        ? []
        : (
            await sql<Row>`select events.person_id, events.properties, events.context, events.occurred_at
              from people join events on events.seq in (${newest})
              where people.id in (${sql.join(personIds)})`.execute(db)
          ).rows.map(asSeen),
    /** Those of everybody in a workspace, person by person, also of those who were merged into another. */
    all: async function* (workspaceId: number): AsyncGenerator<SeenEvent & { personId: number }> {
      for (let after = 0; ; ) {
        const people = await db
          .selectFrom('people')
          .select('id')
          .where('workspaceId', '=', workspaceId)
          .where('id', '>', after)
          .orderBy('id')
          .limit(PEOPLE_AT_ONCE)
          .execute();
        const last = people.at(-1);
        if (!last) return;
        const { rows } = await sql<Row>`select events.person_id, events.properties, events.context, events.occurred_at
          from people join events on events.seq in (${newest})
          where people.workspace_id = ${workspaceId} and people.id > ${after} and people.id <= ${last.id}
          order by people.id`.execute(db);
        yield* rows.map(asSeen);
        if (people.length < PEOPLE_AT_ONCE) return;
        after = last.id;
      }
    },
  };
}
