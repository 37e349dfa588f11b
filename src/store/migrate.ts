import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Kysely, sql } from 'kysely';
import type { Database } from './database.ts';
import type { Engine } from './dialect.ts';

type Migration = {
  name: string;
  read: () => Promise<{ up: (db: Kysely<unknown>, engine: Engine) => Promise<void> }>;
};

/** In order, read in only where one is missing; what has once been released is never changed, only followed. */
const MIGRATIONS: readonly Migration[] = [
  { name: '0001-first-house', read: () => import('./migrations/0001-first-house.ts') },
  { name: '0002-asking', read: () => import('./migrations/0002-asking.ts') },
  { name: '0003-distribution', read: () => import('./migrations/0003-distribution.ts') },
  { name: '0004-response-desk', read: () => import('./migrations/0004-response-desk.ts') },
  { name: '0005-people-and-events', read: () => import('./migrations/0005-people-and-events.ts') },
  { name: '0006-outbox', read: () => import('./migrations/0006-outbox.ts') },
  { name: '0007-offers', read: () => import('./migrations/0007-offers.ts') },
  { name: '0008-computed-attributes', read: () => import('./migrations/0008-computed-attributes.ts') },
  { name: '0009-segment-sizes', read: () => import('./migrations/0009-segment-sizes.ts') },
  { name: '0010-signed-ids', read: () => import('./migrations/0010-signed-ids.ts') },
  { name: '0011-feedback', read: () => import('./migrations/0011-feedback.ts') },
  { name: '0012-comparisons', read: () => import('./migrations/0012-comparisons.ts') },
  { name: '0013-plays', read: () => import('./migrations/0013-plays.ts') },
  { name: '0014-companies-as-units', read: () => import('./migrations/0014-companies-as-units.ts') },
  { name: '0015-said-same', read: () => import('./migrations/0015-said-same.ts') },
  { name: '0018-theme-corrections', read: () => import('./migrations/0018-theme-corrections.ts') },
  { name: '0019-answers-read', read: () => import('./migrations/0019-answers-read.ts') },
  { name: '0020-coder', read: () => import('./migrations/0020-coder.ts') },
  { name: '0021-theme-checks', read: () => import('./migrations/0021-theme-checks.ts') },
  { name: '0022-text-vectors', read: () => import('./migrations/0022-text-vectors.ts') },
  { name: '0023-themes-of-interviews', read: () => import('./migrations/0023-themes-of-interviews.ts') },
  { name: '0024-theme-decisions', read: () => import('./migrations/0024-theme-decisions.ts') },
  { name: '0025-instruments', read: () => import('./migrations/0025-instruments.ts') },
  { name: '0026-segmentations', read: () => import('./migrations/0026-segmentations.ts') },
  { name: '0027-typing-tools', read: () => import('./migrations/0027-typing-tools.ts') },
  { name: '0028-segment-placements', read: () => import('./migrations/0028-segment-placements.ts') },
  { name: '0029-derived-variables', read: () => import('./migrations/0029-derived-variables.ts') },
  { name: '0030-sample-definitions', read: () => import('./migrations/0030-sample-definitions.ts') },
  {
    name: '0031-segments-from-elsewhere',
    read: () => import('./migrations/0031-segments-from-elsewhere.ts'),
  },
  { name: '0032-drift-notes', read: () => import('./migrations/0032-drift-notes.ts') },
  { name: '0033-placed-members', read: () => import('./migrations/0033-placed-members.ts') },
  { name: '0034-coding-journal', read: () => import('./migrations/0034-coding-journal.ts') },
  { name: '0035-evidence-graph', read: () => import('./migrations/0035-evidence-graph.ts') },
  { name: '0036-interview-log', read: () => import('./migrations/0036-interview-log.ts') },
  { name: '0037-recruiting', read: () => import('./migrations/0037-recruiting.ts') },
  { name: '0038-transcripts', read: () => import('./migrations/0038-transcripts.ts') },
  { name: '0039-coding-workspace', read: () => import('./migrations/0039-coding-workspace.ts') },
  { name: '0040-codebook-tree', read: () => import('./migrations/0040-codebook-tree.ts') },
  { name: '0041-coding-rounds', read: () => import('./migrations/0041-coding-rounds.ts') },
  { name: '0042-project-exchange', read: () => import('./migrations/0042-project-exchange.ts') },
  { name: '0043-transcript-cues', read: () => import('./migrations/0043-transcript-cues.ts') },
  { name: '0044-personas', read: () => import('./migrations/0044-personas.ts') },
  { name: '0045-reports', read: () => import('./migrations/0045-reports.ts') },
  { name: '0046-persona-interviews', read: () => import('./migrations/0046-persona-interviews.ts') },
  { name: '0047-code-story', read: () => import('./migrations/0047-code-story.ts') },
  { name: '0048-shared-links', read: () => import('./migrations/0048-shared-links.ts') },
  { name: '0049-persona-usage', read: () => import('./migrations/0049-persona-usage.ts') },
  { name: '0050-smallest-cell', read: () => import('./migrations/0050-smallest-cell.ts') },
  { name: '0051-study-tour', read: () => import('./migrations/0051-study-tour.ts') },
  { name: '0052-insights-home', read: () => import('./migrations/0052-insights-home.ts') },
  { name: '0053-persona-drawings', read: () => import('./migrations/0053-persona-drawings.ts') },
  { name: '0054-withdrawn-since', read: () => import('./migrations/0054-withdrawn-since.ts') },
  { name: '0055-persona-groups', read: () => import('./migrations/0055-persona-groups.ts') },
  { name: '0056-accounts', read: () => import('./migrations/0056-accounts.ts') },
  { name: '0057-audit', read: () => import('./migrations/0057-audit.ts') },
  { name: '0058-api', read: () => import('./migrations/0058-api.ts') },
  { name: '0059-jobs', read: () => import('./migrations/0059-jobs.ts') },
  { name: '0060-privacy', read: () => import('./migrations/0060-privacy.ts') },
  { name: '0061-retention', read: () => import('./migrations/0061-retention.ts') },
  { name: '0062-anonymous-surveys', read: () => import('./migrations/0062-anonymous-surveys.ts') },
  { name: '0063-privacy-notices', read: () => import('./migrations/0063-privacy-notices.ts') },
];

