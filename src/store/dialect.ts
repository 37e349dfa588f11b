import { type ColumnDataType, sql, type Transaction } from 'kysely';
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

/** True while somebody else holds the database. */
export function isBusy(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && (code.startsWith('SQLITE_BUSY') || code === '55P03');
}

/**
 * Makes appends to a log take turns until the transaction ends, so that numbers become visible in the order they were
 * given. SQLite has one writer as it is; PostgreSQL would commit in any order, and a watermark could pass over a row.
 */
export async function takeTurns(engine: Engine, trx: Transaction<Tables>, log: 'responses' | 'events'): Promise<void> {
  if (engine === 'postgres') await sql`select pg_advisory_xact_lock(${log === 'responses' ? 7301 : 7302})`.execute(trx);
}
