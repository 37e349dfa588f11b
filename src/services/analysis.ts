import { isSpoken, surveyItems } from '../model/items.ts';
import { Problem } from '../model/problem.ts';
import type { Run, RunKind } from '../store/analyses.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import { standing } from '../themes/correction.ts';
import type { ScoreTable } from '../workers/tasks/scores.ts';
import type { FoundSegments } from '../workers/tasks/segments.ts';
import type { FoundThemes } from '../workers/tasks/themes.ts';
import type { Progress, Thread } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import type { Embeddings } from './embeddings.ts';
import type { WorkQueue } from './work-queue.ts';

/** The version of what computes: it changes whenever the same seed could give other numbers. */
export const ENGINE_VERSION = '1';

const nameOfJob = (run: Pick<Run, 'id'>): string => `run ${run.id}`;

/** What of the journal of a question a run heeds, and over which run it was said. */
type Heeded = { corrections?: number[]; heeds?: { runId: number; upTo: number } };
type Settings = { themes?: number | 'auto'; scales?: string[]; k?: number };

/** Runs: recorded with seed, settings and input, computed in a thread of their own, written in one transaction. */
export function analysisService(
  { store, logs, now, thread }: Context,
  queue: WorkQueue,
  embeddings: Embeddings,
  report: (error: unknown, run: Run) => void,
) {
  async function compute(run: Run, own: Thread, onProgress: Progress, stopped: AbortSignal): Promise<void> {
    const settings = JSON.parse(run.settings) as Settings;
    const place = { studyId: run.studyId, surveyId: run.surveyId ?? 0 };
    const at = () => now().toISOString();
    if (run.kind === 'themes') {
      const gathered = await embeddings.gather({ ...place, item: run.subject }, own, onProgress, stopped);
      const heeded = await heededBy(run);
      const found: FoundThemes = await own.ask(
        'themes',
        {
          ...place,
          item: run.subject,
          themes: settings.themes ?? 'auto',
          seed: run.seed,
          heeds: heeded.heeds ?? null,
          maker: gathered?.maker ?? null,
        },
        onProgress,
      );
      await store.analyses.saveThemes(
        withCut(run, { ...found, ...heeded }),
        JSON.stringify({ ...found.result, ...(gathered && { embeddings: gathered.note }) }),
        found.inputHash,
        found.themes,
        found.documents,
        at(),
        found.model,
      );
    } else if (run.kind === 'scores') {
      const table: ScoreTable = await own.ask('scores', place, onProgress);
      const scores = table.scales.flatMap((scale, index) =>
        table.responseIds.map((responseId, row) => ({
          responseId,
          scale: scale.scale,
          value: table.values[index]?.[row] ?? null,
        })),
      );
      await store.analyses.saveScores(
        withCut(run, table),
        JSON.stringify({ scales: table.scales, n: table.responseIds.length }),
        table.inputHash,
        scores,
        at(),
      );
    } else {
      const found: FoundSegments = await own.ask(
        'segments',
        { ...place, scales: settings.scales ?? [], k: settings.k ?? 2, seed: run.seed },
        onProgress,
      );
      const { members, inputHash, ...result } = found;
      const segments = found.clustering.segments.map((segment, position) => ({
        position,
        name: nameOf(segment.standardisedCentre, found.scales, position),
        profile: JSON.stringify({ ...segment, scales: found.scales }),
        members: (members[position] ?? []).map((responseId) => ({ responseId })),
      }));
      await store.analyses.saveSegments(withCut(run, found), JSON.stringify(result), inputHash, segments, at());
    }
  }

  /** The run with what it turned out to have read: the survey's version, the last record before the cut, and corrections. */
  function withCut(
    run: Run,
    { watermark, version, corrections = [], heeds }: Heeded & { watermark: number; version: number },
  ): Run {
    const cut = { ...(JSON.parse(run.inputCut) as object), surveyVersion: version, watermark, corrections, heeds };
    return { ...run, inputCut: JSON.stringify(cut) };
  }

  async function start(
    study: Study,
    survey: SurveyRow,
    run: { kind: RunKind; subject: string; seed: number; settings: Settings },
    actor: Actor,
  ): Promise<Run> {
    const added = await store.analyses.addRun(
      {
        ...run,
        studyId: study.id,
        surveyId: survey.id,
        engineVersion: ENGINE_VERSION,
        inputCut: { surveyVersionId: survey.publishedVersionId, filter: 'completed, no tests', corrections: [] },
        createdBy: actor?.userId ?? null,
      },
      now().toISOString(),
    );
    queue.add({
      name: nameOfJob(added),
      begin: () => store.analyses.begin(added.id, now().toISOString()),
      perform: (own, onProgress, stopped) => compute(added, own, onProgress, stopped),
      progress: (step, done) => store.analyses.progress(added.id, step, done),
      isCancelled: async () => (await store.analyses.findRunById(added.id))?.state === 'cancelled',
      fail: (reason) => store.analyses.fail(added.id, reason, now().toISOString()),
      report: (error) => report(error, added),
    });
    return added;
  }

  /** The corrections that a run heeds: as they stand over the newest one when its turn has come. */
  async function heededBy({ studyId, surveyId, subject }: Run): Promise<Heeded & { corrections: number[] }> {
    const journal = await store.themes.journal(surveyId ?? 0, subject);
    const corrections = standing(journal).map(({ number }) => number);
    const last = await store.analyses.latestDone(studyId, 'themes', { surveyId: surveyId ?? 0, subject });
    const upTo = journal.at(-1)?.number;
    return last && upTo !== undefined && corrections.length > 0
      ? { corrections, heeds: { runId: last.id, upTo } }
      : { corrections: [] };
  }

  const readSeed = (seed: number): number => {
    if (!Number.isInteger(seed) || seed < 0 || seed > 2 ** 31 - 1)
      throw new Problem('invalid', 'The seed must be a whole number from 0 to 2147483647', {
        errors: [{ pointer: '#/seed', detail: 'Enter a whole number, such as 1' }],
      });
    return seed;
  };

  return {
    findThemes: async (
      study: Study,
      survey: SurveyRow,
      form: { item: string; themes: number | 'auto'; seed: number },
      actor: Actor,
    ): Promise<Run> => {
      const spoken = surveyItems(await publishedDefinition(survey)).filter(isSpoken);
      if (!spoken.some((item) => item.address === form.item))
        throw new Problem('invalid', 'Choose an open question', {
          errors: [{ pointer: '#/item', detail: 'Choose one of the open questions listed' }],
        });
      if (form.themes !== 'auto' && !(Number.isInteger(form.themes) && form.themes >= 2 && form.themes <= 250)) {
        throw new Problem('invalid', 'The number of themes does not fit', {
          errors: [
            {
              pointer: '#/themes',
              detail: 'Enter a number from 2 to 250, or leave it empty to let the answers decide',
            },
          ],
        });
      }
      return start(
        study,
        survey,
        { kind: 'themes', subject: form.item, seed: readSeed(form.seed), settings: { themes: form.themes } },
        actor,
      );
    },
    score: (study: Study, survey: SurveyRow, actor: Actor): Promise<Run> =>
      start(study, survey, { kind: 'scores', subject: 'scales', seed: 0, settings: {} }, actor),
    findSegments: async (
      study: Study,
      survey: SurveyRow,
      form: { scales: string[]; k: number; seed: number },
      actor: Actor,
    ): Promise<Run> => {
      if (form.scales.length === 0)
        throw new Problem('invalid', 'Choose what to group people by', {
          errors: [{ pointer: '#/scales', detail: 'Choose at least one scale' }],
        });
      if (!(Number.isInteger(form.k) && form.k >= 2 && form.k <= 12))
        throw new Problem('invalid', 'The number of segments does not fit', {
          errors: [{ pointer: '#/k', detail: 'Enter a number from 2 to 12' }],
        });
      return start(
        study,
        survey,
        {
          kind: 'segments',
          subject: 'scales',
          seed: readSeed(form.seed),
          settings: { scales: form.scales, k: form.k },
        },
        actor,
      );
    },

    cancel: async (run: Run): Promise<void> => {
      if (await store.analyses.cancel(run.id, now().toISOString())) await queue.interrupt(nameOfJob(run));
    },

    /** Counts for every question, from the standing thread. */
    summary: async (survey: SurveyRow) => {
      await logs.settle();
      return thread.ask('summary', { studyId: survey.studyId, surveyId: survey.id });
    },

    /** Resolves when no long work is waiting or going. */
    idle: queue.idle,
  };

  async function publishedDefinition(survey: SurveyRow) {
    if (survey.publishedVersionId === null)
      throw new Problem('conflict', 'This survey has not been published, so nobody has answered it');
    return (await store.surveys.version(survey.publishedVersionId)).definition;
  }
}
export type Analysis = ReturnType<typeof analysisService>;

/** A first name for a found segment, from where it lies furthest from the middle; researchers give it a better one. */
function nameOf(
  centre: Record<string, number>,
  scales: readonly { scale: string; name: string }[],
  position: number,
): string {
  const strongest = Object.entries(centre)
    .sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]))
    .slice(0, 2)
    .filter(([, z]) => Math.abs(z) >= 0.3)
    .map(
      ([scale, z]) =>
        `${z > 0 ? 'more' : 'less'} ${scales.find((one) => one.scale === scale)?.name.toLowerCase() ?? scale}`,
    );
  return strongest.length === 0
    ? `Segment ${position + 1}: near the middle`
    : `Segment ${position + 1}: ${strongest.join(', ')}`;
}
