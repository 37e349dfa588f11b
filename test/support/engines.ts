import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Database, kyselyOver, openSqlite } from '../../src/store/database.ts';
import type { IntakeLog } from '../../src/store/intake-log.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openPostgres } from '../../src/store/postgres.ts';
import { postgresLogs } from '../../src/store/postgres-logs.ts';
import type { ResponseLog } from '../../src/store/record-log.ts';
import { startWriter } from '../../src/workers/writer.ts';
import { madeBefore } from './made-before.ts';
import { openPglite } from './pglite.ts';
import { postgresPrograms } from './postgres-programs.ts';
import { makePostgres } from './real-postgres.ts';

export const textKey = Buffer.alloc(32, 7);

export type OpenEngine = { database: Database; responses: ResponseLog; intake: IntakeLog; close(): Promise<void> };

/** SQLite in a temporary file, its logs going through the writer thread. */
async function openSqliteEngine(): Promise<OpenEngine> {
  const folder = mkdtempSync(path.join(tmpdir(), 'verbatim-engine-'));
  const file = path.join(folder, 'verbatim.db');
  const made = madeBefore('folder');
  if (made) copyFileSync(path.join(made, 'verbatim.db'), file);
  const database = kyselyOver('sqlite', openSqlite(file, { mayCreate: true }));
  if (!made) await migrate(database, () => new Date());
  const logs = startWriter(database, { file, textKey }, { queueMax: 5_000 });
  return {
    database,
    responses: logs.responses,
    intake: logs.intake,
    close: async () => {
      await logs.close();
      await database.kysely.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL in this process, its logs going straight to it. */
async function openPostgresEngine(): Promise<OpenEngine> {
  const database = await openPglite();
  return {
    database,
    ...postgresLogs(database),
    close: async () => {
      await database[Symbol.asyncDispose]();
    },
  };
}

/** PostgreSQL as operators run it, its logs on connections of their own. */
async function openRealPostgresEngine(): Promise<OpenEngine> {
  const made = await makePostgres();
  const database = await openPostgres(made.url, 'desk');
  const own = await openPostgres(made.url, 'logs');
  return {
    database,
    ...postgresLogs(own),
    close: async () => {
      await own.kysely.destroy();
      await database.kysely.destroy();
      await made[Symbol.asyncDispose]();
    },
  };
}

/** The engines that the same tests run on. */
export const engines: (readonly [name: string, open: () => Promise<OpenEngine>])[] = [
  ['SQLite, through the writer thread', openSqliteEngine],
  ['PostgreSQL', openPostgresEngine],
  ...(postgresPrograms === null ? [] : [['PostgreSQL, by its own server', openRealPostgresEngine] as const]),
];
