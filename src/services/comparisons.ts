import { type BeforeForm, type BeforeQuestion, readBefore } from '../model/before-question.ts';
import { type ChangeQuestion, readChangeQuestion } from '../model/change-question.ts';
import { Problem } from '../model/problem.ts';
import { dayAt, dayText } from '../rules/calendar.ts';
import type { Comparison } from '../store/comparisons.ts';
import { referredSegments } from '../store/segment-rules.ts';
import type { Segment } from '../store/segments.ts';
import type { Study } from '../store/studies.ts';
import type { BeforeFound } from '../workers/tasks/before.ts';
import type { FoundChanges } from '../workers/tasks/changes.ts';
import type { ContrastFound } from '../workers/tasks/contrast.ts';
import type { StudyOverlap } from '../workers/tasks/overlap.ts';
import { Refusal, type Thread } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import type { WorkQueue } from './work-queue.ts';

/** So many wait for their turn at most. */
const WAITING_MAX = 20;

/** What a finished comparison came to, by its kind. */
export type ComparisonResult = {
  overlap: StudyOverlap;
  contrast: ContrastFound;
  before: BeforeFound;
  change: FoundChanges;
};

/**
 * Groups of people held against each other: computed in the queue of long work, and kept with the day whose facts they tell
 * of, so that a page only reads them.
 */
