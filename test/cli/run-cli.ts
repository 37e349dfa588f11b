import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
const START_MS = 30_000;

export type Ended = { code: number | null; stdout: string; stderr: string };
type Settings = { env?: Record<string, string>; stdin?: string };

/** Nothing of the surrounding environment but what a process needs to run at all. */
const baseEnvironment = () => ({
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '',
  HOST: '127.0.0.1',
  PORT: '0',
});

function launch(args: readonly string[], { env = {}, stdin }: Settings) {
  const child = spawn(process.execPath, [resolve(root, 'bin/verbatim.js'), ...args], {
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
  said: { stdout: string; stderr: string };
  ended: Promise<Ended>;
  stop: () => Promise<Ended>;
};

/** Starts a command that serves, and waits until it says that it is ready. It ends with the test at the latest. */
export async function startServer(args: readonly string[], settings: Settings = {}): Promise<RunningServer> {
  const { child, said, ended } = launch(args, settings);
  const until = Date.now() + START_MS;
  let url: string | undefined;
  while (url === undefined) {
    url = /ready at (http:\S+)/.exec(said.stdout)?.[1];
    if (child.exitCode !== null || Date.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`The server did not start: ${said.stdout}${said.stderr}`);
    }
    if (url === undefined) await new Promise((done) => setTimeout(done, 30));
  }
  return {
    child,
    url,
    said,
    ended,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}
