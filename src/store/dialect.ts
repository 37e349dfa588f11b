import { type ColumnDataType, type Expression, type RawBuilder, type SqlBool, sql, type Transaction } from 'kysely';
import type { Tables } from './tables.ts';

/** The two engines that the store speaks. */
export type Engine = 'sqlite' | 'postgres';

/** The type of a column that numbers rows by itself. */
export const idType = (engine: Engine): ColumnDataType => (engine === 'sqlite' ? 'integer' : 'bigserial');

/** The type of a column that points at such a number. */
export const refType = (engine: Engine): ColumnDataType => (engine === 'sqlite' ? 'integer' : 'bigint');

/** True for a broken UNIQUE key, whichever engine says so. */
export function isUniqueViolation(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}

/** True when something still points to what was to go. */
export function isForeignKeyViolation(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '23503' || code === 'SQLITE_CONSTRAINT_FOREIGNKEY';
}

/** True when the disk, and not the data, refuses. */
export function isStorageFull(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return (
    code === '53100' || code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE' || code === 'SQLITE_IOERR_TRUNCATE'
  );
}

/** Too long waited for, caught in a knot with others, or written under by somebody else: the same again may well go. */
const PASSING = new Set(['55P03', '40P01', '40001', '25P03']);

/** True while somebody else holds the database, or it is away for a moment. */
export function isBusy(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return (typeof code === 'string' && (code.startsWith('SQLITE_BUSY') || PASSING.has(code))) || isLostConnection(error);
}

const LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);
const LOST_WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** True when the connection to the PostgreSQL broke, or none could be had; what was under way may be kept or not. */
export function isLostConnection(error: unknown): boolean {
  const { code, syscall, message } = (error ?? {}) as { code?: unknown; syscall?: unknown; message?: unknown };
  if (typeof code === 'string' && code.startsWith('08')) return true;
  // Files that are not there have the same code as sockets that are not.
  if (code === 'ENOENT' && syscall !== 'connect') return false;
  return (typeof code === 'string' && LOST.has(code)) || (typeof message === 'string' && LOST_WORDS.test(message));
}

/**
 * Makes appends to a log take turns until the transaction ends, so that numbers become visible in the order they were
 * given. SQLite has one writer as it is; PostgreSQL would commit in any order, and a watermark could pass over a row.
 */
export async function takeTurns(engine: Engine, trx: Transaction<Tables>, log: 'responses' | 'intake'): Promise<void> {
  if (engine === 'postgres') await sql`select pg_advisory_xact_lock(${log === 'responses' ? 7301 : 7302})`.execute(trx);
}

/** The database's own clock, in milliseconds since 1970. */
export const clockMs = (engine: Engine): RawBuilder<number> =>
  engine === 'sqlite'
    ? sql<number>`cast(unixepoch('subsec') * 1000 as integer)`
    : sql<number>`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`;

/** True when a number is one of many: they are one parameter, since there may be more of them than an engine binds. */
export const isInList = (engine: Engine, column: Expression<unknown>, ids: readonly number[]): Expression<SqlBool> =>
  engine === 'sqlite'
    ? sql<SqlBool>`${column} in (select value from json_each(${JSON.stringify(ids)}))`
    : sql<SqlBool>`${column} in (select value::bigint from jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb) as list(value))`;

/** The same for texts. */
export const isInTexts = (
  engine: Engine,
  column: Expression<unknown>,
  texts: readonly string[],
): Expression<SqlBool> =>
  engine === 'sqlite'
    ? sql<SqlBool>`${column} in (select value from json_each(${JSON.stringify(texts)}))`
    : sql<SqlBool>`${column} in (select value from jsonb_array_elements_text(${JSON.stringify(texts)}::jsonb) as list(value))`;

/** True when an object kept as JSON has the value under the name, as it would be written out, or in its list. */
export const attributeIs = (
  engine: Engine,
  column: Expression<unknown>,
  name: string,
  value: string,
): Expression<SqlBool> =>
  engine === 'sqlite'
    ? sql<SqlBool>`exists (select 1 from json_each(${column}) as one where one.key = ${name} and case one.type
        when 'array' then exists (select 1 from json_each(one.value) as inner_one where cast(inner_one.value as text) = ${value})
        when 'true' then ${value} = 'true' when 'false' then ${value} = 'false'
        else cast(one.value as text) = ${value} end)`
    : sql<SqlBool>`exists (select 1 from jsonb_each(${column}::jsonb) as one where one.key = ${name}
        and (one.value #>> '{}' = ${value} or one.value @> to_jsonb(${value}::text)))`;
