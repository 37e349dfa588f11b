import { Problem } from '../model/problem.ts';
import type { MeasuredTyping, TypingTool } from '../model/typing-tool.ts';
import type { Run } from '../store/analyses.ts';
import type { Segmentation } from '../store/segmentations.ts';
import type { Study } from '../store/studies.ts';
import type { PlacedByAttributes } from '../workers/tasks/attribute-typing.ts';
import { Refusal } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import { type Runs, readSeed, withCut } from './runs.ts';
import type { TypingTools } from './typing-tools.ts';

/** The version whose segments are told. */
type Of = { version: number; runId: number };
export type LearnedFromAttributes = Of & { tool: TypingTool };
export type PlacedEverybody = Of & { counts: PlacedByAttributes['counts'] };

/** People who were never asked, told by what is known of them: learned, looked at, and used only above the floor. */
export function attributeTypingService(
  { store, logs, now }: Context,
  runs: Runs,
  typingTools: Pick<TypingTools, 'standing'>,
) {
  const at = () => now().toISOString();
  const newestDone = async (segmentation: Segmentation, subject: string): Promise<Run | null> => {
    const found = (await store.segmentations.listRuns(segmentation.id, subject)).find(({ state }) => state === 'done');
    return found ? store.analyses.findRunById(found.id) : null;
  };
  const resultOf = <Result>(run: Run | null): Result | null =>
    run?.result == null ? null : (JSON.parse(run.result) as Result);

  async function learned(segmentation: Segmentation): Promise<(LearnedFromAttributes & { run: Run }) | null> {
    const run = await newestDone(segmentation, 'attributes');
    const result = resultOf<LearnedFromAttributes>(run);
    return run && result ? { ...result, run } : null;
  }

  runs.computesSegments('attributes', async (run, { study, segmentation, own, onProgress }) => {
    const { segments, ...of } = JSON.parse(run.settings) as Of & { segments: { id: string; name: string }[] };
    await logs.settle();
    const { tool, inputHash } = await own.ask(
      'attributeTyping',
      {
        workspaceId: study.workspaceId,
        studyId: study.id,
        segmentationId: segmentation.id,
        runId: of.runId,
        segments,
        seed: run.seed,
      },
      onProgress,
    );
    await store.analyses.saveResult(
      withCut(run, { watermark: 0, version: null }),
      JSON.stringify({ ...of, tool } satisfies LearnedFromAttributes),
      inputHash,
      at(),
    );
  });
  runs.computesSegments('attributes-place', async (run, { study, segmentation, own, onProgress }) => {
    const { learnedBy, ...of } = JSON.parse(run.settings) as Of & { learnedBy: string };
    const learnedRun = await store.analyses.findRun(study.id, learnedBy);
    const told = resultOf<LearnedFromAttributes>(learnedRun);
    if (!learnedRun || !told) throw new Refusal('What was learned from attributes is no longer there');
    const { tool } = told;
    await logs.settle();
    const { placements, counts } = await own.ask(
      'attributePlacing',
      {
        workspaceId: study.workspaceId,
        studyId: study.id,
        segmentationId: segmentation.id,
        runId: of.runId,
        tool,
        version: of.version,
        now: at(),
      },
      onProgress,
    );
    const isKept = await store.analyses.saveResult(
      withCut(run, { watermark: 0, version: null }),
      JSON.stringify({ ...of, counts } satisfies PlacedEverybody),
      learnedRun.inputHash ?? '',
      at(),
    );
    const inputs = { run: learnedBy, attributes: tool.items.map(({ name }) => name) };
    if (isKept)
      await store.placements.add(
        placements.map((placement) => ({ ...placement, workspaceId: study.workspaceId, inputs })),
      );
  });

  return {
    learned,
    /** Whom it placed when it was used last. */
    placed: async (segmentation: Segmentation): Promise<(PlacedEverybody & { run: Run }) | null> => {
      const run = await newestDone(segmentation, 'attributes-place');
      const result = resultOf<PlacedEverybody>(run);
      return run && result ? { ...result, run } : null;
    },
    /** What the newest typing tool that asks questions comes to, of the version that stands; null where there is none. */
    bySurvey: async (segmentation: Segmentation, version: number): Promise<MeasuredTyping | null> =>
      (await store.typingTools.list(segmentation.id)).find((kept) => kept.version === version && kept.tool.measured)
        ?.tool.measured ?? null,

    /** Learns the segments of the version that stands from attributes alone. */
    learn: async (study: Study, segmentation: Segmentation, seed: number, actor: Actor): Promise<Run> => {
      const version = await typingTools.standing(segmentation);
      const segments = version.segments.map(({ lineage, publicId, name }) => ({ id: lineage ?? publicId, name }));
      const of: Of = { version: version.number, runId: version.runId };
      return runs.start(
        {
          studyId: study.id,
          kind: 'segments',
          surveyId: segmentation.surveyId,
          segmentationId: segmentation.id,
          subject: 'attributes',
          seed: readSeed(seed),
          settings: { segments, ...of },
          inputCut: {},
        },
        actor,
      );
    },

    /**
     * Places everybody who was never asked.
     *
     * @throws Problem `conflict` below the floor, and where another version stands by now
     */
    place: async (study: Study, segmentation: Segmentation, actor: Actor): Promise<Run> => {
      const version = await typingTools.standing(segmentation);
      const told = await learned(segmentation);
      const reasons = !told
        ? ['Learn from attributes first']
        : told.runId !== version.runId
          ? [`It tells the segments of version ${told.version}, and version ${version.number} stands: learn anew`]
          : (told.tool.measured?.mayPublish.reasons ?? []);
      if (!told || reasons.length > 0)
        throw new Problem('conflict', 'Attributes do not tell these segments well enough to place people by them', {
          detail: reasons.join('. '),
        });
      const of: Of = { version: version.number, runId: version.runId };
      return runs.start(
        {
          studyId: study.id,
          kind: 'segments',
          surveyId: segmentation.surveyId,
          segmentationId: segmentation.id,
          subject: 'attributes-place',
          seed: told.run.seed,
          settings: { learnedBy: told.run.publicId, ...of },
          inputCut: {},
        },
        actor,
      );
    },
  };
}
export type AttributeTyping = ReturnType<typeof attributeTypingService>;
