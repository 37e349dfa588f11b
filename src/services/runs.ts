import { Problem } from '../model/problem.ts';
import type { Run, RunKind } from '../store/analyses.ts';
import type { Segmentation } from '../store/segmentations.ts';
import type { Study } from '../store/studies.ts';
import { type Progress, Refusal, type Thread } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import type { WorkQueue } from './work-queue.ts';

/** The version of what computes: it changes whenever the same seed could give other numbers. */
export const ENGINE_VERSION = '2';

const SEED_MAX = 2 ** 31 - 1;
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
/** What a run works at, as its row names it. */
export type RunPlace = { study: Study; actor: Actor; own: Thread; onProgress: Progress; stopped: AbortSignal };
/** Computes and keeps what came of it, in one transaction; everything it needs stands in the run, so that any process can. */
export type PerformRun = (run: Run, place: RunPlace) => Promise<void>;
/** The same for a run of a segmentation. */
export type PerformOfSegments = (run: Run, place: RunPlace & { segmentation: Segmentation }) => Promise<void>;

/** Segments are computed in several ways; their subject says which, and those that come from a file say so beside it. */
function wayOf({ kind, subject, settings }: Pick<Run, 'kind' | 'subject' | 'settings'>): string {
  if (kind !== 'segments') return kind;
  const isImported = subject === 'define' && (JSON.parse(settings) as { import?: string }).import !== undefined;
  return `segments ${isImported ? 'imported' : subject}`;
}

/** Runs: recorded with seed, settings and input, computed in a thread of their own, one after the other. */
export function runService({ store, now }: Context, queue: WorkQueue, report: (error: unknown, run: Run) => void) {
  const ways = new Map<string, PerformRun>();

  async function perform(run: Run, by: Omit<RunPlace, 'study' | 'actor'>): Promise<void> {
    const way = ways.get(wayOf(run));
    if (!way) throw new Error(`Nobody knows how to compute ${wayOf(run)}`);
    const study = await store.studies.find(run.studyId);
    if (!study) throw new Refusal('This study is no longer there');
    await way(run, { ...by, study, actor: run.createdBy === null ? null : { userId: run.createdBy } });
  }

  queue.handles('run', async (id) => {
    const run = await store.analyses.findRunById(id);
    return (
      run && {
        begin: () => store.analyses.begin(id, now().toISOString()),
        again: () => store.analyses.putBack(id),
        perform: (own, onProgress, stopped) => perform(run, { own, onProgress, stopped }),
        progress: (step, done) => store.analyses.progress(id, step, done),
        isCancelled: async () => (await store.analyses.findRunById(id))?.state === 'cancelled',
        fail: (reason) => store.analyses.fail(id, reason, now().toISOString()),
        report: (error) => report(error, run),
      }
    );
  });

  return {
    /** Says how runs of a kind are computed. */
    computes: (kind: Exclude<RunKind, 'segments'>, way: PerformRun): void => void ways.set(kind, way),
    /** Says how one of the ways to compute segments is. */
    computesSegments: (subject: string, way: PerformOfSegments): void => {
      ways.set(`segments ${subject}`, async (run, place) => {
        const segmentation =
          run.segmentationId === null ? null : await store.segmentations.findById(run.segmentationId);
        if (!segmentation) throw new Refusal('This segmentation is no longer there');
        await way(run, { ...place, segmentation });
      });
    },
    start: async (run: NewRun, actor: Actor): Promise<Run> => {
      const added = await store.analyses.addRun(
        { ...run, engineVersion: ENGINE_VERSION, createdBy: actor?.userId ?? null },
        now().toISOString(),
      );
      await queue.add('run', added.id);
      return added;
    },
    cancel: async (run: Run): Promise<void> => {
      if (await store.analyses.cancel(run.id, now().toISOString())) await queue.interrupt('run', run.id);
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
