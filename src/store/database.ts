import Sqlite from 'better-sqlite3';
import {
  CamelCasePlugin,
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  type SqliteDatabase,
  SqliteDialect,
} from 'kysely';
import type { Engine } from './dialect.ts';
import { registerFold } from './fold.ts';
import type { Tables } from './tables.ts';

export type SqliteConnection = Sqlite.Database;

/** One open database and which engine it is. */
export type Database = { kysely: Kysely<Tables>; engine: Engine };

/** What every connection must report; the driver opens WAL files at `synchronous` 1, which loses answers on power loss. */
const EXPECTED = { synchronous: 2, foreign_keys: 1, secure_delete: 1, trusted_schema: 0, journal_mode: 'wal' } as const;

/**
 * Opens an SQLite file with the settings that Verbatim's promises rest on, and reads them back.
 *
 * @param mayCreate false refuses a file that is not there, since an empty database in place of a lost one hides a loss
 * @throws Error when a setting did not take, or the file is none of SQLite's
 */
export function openSqlite(file: string, { mayCreate = false, isReader = false } = {}): SqliteConnection {
  const connection = new Sqlite(file, { fileMustExist: !mayCreate });
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  connection.pragma('secure_delete = ON');
  connection.pragma('trusted_schema = OFF');
  connection.pragma('cell_size_check = ON');
  connection.pragma('busy_timeout = 1000');
  connection.pragma('temp_store = MEMORY');
  connection.pragma('journal_size_limit = 67108864');
  registerFold(connection);
  if (isReader) connection.pragma('query_only = ON');
  for (const [name, wanted] of Object.entries(EXPECTED)) {
    const found = connection.pragma(name, { simple: true });
    if (found !== wanted) {
      connection.close();
      throw new Error(`SQLite reports ${name} = ${found}, but Verbatim needs ${wanted}`);
    }
  }
  return connection;
}

/**
 * Transactions take the write lock at their beginning. One that read first and wrote later would fail at once, without
 * waiting, whenever another connection had written in between. One that SQLite has rolled back by itself, as on a full
 * disk, is not rolled back again, since that would fail and hide why.
 */
class ImmediateSqliteDialect extends SqliteDialect {
  readonly #sqlite: SqliteConnection;

  constructor(sqlite: SqliteConnection) {
    super({ database: keepingStatements(sqlite) as SqliteDatabase });
    this.#sqlite = sqlite;
  }
  override createDriver(): Driver {
    const driver = super.createDriver();
    driver.beginTransaction = async (connection: DatabaseConnection) => {
      await connection.executeQuery(CompiledQuery.raw('begin immediate'));
    };
    driver.rollbackTransaction = async (connection: DatabaseConnection) => {
      if (this.#sqlite.inTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'));
    };
    return driver;
  }
}

/** How many statements a connection keeps ready; lists of other lengths are other statements. */
const STATEMENTS_KEPT = 400;

/** A connection that makes each statement ready once: for small queries that costs as much as running it. */
function keepingStatements(connection: SqliteConnection): Pick<SqliteConnection, 'close' | 'prepare'> {
  const kept = new Map<string, Sqlite.Statement>();
  return {
    close: () => connection.close(),
    prepare: ((text: string) => {
      const known = kept.get(text);
      if (known) return known;
      const made = connection.prepare(text);
      if (kept.size >= STATEMENTS_KEPT) kept.delete(kept.keys().next().value as string);
      kept.set(text, made);
      return made;
    }) as SqliteConnection['prepare'],
  };
}

/** Kysely over a connection or dialect; names are snake_case in the database and camelCase in code. */
export function kyselyOver(engine: Engine, over: SqliteConnection | Dialect): Database {
  const dialect = engine === 'sqlite' ? new ImmediateSqliteDialect(over as SqliteConnection) : (over as Dialect);
  return {
    engine,
    kysely: new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })] }),
  };
}

class TakenBack extends Error {}

/** More than what is left over where a disk is full. */
const ROOM_BYTES = 64 * 1024;

/**
 * Writes something and takes it back.
 *
 * @param asksForRoom lets it reach the disk before it is taken back, which tells whether there is room, and costs two
 *   commits
 * @throws whatever keeps the database from being written
 */
export async function probeWrite({ kysely }: Database, { asksForRoom = false } = {}): Promise<void> {
  if (asksForRoom) {
    const [name, value] = ['probe-of-room', '.'.repeat(ROOM_BYTES)];
    await kysely
      .insertInto('settings')
      .values({ name, value })
      .onConflict((on) => on.column('name').doUpdateSet({ value }))
      .execute();
    await kysely.deleteFrom('settings').where('name', '=', name).execute();
  }
  try {
    await kysely.transaction().execute(async (trx) => {
      await trx
        .insertInto('settings')
        .values({ name: 'probe', value: '' })
        .onConflict((on) => on.column('name').doUpdateSet({ value: '' }))
        .execute();
      throw new TakenBack();
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
  }
}
