import { readFileSync, writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { PGliteDialect } from 'kysely';
import { type Database, kyselyOver } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { madeBefore } from './made-before.ts';

/** A PostgreSQL in this process, at today's schema. It takes a second, so a file shares one. */
export async function openPglite(): Promise<Database & AsyncDisposable> {
  const made = madeBefore('postgres.tar');
  const pglite = new PGlite(made ? { loadDataDir: new Blob([readFileSync(made)]) } : {});
  const database = kyselyOver('postgres', new PGliteDialect({ pglite }));
  if (!made) await migrate(database, () => new Date());
  return { ...database, [Symbol.asyncDispose]: () => database.kysely.destroy() };
}

/** Writes one with all its tables and nothing in them to a file. */
export async function dumpPglite(file: string): Promise<void> {
  const pglite = new PGlite();
  const database = kyselyOver('postgres', new PGliteDialect({ pglite }));
  await migrate(database, () => new Date());
  writeFileSync(file, Buffer.from(await (await pglite.dumpDataDir('none')).arrayBuffer()));
  await database.kysely.destroy();
}
