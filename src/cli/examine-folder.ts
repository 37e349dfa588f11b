import { existsSync, readdirSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { databaseFile, folderState } from '../store/data-folder.ts';
import { openSqlite, type SqliteConnection } from '../store/database.ts';
import { SCHEMA_VERSION } from '../store/migrate.ts';

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
    ...inside(folder),
    copies(folder, now),
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

function inside(folder: string): Check[] {
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
      integrity(connection),
      references(connection),
      projections(connection),
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

function copies(folder: string, now: Date): Check {
  const backups = path.join(folder, 'backups');
  const times = existsSync(backups)
    ? readdirSync(backups)
        .filter((name) => name.endsWith('.db'))
        .map((name) => statSync(path.join(backups, name)).mtimeMs)
    : [];
  if (times.length === 0)
    return { name: 'copies', state: 'note', detail: `none in ${backups}; make one with "verbatim backup"` };
  const days = (now.getTime() - Math.max(...times)) / DAY_MS;
  const age = `the newest is ${days < 1 ? 'less than a day' : `${Math.floor(days)} days`} old`;
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
