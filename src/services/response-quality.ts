import type { AssessmentOptions, Check } from '../quality/assess-responses.ts';
import type { DatabasePlace } from '../store/database-place.ts';
import type { SurveyRow } from '../store/surveys.ts';
import { startThread, type Thread } from '../workers/thread.ts';
import type { Context } from './context.ts';

/** The checks in the order they are shown. */
export const CHECKS: readonly Check[] = [
  'speeding',
  'straight-lining',
  'contradiction',
  'duplicate',
  'gibberish',
  'copied-question',
  'honeypot',
];

/** The thresholds that responses are judged by, as the checks document them. */
export const THRESHOLDS = {
  speeding: { medianShare: 1 / 3, completedMin: 20, millisecondsPerWord: 300 },
  straightLining: { itemsMin: 5, runShare: 0.8, sampleMin: 100, runQuantile: 0.99 },
  contradictions: { differenceMin: 0.75, pairsMin: 2 },
} as const satisfies AssessmentOptions;

export type QualityOverview = {
  /** Null before the first look. */
  computedAt: string | null;
  assessed: number;
  /** Responses with any mark. */
  flagged: number;
  checks: { check: Check; flagged: number; unjudged: number }[];
  /** Something has come in since. */
  isStale: boolean;
  isGoing: boolean;
};

/** After a look, the next one of its own accord waits so long, and the longer the look took. */
const REST_MS = 10 * 60_000;
const REST_TIMES = 20;

/** Signs that answers were not given in earnest: found beside the server, kept with thresholds and time, never acted on. */
export function responseQualityService(
  { store, logs, now, keys }: Context,
  place: DatabasePlace,
  report: (error: unknown) => void,
) {
  const going = new Map<number, { thread: Thread; done: Promise<void> }>();
  const tookMs = new Map<number, number>();
  let isStopped = false;

  async function look(survey: SurveyRow, thread: Thread): Promise<void> {
    await logs.settle();
    const found = await thread.ask('quality', {
      surveyId: survey.id,
      options: THRESHOLDS,
    });
    await store.qualityFlags.saveQuality(
      {
        surveyId: survey.id,
        thresholds: JSON.stringify(THRESHOLDS),
        assessed: found.assessed,
        unjudged: JSON.stringify(found.unjudged),
        watermark: found.watermark,
        computedAt: now().toISOString(),
      },
      found.flags,
    );
    await store.responseDesk.forgetGone(survey.id);
  }

  /** Begins a look unless one is going; one thread for each, so that pages wait for none. */
  function begin(survey: SurveyRow): Promise<void> {
    const known = going.get(survey.id);
    if (known) return known.done;
    const thread = startThread({ place, textKey: keys.text });
    const began = performance.now();
    const done = look(survey, thread).finally(async () => {
      tookMs.set(survey.id, performance.now() - began);
      going.delete(survey.id);
      await thread.stop();
    });
    going.set(survey.id, { thread, done });
    return done;
  }

  async function overview(survey: SurveyRow): Promise<QualityOverview> {
    const run = await store.qualityFlags.qualityRun(survey.id);
    const { signs, any } = await store.qualityFlags.flagCounts(survey.id);
    const unjudged = JSON.parse(run?.unjudged ?? '{}') as Record<string, number>;
    return {
      computedAt: run?.computedAt ?? null,
      assessed: run?.assessed ?? 0,
      flagged: any,
      checks: CHECKS.map((check) => ({ check, flagged: signs.get(check) ?? 0, unjudged: unjudged[check] ?? 0 })),
      isStale: (await store.qualityFlags.lastSeq(survey.id)) > Number(run?.watermark ?? 0),
      isGoing: going.has(survey.id),
    };
  }

  return {
    overview,
    /** Looks over all responses now, and resolves when what was found is kept. */
    assess: begin,
    /** Begins a look in the background when the last one is out of date and has had its rest. */
    refresh: (survey: SurveyRow, { isStale, computedAt }: QualityOverview): boolean => {
      if (!isStale || going.has(survey.id)) return false;
      const restMs = Math.max(REST_MS, REST_TIMES * (tookMs.get(survey.id) ?? 0));
      if (computedAt !== null && now().getTime() - Date.parse(computedAt) < restMs) return false;
      // A look that the server's own end cuts short is begun again by whoever next wants to know.
      begin(survey).catch((error: unknown) => {
        if (!isStopped) report(error);
      });
      return true;
    },
    stop: async (): Promise<void> => {
      isStopped = true;
      const all = [...going.values()];
      await Promise.all(all.map(({ thread }) => thread.stop()));
      await Promise.allSettled(all.map(({ done }) => done));
    },
  };
}
export type ResponseQuality = ReturnType<typeof responseQualityService>;
