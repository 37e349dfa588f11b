import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  PostgresDialect,
  type PostgresDialectConfig,
  sql,
  type TransactionSettings,
} from 'kysely';
import type pg from 'pg';
import { type Database, kyselyOver } from './database.ts';

/** Where a PostgreSQL is, with user and password: `postgres://…`. */
export type PostgresUrl = string;
/** A connection of its own, outside the pool. */
export type PostgresClient = pg.Client;

/**
 * What a connection is for. The desk's transactions take turns over all processes, as they do on SQLite: what they read
 * stays so until they have written. Logs have turns of their own (`takeTurns`), and readers write nothing.
 */
export type PostgresUse = 'desk' | 'logs' | 'reader';

/** Locks by which processes that share a PostgreSQL come to terms; each is one number of its own. */
export const LOCK = {
  desk: 7300,
  responses: 7301,
  intake: 7302,
  migrations: 7303,
  projections: 7304,
  duty: 7305,
  ledger: 7306,
} as const;

/** Where a process says that it has something for the one with the duties. */
export const DUTY_CHANNEL = 'verbatim_duty';
/** Where whoever waits for the projections of records says so. */
export const RECORDS_CHANNEL = 'verbatim_records';

const CONNECTIONS: Readonly<Record<PostgresUse, number>> = { desk: 10, logs: 2, reader: 2 };
const CONNECT_MS = 10_000;

/** What each connection sets, and what it must report afterwards: answers are acknowledged on these promises. */
const SETTINGS: Readonly<Record<string, string>> = {
  synchronous_commit: 'on',
  timezone: 'UTC',
  lock_timeout: '15s',
  // A process that stands still in a transaction would hold up all others.
  idle_in_transaction_session_timeout: '1min',
};
/** A machine that is gone without a word is noticed, and its locks are free, after half a minute. */
const KEEPALIVE: Readonly<Record<string, number>> = {
  tcp_keepalives_idle: 15,
  tcp_keepalives_interval: 5,
  tcp_keepalives_count: 3,
};
/** Text is compared by its code points, as SQLite does it. */
const PLAIN_COLLATIONS = new Set(['c', 'posix', 'c.utf-8', 'c.utf8', 'ucs_basic', 'pg_c_utf8']);

/** Something about the PostgreSQL that stops the start, with what to do about it. */
export class PostgresError extends Error {
  /** What the process says to whatever started it: a fault of the set-up (sysexits EX_CONFIG). */
  readonly exitCode = 78;
}

/** Transactions of the desk hold its lock from their beginning to their end. */
class TurnTakingDialect extends PostgresDialect {
  override createDriver(): Driver {
    const driver = super.createDriver();
    const begin = driver.beginTransaction.bind(driver);
    driver.beginTransaction = async (connection: DatabaseConnection, settings: TransactionSettings) => {
      await begin(connection, settings);
      try {
        await connection.executeQuery(CompiledQuery.raw(`select pg_advisory_xact_lock(${LOCK.desk})`));
      } catch (error) {
        await connection.executeQuery(CompiledQuery.raw('rollback'));
        throw error;
      }
    };
    return driver;
  }
}

/**
 * Opens a pool of connections with the settings that Verbatim's promises rest on. Nothing is connected yet.
 *
 * @param onTrouble hears of connections that broke while nobody used them; the pool makes new ones
 */
export async function openPostgres(
  url: PostgresUrl,
  use: PostgresUse,
  onTrouble: (error: Error) => void = () => {},
): Promise<Database> {
  const driver = await postgresDriver();
  const pool = new driver.Pool({ ...connectionOptions(driver, url), max: CONNECTIONS[use] });
  pool.on('error', onTrouble);
  // Whoever uses one that breaks hears of it by the next statement; without this, Node would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  const config: PostgresDialectConfig = {
    pool: pool as unknown as PostgresDialectConfig['pool'] & object,
    onCreateConnection: async (connection) => {
      const run = async (text: string) =>
        (await connection.executeQuery<Record<string, string>>(CompiledQuery.raw(text))).rows;
      await prepareSession(run, use);
    },
  };
  return kyselyOver('postgres', use === 'desk' ? new TurnTakingDialect(config) : new PostgresDialect(config));
}

