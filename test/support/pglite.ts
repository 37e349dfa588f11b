import { PGlite } from '@electric-sql/pglite';
import { PGliteDialect } from 'kysely';
import { type Database, kyselyOver } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';

/** A PostgreSQL in this process, at today's schema. It takes a second or two, so a file shares one. */
export async function openPglite(): Promise<Database & AsyncDisposable> {
  const database = kyselyOver('postgres', new PGliteDialect({ pglite: new PGlite() }));
  await migrate(database, () => new Date());
  return { ...database, [Symbol.asyncDispose]: () => database.kysely.destroy() };
}
