import { existsSync, readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { keysFrom } from '../services/context.ts';
import { auditLogStore, checkChain } from '../store/audit-log.ts';
import { databaseFile, folderState, installationFiles, readIdentity } from '../store/data-folder.ts';
import { kyselyOver, openSqlite, type SqliteConnection } from '../store/database.ts';
import { keptCopies } from '../store/kept-copies.ts';
import type { AppliedStep } from '../store/migrate.ts';
import type { PostgresUrl } from '../store/postgres.ts';
import {
  type Check,
  check,
  clockCheck,
  projectionsCheck,
  recordingsCheck,
  schemaCheck,
  stepsCheck,
} from './database-checks.ts';
import { examinePostgres } from './examine-postgres.ts';

const PRAGMAS: Readonly<Record<string, string | number>> = {
  journal_mode: 'wal',
  synchronous: 2,
  foreign_keys: 1,
  secure_delete: 1,
  trusted_schema: 0,
};
const AUDIT_TRIGGERS = ['audit_log_no_update', 'audit_log_no_delete', 'audit_log_at_end'];
const DAY_MS = 86_400_000;
const COPY_DAYS_MAX = 7;
const DISK_FREE_MIN = 0.05;
/** Larger, and something keeps the log from going over into the database. */
const JOURNAL_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Looks at a data folder from outside and inside, also beside a running server, and changes nothing.
 *
 * @param databaseUrl the PostgreSQL that is named in the environment; null for none
 * @returns a line per check; after the first that makes the others pointless, none
 */
export async function examineFolder(
  folder: string,
  databaseUrl: PostgresUrl | null,
  now: () => Date,
): Promise<Check[]> {
  const found = folderState(folder);
  if (found.state !== 'whole') {
    const detail =
      found.state === 'broken' ? found.reason : `${folder} is ${found.state === 'missing' ? 'missing' : 'empty'}`;
    return [
      {
        name: 'data folder',
        state: 'wrong',
        detail: `${detail}. Make one with "verbatim init", or bring back a copy with "verbatim restore COPY.db"`,
      },
    ];
  }
  return [
    { name: 'data folder', state: 'good', detail: folder },
    permissions(folder),
    ...(readIdentity(folder).database === 'postgres'
      ? await examinePostgres(folder, databaseUrl, now)
      : [
          ...(databaseUrl === null ? [] : [namedBeside]),
          ...inside(folder, now()),
          ...(await auditLog(folder)),
          journal(folder),
          copies(folder, now()),
        ]),
    await disk(folder),
  ];
}

/** The data is in the folder's own file. */
const namedBeside: Check = {
  name: 'DATABASE_URL',
  state: 'wrong',
  detail: 'names a PostgreSQL, but the data is in the folder. Carry it over with "verbatim move", or start without it',
};

function permissions(folder: string): Check {
  if (process.platform === 'win32')
    return { name: 'permissions', state: 'note', detail: 'not looked at on this system' };
  const names = ['verbatim.db', 'identity.json', 'secret.json'].filter((name) => existsSync(path.join(folder, name)));
  const open = [
    ...(isOpenToOthers(folder) ? [`${folder} (chmod 700)`] : []),
    ...names.filter((name) => isOpenToOthers(path.join(folder, name))).map((name) => `${name} (chmod 600)`),
  ];
  return check(
    'permissions',
    open.length === 0,
    'only the owner can read the data',
    `others can get at ${open.join(', ')}`,
  );
}

const isOpenToOthers = (file: string): boolean => (statSync(file).mode & 0o077) !== 0;

function inside(folder: string, now: Date): Check[] {
  let connection: SqliteConnection;
  try {
    connection = openSqlite(databaseFile(folder), { isReader: true });
  } catch (error) {
    return [damaged(error)];
  }
  try {
    return [
      settings(connection),
      schema(connection),
      steps(connection),
      integrity(connection),
      references(connection),
      projections(connection),
      recordings(connection, folder),
      clock(connection, now),
    ];
  } catch (error) {
    return [damaged(error)];
  } finally {
    connection.close();
  }
}

/** Whether the log of who did what is whole, and the triggers stand that let nothing be changed in it; nothing where there is none yet. */
async function auditLog(folder: string): Promise<Check[]> {
  let connection: SqliteConnection;
  try {
    connection = openSqlite(databaseFile(folder), { isReader: true });
  } catch {
    return [];
  }
  const database = kyselyOver('sqlite', connection);
  try {
    const named = (type: 'table' | 'trigger') =>
      connection
        .prepare("select name from sqlite_master where type = ? and tbl_name = 'audit_log'")
        .pluck()
        .all(type) as string[];
    if (named('table').length === 0) return [];
    const gone = AUDIT_TRIGGERS.filter((name) => !named('trigger').includes(name));
    const { secret } = JSON.parse(readFileSync(installationFiles(folder).secret, 'utf8')) as { secret: string };
    const { rows, changed, missing } = await checkChain(
      auditLogStore(database.kysely).all(),
      keysFrom(Buffer.from(secret, 'base64url')).audit,
    );
    const faults = [
      ...(gone.length > 0 ? [`what keeps its rows from being changed is gone: ${gone.join(', ')}`] : []),
      ...(changed.length + missing.length > 0
        ? ['rows were changed or are missing: "verbatim audit verify" says which']
        : []),
    ];
    return [check('audit log', faults.length === 0, `${rows} rows, unbroken`, faults.join('; '))];
  } catch (error) {
    return [damaged(error)];
  } finally {
    await database.kysely.destroy();
  }
}

const damaged = (error: unknown): Check => ({
  name: 'database',
  state: 'wrong',
  detail: `it cannot be read (${(error as Error).message}). Bring back a copy with "verbatim restore COPY.db"`,
});

function settings(connection: SqliteConnection): Check {
  const read = Object.entries(PRAGMAS).map(([name, wanted]) => ({
    name,
    wanted,
    found: connection.pragma(name, { simple: true }),
  }));
  const off = read.filter(({ wanted, found }) => wanted !== found);
  const list = (some: typeof read) => some.map(({ name, found }) => `${name}=${found}`).join(', ');
  return check('database settings', off.length === 0, list(read), `not as they must be: ${list(off)}`);
}

function schema(connection: SqliteConnection): Check {
  const number = connection.prepare('select max(number) from schema_migrations').pluck().get() as number;
  return schemaCheck(number, ' after making a copy');
}

function steps(connection: SqliteConnection): Check {
  const hasChecksums = connection
    .prepare("select 1 from pragma_table_info('schema_migrations') where name = 'checksum'")
    .get();
  return stepsCheck(
    connection
      .prepare(`select number, name, ${hasChecksums ? 'checksum' : 'null as checksum'} from schema_migrations`)
      .all() as AppliedStep[],
  );
}

function integrity(connection: SqliteConnection): Check {
  const verdict = connection.pragma('integrity_check(1)', { simple: true });
  return check(
    'integrity',
    verdict === 'ok',
    'every page reads well',
    `${verdict}. Bring back a copy with "verbatim restore COPY.db"`,
  );
}

function references(connection: SqliteConnection): Check {
  const broken = (connection.pragma('foreign_key_check') as unknown[]).length;
  return check('references', broken === 0, 'every row points to one that is there', `${broken} rows point to nothing`);
}

function projections(connection: SqliteConnection): Check {
  const last = connection.prepare('select max(seq) from response_records').pluck().get() as number | null;
  const seen = connection.prepare("select seq from watermarks where name = 'responses'").pluck().get() as
    | number
    | undefined;
  return projectionsCheck(last ?? 0, seen ?? 0);
}

function recordings(connection: SqliteConnection, folder: string): Check {
  const there = connection.prepare("select 1 from sqlite_schema where type = 'table' and name = 'media_files'").get();
  const known = there
    ? (connection.prepare('select public_id from media_files where erased_at is null').pluck().all() as string[])
    : [];
  return recordingsCheck(known, folder);
}

function clock(connection: SqliteConnection, now: Date): Check {
  const newest = connection
    .prepare('select received_at from response_records order by seq desc limit 1')
    .pluck()
    .get() as string | undefined;
  return clockCheck(newest, now);
}

function journal(folder: string): Check {
  const bytes = statSync(`${databaseFile(folder)}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const detail = `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return bytes > JOURNAL_BYTES_MAX
    ? {
        name: 'write-ahead log',
        state: 'note',
        detail: `${detail}; something that reads for long keeps it from shrinking`,
      }
    : { name: 'write-ahead log', state: 'good', detail };
}

function copies(folder: string, now: Date): Check {
  const kept = keptCopies(folder);
  const [newest] = kept;
  if (!newest)
    return {
      name: 'copies',
      state: 'note',
      detail: `none in ${path.join(folder, 'backups')}; make one with "verbatim backup"`,
    };
  const days = (now.getTime() - newest.at.getTime()) / DAY_MS;
  const age = `${kept.length}; the newest is ${days < 1 ? 'less than a day' : `${Math.floor(days)} days`} old`;
  return { name: 'copies', state: days > COPY_DAYS_MAX ? 'note' : 'good', detail: age };
}

async function disk(folder: string): Promise<Check> {
  const { bavail, blocks, bsize } = await statfs(folder);
  const free = blocks === 0 ? 1 : bavail / blocks;
  const detail = `${(free * 100).toFixed(0)} % free (${((bavail * bsize) / 2 ** 30).toFixed(1)} GiB)`;
  return check(
    'disk',
    free >= DISK_FREE_MIN,
    detail,
    `${detail}; below ${DISK_FREE_MIN * 100} % Verbatim says it is not ready`,
  );
}
