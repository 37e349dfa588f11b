import { setTimeout as wait } from 'node:timers/promises';
import type { DatabasePlace } from '../store/database-place.ts';
import { newPublicId } from '../store/identifiers.ts';
import { type ClaimedJob, type JobStore, jobStore } from '../store/jobs.ts';
import { type Progress, Refusal, startThread, type Thread } from '../workers/thread.ts';
import type { Context } from './context.ts';

/** A piece of work that takes long, as its row in the database knows it. */
export type Job = {
  /** Marks it as begun; false when it was cancelled while it waited. */
  begin(): Promise<boolean>;
  /** Marks it as waiting again, since whoever had begun it has ended. */
  again(): Promise<void>;
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
/** How often a process says that it is alive, and looks whether its work was cancelled elsewhere. */
const ALIVE_EVERY_MS = 2_000;
/** How often a process looks for work of others. */
const LOOK_EVERY_MS = 1_000;
/** Work that ended two processes in the middle of it is not given to a third. */
const CLAIMS_MAX = 2;

/**
 * Long work, one piece after the other in each process, whoever asked for it: two at once would only make both slow. Each
 * has a thread of its own, which ends with it, so that it can be stopped at any moment and its memory is given back.
 *
 * A file has one process, and the list is its own. Processes on one PostgreSQL share theirs: each takes what nobody has, and
 * what one had that ended goes to another, once.
 *
 * @param report hears of what is nobody's piece of work in particular
 */
export function workQueue(
  { database, logs, keys, now }: Pick<Context, 'database' | 'logs' | 'keys' | 'now'>,
  place: DatabasePlace,
  report: (error: unknown) => void = () => {},
) {
  const list = place.engine === 'postgres' ? jobStore(database, newPublicId()) : memoryList();
  const isShared = place.engine === 'postgres';
  const makers = new Map<string, (subjectId: number) => Promise<Job | null>>();
  /** What this process put on the list, until it is seen to be gone. */
  const own = new Map<string, { kind: string; subjectId: number }>();
  let going: { name: string; stop: () => Promise<void> } | null = null;
  let isWorking: Promise<void> | null = null;
  let isInvited = false;
  let isStopped = false;
  let looking: NodeJS.Timeout | undefined;

  function work(): void {
    isInvited = true;
    isWorking ??= (async () => {
      while (isInvited && !isStopped) {
        isInvited = false;
        for (
          let next = await list.claim([...makers.keys()]);
          next;
          next = isStopped ? null : await list.claim([...makers.keys()])
        )
          await perform(next);
      }
    })()
      .catch(report)
      .finally(() => {
        isWorking = null;
      });
  }

  async function perform(claimed: ClaimedJob): Promise<void> {
    const job = (await makers.get(claimed.kind)?.(claimed.subjectId)) ?? null;
    if (!job) return list.remove(claimed);
    await performJob(claimed, job).catch(job.report);
  }

  async function performJob(claimed: ClaimedJob, job: Job): Promise<void> {
    if (claimed.claims > CLAIMS_MAX) {
      await job.fail(
        'Verbatim was stopped twice while this was running. Look whether it is too large for this machine',
      );
      return list.remove(claimed);
    }
    if (claimed.claims > 1) await job.again();
    if (!(await job.begin())) return list.remove(claimed);
    const own = startThread({ place, textKey: keys.text });
    const stopped = new AbortController();
    const stop = async () => {
      stopped.abort();
      await own.stop();
    };
    going = { name: nameOf(claimed.kind, claimed.subjectId), stop };
    let isMine = true;
    const alive = isShared
      ? setInterval(() => {
          (async () => {
            isMine = await list.sayAlive(claimed);
            if (!isMine || (await job.isCancelled())) await stop();
          })().catch(job.report);
        }, ALIVE_EVERY_MS)
      : undefined;
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
      // What the server's own end interrupts is settled when it starts again, or goes to another process.
      if (isStopped) {
        if (isShared && !(await job.isCancelled())) {
          await job.again();
          await list.giveBack(claimed);
        }
        return;
      }
      if (!isMine || (await job.isCancelled())) return;
      if (!(error instanceof Refusal)) job.report(error);
      await job.fail(
        error instanceof Refusal
          ? error.message
          : 'Something went wrong that should not have. The log has the details; nothing was changed',
      );
    } finally {
      clearInterval(alive);
      going = null;
      await own.stop();
      if (!isStopped || !isShared) await list.remove(claimed);
    }
  }

  return {
    /** Says how a piece of this kind is done; null for one that is no longer there. */
    handles: (kind: string, maker: (subjectId: number) => Promise<Job | null>): void => {
      makers.set(kind, maker);
    },
    /** Says what becomes of something that was held by a process that ended in the middle of it. */
    settles: (kind: string, settle: (subjectId: number) => Promise<void>): void => {
      makers.set(kind, async (subjectId) => ({
        begin: async () => {
          await settle(subjectId);
          return false;
        },
        again: async () => {},
        perform: async () => {},
        progress: async () => {},
        isCancelled: async () => false,
        fail: () => settle(subjectId),
        report,
      }));
    },
    add: async (kind: string, subjectId: number): Promise<void> => {
      if (isShared) own.set(nameOf(kind, subjectId), { kind, subjectId });
      await list.put(kind, subjectId, now().toISOString());
      work();
    },
    /** Does something at once that other processes must know to be under way; see `settles`. */
    hold: async <Result>(kind: string, subjectId: number, does: () => Promise<Result>): Promise<Result> => {
      if (!isShared) return does();
      const claimed = await list.putMine(kind, subjectId, now().toISOString());
      const alive = setInterval(() => void list.sayAlive(claimed).catch(report), ALIVE_EVERY_MS);
      try {
        return await does();
      } finally {
        clearInterval(alive);
        await list.remove(claimed);
      }
    },
    /** From now on this process also takes up what others put on the list. */
    open: (): void => {
      if (!isShared) return;
      looking = setInterval(work, LOOK_EVERY_MS);
      looking.unref();
    },
    /** How many wait for their turn. */
    waiting: (): Promise<number> => list.waiting(),
    /** Ends a piece at once if it is going here; one that was marked as cancelled while it waits is passed over. */
    interrupt: async (kind: string, subjectId: number): Promise<void> => {
      if (going?.name === nameOf(kind, subjectId)) await going.stop();
    },
    /** Resolves when nothing is waiting or going that this process knows of. */
    idle: async (): Promise<void> => {
      for (;;) {
        while (isWorking) await isWorking;
        for (const [name, { kind, subjectId }] of own) if (!(await list.isThere(kind, subjectId))) own.delete(name);
        if (own.size === 0 || isStopped) return;
        work();
        await wait(20);
      }
    },
    stop: async (): Promise<void> => {
      isStopped = true;
      clearInterval(looking);
      await going?.stop();
      await isWorking;
    },
  };
}
export type WorkQueue = ReturnType<typeof workQueue>;
export type Hold = WorkQueue['hold'];

const nameOf = (kind: string, subjectId: number): string => `${kind} ${subjectId}`;

/** The list of a process that shares its work with nobody. */
function memoryList(): JobStore {
  const waiting: ClaimedJob[] = [];
  let last = 0;
  const take = (kind: string, subjectId: number): ClaimedJob => {
    last += 1;
    return { id: last, kind, subjectId, claims: 1 };
  };
  return {
    put: async (kind, subjectId) => void waiting.push(take(kind, subjectId)),
    putMine: async (kind, subjectId) => take(kind, subjectId),
    claim: async () => waiting.shift() ?? null,
    sayAlive: async () => true,
    remove: async () => {},
    giveBack: async () => {},
    waiting: async () => waiting.length,
    isThere: async (kind, subjectId) => waiting.some((one) => one.kind === kind && one.subjectId === subjectId),
  };
}
