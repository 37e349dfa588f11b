import { type Progress, Refusal, startThread, type Thread } from '../workers/thread.ts';
import type { Context } from './context.ts';

/** A piece of work that takes long, as its row in the database knows it. */
export type Job = {
  /** Another piece has another; it is stopped by this. */
  name: string;
  /** Marks it as begun; false when it was cancelled while it waited. */
  begin(): Promise<boolean>;
  /**
   * Computes in a thread of its own, and keeps what came of it. `stopped` is for what does not happen in the thread: it
   * aborts when the thread is ended early.
   */
  perform(own: Thread, onProgress: Progress, stopped: AbortSignal): Promise<void>;
  progress(step: string, done: number): Promise<void>;
  isCancelled(): Promise<boolean>;
  /** Ends it with a reason in words for a person. */
  fail(reason: string): Promise<void>;
  /** Hears of what went wrong that should not have. */
  report(error: unknown): void;
};

/** Pages are told how far it is no oftener than so. */
const TOLD_EVERY_MS = 250;

/**
 * Long work, one piece after the other, whoever asked for it: two at once would only make both slow. Each has a thread of
 * its own, which ends with it, so that it can be stopped at any moment and its memory is given back.
 */
export function workQueue({ logs, keys }: Pick<Context, 'logs' | 'keys'>, databaseFile: string) {
  const waiting: Job[] = [];
  let going: { name: string; stop: () => Promise<void> } | null = null;
  let isWorking: Promise<void> | null = null;
  let isStopped = false;

  function work(): void {
    isWorking ??= (async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await perform(next).catch(next.report);
      isWorking = null;
    })();
  }

  async function perform(job: Job): Promise<void> {
    if (!(await job.begin())) return;
    const own = startThread({ file: databaseFile, textKey: keys.text });
    const stopped = new AbortController();
    going = {
      name: job.name,
      stop: async () => {
        stopped.abort();
        await own.stop();
      },
    };
    let told = 0;
    const onProgress: Progress = (step, done) => {
      const at = Date.now();
      if (at - told < TOLD_EVERY_MS) return;
      told = at;
      job.progress(step, done).catch(job.report);
    };
    try {
      await logs.settle();
      await job.perform(own, onProgress, stopped.signal);
    } catch (error) {
      // What the server's own end interrupts is settled when it starts again.
      if (isStopped || (await job.isCancelled())) return;
      if (!(error instanceof Refusal)) job.report(error);
      await job.fail(
        error instanceof Refusal
          ? error.message
          : 'Something went wrong that should not have. The log has the details; nothing was changed',
      );
    } finally {
      going = null;
      await own.stop();
    }
  }

  return {
    add: (job: Job): void => {
      waiting.push(job);
      work();
    },
    /** How many wait for their turn. */
    waiting: (): number => waiting.length,
    /** Ends a piece at once if it is going; one that was marked as cancelled while it waits is passed over. */
    interrupt: async (name: string): Promise<void> => {
      if (going?.name === name) await going.stop();
    },
    /** Resolves when nothing is waiting or going. */
    idle: async (): Promise<void> => {
      while (isWorking) await isWorking;
    },
    stop: async (): Promise<void> => {
      isStopped = true;
      waiting.length = 0;
      await going?.stop();
      await isWorking;
    },
  };
}
export type WorkQueue = ReturnType<typeof workQueue>;
