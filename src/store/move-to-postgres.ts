import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { SqliteConnection } from './database.ts';
import { connectAlone, type PostgresUrl } from './postgres.ts';

/** How the copy of one table went. */
export type MovedTable = { table: string; rows: number; digest: string };

/** A table did not arrive as it left. */
export class MoveFault extends Error {
  readonly exitCode = 1;
}

/** Rows and letters of one statement. */
const ROWS_MAX = 2_000;
const LETTERS_MAX = 4 * 1024 * 1024;
const FETCHED = 5_000;
/** Written by the target's own migrations, and of no use elsewhere. */
const NOT_MOVED = new Set(['schema_migrations']);
/** It says whose the database is, so it comes last: what was moved half is nobody's. */
const LAST = 'installation';

type Value = string | number | bigint | Buffer | null;
type Column = { name: string; type: 'text' | 'bigint' | 'double precision' | 'bytea' };

/**
 * Copies every table of a file into a PostgreSQL that has the same tables, and compares both, row by row. What was
 * interrupted goes on where it stopped; a table that differs in the end is copied anew once.
 *
 * @param source nobody else may write to it
 * @param installationId whose it is: what another one began to move is left alone
 * @param onTable hears of each table when it has arrived and was compared
 * @throws {MoveFault} when a table differs after it was copied twice
 */