export function comparisonService({ store, now }: Context, queue: WorkQueue, report: (error: unknown) => void) {
  let turn: Promise<unknown> = Promise.resolve();

  /** One after the other, so that of two who ask at once the second finds what the first has begun. */
  function inTurn<T>(ask: () => Promise<T>): Promise<T> {
    const own = turn.then(ask);
    turn = own.catch(() => {});
    return own;
  }

  async function compute(
    { kind, studyId, segmentId, settings, seed }: Comparison,
    own: Thread,
    onProgress: (step: string, done: number) => void,
  ): Promise<unknown> {
    const study = await store.studies.find(studyId);
    if (!study) throw new Refusal('This study is no longer there');
    const place = { workspaceId: study.workspaceId, studyId, now: now().getTime() };
    if (kind === 'overlap') return own.ask('overlap', place, onProgress);
    if (kind === 'contrast') return own.ask('contrast', { ...place, segmentId: segmentId ?? 0 }, onProgress);
    if (kind === 'change')
      return own.ask('changes', { ...place, question: JSON.parse(settings) as ChangeQuestion }, onProgress);
    return own.ask('before', { ...place, ...(JSON.parse(settings) as BeforeQuestion), seed }, onProgress);
  }

  queue.handles('comparison', async (id) => {
    const comparison = await store.comparisons.findById(id);
    return (
      comparison && {
        begin: () => store.comparisons.begin(id),
        again: () => store.comparisons.putBack(id),
        perform: async (own, onProgress) => {
          const result = await compute(comparison, own, onProgress);
          await store.comparisons.finish(comparison, JSON.stringify(result), now().toISOString());
        },
        progress: (step, done) => store.comparisons.progress(id, step, done),
        isCancelled: async () => (await store.comparisons.findById(id))?.state === 'cancelled',
        fail: (reason) => store.comparisons.fail(id, reason, now().toISOString()),
        report,
      }
    );
  });

  const today = async ({ workspaceId }: Study): Promise<string> =>
    dayText(dayAt(now().getTime(), (await store.offers.limits(workspaceId)).timeZone));

  async function start(
    study: Study,
    asked: {
      kind: Comparison['kind'] & keyof ComparisonResult;
      segmentId: number | null;
      settings: unknown;
      seed: number;
    },
    actor: Actor,
  ): Promise<Comparison> {
    const added = await store.comparisons.add(
      { studyId: study.id, ...asked, day: await today(study), createdBy: actor?.userId ?? null },
      now().toISOString(),
    );
    await queue.add('comparison', added.id);
    return added;
  }

  async function refuseCrowd(): Promise<void> {
    if ((await queue.waiting()) >= WAITING_MAX)
      throw new Problem('busy', 'Too many comparisons are waiting for their turn', {
        detail: 'Wait until some are done, then begin this one again',
      });
  }

  /** The versions of a segment and of those its rule refers to: with another of any of them the rule has changed. */
  async function versionsOf(segment: Segment): Promise<{ version: number; referred?: string[] }> {
    const { rules, ofCompanies } = await referredSegments(store, segment.studyId, [{ segment: segment.publicId }]);
    const referred = (await store.segments.list(segment.studyId))
      .filter(({ id, publicId }) => id !== segment.id && (rules.has(publicId) || ofCompanies.has(publicId)))
      .map(({ id, version }) => `${id}.${version}`)
      .sort();
    return { version: segment.version, ...(referred.length > 0 && { referred }) };
  }

  /** One that is waiting or going is not begun again. */
  const isUnderway = (comparison: Comparison | null): boolean =>
    comparison !== null && ['queued', 'running'].includes(comparison.state);

  return {
    /** Whether a segment's rule, or one it refers to, is another since a contrast of it was begun. */
    hasChanged: async (contrast: Comparison, segment: Segment): Promise<boolean> =>
      contrast.settings !== JSON.stringify(await versionsOf(segment)),
    /** Compares a segment with everybody who is known not to be in it. */
    contrast: (study: Study, segment: Segment, actor: Actor): Promise<Comparison> =>
      inTurn(async () => {
        const latest = await store.comparisons.latest({ studyId: study.id, kind: 'contrast', segmentId: segment.id });
        if (latest && isUnderway(latest)) return latest;
        await refuseCrowd();
        const settings = await versionsOf(segment);
        return start(study, { kind: 'contrast', segmentId: segment.id, settings, seed: 0 }, actor);
      }),
    /**
     * How the segments of a study overlap: what was last worked out, and whether it is being worked out anew, because a
     * new day has come, or a segment was added, changed or removed.
     */
    overlap: (study: Study): Promise<{ latest: Comparison | null; isUnderway: boolean; failed: string | null }> =>
      inTurn(async () => {
        const asked = { studyId: study.id, kind: 'overlap' as const, segmentId: null };
        const settings = {
          segments: (await store.segments.list(study.id)).map(({ id, version }) => `${id}.${version}`).sort(),
        };
        const newest = await store.comparisons.latest(asked);
        const isFresh = newest?.day === (await today(study)) && newest.settings === JSON.stringify(settings);
        if (!isFresh && !isUnderway(newest)) await start(study, { ...asked, settings, seed: 0 }, null);
        return {
          latest: await store.comparisons.latestDone(asked),
          isUnderway: !isFresh || isUnderway(newest),
          failed: isFresh && newest?.state === 'failed' ? newest.error : null,
        };
      }),
    /** Looks at what people did before an outcome, against those who did not come to it. */
    before: async (study: Study, form: BeforeForm, actor: Actor): Promise<Comparison> => {
      const { seed, ...settings } = readBefore(form);
      await refuseCrowd();
      return start(study, { kind: 'before', segmentId: null, settings, seed }, actor);
    },
    /**
     * Looks which groups a difference of a rate comes from.
     *
     * @throws Problem `invalid` naming every part of the question that does not fit
     */
    change: async (study: Study, input: unknown, actor: Actor): Promise<Comparison> => {
      const read = readChangeQuestion(input);
      if ('errors' in read) throw new Problem('invalid', 'This question is not whole yet', { errors: read.errors });
      await refuseCrowd();
      return start(study, { kind: 'change', segmentId: null, settings: read.question, seed: 0 }, actor);
    },
    cancel: async (comparison: Comparison): Promise<void> => {
      if (await store.comparisons.cancel(comparison.id, now().toISOString()))
        await queue.interrupt('comparison', comparison.id);
    },
    /** What a finished comparison came to. @throws Problem `conflict` for one that is not finished */
    resultOf: <Kind extends keyof ComparisonResult>(comparison: Comparison, kind: Kind): ComparisonResult[Kind] => {
      if (comparison.kind !== kind || comparison.result === null)
        throw new Problem('conflict', 'This comparison has no result', { detail: 'Begin it again' });
      return JSON.parse(comparison.result) as ComparisonResult[Kind];
    },
    /** Resolves when no long work is waiting or going. */
    idle: queue.idle,
  };
}
export type Comparisons = ReturnType<typeof comparisonService>;
