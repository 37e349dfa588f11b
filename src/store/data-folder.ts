import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Sqlite from 'better-sqlite3';
import type { AuditHead } from '../model/audit.ts';
import { auditHeadIn, noteInFile } from './audit-in-file.ts';
import { kyselyOver, openSqlite, type SqliteConnection } from './database.ts';
import { type CopiedFile, copyFiles, faultIn, putFiles, sha256 } from './folder-files.ts';
import { newPublicId } from './identifiers.ts';
import { keptCopies, UNFINISHED } from './kept-copies.ts';
import { migrate, NewerSchemaError, SCHEMA_VERSION } from './migrate.ts';
import { checkSealedCopy, isSealedCopy, openSealedCopy, SEALED_END, SealedCopyError, sealCopy } from './sealed-copy.ts';

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
/** Who an installation is and what its words are sealed with; they stand in the folder wherever the database is. */
export const installationFiles = (folder: string): { identity: string; secret: string } => fileIn(folder);

/** Who an installation is, and whether its data is in a PostgreSQL and not in the folder. */
export type Identity = { id: string; createdAt: string; database?: 'postgres' };
export const readIdentity = (folder: string): Identity =>
  JSON.parse(readFileSync(fileIn(folder).identity, 'utf8')) as Identity;

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
  if (readIdentity(folder).database === 'postgres') return { state: 'whole' };
  if (!existsSync(file.database)) return { state: 'broken', reason: 'the database is missing' };
  if (statSync(file.database).size === 0) return { state: 'broken', reason: 'the database has been emptied' };
  return { state: 'whole' };
}

function refuse(folder: string, reason: string): never {
  const newest = keptCopies(folder)[0]?.file;
  throw new FolderError(
    `Verbatim will not start on ${folder}: ${reason}.\n` +
      `Nothing has been changed. Restore a copy with:\n  npx verbatim restore ${newest ?? 'COPY.db'}`,
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
 * @param copyKey seals the copy that is made before an upgrade; null leaves it open
 * @throws {FolderError} when the database is lost, emptied, damaged or another's, or somebody else owns the folder
 */
export async function openFolder(
  folder: string,
  { isOwner, now, copyKey = null }: { isOwner: boolean; now: () => Date; copyKey?: Uint8Array | null },
): Promise<OpenFolder> {
  const found = folderState(folder);
  if (found.state === 'missing' || found.state === 'new') {
    throw new FolderError(
      `There is no Verbatim in ${folder} yet. Make one with:\n  npx verbatim init\nIf there was one, its folder is lost: restore a copy with:\n  npx verbatim restore COPY.db`,
    );
  }
  if (found.state === 'broken') refuse(folder, found.reason);
  insistOnFile(folder);
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
      const copy = `before-schema-${SCHEMA_VERSION}-${stamp(now())}${copyKey ? SEALED_END : '.db'}`;
      // An upgrade changes no file beside the database.
      await backupFolder(folder, path.join(file.backups, copy), now, { withFiles: false, key: copyKey, by: 'system' });
    });
    const { secret } = JSON.parse(readFileSync(file.secret, 'utf8')) as { secret: string };
    return { connection, secret: Buffer.from(secret, 'base64url'), installationId, unlock };
  } catch (error) {
    unlock();
    throw error instanceof NewerSchemaError ? new FolderError(`${error.message}.\n${wayBack(folder)}`) : error;
  }
}

/** What helps where a newer version has been at work: an older copy goes beside it, since the newer one is healthy. */
function wayBack(folder: string): string {
  const before = keptCopies(folder).find(({ kind }) => kind === 'before-upgrade');
  return `Nothing has been changed. Start the newer version again, or bring back the copy that was made before the upgrade, into a folder of its own:\n  npx verbatim restore ${before?.file ?? 'COPY.db'} --data ${folder}-before`;
}

/** @throws {FolderError} when the data is in a PostgreSQL, where other tools look after it */
function insistOnFile(folder: string): void {
  if (readIdentity(folder).database === 'postgres')
    throw new FolderError(
      `The data of ${folder} is in a PostgreSQL. Name it in DATABASE_URL to work with it; copy it with pg_dump and bring a copy back with pg_restore`,
    );
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
  const { id } = readIdentity(folder);
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
  const release = () => {
    if (lock.open) lock.close();
  };
  try {
    writeFileSync(file.lockNote, JSON.stringify({ pid: process.pid, since: now().toISOString() }), { mode: 0o600 });
  } catch (error) {
    release();
    throw new FolderError(
      `The folder ${folder} cannot be written to (${(error as NodeJS.ErrnoException).code}). Let the user that Verbatim runs as own it, and everything in it`,
    );
  }
  return release;
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
  /** Where the audit log ended when it was made; absent where there was none. */
  auditHead?: AuditHead;
};

