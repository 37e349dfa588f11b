import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
const START_MS = 180_000;

export type Ended = { code: number | null; stdout: string; stderr: string };
type Settings = {
  env?: Record<string, string>;
  stdin?: string;
  /** A program that runs it, such as one that sets limits; the command and its arguments follow. */
  under?: readonly string[];
  /** For Node itself. */
  nodeArgs?: readonly string[];
  /** What happens to a server before it is ready. */
  whileStarting?: (child: ChildProcess) => Promise<void>;
};

/** Nothing of the surrounding environment but what a process needs to run at all. */
const baseEnvironment = () => ({
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '',
  HOST: '127.0.0.1',
  PORT: '0',
});

function launch(args: readonly string[], { env = {}, stdin, under = [], nodeArgs = [] }: Settings) {
  const [program = '', ...rest] = [...under, process.execPath, ...nodeArgs, resolve(root, 'bin/verbatim.js'), ...args];
  const child = spawn(program, rest, {
    env: { ...baseEnvironment(), ...env },
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(stdin);
  const said = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const ended = once(child, 'close').then(([code]): Ended => ({ code: code as number | null, ...said }));
  return { child, said, ended };
}

/** Runs a command as a process of its own, to its end. */
export const runCli = (args: readonly string[], settings: Settings = {}): Promise<Ended> =>
  launch(args, settings).ended;

export type RunningServer = AsyncDisposable & {
  child: ChildProcess;
  url: string;
  port: number;
  /** From the start of the process until it said that it is ready. */
  readyMs: number;
  said: { stdout: string; stderr: string };
  ended: Promise<Ended>;
  stop: () => Promise<Ended>;
  /** Ends it without a word. */
  kill: () => Promise<Ended>;
};

/** Starts a command that serves, and waits until it says that it is ready. It ends with the test at the latest. */
export async function startServer(args: readonly string[], settings: Settings = {}): Promise<RunningServer> {
  const began = performance.now();
  const { child, said, ended } = launch(args, settings);
  settings.whileStarting?.(child).catch(() => child.kill('SIGKILL'));
  const until = Date.now() + START_MS;
  let url: string | undefined;
  while (url === undefined) {
    url = /ready at (http:\S+)/.exec(said.stdout)?.[1];
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`The server did not start: ${said.stdout}${said.stderr}`);
    }
    if (url === undefined) await new Promise((done) => setTimeout(done, 30));
  }
  return {
    child,
    url,
    port: Number(new URL(url).port),
    readyMs: performance.now() - began,
    said,
    ended,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
    kill: () => {
      child.kill('SIGKILL');
      return ended;
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}
