import { readIdentity } from '../store/data-folder.ts';
import type { AppliedStep } from '../store/migrate.ts';
import { checkPostgres, connectAlone, type PostgresClient, type PostgresUrl } from '../store/postgres.ts';
import {
  type Check,
  check,
  clockCheck,
  projectionsCheck,
  recordingsCheck,
  schemaCheck,
  stepsCheck,
} from './database-checks.ts';

/** So far may this machine's clock and the database's be apart before leases and times go wrong. */
const CLOCKS_APART_MAX_MS = 5_000;

/**
 * Looks at the PostgreSQL that holds an installation's data, also beside running servers, and changes nothing.
 *
 * @param url null where none is named
 * @returns a line per check; after the first that makes the others pointless, none
 */
export async function examinePostgres(folder: string, url: PostgresUrl | null, now: () => Date): Promise<Check[]> {
  if (url === null)
    return [{ name: 'database', state: 'wrong', detail: 'it is in a PostgreSQL; name that in DATABASE_URL' }];
  try {
    await checkPostgres(url);
  } catch (error) {
    return [{ name: 'database', state: 'wrong', detail: (error as Error).message }];
  }
  const client = await connectAlone(url);
  try {
    const inside = await installation(client, folder);
    return [
      await server(client),
      inside,
      ...(inside.state === 'good'
        ? [
            ...(await schema(client)),
            await references(client),
            await indexes(client),
            await projections(client),
            recordingsCheck(await column(client, 'media_files', 'public_id', 'erased_at is null'), folder),
            clockCheck(
              (await column(client, 'response_records', 'received_at', 'true order by seq desc limit 1'))[0],
              now(),
            ),
            await clocks(client, now),
          ]
        : []),
      {
        name: 'copies',
        state: 'note',
        detail: 'made by PostgreSQL’s own tools, so that their age cannot be seen from here; copy the folder with them',
      },
    ];
  } catch (error) {
    return [
      {
        name: 'database',
        state: 'wrong',
        detail: `it cannot be read (${(error as Error).message}). Bring back a dump`,
      },
    ];
  } finally {
    await client.end();
  }
}

const rowsOf = async <Row extends object>(client: PostgresClient, text: string): Promise<Row[]> =>
  (await client.query<Row>(text)).rows;

/** A column's values; none where the table is not there yet. */
async function column(client: PostgresClient, table: string, name: string, where: string): Promise<string[]> {
  const [there] = await rowsOf<{ there: boolean }>(client, `select to_regclass('${table}') is not null as there`);
  if (!there?.there) return [];
  return (await rowsOf<{ value: string }>(client, `select ${name} as value from ${table} where ${where}`)).map(
    ({ value }) => value,
  );
}

async function server(client: PostgresClient): Promise<Check> {
  const [found] = await rowsOf<Record<string, string>>(
    client,
    `select current_setting('server_version') as version, datcollate as collation, current_setting('synchronous_commit') as commits,
            current_setting('fsync') as fsync, current_setting('full_page_writes') as pages,
            current_setting('data_checksums') as checksums
     from pg_database where datname = current_database()`,
  );
  const detail = `PostgreSQL ${found?.['version']}, collation ${found?.['collation']}, synchronous_commit=${found?.['commits']}, fsync=${found?.['fsync']}, full_page_writes=${found?.['pages']}, data_checksums=${found?.['checksums']}`;
  if (found?.['pages'] !== 'on')
    return {
      name: 'database',
      state: 'wrong',
      detail: `${detail}: a page half written when the machine fails stays so. Switch full_page_writes on`,
    };
  return found?.['checksums'] === 'on'
    ? { name: 'database', state: 'good', detail }
    : {
        name: 'database',
        state: 'note',
        detail: `${detail}; without checksums it does not notice what a disk changes`,
      };
}

/** Whether the folder and the database belong together. */
async function installation(client: PostgresClient, folder: string): Promise<Check> {
  const [id] = await column(client, 'installation', 'id', 'true');
  return check(
    'belonging together',
    id === readIdentity(folder).id,
    'folder and database are of one installation',
    id === undefined
      ? `the database is empty, and ${folder} had its data in one. Check DATABASE_URL, or bring back a dump with pg_restore`
      : `the database is another installation’s than ${folder}. Check DATABASE_URL and VERBATIM_DATA`,
  );
}

async function schema(client: PostgresClient): Promise<Check[]> {
  const applied = await rowsOf<AppliedStep>(client, 'select number, name, checksum from schema_migrations');
  const number = Math.max(0, ...applied.map((step) => Number(step.number)));
  return [schemaCheck(number, '; make a copy before'), stepsCheck(applied)];
}

/** PostgreSQL holds to what it has checked once; a move that was broken off leaves some unchecked, or none. */
async function references(client: PostgresClient): Promise<Check> {
  const [found] = await rowsOf<{ all: number; checked: number }>(
    client,
    `select count(*) as all, count(*) filter (where convalidated) as checked from pg_constraint
     where contype = 'f' and connamespace = current_schema()::regnamespace`,
  );
  const [all, checked] = [Number(found?.all), Number(found?.checked)];
  return check(
    'references',
    all > 0 && checked === all,
    `all ${all} are kept by PostgreSQL`,
    `${all - checked} of ${all} are not kept by PostgreSQL. Call "verbatim move" once more if it was broken off, else "alter table … validate constraint"`,
  );
}

async function indexes(client: PostgresClient): Promise<Check> {
  const broken = await rowsOf<{ name: string }>(
    client,
    `select indexrelid::regclass::text as name from pg_index join pg_class on pg_class.oid = indrelid
     where not indisvalid and relnamespace = current_schema()::regnamespace order by 1`,
  );
  return check(
    'indexes',
    broken.length === 0,
    'all are whole, as PostgreSQL says; "pg_amcheck" looks into them',
    `${broken.map(({ name }) => name).join(', ')} cannot be used. Build them anew with "reindex index"`,
  );
}

async function projections(client: PostgresClient): Promise<Check> {
  const [found] = await rowsOf<{ last: number | null; seen: number | null }>(
    client,
    `select (select max(seq) from response_records) as last, (select seq from watermarks where name = 'responses') as seen`,
  );
  return projectionsCheck(Number(found?.last ?? 0), Number(found?.seen ?? 0));
}

async function clocks(client: PostgresClient, now: () => Date): Promise<Check> {
  const [found] = await rowsOf<{ at: Date }>(client, 'select clock_timestamp() as at');
  const apartMs = Math.abs((found?.at.getTime() ?? 0) - now().getTime());
  return check(
    'clock of the database',
    apartMs <= CLOCKS_APART_MAX_MS,
    'the same as this machine’s',
    `${(apartMs / 1000).toFixed(0)} seconds from this machine’s. Let both follow one time server`,
  );
}
