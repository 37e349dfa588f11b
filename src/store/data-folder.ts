import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import { kyselyOver, openSqlite, type SqliteConnection } from './database.ts';
import { type CopiedFile, copyFiles, faultIn, putFiles } from './folder-files.ts';
import { newPublicId } from './identifiers.ts';
import { migrate, SCHEMA_VERSION } from './migrate.ts';

/*
 * One folder holds everything an installation keeps: the database, who it is (identity.json), the secret that seals
 * words (secret.json), the lock, and copies. The identity stands in the folder and in the database, so that a lost or
 * emptied database is noticed and never quietly replaced by a new one.
 */

/** Something about the folder that stops the start: what it is, and the command that helps. */
export class FolderError extends Error {
  /** What the process says to whatever started it: a fault of the set-up (sysexits EX_CONFIG). */
  readonly exitCode = 78;
}

const fileIn = (folder: string) => ({
  database: path.join(folder, 'verbatim.db'),
  identity: path.join(folder, 'identity.json'),
  secret: path.join(folder, 'secret.json'),
  lock: path.join(folder, 'lock.db'),
  lockNote: path.join(folder, 'lock.json'),
  backups: path.join(folder, 'backups'),
});

export const databaseFile = (folder: string): string => fileIn(folder).database;

/** `new` when nothing was ever here, `whole` when folder and database belong together, else what is wrong. */
export function folderState(
  folder: string,
): { state: 'missing' | 'new' | 'whole' } | { state: 'broken'; reason: string } {
  const file = fileIn(folder);
  if (!existsSync(folder)) return { state: 'missing' };
  if (!existsSync(file.identity)) {
    const others = readdirSync(folder).filter(
      (name) => !name.startsWith('.') && !['lost+found', 'lock.db', 'lock.json'].includes(name),
    );
    if (others.length === 0) return { state: 'new' };
    return {
      state: 'broken',
      reason: `it holds files, but no identity.json, so it is none of Verbatim’s or has lost it (${others.slice(0, 3).join(', ')})`,
    };
  }
  if (!existsSync(file.secret))
    return { state: 'broken', reason: 'secret.json is missing, so quotes can no longer be checked' };
  if (!existsSync(file.database)) return { state: 'broken', reason: 'the database is missing' };
  if (statSync(file.database).size === 0) return { state: 'broken', reason: 'the database has been emptied' };
  return { state: 'whole' };
}

function refuse(folder: string, reason: string): never {
  const { backups } = fileIn(folder);
  const copies = existsSync(backups)
    ? readdirSync(backups)
        .filter((name) => name.endsWith('.db'))
        .sort()
    : [];
  const newest = copies.at(-1);
  throw new FolderError(
    `Verbatim will not start on ${folder}: ${reason}.\n` +
      `Nothing has been changed. Restore a copy with:\n  npx verbatim restore ${newest ? path.join(backups, newest) : 'COPY.db'}`,
  );
}

/**
 * Makes a new, empty installation.
 *
 * @throws {FolderError} when one is there already, or something that could be one
 */
export async function initFolder(folder: string, now: () => Date): Promise<void> {
  const found = folderState(folder);
  if (found.state === 'whole')
    throw new FolderError(`There is a Verbatim in ${folder} already. Start it with "npx verbatim serve"`);
  if (found.state === 'broken') refuse(folder, found.reason);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const file = fileIn(folder);
  const id = newPublicId();
  const createdAt = now().toISOString();
  const connection = openSqlite(file.database, { mayCreate: true });
  chmodSync(file.database, 0o600);
  const database = kyselyOver('sqlite', connection);
  await migrate(database, now);
  await database.kysely.insertInto('installation').values({ id, createdAt }).execute();
  await database.kysely.destroy();
  writeFileSync(file.secret, JSON.stringify({ secret: randomBytes(32).toString('base64url') }), { mode: 0o600 });
  // The identity comes last: a set-up that was interrupted is seen as one.
  writeFileSync(file.identity, JSON.stringify({ id, createdAt }), { mode: 0o600 });
}

export type OpenFolder = {
  connection: SqliteConnection;
  secret: Uint8Array;
  installationId: string;
  unlock: () => void;
};

/**
 * Opens an installation; it never makes one.
 *
 * @param isOwner takes the folder for this process alone, as a server does; a guest only reads and appends beside it
 * @throws {FolderError} when the database is lost, emptied, damaged or another's, or somebody else owns the folder
 */
