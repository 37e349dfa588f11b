import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A server in a process of its own, and what it costs. */
export type Server = {
  port: number;
  pid: number;
  /** From starting the process to the line that says it is ready. */
  readyMs: number;
  /** Processor time that all its threads have used so far, in the system and in its own code. */
  cpuMs(): number;
  /** Resident memory. */
  rssMb(): number;
  /** Asks it to end, and waits. */
  stop(): Promise<void>;
  /** Ends it without a word. */
  kill(): Promise<void>;
};

const TICK_MS = 10;
const READY = /(?:ready (\d+)|ready at http:\/\/[^:\s]+:(\d+))/;

/**
 * Starts `node …` and waits until it says that it is ready and where. What it prints goes to a file, as it would in an
 * installation.
 *
 * @throws {Error} with what it printed when it ends before
 */
export async function startServer(
  args: readonly string[],
  { env = {}, readyMsMax = 30_000 }: { env?: Record<string, string>; readyMsMax?: number } = {},
): Promise<Server> {
  const log = path.join(mkdtempSync(path.join(tmpdir(), 'verbatim-bench-log-')), 'out');
  const out = openSync(log, 'w');
  const began = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', out, out], env: { ...process.env, ...env } });
  closeSync(out);
  // A run that is found invalid throws, and must leave no server behind.
  const killLate = () => child.kill('SIGKILL');
  process.once('exit', killLate);
  child.once('exit', () => process.off('exit', killLate));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (;;) {
    const found = READY.exec(readFileSync(log, 'utf8'));
    if (found) return running(child, Number(found[1] ?? found[2]), performance.now() - began, ended);
    if (child.exitCode !== null || child.signalCode !== null || performance.now() - began > readyMsMax) {
      child.kill('SIGKILL');
      throw new Error(`The server did not start: ${readFileSync(log, 'utf8')}`);
    }
    await wait(2);
  }
}

function running(child: ChildProcess, port: number, readyMs: number, ended: Promise<void>): Server {
  const pid = child.pid ?? 0;
  return {
    port,
    pid,
    readyMs,
    cpuMs: () => {
      // The name in brackets may hold spaces; the fields after it do not.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    },
    rssMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