/** The database has been through other steps than those that this version of Verbatim knows. */
export class SchemaError extends Error {}
/** It has been through more. */
export class NewerSchemaError extends SchemaError {}

/** The schema that this version of Verbatim writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;
export const STEP_NAMES: readonly string[] = MIGRATIONS.map(({ name }) => name);

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

/** A step's words without comments, spaces and commas before an end, which change nothing it does. */
const bareSource = (source: string): string =>
  source
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '')
    .replaceAll(/\s+/g, '')
    .replaceAll(/,(?=[)\]}])/g, '');

/** What a step does, as a hash: that of its source, which is never changed once it has been released. */
export const checksumOf = (source: string): string =>
  createHash('sha256').update(bareSource(source)).digest('hex').slice(0, 32);
const knownChecksum = (name: string): string =>
  checksumOf(readFileSync(new URL(`./migrations/${name}.ts`, import.meta.url), 'utf8'));

/** A step as a database has been through it; a checksum that is missing was made before checksums were kept. */
export type AppliedStep = { number: number; name: string; checksum: string | null };

/** What does not fit between the steps a database has been through and those that are known here; null where all fit. */
export function stepFault(applied: readonly AppliedStep[], { withChecksums = false } = {}): string | null {
  for (const { number, name, checksum } of applied) {
    const known = MIGRATIONS[number - 1];
    if (!known) continue;
    if (known.name !== name)
      return `step ${number} of this database was ${name}, but this version of Verbatim has ${known.name} there`;
    if (withChecksums && checksum !== null && checksum !== knownChecksum(name))
      return `step ${name} of this database was another than the one that this version of Verbatim has`;
  }
  return null;
}

/**
 * Brings a database to today's schema, each step in a transaction of its own.
 *
 * @param before called once when a database that is not empty is about to change: the place for a verified copy
 * @throws {NewerSchemaError} when the database is newer than this version of Verbatim
 * @throws {SchemaError} when it has been through others
 */
export async function migrate(database: Database, now: () => Date, before?: () => Promise<void>): Promise<number> {
  const { kysely, engine } = database;
  const from = await schemaVersion(database);
  if (from > SCHEMA_VERSION) {
    throw new NewerSchemaError(
      `This database has schema ${from} of a newer version of Verbatim, and this one knows only ${SCHEMA_VERSION}`,
    );
  }
  await sql`create table if not exists schema_migrations (number integer primary key, name text not null, applied_at text not null, checksum text)`.execute(
    kysely,
  );
  if (from === SCHEMA_VERSION) {
    const { rows } = await sql<AppliedStep>`select number, name, null as checksum from schema_migrations`.execute(
      kysely,
    );
    insistOnSteps(rows);
    return 0;
  }
  if (from > 0) await before?.();
  await keepChecksums(database);
  insistOnSteps(await kysely.selectFrom('schemaMigrations').select(['number', 'name', 'checksum']).execute(), true);
  for (const [index, migration] of MIGRATIONS.entries()) {
    if (index < from) continue;
    const { up } = await migration.read();
    await kysely.transaction().execute(async (trx) => {
      await up(trx as unknown as Kysely<unknown>, engine);
      await trx
        .insertInto('schemaMigrations')
        .values({
          number: index + 1,
          name: migration.name,
          appliedAt: now().toISOString(),
          checksum: knownChecksum(migration.name),
        })
        .execute();
    });
  }
  return SCHEMA_VERSION - from;
}

function insistOnSteps(applied: readonly AppliedStep[], withChecksums = false): void {
  const fault = stepFault(applied, { withChecksums });
  if (fault !== null) throw new SchemaError(`The database does not fit: ${fault}. Start the version that made it`);
}

/** A database that was made before checksums were kept gets a place for them; what it has been through stays without. */
async function keepChecksums({ kysely }: Database): Promise<void> {
  const tables = await kysely.introspection.getTables();
  const table = tables.find(({ name }) => name === 'schema_migrations' || name === 'schemaMigrations');
  if (table?.columns.some(({ name }) => name === 'checksum')) return;
  await sql`alter table schema_migrations add column checksum text`.execute(kysely);
}
