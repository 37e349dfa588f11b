import { existsSync, readdirSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { databaseFile, folderState, readIdentity } from '../store/data-folder.ts';
import { openSqlite, type SqliteConnection } from '../store/database.ts';
import { keptCopies } from '../store/kept-copies.ts';
import { type AppliedStep, SCHEMA_VERSION, stepFault } from '../store/migrate.ts';

/** One thing looked at; a note is worth knowing and no fault. */
export type Check = { name: string; state: 'good' | 'note' | 'wrong'; detail: string };

const PRAGMAS: Readonly<Record<string, string | number>> = {
  journal_mode: 'wal',
  synchronous: 2,
  foreign_keys: 1,
  secure_delete: 1,
  trusted_schema: 0,
};
const DAY_MS = 86_400_000;
const COPY_DAYS_MAX = 7;
const DISK_FREE_MIN = 0.05;
/** Larger, and something keeps the log from going over into the database. */
const JOURNAL_BYTES_MAX = 64 * 1024 * 1024;
/** A clock may be off by so much before times are wrong by more than anybody would notice. */
const CLOCK_OFF_MAX_MS = 5 * 60_000;

/**
 * Looks at a data folder from outside and inside, also beside a running server, and changes nothing.
 *
 * @returns a line per check; after the first that makes the others pointless, none
 */
export async function examineFolder(folder: string, now: Date): Promise<Check[]> {
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
      ? [elsewhere]
      : [...inside(folder, now), journal(folder), copies(folder, now)]),
    await disk(folder),
  ];
}

const check = (name: string, isGood: boolean, good: string, wrong: string): Check => ({
  name,
  state: isGood ? 'good' : 'wrong',
  detail: isGood ? good : wrong,
});

function permissions(folder: string): Check {
  if (process.platform === 'win32')
    return { name: 'permissions', state: 'note', detail: 'not looked at on this system' };
  const names = ['verbatim.db', 'identity.json', 'secret.json'];
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

/** Where the data is in a PostgreSQL, its own tools look after it. */
const elsewhere: Check = {
  name: 'database',
  state: 'note',
  detail: 'in a PostgreSQL, which its own tools check and copy',
};

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
  if (number < SCHEMA_VERSION) {
    return {
      name: 'schema',
      state: 'note',
      detail: `${number}; the next start brings it to ${SCHEMA_VERSION} after making a copy`,
    };
  }
  return check(
    'schema',
    number === SCHEMA_VERSION,
    String(number),
    `${number} was made by a newer Verbatim; this one knows ${SCHEMA_VERSION}`,
  );
}

function steps(connection: SqliteConnection): Check {
  const hasChecksums = connection
    .prepare("select 1 from pragma_table_info('schema_migrations') where name = 'checksum'")
    .get();
  const applied = connection
    .prepare(`select number, name, ${hasChecksums ? 'checksum' : 'null as checksum'} from schema_migrations`)
    .all() as AppliedStep[];
  const fault = stepFault(applied, { withChecksums: true });
  const unknown = applied.filter(({ checksum }) => checksum === null).length;
  const kept =
    unknown === 0 ? 'with the checksums they have here' : `${unknown} of them from before checksums were kept`;
  return check('steps of the schema', fault === null, `${applied.length}, ${kept}`, fault ?? '');
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
  const last = (connection.prepare('select max(seq) from response_records').pluck().get() as number | null) ?? 0;
  const seen =
    (connection.prepare("select seq from watermarks where name = 'responses'").pluck().get() as number | undefined) ??
    0;
  const behind = last - seen;
  return behind > 0
    ? {
        name: 'projections',
        state: 'note',
        detail: `up to ${behind} records behind; a running Verbatim catches up by itself`,
      }
    : { name: 'projections', state: 'good', detail: 'caught up with the records' };
}

/** Recordings that the database knows and the folder has lost, or the other way about. */
function recordings(connection: SqliteConnection, folder: string): Check {
  const there = connection.prepare("select 1 from sqlite_schema where type = 'table' and name = 'media_files'").get();
  const known = there
    ? (connection.prepare('select public_id from media_files where erased_at is null').pluck().all() as string[])
    : [];
  const media = path.join(folder, 'media');
  const found = new Set(existsSync(media) ? readdirSync(media).filter((one) => one !== 'arriving') : []);
  const lost = known.filter((id) => !found.has(id)).length;
  const name = 'recordings';
  if (lost > 0)
    return {
      name,
      state: 'wrong',
      detail: `${lost} of ${known.length} are missing in ${media}. Bring them back from the files of a copy`,
    };
  const strange = found.size - known.length;
  return strange > 0
    ? { name, state: 'note', detail: `${strange} files in ${media} belong to no interview` }
    : { name, state: 'good', detail: `${known.length}, each with its file` };
}

/** Times are kept as this machine tells them: one that is behind what was kept already would put things out of order. */
function clock(connection: SqliteConnection, now: Date): Check {
  const newest = connection
    .prepare('select received_at from response_records order by seq desc limit 1')
    .pluck()
    .get() as string | undefined;
  const offMs = newest === undefined ? 0 : Date.parse(newest) - now.getTime();
  return check(
    'clock',
    !(offMs > CLOCK_OFF_MAX_MS),
    now.toISOString(),
    `${now.toISOString()} is earlier than the newest record (${newest}). Set this machine’s clock`,
  );
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
