import { type Kysely, sql } from 'kysely';
import type { Database } from './database.ts';
import type { Engine } from './dialect.ts';
import * as firstHouse from './migrations/0001-first-house.ts';
import * as asking from './migrations/0002-asking.ts';
import * as distribution from './migrations/0003-distribution.ts';
import * as responseDesk from './migrations/0004-response-desk.ts';
import * as peopleAndEvents from './migrations/0005-people-and-events.ts';
import * as outbox from './migrations/0006-outbox.ts';
import * as offers from './migrations/0007-offers.ts';
import * as computedAttributes from './migrations/0008-computed-attributes.ts';
import * as segmentSizes from './migrations/0009-segment-sizes.ts';
import * as signedIds from './migrations/0010-signed-ids.ts';
import * as feedback from './migrations/0011-feedback.ts';
import * as comparisons from './migrations/0012-comparisons.ts';
import * as plays from './migrations/0013-plays.ts';
import * as companiesAsUnits from './migrations/0014-companies-as-units.ts';
import * as saidSame from './migrations/0015-said-same.ts';

type Migration = { name: string; up: (db: Kysely<unknown>, engine: Engine) => Promise<void> };

/** In order; what has once been released is never changed, only followed. */
const MIGRATIONS: readonly Migration[] = [
  { name: '0001-first-house', up: firstHouse.up },
  { name: '0002-asking', up: asking.up },
  { name: '0003-distribution', up: distribution.up },
  { name: '0004-response-desk', up: responseDesk.up },
  { name: '0005-people-and-events', up: peopleAndEvents.up },
  { name: '0006-outbox', up: outbox.up },
  { name: '0007-offers', up: offers.up },
  { name: '0008-computed-attributes', up: computedAttributes.up },
  { name: '0009-segment-sizes', up: segmentSizes.up },
  { name: '0010-signed-ids', up: signedIds.up },
  { name: '0011-feedback', up: feedback.up },
  { name: '0012-comparisons', up: comparisons.up },
  { name: '0013-plays', up: plays.up },
  { name: '0014-companies-as-units', up: companiesAsUnits.up },
  { name: '0015-said-same', up: saidSame.up },
];

/** The schema that this version of Verbatim writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** How many migrations a database has seen; 0 for an empty one. */
export async function schemaVersion({ kysely }: Database): Promise<number> {
  const tables = await kysely.introspection.getTables();
  if (!tables.some((table) => table.name === 'schema_migrations' || table.name === 'schemaMigrations')) return 0;
  const row = await kysely
    .selectFrom('schemaMigrations')
    .select(({ fn }) => fn.max('number').as('number'))
    .executeTakeFirst();
  return Number(row?.number ?? 0);
}

/**
 * Brings a database to today's schema, each step in a transaction of its own.
 *
 * @param before called once when a database that is not empty is about to change: the place for a verified copy
 * @throws Error when the database is newer than this version of Verbatim
 */
export async function migrate(database: Database, now: () => Date, before?: () => Promise<void>): Promise<number> {
  const { kysely, engine } = database;
  const from = await schemaVersion(database);
  if (from > SCHEMA_VERSION) {
    throw new Error(
      `This database has schema ${from}, but this version of Verbatim knows only ${SCHEMA_VERSION}. Start the newer version, or restore a copy made before the upgrade with "npx verbatim restore FILE"`,
    );
  }
  if (from > 0 && from < SCHEMA_VERSION) await before?.();
  await sql`create table if not exists schema_migrations (number integer primary key, name text not null, applied_at text not null)`.execute(
    kysely,
  );
  for (const [index, migration] of MIGRATIONS.entries()) {
    if (index < from) continue;
    await kysely.transaction().execute(async (trx) => {
      await migration.up(trx as unknown as Kysely<unknown>, engine);
      await trx
        .insertInto('schemaMigrations')
        .values({ number: index + 1, name: migration.name, appliedAt: now().toISOString() })
        .execute();
    });
  }
  return SCHEMA_VERSION - from;
}