const manifestFile = (copy: string) => `${copy}.json`;
/** Where the recordings and files of a copy stand. */
export const filesFolder = (copy: string): string => `${copy}.files`;

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
 * files that came in go into a folder beside it. With a key all of it goes into one sealed file instead, which is then
 * read back and compared.
 *
 * @param target the copy's file; by default one named for the moment, in the folder's `backups`
 * @param withFiles false for the database alone
 * @param key seals the copy; null leaves it open
 * @param by who makes it, for the audit log
 */
export async function backupFolder(
  folder: string,
  target: string | null,
  now: () => Date,
  {
    withFiles = true,
    key = null,
    by = 'operator',
  }: { withFiles?: boolean; key?: Uint8Array | null; by?: 'operator' | 'system' } = {},
): Promise<{ file: string; manifest: Manifest }> {
  const found = folderState(folder);
  if (found.state !== 'whole') throw new FolderError(`There is nothing to copy in ${folder}`);
  insistOnFile(folder);
  const file = fileIn(folder);
  const copy = target ?? path.join(file.backups, `verbatim-${stamp(now())}${key ? SEALED_END : '.db'}`);
  if (existsSync(copy)) throw new FolderError(`${copy} is there already; name another file`);
  mkdirSync(path.dirname(copy), { recursive: true, mode: 0o700 });
  // Before the copy is made, so that the copy has the row too, and its manifest knows it.
  await noteInFile(file.database, readSecret(folder), { action: 'backup', by, at: now() });
  if (key === null) return { file: copy, manifest: await openCopy(folder, copy, now, withFiles) };
  const place = mkdtempSync(path.join(path.dirname(copy), UNFINISHED));
  try {
    const plain = path.join(place, 'copy.db');
    const manifest = await openCopy(folder, plain, now, withFiles);
    const sealed = path.join(place, 'sealed');
    await sealCopy(partsOf(plain), manifest.files ?? [], sealed, key);
    await checkSealedCopy(sealed, key);
    renameSync(sealed, copy);
    return { file: copy, manifest };
  } catch (error) {
    throw error instanceof SealedCopyError ? new FolderError(`The copy cannot be read back: ${error.message}`) : error;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

const readSecret = (folder: string): string =>
  (JSON.parse(readFileSync(fileIn(folder).secret, 'utf8')) as { secret: string }).secret;

const partsOf = (copy: string) => ({ database: copy, manifest: manifestFile(copy), files: filesFolder(copy) });

/** A copy whose parts stand side by side. */
async function openCopy(folder: string, copy: string, now: () => Date, withFiles: boolean): Promise<Manifest> {
  const file = fileIn(folder);
  const source = openSqlite(file.database);
  source.pragma('busy_timeout = 30000');
  source.prepare('vacuum into ?').run(copy);
  source.close();
  chmodSync(copy, 0o600);
  const files = withFiles ? await copyFiles(folder, copy, filesFolder(copy)) : null;
  const manifest = { ...(await describeCopy(copy, folder, now)), ...(files ? { files } : {}) };
  writeFileSync(manifestFile(copy), JSON.stringify(manifest, null, 2), { mode: 0o600 });
  return manifest;
}

async function describeCopy(copy: string, folder: string, now: () => Date): Promise<Manifest> {
  const opened = new Sqlite(copy, { readonly: true });
  try {
    const verdict = opened.pragma('integrity_check(1)', { simple: true });
    if (verdict !== 'ok')
      throw new FolderError(`The copy ${copy} is damaged (${verdict}). Check the disk with "npx verbatim doctor"`);
    const auditHead = auditHeadIn(opened);
    return {
      installationId: opened.prepare('select id from installation').pluck().get() as string,
      createdAt: now().toISOString(),
      schema: opened.prepare('select max(number) from schema_migrations').pluck().get() as number,
      sha256: await sha256(copy),
      bytes: statSync(copy).size,
      counts: countRows(opened),
      secret: readSecret(folder),
      ...(auditHead ? { auditHead } : {}),
    };
  } finally {
    opened.close();
  }
}

/**
 * Puts a copy in place of a database that is lost or damaged. A healthy one is never replaced; whatever stood there is
 * moved aside, not removed.
 *
 * @param key opens a sealed copy
 * @throws {FolderError} when the copy is not whole, is newer than this Verbatim, or the key does not open it
 */
export async function restoreFolder(
  folder: string,
  copy: string,
  now: () => Date,
  { key = null }: { key?: Uint8Array | null } = {},
): Promise<Manifest> {
  if (!existsSync(copy)) throw new FolderError(`${copy} is not there. Copies are written by "npx verbatim backup"`);
  if (!(await isSealedCopy(copy))) return restoreOpenCopy(folder, copy, now);
  if (key === null)
    throw new FolderError(`${copy} is sealed: set VERBATIM_BACKUP_KEY to the key that it was made with`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const place = mkdtempSync(path.join(folder, UNFINISHED));
  try {
    const plain = path.join(place, 'copy.db');
    await openSealedCopy(copy, key, partsOf(plain));
    return await restoreOpenCopy(folder, plain, now);
  } catch (error) {
    throw error instanceof SealedCopyError
      ? new FolderError(`${copy} cannot be used: ${error.message}. Use another copy`)
      : error;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

async function restoreOpenCopy(folder: string, copy: string, now: () => Date): Promise<Manifest> {
  if (!existsSync(manifestFile(copy)))
    throw new FolderError(
      `The manifest of ${copy}, ${manifestFile(copy)}, is not there. Both are written by "npx verbatim backup"`,
    );
  const manifest = JSON.parse(readFileSync(manifestFile(copy), 'utf8')) as Manifest;
  if ((await sha256(copy)) !== manifest.sha256)
    throw new FolderError(`${copy} is not what its manifest says: it was changed or damaged. Use another copy`);
  if (manifest.schema > SCHEMA_VERSION)
    throw new FolderError(
      `${copy} was made by a newer Verbatim (schema ${manifest.schema}). Install that version first`,
    );
  const fault = await faultIn(filesFolder(copy), manifest.files ?? []);
  if (fault !== null) throw new FolderError(`${fault}, so this copy is not whole. Use another copy`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unlock = lockFolder(folder, now);
  try {
    if (isHealthy(folder))
      throw new FolderError(
        `The database in ${folder} is healthy, so it is not replaced. Restore into another folder with VERBATIM_DATA, or move this one away first`,
      );
    insistOnAuditHead(copy, manifest);
    setAside(folder, now);
    await putFiles(folder, filesFolder(copy), manifest.files ?? []);
    const file = fileIn(folder);
    copyFileSync(copy, `${file.database}.new`);
    chmodSync(`${file.database}.new`, 0o600);
    writeFileSync(file.secret, JSON.stringify({ secret: manifest.secret }), { mode: 0o600 });
    renameSync(`${file.database}.new`, file.database);
    await noteInFile(file.database, manifest.secret, {
      action: 'restore',
      by: 'operator',
      at: now(),
      rows: manifest.auditHead?.number ?? 0,
    });
    writeFileSync(file.identity, JSON.stringify({ id: manifest.installationId, createdAt: manifest.createdAt }), {
      mode: 0o600,
    });
    return manifest;
  } finally {
    unlock();
  }
}

/** @throws {FolderError} when the copy's audit log does not end where its manifest says */
function insistOnAuditHead(copy: string, { auditHead }: Manifest): void {
  const opened = new Sqlite(copy, { readonly: true });
  try {
    const found = auditHeadIn(opened);
    if (found?.number !== auditHead?.number || found?.hash !== auditHead?.hash)
      throw new FolderError(
        `The audit log in ${copy} ends at row ${found?.number ?? 0}, and its manifest says ${auditHead?.number ?? 0}: one of them was changed. Use another copy`,
      );
  } finally {
    opened.close();
  }
}

function isHealthy(folder: string): boolean {
  if (folderState(folder).state !== 'whole') return false;
  insistOnFile(folder);
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
  moveAside(folder, [...databaseFiles(folder), file.identity, file.secret], now);
}

/** Moves the database's files into a folder of their own, where nothing opens them. */
export const setAsideDatabase = (folder: string, now: () => Date): void =>
  moveAside(folder, databaseFiles(folder), now);

function databaseFiles(folder: string): string[] {
  const { database } = fileIn(folder);
  return [database, `${database}-wal`, `${database}-shm`];
}

function moveAside(folder: string, files: readonly string[], now: () => Date): void {
  const leftovers = files.filter((name) => existsSync(name));
  if (leftovers.length === 0) return;
  const aside = path.join(folder, `set-aside-${stamp(now())}`);
  mkdirSync(aside, { mode: 0o700 });
  for (const name of leftovers) renameSync(name, path.join(aside, path.basename(name)));
}