/** One connection of its own, for what lasts as long as the connection does: locks of a session, and listening. */
export async function connectAlone(url: PostgresUrl): Promise<PostgresClient> {
  const driver = await postgresDriver();
  const client = new driver.Client(connectionOptions(driver, url));
  // Whoever holds the connection hears of its end by `end`; without this, Node would end the process.
  client.on('error', () => {});
  await client.connect();
  await prepareSession(async (text) => (await client.query<Record<string, string>>(text)).rows, 'logs');
  return client;
}

const postgresDriver = async () => (await import('pg')).default;

function connectionOptions(driver: Awaited<ReturnType<typeof postgresDriver>>, url: PostgresUrl): pg.ClientConfig {
  const types = new driver.TypeOverrides();
  // Ids and counts stay far below 2^53, and SQLite gives them as numbers too.
  types.setTypeParser(driver.types.builtins.INT8, (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value)) throw new RangeError(`PostgreSQL gave ${text}, which is too large a number`);
    return value;
  });
  return {
    connectionString: url,
    types,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: 'verbatim',
  };
}

/** @throws PostgresError when a setting did not take */
async function prepareSession(
  run: (text: string) => Promise<Record<string, string>[]>,
  use: PostgresUse,
): Promise<void> {
  const all = { ...SETTINGS, ...(use === 'reader' ? { default_transaction_read_only: 'on' } : {}) };
  for (const [name, value] of Object.entries({ ...all, ...KEEPALIVE })) await run(`set ${name} = '${value}'`);
  for (const [name, wanted] of Object.entries(all)) {
    const [row] = await run(`show ${name}`);
    const found = Object.values(row ?? {})[0];
    if (found !== wanted)
      throw new PostgresError(`PostgreSQL reports ${name} = ${found}, but Verbatim needs ${wanted}`);
  }
}

/**
 * Looks whether the server keeps what it acknowledges and compares text as Verbatim does.
 *
 * @throws PostgresError with what to do
 */
export async function checkPostgres(url: PostgresUrl): Promise<void> {
  let client: pg.Client;
  try {
    client = await connectAlone(url);
  } catch (error) {
    if (error instanceof PostgresError) throw error;
    throw new PostgresError(
      `The PostgreSQL that DATABASE_URL names cannot be reached: ${(error as Error).message}. Check host, port, user, password and the name of the database`,
    );
  }
  try {
    const { rows } = await client.query<{ version: string; encoding: string; collation: string; fsync: string }>(
      `select current_setting('server_version_num') as version, pg_encoding_to_char(encoding) as encoding,
              datcollate as collation, current_setting('fsync') as fsync
       from pg_database where datname = current_database()`,
    );
    const [found] = rows;
    const faults = [
      ...(Number(found?.version) < 140_000 ? ['it is older than version 14'] : []),
      ...(found?.encoding !== 'UTF8' ? [`its encoding is ${found?.encoding} and not UTF8`] : []),
      ...(PLAIN_COLLATIONS.has(found?.collation.toLowerCase() ?? '')
        ? []
        : [`it sorts text by ${found?.collation} and not by code points`]),
    ];
    if (faults.length > 0)
      throw new PostgresError(
        `Verbatim cannot use this PostgreSQL database: ${faults.join(', ')}. Make one with:\n` +
          `  create database verbatim template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`,
      );
    if (found?.fsync !== 'on')
      throw new PostgresError(
        'PostgreSQL runs with fsync = off and would lose answers when its machine fails. Switch it on, then start again',
      );
  } finally {
    await client.end();
  }
}

/** Says that somebody waits for the projections of records. */
export async function inviteProjections({ kysely }: Database): Promise<void> {
  await sql`select pg_notify(${RECORDS_CHANNEL}, '')`.execute(kysely);
}
