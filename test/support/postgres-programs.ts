import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

/** Where the programs of a PostgreSQL are; null on a machine without them, where the tests that need them are passed over. */
export const postgresPrograms: string | null =
  globSync('/usr/lib/postgresql/*/bin/initdb')
    .sort((a, b) => versionOf(a) - versionOf(b))
    .map((file) => path.dirname(file))
    .at(-1) ?? null;

// A machine that is to prove everything may pass over nothing.
if (postgresPrograms === null && process.env['REQUIRE_POSTGRES'] === '1')
  throw new Error('There is no PostgreSQL here: install it, such as Debian’s postgresql-15');

function versionOf(file: string): number {
  return Number(/postgresql\/(\d+)\//.exec(file)?.[1] ?? 0);
}

/** A server of this run of the tests, by the folder that holds its data and its socket. */
export type Started = { folder: string };

/** Where whoever starts it says so, in the folder that all tests share. */
export const noteOfServer = (shared: string): string => path.join(shared, 'real-postgres.json');

/** Programs of PostgreSQL refuse to run as root. */
export function runProgram(program: string, args: readonly string[]): void {
  const command = [path.join(postgresPrograms ?? '', program), ...args];
  const isRoot = process.getuid?.() === 0;
  const [first = '', ...rest] = isRoot
    ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', ...command]
    : command;
  const done = spawnSync(first, rest, { encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
  if (done.status !== 0) throw new Error(`${program} failed: ${done.error?.message ?? done.stderr}`);
}

/** Stops the server of a run of the tests, if one was started. */
export function stopRealPostgres(shared: string): void {
  if (!existsSync(noteOfServer(shared))) return;
  const { folder } = JSON.parse(readFileSync(noteOfServer(shared), 'utf8')) as Started;
  runProgram('pg_ctl', ['-D', path.join(folder, 'data'), '-m', 'immediate', '-w', 'stop']);
  rmSync(folder, { recursive: true, force: true });
}
