import type { Kysely } from 'kysely';
import type { Study } from './studies.ts';
import type { Tables } from './tables.ts';

/** What an assessment of a study's impact counts: what is kept, of how many, and who gets it. */
export async function impactFacts(db: Kysely<Tables>, study: Pick<Study, 'id' | 'workspaceId'>) {
  const count = async (query: { executeTakeFirst(): Promise<{ n: unknown } | undefined> }) =>
    Number((await query.executeTakeFirst())?.n ?? 0);
  const [responses, interviews, recordings, feedback, people, events, attributes, hooks, shares, keys, sent, consents] =
    await Promise.all([
      count(
        db
          .selectFrom('responses')
          .select(({ fn }) => fn.countAll().as('n'))
          .where('studyId', '=', study.id)
          .where('isTest', '=', 0)
          .where('state', '!=', 'withdrawn'),
      ),
      count(
        db
          .selectFrom('interviews')
          .select(({ fn }) => fn.countAll().as('n'))
          .where('studyId', '=', study.id),
      ),
      count(
        db
          .selectFrom('mediaFiles')
          .select(({ fn }) => fn.countAll().as('n'))
          .where('studyId', '=', study.id)
          .where('erasedAt', 'is', null),
      ),
      count(
        db
          .selectFrom('feedback')
          .select(({ fn }) => fn.countAll().as('n'))
          .where('studyId', '=', study.id)
          .where('erasedAt', 'is', null),
      ),
      count(
        db
          .selectFrom('participations')
          .select(({ fn }) => fn.countAll().as('n'))
          .where('studyId', '=', study.id),
      ),
      db
        .selectFrom('events')
        .select('name')
        .distinct()
        .where('workspaceId', '=', study.workspaceId)
        .where('kind', '=', 'track')
        .orderBy('name')
        .limit(EVENT_NAMES_MAX + 1)
        .execute(),
      db
        .selectFrom('attributes')
        .select(['name', 'family'])
        .distinct()
        .where('workspaceId', '=', study.workspaceId)
        .orderBy('family')
        .orderBy('name')
        .execute(),
      db
        .selectFrom('hooks')
        .select(['kind', 'name', 'pausedAt'])
        .where('studyId', '=', study.id)
        .orderBy('id')
        .execute(),
      db
        .selectFrom('shares')
        .select(['name', 'audience', 'expiresAt'])
        .where('studyId', '=', study.id)
        .where('revokedAt', 'is', null)
        .orderBy('id')
        .execute(),
      db
        .selectFrom('apiKeys')
        .select(['name', 'scopes', 'expiresAt'])
        .where('studyId', '=', study.id)
        .where('endedAt', 'is', null)
        .orderBy('id')
        .execute(),
      db.selectFrom('embeddingSwitches').select('maker').where('studyId', '=', study.id).execute(),
      db
        .selectFrom('consents')
        .select(['subjectKind', 'purposes'])
        .select(({ fn }) => fn.countAll().as('n'))
        .where('studyId', '=', study.id)
        .where('withdrawnAt', 'is', null)
        .groupBy(['subjectKind', 'purposes'])
        .execute(),
    ]);
  const agreed = new Map<string, number>();
  for (const { purposes, n } of consents)
    for (const purpose of JSON.parse(purposes) as string[]) agreed.set(purpose, (agreed.get(purpose) ?? 0) + Number(n));
  return {
    responses,
    interviews,
    recordings,
    feedback,
    people,
    eventNames: events.map(({ name }) => name),
    attributes,
    hooks: hooks.map(({ kind, name, pausedAt }) => ({ kind, name, isPaused: pausedAt !== null })),
    shares,
    keys: keys.map(({ scopes, ...key }) => ({ ...key, scopes: JSON.parse(scopes) as string[] })),
    embeddingMakers: sent.map(({ maker }) => maker),
    agreed: [...agreed]
      .map(([purpose, number]) => ({ purpose, number }))
      .sort((a, b) => (a.purpose < b.purpose ? -1 : 1)),
  };
}
/** More kinds of events than a reader takes in are said to be more. */
export const EVENT_NAMES_MAX = 40;
export type ImpactFacts = Awaited<ReturnType<typeof impactFacts>>;
