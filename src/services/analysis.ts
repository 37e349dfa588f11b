import { isSpoken, surveyItems } from '../model/items.ts';
import { Problem } from '../model/problem.ts';
import type { Run, RunKind } from '../store/analyses.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import { standing } from '../themes/correction.ts';
import { interviewsOf, isOfInterviews, questionOfRun } from '../themes/question.ts';
import type { FactorSettings } from '../workers/tasks/scores.ts';
import type { FoundThemes } from '../workers/tasks/themes.ts';
import type { Progress, Thread } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import type { Embeddings } from './embeddings.ts';
import { type Heeded, type Runs, readSeed, withCut } from './runs.ts';

type Settings = { themes?: number | 'auto'; factors?: FactorSettings };

/** Finding themes and scoring scales. */
export function analysisService({ store, logs, now, thread }: Context, runs: Runs, embeddings: Embeddings) {
  async function compute(run: Run, own: Thread, onProgress: Progress, stopped: AbortSignal): Promise<void> {
    const settings = JSON.parse(run.settings) as Settings;
    const place = { studyId: run.studyId, surveyId: run.surveyId ?? 0 };
    const at = () => now().toISOString();
    if (run.kind === 'themes') {
      const question = questionOfRun(run);
      // What an owner lets leave is answers; nobody was asked whether interviews may.
      const gathered = isOfInterviews(run)
        ? null
        : await embeddings.gather({ ...place, item: run.subject }, own, onProgress, stopped);
      const heeded = await heededBy(run);
      const found: FoundThemes = await own.ask(
        'themes',
        {
          ...question,
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
    } else {
      const table = await own.ask(
        'scores',
        { ...place, seed: run.seed, factors: settings.factors ?? null },
        onProgress,
      );
      const scores = table.scales.flatMap((scale, index) =>
        table.responseIds.map((responseId, row) => ({
          responseId,
          scale: scale.scale,
          value: table.values[index]?.[row] ?? null,
        })),
      );
      await store.analyses.saveScores(withCut(run, table), JSON.stringify(table.result), table.inputHash, scores, at());
    }
  }

  for (const kind of ['themes', 'scores'] as const)
    runs.computes(kind, (run, { own, onProgress, stopped }) => compute(run, own, onProgress, stopped));

  const start = (
    study: Study,
    survey: SurveyRow | null,
    run: { kind: RunKind; subject: string; seed: number; settings: Settings },
    actor: Actor,
  ): Promise<Run> =>
    runs.start(
      {
        ...run,
        studyId: study.id,
        surveyId: survey?.id ?? null,
        inputCut: survey
          ? { surveyVersionId: survey.publishedVersionId, filter: 'completed, no tests', corrections: [] }
          : { filter: 'turns of those interviewed, who agreed to analysis', corrections: [] },
      },
      actor,
    );

  /** The corrections that a run heeds: as they stand over the newest one when its turn has come. */
  async function heededBy(run: Run): Promise<Heeded & { corrections: number[] }> {
    const journal = await store.themes.journal(questionOfRun(run));
    const corrections = standing(journal).map(({ number }) => number);
    const last = await store.analyses.latestDone(run.studyId, 'themes', {
      surveyId: run.surveyId,
      subject: run.subject,
    });
    const upTo = journal.at(-1)?.number;
    return last && upTo !== undefined && corrections.length > 0
      ? { corrections, heeds: { runId: last.id, upTo } }
      : { corrections: [] };
  }

  return {
    /** @param survey null for the interviews of the study */
    findThemes: async (
      study: Study,
      survey: SurveyRow | null,
      form: { item: string; themes: number | 'auto'; seed: number },
      actor: Actor,
    ): Promise<Run> => {
      const spoken = survey
        ? surveyItems(await publishedDefinition(survey))
            .filter(isSpoken)
            .map(({ address }) => address)
        : [interviewsOf(study.id).item];
      if (!spoken.includes(form.item))
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
    /** Scores every scale, and looks for factors among the items of one instrument where somebody asks for them. */
    score: (study: Study, survey: SurveyRow, actor: Actor, factors: FactorSettings | null = null): Promise<Run> =>
      start(study, survey, { kind: 'scores', subject: 'scales', seed: 1, settings: factors ? { factors } : {} }, actor),
    cancel: runs.cancel,

    /** Counts for every question, from the standing thread. */
    summary: async (survey: SurveyRow) => {
      await logs.settle();
      return thread.ask('summary', { studyId: survey.studyId, surveyId: survey.id });
    },

    /** Resolves when no long work is waiting or going. */
    idle: runs.idle,
  };

  async function publishedDefinition(survey: SurveyRow) {
    if (survey.publishedVersionId === null)
      throw new Problem('conflict', 'This survey has not been published, so nobody has answered it');
    return (await store.surveys.version(survey.publishedVersionId)).definition;
  }
}
export type Analysis = ReturnType<typeof analysisService>;
