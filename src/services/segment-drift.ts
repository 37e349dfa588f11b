import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import type { Run } from '../store/analyses.ts';
import type { DriftNote } from '../store/segment-drift.ts';
import type { Segmentation } from '../store/segmentations.ts';
import type { Study } from '../store/studies.ts';
import type { KeptTypingTool } from '../store/typing-tools.ts';
import type { DriftResult } from '../workers/tasks/segment-drift.ts';
import { Refusal } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import { type Runs, withCut } from './runs.ts';
import { fitOf, type Segmentations } from './segmentations.ts';
import type { StandingVersion, TypingTools } from './typing-tools.ts';

/** Why somebody should look at segments: nobody has for so long, or what was found was beyond the limits. */
export type DriftHint = { kind: 'long-ago'; since: string } | { kind: 'drift'; run: string; lookedAt: string };

export const DRIFT_DECISIONS = ['keep', 'watch', 'redo'] as const;
/** After so many days segments want looking at again. */
const LOOK_EVERY_DAYS = 90;
const DAY_MS = 86_400_000;

/** Whether the segments of a version and its tool still hold, and what researchers said of it. */
export function segmentDriftService(
  { store, now }: Context,
  runs: Runs,
  segmentations: Pick<Segmentations, 'surveyOf'>,
  typingTools: Pick<TypingTools, 'standing'>,
) {
  const at = () => now().toISOString();

  /** The published tool of a version, the newest of several. */
  const toolOf = async (segmentation: Segmentation, version: number): Promise<KeptTypingTool | null> =>
    (await store.typingTools.list(segmentation.id))
      .filter((kept) => kept.version === version && kept.publishedAt !== null)
      .sort((a, b) => (a.publishedAt! < b.publishedAt! ? 1 : -1))[0] ?? null;

  /** Null where people can be placed by their answers; otherwise why not. */
  async function againstLooking(segmentation: Segmentation): Promise<string | null> {
    const [version] = await store.segmentations.versions(segmentation.id);
    if (!version) return 'No version of it is accepted yet, so there is nothing that could drift';
    const run = await store.analyses.findRunById(version.runId);
    if (segmentation.origin !== 'found' || !run || !fitOf(run))
      return 'Its segments were not found in answers, so people who come later cannot be placed in the same way';
    return segmentation.surveyId === null ? 'It belongs to no survey that people could still answer' : null;
  }

  async function standingOf(segmentation: Segmentation): Promise<StandingVersion> {
    const reason = await againstLooking(segmentation);
    if (reason !== null) throw new Problem('conflict', 'There is nothing to look at', { detail: reason });
    return typingTools.standing(segmentation);
  }

  /** The newest look that came to an end, with what it found. */
  async function latest(segmentation: Segmentation): Promise<{ run: Run; found: DriftResult } | null> {
    const done = (await store.segmentations.listRuns(segmentation.id, 'drift')).find(({ state }) => state === 'done');
    return done ? lookOf(segmentation, done.publicId) : null;
  }

  async function lookOf(
    segmentation: Segmentation,
    publicId: string,
  ): Promise<{ run: Run; found: DriftResult } | null> {
    const run = await store.analyses.findRun(segmentation.studyId, publicId);
    if (run?.segmentationId !== segmentation.id || run.subject !== 'drift' || run.result === null) return null;
    return { run, found: JSON.parse(run.result) as DriftResult };
  }

  runs.computesSegments('drift', async (run, { study, segmentation, own, onProgress }) => {
    const { version: number, toolId } = JSON.parse(run.settings) as { version: number; toolId: number | null };
    const version = await standingOf(segmentation).catch((error: unknown) => {
      throw error instanceof Problem ? new Refusal(error.detail || error.message) : error;
    });
    const fit = fitOf(version.run);
    if (version.number !== number || !fit)
      throw new Refusal('Another version of these segments stands by now. Look at that');
    const { result, inputHash, ...cut } = await own.ask(
      'segmentDrift',
      {
        workspaceId: study.workspaceId,
        studyId: study.id,
        surveyId: run.surveyId ?? 0,
        segmentationId: segmentation.id,
        runId: version.runId,
        version: number,
        acceptedAt: version.acceptedAt,
        settings: version.runSettings.settings,
        model: fit.fit.model,
        toolId,
        now: run.createdAt,
      },
      onProgress,
    );
    await store.analyses.saveResult(withCut(run, cut), JSON.stringify(result), inputHash, at());
  });

  return {
    againstLooking,
    latest,
    lookOf,
    /** Every look, the newest first. */
    looks: (segmentation: Segmentation) => store.segmentations.listRuns(segmentation.id, 'drift'),
    notes: (segmentation: Segmentation) => store.segmentDrift.notes(segmentation.id),
    toolOf,

    /** Looks whether people who came since the version was accepted are like those it was made of. */
    look: async (study: Study, segmentation: Segmentation, actor: Actor): Promise<Run> => {
      const version = await standingOf(segmentation);
      const survey = await segmentations.surveyOf(segmentation);
      if (!fitOf(version.run))
        throw new Problem('conflict', 'This version was made before later people could be placed');
      const tool = await toolOf(segmentation, version.number);
      return runs.start(
        {
          studyId: study.id,
          kind: 'segments',
          surveyId: survey.id,
          segmentationId: segmentation.id,
          subject: 'drift',
          seed: 0,
          settings: { version: version.number, toolId: tool?.id ?? null },
          inputCut: { surveyVersionId: survey.publishedVersionId },
        },
        actor,
      );
    },

    /** Writes down that somebody looked, what it said, and what they make of it. */
    note: async (
      segmentation: Segmentation,
      publicId: string,
      form: { decision: string; note: string },
      actor: Actor,
    ): Promise<void> => {
      const look = await lookOf(segmentation, publicId);
      if (!look) throw new Problem('not-found', 'There is no such look at these segments');
      const decision = DRIFT_DECISIONS.find((one) => one === form.decision);
      const note = cleanText(form.note, 'line');
      const errors = [];
      if (!decision) errors.push({ pointer: '#/decision', detail: 'Choose what you make of it' });
      if (note.isTooLong) errors.push({ pointer: '#/note', detail: 'Shorten it to 1,000 characters' });
      if (!decision || errors.length > 0) throw new Problem('invalid', 'The note cannot be kept yet', { errors });
      await store.segmentDrift.addNote({
        segmentationId: segmentation.id,
        version: look.found.version,
        runId: look.run.id,
        verdict: look.found.verdict.verdict,
        decision,
        note: note.text.trim(),
        saidBy: actor?.userId ?? null,
        saidAt: at(),
      });
    },

    /** What the page of the segmentation says of it; null where all is well, or nothing can drift. */
    hint: async (segmentation: Segmentation): Promise<DriftHint | null> => {
      const [version] = await store.segmentations.versions(segmentation.id);
      if (!version || (await againstLooking(segmentation)) !== null) return null;
      const newest = await latest(segmentation);
      const look = newest && newest.found.version === version.number ? newest : null;
      const notes = (await store.segmentDrift.notes(segmentation.id)).filter((one) => one.version === version.number);
      const isBeyond = look !== null && !['steady', 'too-few'].includes(look.found.verdict.verdict);
      if (isBeyond && !notes.some(({ runId }) => Number(runId) === look.run.id))
        return { kind: 'drift', run: look.run.publicId, lookedAt: look.found.lookedAt };
      const since = look && look.found.lookedAt > version.acceptedAt ? look.found.lookedAt : version.acceptedAt;
      return now().getTime() - Date.parse(since) > LOOK_EVERY_DAYS * DAY_MS ? { kind: 'long-ago', since } : null;
    },
  };
}
export type SegmentDrift = ReturnType<typeof segmentDriftService>;
export type { DriftNote };
