import { Problem } from '../model/problem.ts';
import type { Run, RunKind } from '../store/analyses.ts';
import type { Progress, Thread } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import type { WorkQueue } from './work-queue.ts';

/** The version of what computes: it changes whenever the same seed could give other numbers. */
export const ENGINE_VERSION = '2';

const SEED_MAX = 2 ** 31 - 1;
const nameOfJob = (run: Pick<Run, 'id'>): string => `run ${run.id}`;

/** What of the journal of a question a run heeds, and over which run it was said. */
export type Heeded = { corrections?: number[]; heeds?: { runId: number; upTo: number } };

export type NewRun = {
  studyId: number;
  kind: RunKind;
  surveyId: number | null;
  segmentationId?: number;
  subject: string;
  seed: number;
  settings: unknown;
  /** What it reads of, as far as that is known when it is asked for. */
  inputCut: Record<string, unknown>;
};
/** Computes and keeps what came of it, in one transaction. */
export type PerformRun = (run: Run, own: Thread, onProgress: Progress, stopped: AbortSignal) => Promise<void>;

/** Runs: recorded with seed, settings and input, computed in a thread of their own, one after the other. */
export function runService({ store, now }: Context, queue: WorkQueue, report: (error: unknown, run: Run) => void) {
  return {
    start: async (run: NewRun, actor: Actor, perform: PerformRun): Promise<Run> => {
      const added = await store.analyses.addRun(
        { ...run, engineVersion: ENGINE_VERSION, createdBy: actor?.userId ?? null },
        now().toISOString(),
      );
      queue.add({
        name: nameOfJob(added),
        begin: () => store.analyses.begin(added.id, now().toISOString()),
        perform: (own, onProgress, stopped) => perform(added, own, onProgress, stopped),
        progress: (step, done) => store.analyses.progress(added.id, step, done),
        isCancelled: async () => (await store.analyses.findRunById(added.id))?.state === 'cancelled',
        fail: (reason) => store.analyses.fail(added.id, reason, now().toISOString()),
        report: (error) => report(error, added),
      });
      return added;
    },
    cancel: async (run: Run): Promise<void> => {
      if (await store.analyses.cancel(run.id, now().toISOString())) await queue.interrupt(nameOfJob(run));
    },
    /** Resolves when no long work is waiting or going. */
    idle: queue.idle,
  };
}
export type Runs = ReturnType<typeof runService>;

/** The run with what it turned out to have read: the survey's version, the last record (or turn) before the cut, and corrections. */
export function withCut(
  run: Run,
  { watermark, version, corrections = [], heeds }: Heeded & { watermark: number; version: number | null },
): Run {
  const cut = { ...(JSON.parse(run.inputCut) as object), surveyVersion: version, watermark, corrections, heeds };
  return { ...run, inputCut: JSON.stringify(cut) };
}

export function readSeed(seed: number): number {
  if (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX)
    throw new Problem('invalid', `The seed must be a whole number from 0 to ${SEED_MAX}`, {
      errors: [{ pointer: '#/seed', detail: 'Enter a whole number, such as 1' }],
    });
  return seed;
}
