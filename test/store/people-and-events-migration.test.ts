import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { type Kysely, PGliteDialect, sql } from 'kysely';
import { expect, test } from 'vitest';
import { type Database, kyselyOver, openSqlite } from '../../src/store/database.ts';
import { intakeProjector } from '../../src/store/intake-projection.ts';
import { migrate, SCHEMA_VERSION, STEP_NAMES } from '../../src/store/migrate.ts';
import * as firstHouse from '../../src/store/migrations/0001-first-house.ts';
import * as asking from '../../src/store/migrations/0002-asking.ts';
import * as distribution from '../../src/store/migrations/0003-distribution.ts';
import * as responseDesk from '../../src/store/migrations/0004-response-desk.ts';
import { temporaryFolder } from '../support/house.ts';

const AT = '2026-01-01T00:00:00.000Z';
const EARLIER = [firstHouse, asking, distribution, responseDesk];

/** A database as the schema before left it: three people, one without an id of their own, and what they did. */
async function plantEarlier({ kysely, engine }: Database): Promise<void> {
  for (const { up } of EARLIER) await up(kysely as unknown as Kysely<unknown>, engine);
  const run = (text: string) => sql.raw(text).execute(kysely);
  await run(
    'create table schema_migrations (number integer primary key, name text not null, applied_at text not null)',
  );
  for (const number of EARLIER.keys())
    await run(`insert into schema_migrations values (${number + 1}, '${STEP_NAMES[number]}', '${AT}')`);
  await run(
    `insert into workspaces (public_id, name, created_at) values ('w1', 'One', '${AT}'), ('w2', 'Two', '${AT}')`,
  );
  await run(`insert into people (workspace_id, public_id, created_at) values
    (1, 'p1', '${AT}'), (1, 'p2', '${AT}'), (2, 'p3', '${AT}')`);
  await run(`insert into person_identities (workspace_id, kind, value, person_id) values
    (1, 'external', 'ada', 1), (2, 'external', 'ada', 3)`);
  await run(`insert into attributes (workspace_id, person_id, name, family, value, source, recorded_at) values
    (1, 1, 'plan', 'value', '"Pro"', 'Shop', '${AT}'), (1, 2, 'plan', 'value', '"Free"', 'Shop', '${AT}'),
    (1, 1, 'age', 'demographic', '34', 'Shop', '${AT}'), (1, 1, 'fan', 'other', 'true', 'Shop', '${AT}'),
    (1, 1, 'tags', 'other', '["a"]', 'Shop', '${AT}'), (1, 1, 'mixed', 'other', '1', 'Shop', '${AT}'),
    (1, 2, 'mixed', 'other', '"one"', 'Shop', '${AT}')`);
  const event = (person: number, workspace: number, message: string, name: string, revenue: number) =>
    run(`insert into event_records (workspace_id, person_id, message_id, name, body, occurred_at, received_at) values
      (${workspace}, ${person}, '${message}', '${name}', '{"properties":{"revenue":${revenue}}}', '2025-12-0${revenue}T00:00:00.000Z', '${AT}')`);
  await event(1, 1, 'm1', 'Order Completed', 1);
  await event(2, 1, 'm2', 'Order Completed', 2);
  await event(3, 2, 'm1', 'Order Completed', 3);
}

test.each([
  ['SQLite', (folder: string) => kyselyOver('sqlite', openSqlite(path.join(folder, 'old.db'), { mayCreate: true }))],
  ['PostgreSQL', () => kyselyOver('postgres', new PGliteDialect({ pglite: new PGlite() }))],
] as const)('events of before are in the log of intake, with the same people, on %s', async (_, open) => {
  using place = temporaryFolder();
  const database = open(place.folder);
  const { kysely } = database;
  try {
    await plantEarlier(database);
    let wasCopied = false;
    const steps = await migrate(
      database,
      () => new Date(AT),
      async () => {
        wasCopied = true;
      },
    );
    expect([steps, wasCopied]).toEqual([SCHEMA_VERSION - EARLIER.length, true]);
    const projections = intakeProjector(database);
    while ((await projections.projectBatch(2)) > 0);

    const log = await kysely.selectFrom('intakeRecords').selectAll().orderBy('seq').execute();
    expect(
      log.map(({ workspaceId, messageId, kind, userId }) => [Number(workspaceId), messageId, kind, userId]),
    ).toEqual([
      [1, 'm1', 'track', 'ada'],
      [1, 'm2', 'track', 'p2'],
      [2, 'm1', 'track', 'ada'],
    ]);
    const events = await kysely.selectFrom('events').selectAll().orderBy('seq').execute();
    expect(
      events.map(({ personId, name, properties, occurredAt }) => [Number(personId), name, properties, occurredAt]),
    ).toEqual([
      [1, 'Order Completed', '{"revenue":1}', '2025-12-01T00:00:00.000Z'],
      [2, 'Order Completed', '{"revenue":2}', '2025-12-02T00:00:00.000Z'],
      [3, 'Order Completed', '{"revenue":3}', '2025-12-03T00:00:00.000Z'],
    ]);
    expect(
      Number(
        (
          await kysely
            .selectFrom('people')
            .select(({ fn }) => fn.countAll().as('n'))
            .executeTakeFirst()
        )?.n,
      ),
    ).toBe(3);
    const types = await kysely
      .selectFrom('attributeTypes')
      .select(['name', 'type', 'family'])
      .orderBy('name')
      .execute();
    expect(types).toEqual([
      { name: 'age', type: 'number', family: 'demographic' },
      { name: 'fan', type: 'yes-no', family: 'other' },
      { name: 'mixed', type: 'text', family: 'other' },
      { name: 'plan', type: 'text', family: 'value' },
      { name: 'tags', type: 'list', family: 'other' },
    ]);
    // The next message has a number of its own.
    await kysely
      .insertInto('intakeRecords')
      .values({
        workspaceId: 1,
        sourceId: null,
        messageId: 'm4',
        kind: 'track',
        name: 'x',
        userId: 'ada',
        anonymousId: null,
        body: '{}',
        occurredAt: AT,
        receivedAt: AT,
      })
      .execute();
    const last = await kysely
      .selectFrom('intakeRecords')
      .select(({ fn }) => fn.max('seq').as('seq'))
      .executeTakeFirst();
    expect(Number(last?.seq)).toBe(4);
  } finally {
    await kysely.destroy();
  }
});
