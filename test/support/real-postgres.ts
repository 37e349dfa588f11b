import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { migrate } from '../../src/store/migrate.ts';
import { connectAlone, openPostgres } from '../../src/store/postgres.ts';
import { noteOfServer, runProgram, type Started } from './postgres-programs.ts';

/*
 * A PostgreSQL of the system's own programs, started by the first test that asks for it, on a socket in a temporary folder
 * and not on the network, and stopped when all tests are over. Each test has a database of its own, copied from one with
 * today's tables.
 */

const EMPTY = 'verbatim_empty';
const START_MS = 60_000;

const ownerId = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);

function start(): Started {
  const folder = mkdtempSync(path.join(tmpdir(), 'verbatim-postgres-'));
  if (process.getuid?.() === 0) chownSync(folder, ownerId('-u'), ownerId('-g'));
  const data = path.join(folder, 'data');
  runProgram('initdb', ['-D', data, '-A', 'trust', '-U', 'verbatim', '--locale=C', '--encoding=UTF8', '--no-sync']);
  const options = `-c listen_addresses='' -c unix_socket_directories='${folder}' -c max_connections=200 -c shared_buffers=64MB`;
  runProgram('pg_ctl', ['-D', data, '-w', '-l', path.join(folder, 'log'), '-o', options, 'start']);
  return { folder };
}

const urlOf = ({ folder }: Started, database: string): string =>
  `postgres:///${database}?host=${encodeURIComponent(folder)}&user=verbatim`;

/** The server of this run of the tests; the first who asks starts it, others wait. */
async function started(): Promise<Started> {
  const shared = process.env['VERBATIM_TEST_EMPTY'];
  if (shared === undefined) throw new Error('The tests were not begun in the usual way');
  const isFirst = mkdirSync(path.join(shared, 'real-postgres'), { recursive: true }) !== undefined;
  if (isFirst) {
    const made = start();
    const admin = await connectAlone(urlOf(made, 'postgres'));
    await admin.query(`create database ${EMPTY}`);
    await admin.end();
    const database = await openPostgres(urlOf(made, EMPTY), 'desk');
    await migrate(database, () => new Date());
    await database.kysely.destroy();
    writeFileSync(noteOfServer(shared), JSON.stringify(made));
  }
  for (const until = performance.now() + START_MS; performance.now() < until; await wait(50))
    if (existsSync(noteOfServer(shared))) return JSON.parse(readFileSync(noteOfServer(shared), 'utf8')) as Started;
  throw new Error('PostgreSQL did not start');
}

export type TestDatabase = { url: string } & AsyncDisposable;

let made = 0;

/**
 * A database of its own: `await using database = await makePostgres()`.
 *
 * @param isEmpty without any tables, as an operator would make it
 */
export async function makePostgres({ isEmpty = false } = {}): Promise<TestDatabase> {
  const server = await started();
  made += 1;
  const name = `test_${process.pid}_${made}`;
  const asAdmin = async (statement: string): Promise<void> => {
    const admin = await connectAlone(urlOf(server, 'postgres'));
    // Another may be copying just now.
    for (let tries = 0; ; tries += 1) {
      try {
        await admin.query(statement);
        break;
      } catch (error) {
        if (tries === 20 || (error as { code?: unknown }).code !== '55006') throw error;
        await wait(200);
      }
    }
    await admin.end();
  };
  await asAdmin(`create database ${name} template ${isEmpty ? 'template0' : EMPTY}`);
  return {
    url: urlOf(server, name),
    [Symbol.asyncDispose]: () => asAdmin(`drop database ${name} with (force)`),
  };
}