export async function openFolder(
  folder: string,
  { isOwner, now }: { isOwner: boolean; now: () => Date },
): Promise<OpenFolder> {
  const found = folderState(folder);
  if (found.state === 'missing' || found.state === 'new') {
    throw new FolderError(
      `There is no Verbatim in ${folder} yet. Make one with:\n  npx verbatim init\nIf there was one, its folder is lost: restore a copy with:\n  npx verbatim restore COPY.db`,
    );
  }
  if (found.state === 'broken') refuse(folder, found.reason);
  const file = fileIn(folder);
  const unlock = isOwner ? lockFolder(folder, now) : () => {};
  try {
    const connection = openChecked(folder, file.database);
    const installationId = checkIdentity(folder, connection);
    const database = kyselyOver('sqlite', connection);
    await migrate(database, now, async () => {
      if (!isOwner)
        throw new FolderError(
          'The database is older than this Verbatim. Start the server once, which upgrades it after making a copy',
        );
      await backupFolder(folder, path.join(file.backups, `before-schema-${SCHEMA_VERSION}-${stamp(now())}.db`), now, {
        // An upgrade changes no file beside the database.
        withFiles: false,
      });
    });
    const { secret } = JSON.parse(readFileSync(file.secret, 'utf8')) as { secret: string };
    return { connection, secret: Buffer.from(secret, 'base64url'), installationId, unlock };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** A small database is checked whole at the start; a large one would keep people waiting, and `doctor` checks it. */
const CHECK_AT_START_BYTES = 64 * 1024 * 1024;

function openChecked(folder: string, file: string): SqliteConnection {
  try {
    const connection = openSqlite(file);
    if (statSync(file).size <= CHECK_AT_START_BYTES) {
      const verdict = connection.pragma('quick_check(1)', { simple: true });
      if (verdict !== 'ok') {
        connection.close();
        refuse(folder, `the database is damaged (${verdict})`);
      }
    }
    return connection;
  } catch (error) {
    if (error instanceof FolderError) throw error;
    const code = String((error as { code?: unknown }).code ?? '');
    if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') refuse(folder, 'the database is damaged');
    throw error;
  }
}

function checkIdentity(folder: string, connection: SqliteConnection): string {
  const { id } = JSON.parse(readFileSync(fileIn(folder).identity, 'utf8')) as { id: string };
  const table = connection.prepare("select 1 from sqlite_schema where type = 'table' and name = 'installation'").get();
  const row = table
    ? (connection.prepare('select id from installation').get() as { id: string } | undefined)
    : undefined;
  if (!row) {
    connection.close();
    refuse(folder, 'the database has been emptied');
  }
  if (row.id !== id) {
    connection.close();
    refuse(folder, 'the database belongs to another installation');
  }
  return row.id;
}

/** An exclusive lock that the system itself lets go when the process ends, however it ends. */
export function lockFolder(folder: string, now: () => Date): () => void {
  const file = fileIn(folder);
  const lock = new Sqlite(file.lock, { timeout: 0 });
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('begin exclusive');
  } catch {
    lock.close();
    let by = '';
    try {
      const note = JSON.parse(readFileSync(file.lockNote, 'utf8')) as { pid: number; since: string };
      by = ` (process ${note.pid}, since ${note.since})`;
    } catch {}
    throw new FolderError(
      `Another Verbatim is running on ${folder}${by}. Stop it first, or give this one a folder of its own with VERBATIM_DATA`,
    );
  }
  writeFileSync(file.lockNote, JSON.stringify({ pid: process.pid, since: now().toISOString() }), { mode: 0o600 });
  return () => {
    if (lock.open) lock.close();
  };
}

const stamp = (at: Date) => at.toISOString().replaceAll(/[:.]/g, '-');

export type Manifest = {
  installationId: string;
  createdAt: string;
  schema: number;
  sha256: string;
  bytes: number;
  counts: Record<string, number>;
  secret: string;
  /** Recordings and files that were copied with it; absent where only the database was. */
  files?: CopiedFile[];
};

const manifestFile = (copy: string) => `${copy}.json`;
/** Where the recordings and files of a copy stand. */
export const filesFolder = (copy: string): string => `${copy}.files`;
const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

const COUNTED = [
  'studies',
  'surveys',
  'response_records',
  'intake_records',
  'interviews',
  'codings',
  'runs',
  'persona_versions',
];
function countRows(connection: SqliteConnection): Record<string, number> {
  // A copy made before a migration has the tables of its own time.
  const there = new Set(
    connection.prepare("select name from sqlite_master where type = 'table'").pluck().all() as string[],
  );
  return Object.fromEntries(
    COUNTED.filter((table) => there.has(table)).map((table) => [
      table,
      connection.prepare(`select count(*) from ${table}`).pluck().get() as number,
    ]),
  );
}

/**
 * Copies the database while it is in use, opens the copy, checks it whole, and writes a manifest beside it; recordings and
 * files that came in go into a folder beside it.
 *
 * @param target the copy's file; by default one named for the moment, in the folder's `backups`
 * @param withFiles false for the database alone
 */
export async function backupFolder(
  folder: string,
  target: string | null,
  now: () => Date,
  { withFiles = true }: { withFiles?: boolean } = {},
): Promise<{ file: string; manifest: Manifest }> {
  const found = folderState(folder);
  if (found.state !== 'whole') throw new FolderError(`There is nothing to copy in ${folder}`);
  const file = fileIn(folder);
  const copy = target ?? path.join(file.backups, `verbatim-${stamp(now())}.db`);
  if (existsSync(copy)) throw new FolderError(`${copy} is there already; name another file`);
  mkdirSync(path.dirname(copy), { recursive: true, mode: 0o700 });
  const source = openSqlite(file.database);
  source.pragma('busy_timeout = 30000');
  source.prepare('vacuum into ?').run(copy);
  source.close();
  chmodSync(copy, 0o600);
  const files = withFiles ? await copyFiles(folder, copy, filesFolder(copy)) : null;
  const manifest = { ...describeCopy(copy, folder, now), ...(files ? { files } : {}) };
  writeFileSync(manifestFile(copy), JSON.stringify(manifest, null, 2), { mode: 0o600 });
  return { file: copy, manifest };
}

function describeCopy(copy: string, folder: string, now: () => Date): Manifest {
  const opened = new Sqlite(copy, { readonly: true });
  try {
    const verdict = opened.pragma('integrity_check(1)', { simple: true });
    if (verdict !== 'ok')
      throw new FolderError(`The copy ${copy} is damaged (${verdict}). Check the disk with "npx verbatim doctor"`);
    const { secret } = JSON.parse(readFileSync(fileIn(folder).secret, 'utf8')) as { secret: string };
    return {
      installationId: opened.prepare('select id from installation').pluck().get() as string,
      createdAt: now().toISOString(),
      schema: opened.prepare('select max(number) from schema_migrations').pluck().get() as number,
      sha256: sha256(copy),
      bytes: statSync(copy).size,
      counts: countRows(opened),
      secret,
    };
  } finally {
    opened.close();
  }
}

/**
 * Puts a copy in place of a database that is lost or damaged. A healthy one is never replaced; whatever stood there is
 * moved aside, not removed.
 */
export async function restoreFolder(folder: string, copy: string, now: () => Date): Promise<Manifest> {
  if (!existsSync(copy) || !existsSync(manifestFile(copy))) {
    throw new FolderError(
      `${copy} or its manifest ${manifestFile(copy)} is not there. Both are written by "npx verbatim backup"`,
    );
  }
  const manifest = JSON.parse(readFileSync(manifestFile(copy), 'utf8')) as Manifest;
  if (sha256(copy) !== manifest.sha256)
    throw new FolderError(`${copy} is not what its manifest says: it was changed or damaged. Use another copy`);
  if (manifest.schema > SCHEMA_VERSION)
    throw new FolderError(
      `${copy} was made by a newer Verbatim (schema ${manifest.schema}). Install that version first`,
    );
  const fault = await faultIn(filesFolder(copy), manifest.files ?? []);
  if (fault !== null) throw new FolderError(`${fault}, so this copy is not whole. Use another copy`);
  const bytes = readFileSync(copy);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(folder, now);
  try {
    if (isHealthy(folder))
      throw new FolderError(
        `The database in ${folder} is healthy, so it is not replaced. Restore into another folder with VERBATIM_DATA, or move this one away first`,
      );
    setAside(folder, now);
    await putFiles(folder, filesFolder(copy), manifest.files ?? []);
    const file = fileIn(folder);
    writeFileSync(`${file.database}.new`, bytes, { mode: 0o600 });
    writeFileSync(file.secret, JSON.stringify({ secret: manifest.secret }), { mode: 0o600 });
    renameSync(`${file.database}.new`, file.database);
    writeFileSync(file.identity, JSON.stringify({ id: manifest.installationId, createdAt: manifest.createdAt }), {
      mode: 0o600,
    });
    return manifest;
  } finally {
    unlock();
  }
}

function isHealthy(folder: string): boolean {
  if (folderState(folder).state !== 'whole') return false;
  try {
    const opened = new Sqlite(fileIn(folder).database, { readonly: true });
    try {
      return (
        opened.pragma('quick_check(1)', { simple: true }) === 'ok' &&
        opened.prepare('select id from installation').get() !== undefined
      );
    } finally {
      opened.close();
    }
  } catch {
    return false;
  }
}

function setAside(folder: string, now: () => Date): void {
  const file = fileIn(folder);
  const leftovers = [file.database, `${file.database}-wal`, `${file.database}-shm`, file.identity, file.secret].filter(
    (name) => existsSync(name),
  );
  if (leftovers.length === 0) return;
  const aside = path.join(folder, `set-aside-${stamp(now())}`);
  mkdirSync(aside, { mode: 0o700 });
  for (const name of leftovers) renameSync(name, path.join(aside, path.basename(name)));
}
