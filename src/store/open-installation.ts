import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import {
  databaseFile,
  FolderError,
  folderState,
  type Identity,
  installationFiles,
  openFolder,
  readIdentity,
  setAsideDatabase,
} from './data-folder.ts';
import { type Database, kyselyOver, type SqliteConnection } from './database.ts';
import type { DatabasePlace } from './database-place.ts';
import { newPublicId } from './identifiers.ts';
import { migrate, schemaVersion } from './migrate.ts';
import { type MovedTable, moveTables } from './move-to-postgres.ts';
import { checkPostgres, connectAlone, LOCK, openPostgres, type PostgresUrl } from './postgres.ts';
import { settleUnfinished } from './settle-unfinished.ts';
import { openStore } from './store.ts';

export type OpenInstallation = {
  database: Database;
  place: DatabasePlace;
  /** The file's own connection; null on PostgreSQL. */
  connection: SqliteConnection | null;
  secret: Uint8Array;
  unlock: () => void;
};

/**
 * Opens an installation, whose database is the file in its folder or a PostgreSQL; it never makes one.
 *
 * @param databaseUrl null for the file
 * @throws {FolderError} when folder and database do not belong together, or a database is lost or damaged
 * @throws {PostgresError} when the PostgreSQL cannot be used
 */
export async function openInstallation({
  folder,
  databaseUrl,
  isOwner,
  now,
  copyKey = null,
  report,
}: {
  folder: string;
  databaseUrl: PostgresUrl | null;
  isOwner: boolean;
  now: () => Date;
  /** Seals the copy that is made before an upgrade of the file. */
  copyKey?: Uint8Array | null;
  report: (error: unknown) => void;
}): Promise<OpenInstallation> {
  if (databaseUrl === null) {
    const { connection, secret, unlock } = await openFolder(folder, { isOwner, now, copyKey });
    const place: DatabasePlace = { engine: 'sqlite', file: databaseFile(folder) };
    return { database: kyselyOver('sqlite', connection), place, connection, secret, unlock };
  }
  const found = folderState(folder);
  if (found.state === 'missing' || found.state === 'new')
    throw new FolderError(
      `There is no Verbatim in ${folder} yet. Make one with:\n  npx verbatim init\nIf its database is in use already, copy identity.json and secret.json of that installation into the folder`,
    );
  if (found.state === 'broken') throw new FolderError(`Verbatim will not start on ${folder}: ${found.reason}`);
  const identity = readIdentity(folder);
  if (identity.database !== 'postgres')
    throw new FolderError(
      `The data of ${folder} is in its own database, and DATABASE_URL names another. Carry it over with:\n  npx verbatim move --to DATABASE_URL\nor start without DATABASE_URL`,
    );
  await checkPostgres(databaseUrl);
  const database = await openPostgres(databaseUrl, 'desk', report);
  try {
    const row = await installationIn(database);
    if (row?.id !== identity.id)
      throw new FolderError(
        row
          ? `The PostgreSQL that DATABASE_URL names belongs to another installation than ${folder}`
          : `The PostgreSQL that DATABASE_URL names is empty, but ${folder} had its data in one. Check the address, or bring back a dump of it with pg_restore`,
      );
    await migrateInTurn(database, databaseUrl, now);
  } catch (error) {
    await database.kysely.destroy();
    throw error;
  }
  return {
    database,
    place: { engine: 'postgres', url: databaseUrl },
    connection: null,
    secret: readSecret(folder),
    unlock: () => {},
  };
}

/**
 * Makes a new installation whose database is a PostgreSQL: the tables there, identity and secret in the folder.
 *
 * @throws {FolderError} when folder or database hold something already
 */
export async function initOnPostgres(folder: string, url: PostgresUrl, now: () => Date): Promise<void> {
  const found = folderState(folder);
  if (found.state === 'whole')
    throw new FolderError(`There is a Verbatim in ${folder} already. Start it with "npx verbatim serve"`);
  if (found.state === 'broken') throw new FolderError(`Nothing was made in ${folder}: ${found.reason}`);
  await checkPostgres(url);
  const database = await openPostgres(url, 'desk');
  try {
    if (await installationIn(database))
      throw new FolderError(
        `The PostgreSQL that DATABASE_URL names holds an installation already. Copy its identity.json and secret.json into ${folder}, or name an empty database`,
      );
    await migrateInTurn(database, url, now);
    const id = newPublicId();
    const createdAt = now().toISOString();
    await database.kysely.insertInto('installation').values({ id, createdAt }).execute();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const file = installationFiles(folder);
    writeFileSync(file.secret, JSON.stringify({ secret: randomBytes(32).toString('base64url') }), { mode: 0o600 });
    writeFileSync(file.identity, JSON.stringify({ id, createdAt, database: 'postgres' }), { mode: 0o600 });
  } finally {
    await database.kysely.destroy();
  }
}

/** Null in a database without tables, and in one whose set-up was interrupted. */
async function installationIn(database: Database): Promise<{ id: string } | null> {
  if ((await schemaVersion(database)) === 0) return null;
  return (await database.kysely.selectFrom('installation').select('id').executeTakeFirst()) ?? null;
}

/**
 * Carries an installation over from its file to a PostgreSQL, while no server runs. When it has arrived whole, the folder
 * says so, and the file is set aside; until then nothing about it changes.
 *
 * @param onTable hears of each table when it has arrived and was compared
 * @returns every table with its rows
 * @throws {FolderError} when a server is running, or the PostgreSQL holds something else
 * @throws {MoveFault} when a table did not arrive as it left
 */
export async function moveInstallation(
  folder: string,
  url: PostgresUrl,
  now: () => Date,
  onTable: (moved: MovedTable) => void = () => {},
): Promise<MovedTable[]> {
  const { connection, installationId, unlock } = await openFolder(folder, { isOwner: true, now });
  try {
    await settleUnfinished(openStore(kyselyOver('sqlite', connection)), now().toISOString());
    await checkPostgres(url);
    const database = await openPostgres(url, 'desk');
    try {
      if (await installationIn(database))
        throw new FolderError('The PostgreSQL holds an installation already. Name an empty database');
      await migrateInTurn(database, url, now);
    } finally {
      await database.kysely.destroy();
    }
    const moved = await moveTables(connection, url, installationId, onTable);
    connection.close();
    const file = installationFiles(folder);
    const identity: Identity = { ...readIdentity(folder), database: 'postgres' };
    writeFileSync(`${file.identity}.new`, JSON.stringify(identity), { mode: 0o600 });
    renameSync(`${file.identity}.new`, file.identity);
    setAsideDatabase(folder, now);
    return moved;
  } finally {
    if (connection.open) connection.close();
    unlock();
  }
}

const readSecret = (folder: string): Uint8Array =>
  Buffer.from(
    (JSON.parse(readFileSync(installationFiles(folder).secret, 'utf8')) as { secret: string }).secret,
    'base64url',
  );

/** Brings the schema up to date while no other process does; whoever comes second finds it done. */
async function migrateInTurn(database: Database, url: PostgresUrl, now: () => Date): Promise<void> {
  const client = await connectAlone(url);
  try {
    await client.query('set lock_timeout = 0');
    await client.query(`select pg_advisory_lock(${LOCK.migrations})`);
    await migrate(database, now);
  } finally {
    await client.end();
  }
}