export async function moveTables(
  source: SqliteConnection,
  url: PostgresUrl,
  installationId: string,
  onTable: (moved: MovedTable) => void = () => {},
): Promise<MovedTable[]> {
  const client = await connectAlone(url);
  try {
    await client.query('set lock_timeout = 0');
    await client.query('set idle_in_transaction_session_timeout = 0');
    await client.query(
      'create table if not exists move_progress (table_name text primary key, last_row bigint not null, is_whole boolean not null)',
    );
    await client.query(
      'create table if not exists move_references (name text primary key, definition text not null, of text not null)',
    );
    await claimTarget(client, installationId);
    const tables = tablesOf(source);
    await checkTables(client, tables);
    await liftReferences(client);
    await emptyUntouched(client, tables);
    const moved: MovedTable[] = [];
    for (const table of tables) {
      const one = await moveTable(source, client, table);
      moved.push(one);
      onTable(one);
    }
    await setSequences(source, client);
    await restoreReferences(client);
    await client.query('drop table move_progress, move_references');
    await client.query('analyze');
    return moved;
  } finally {
    await client.end();
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function tablesOf(source: SqliteConnection): string[] {
  const names = source
    .prepare(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite~_%' escape '~' order by name",
    )
    .pluck()
    .all() as string[];
  const moved = names.filter((name) => !NOT_MOVED.has(name) && name !== LAST);
  return [...moved, LAST];
}

async function columnsOf(client: pg.Client, table: string): Promise<Column[]> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select column_name as name, data_type as type from information_schema.columns
     where table_schema = current_schema() and table_name = $1 order by ordinal_position`,
    [table],
  );
  return rows.map(({ name, type }) => ({
    name,
    type:
      type === 'integer' || type === 'bigint'
        ? 'bigint'
        : type === 'double precision' || type === 'bytea'
          ? type
          : 'text',
  }));
}

/** @throws {MoveFault} when another installation is being moved there */
async function claimTarget(client: pg.Client, installationId: string): Promise<void> {
  const own = `of ${installationId}`;
  const { rows } = await client.query<{ name: string }>(
    "select table_name as name from move_progress where table_name like 'of %'",
  );
  if (rows.some(({ name }) => name !== own))
    throw new MoveFault('Another installation is being moved to this PostgreSQL. Name an empty database');
  await client.query(
    'insert into move_progress (table_name, last_row, is_whole) values ($1, 0, false) on conflict do nothing',
    [own],
  );
}

/** @throws {MoveFault} unless both have the same tables with the same columns */
async function checkTables(client: pg.Client, tables: readonly string[]): Promise<void> {
  for (const table of tables)
    if ((await columnsOf(client, table)).length === 0)
      throw new MoveFault(`The PostgreSQL has no table ${table}, so it is of another version of Verbatim`);
}

/**
 * References between tables are taken away while rows come in any order, and are checked over all rows when they come back.
 * Their definitions are kept in the target, in case it is interrupted in between.
 */
async function liftReferences(client: pg.Client): Promise<void> {
  await client.query('begin');
  const { rows } = await client.query<{ name: string; of: string }>(
    `insert into move_references (name, definition, of)
     select conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid), conrelid::regclass::text from pg_constraint
     where contype = 'f' and connamespace = current_schema()::regnamespace
     on conflict (name) do nothing returning name, of`,
  );
  for (const { name, of } of rows)
    await client.query(`alter table ${of} drop constraint ${quoted(name.slice(of.length + 1))}`);
  await client.query('commit');
}

async function restoreReferences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string; definition: string; of: string }>(
    'select name, definition, of from move_references order by name',
  );
  for (const { name, definition, of } of rows) {
    await client.query('begin');
    await client.query(`alter table ${of} add constraint ${quoted(name.slice(of.length + 1))} ${definition}`);
    await client.query('delete from move_references where name = $1', [name]);
    await client.query('commit');
  }
}

/** What the target's migrations put into its tables gives way to what the source has in them. */
async function emptyUntouched(client: pg.Client, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const { rowCount } = await client.query('select 1 from move_progress where table_name = $1', [table]);
    if (rowCount === 0) await client.query(`delete from ${quoted(table)}`);
  }
}

async function moveTable(source: SqliteConnection, client: pg.Client, table: string): Promise<MovedTable> {
  const columns = await columnsOf(client, table);
  const { rows } = await client.query<{ last_row: number; is_whole: boolean }>(
    'select last_row, is_whole from move_progress where table_name = $1',
    [table],
  );
  const [begun] = rows;
  if (!begun?.is_whole) await copyRows(source, client, table, columns, begun?.last_row ?? Number.MIN_SAFE_INTEGER);
  const wanted = sourceDigest(source, table, columns);
  let found = await targetDigest(client, table, columns);
  if (found.digest !== wanted.digest) {
    // It was written to between two tries.
    await client.query(`delete from ${quoted(table)}`);
    await copyRows(source, client, table, columns, Number.MIN_SAFE_INTEGER);
    found = await targetDigest(client, table, columns);
  }
  if (found.digest !== wanted.digest)
    throw new MoveFault(
      `Table ${table} has ${wanted.rows} rows in the file and ${found.rows} in PostgreSQL, and they are not the same. Nothing was changed in the file`,
    );
  return { table, ...wanted };
}

async function copyRows(
  source: SqliteConnection,
  client: pg.Client,
  table: string,
  columns: readonly Column[],
  after: number,
): Promise<void> {
  const names = columns.map(({ name }) => quoted(name)).join(', ');
  const select = source.prepare(`select rowid, ${names} from ${quoted(table)} where rowid > ? order by rowid`).raw();
  const values = columns.map(({ type }, at) =>
    type === 'bytea' ? `decode(value ->> ${at}, 'base64')` : `cast(value ->> ${at} as ${type})`,
  );
  const insert = `insert into ${quoted(table)} (${names}) select ${values.join(', ')} from json_array_elements($1::json) as list(value)`;
  const keep = async (rows: readonly string[], last: number, isWhole: boolean): Promise<void> => {
    await client.query('begin');
    if (rows.length > 0) await client.query(insert, [`[${rows.join(',')}]`]);
    await client.query(
      `insert into move_progress (table_name, last_row, is_whole) values ($1, $2, $3)
       on conflict (table_name) do update set last_row = excluded.last_row, is_whole = excluded.is_whole`,
      [table, last, isWhole],
    );
    await client.query('commit');
  };
  let [rows, letters, last]: [string[], number, number] = [[], 0, after];
  for (const [rowid, ...row] of select.iterate(after) as IterableIterator<[number, ...Value[]]>) {
    const text = JSON.stringify(row.map(plain));
    rows.push(text);
    letters += text.length;
    last = rowid;
    if (rows.length < ROWS_MAX && letters < LETTERS_MAX) continue;
    await keep(rows, last, false);
    [rows, letters] = [[], 0];
  }
  await keep(rows, last, true);
}

/** A value as JSON holds it, the same from either engine. */
const plain = (value: Value): string | number | null =>
  Buffer.isBuffer(value) ? value.toString('base64') : typeof value === 'bigint' ? Number(value) : value;

/** Of rows in any order: how many there are, and the sum of what each comes to. */
function digester(columns: readonly Column[]) {
  let rows = 0;
  let sum = 0n;
  return {
    add: (row: readonly Value[]): void => {
      rows += 1;
      const text = JSON.stringify(
        row.map((value, at) => {
          const own = plain(value);
          // A file's columns hold what they are given; in the target each has one type.
          return own === null
            ? null
            : columns[at]?.type === 'text' || columns[at]?.type === 'bytea'
              ? String(own)
              : Number(own);
        }),
      );
      sum = (sum + createHash('sha256').update(text).digest().readBigUInt64LE(0)) & 0xffff_ffff_ffff_ffffn;
    },
    outcome: (): { rows: number; digest: string } => ({
      rows,
      digest: `${rows}-${sum.toString(16).padStart(16, '0')}`,
    }),
  };
}

function sourceDigest(source: SqliteConnection, table: string, columns: readonly Column[]) {
  const { add, outcome } = digester(columns);
  const names = columns.map(({ name }) => quoted(name)).join(', ');
  for (const row of source
    .prepare(`select ${names} from ${quoted(table)}`)
    .raw()
    .iterate())
    add(row as Value[]);
  return outcome();
}

async function targetDigest(client: pg.Client, table: string, columns: readonly Column[]) {
  const { add, outcome } = digester(columns);
  const names = columns.map(({ name }) => quoted(name)).join(', ');
  await client.query('begin');
  await client.query(`declare moved no scroll cursor for select ${names} from ${quoted(table)}`);
  for (;;) {
    const { rows } = await client.query<Value[]>({ text: `fetch ${FETCHED} from moved`, rowMode: 'array' });
    for (const row of rows) add(row);
    if (rows.length < FETCHED) break;
  }
  await client.query('commit');
  return outcome();
}

/** Numbers go on where the file's would have: those of rows that are gone are not given again. */
async function setSequences(source: SqliteConnection, client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string; sequence: string }>(
    `select table_name as "table", column_name as "column", pg_get_serial_sequence(quote_ident(table_name), column_name) as sequence
     from information_schema.columns where table_schema = current_schema() and column_default like 'nextval(%'`,
  );
  const given = new Map(source.prepare('select name, seq from sqlite_sequence').raw().all() as [string, number][]);
  for (const { table, column, sequence } of rows) {
    const { rows: found } = await client.query<{ most: number }>(
      `select coalesce(max(${quoted(column)}), 0) as most from ${quoted(table)}`,
    );
    const last = Math.max(given.get(table) ?? 0, Number(found[0]?.most ?? 0));
    if (last > 0) await client.query('select setval($1, $2)', [sequence, last]);
  }
}
