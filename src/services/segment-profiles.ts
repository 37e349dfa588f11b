import { Problem } from '../model/problem.ts';
import type { SegmentationLabel, SegmentationSettings } from '../model/segmentation.ts';
import type { Run } from '../store/analyses.ts';
import { derivedId } from '../store/derived-variables.ts';
import type { Segmentation, SegmentationVersion } from '../store/segmentations.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { ContinuousProfiles } from '../workers/tasks/continuous-profile.ts';
import type { ProfiledSegments } from '../workers/tasks/segment-profile.ts';
import { Refusal } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import { type Runs, withCut } from './runs.ts';
import { fitOf, type Segmentations, type SegmentRunSettings } from './segmentations.ts';

/** What a profile is of. */
export type ProfileRunSettings = {
  /** The solution that is told of. */
  runId: number;
  /** Null while it is no version. */
  version: number | null;
  label: SegmentationLabel;
  outcomes: string[];
  /** The public id of a weighting with its version, `id@2`; null for none. */
  weighting: string | null;
};
/** Which segments are told of. */
export type ToldSolution = { run: Run; version: SegmentationVersion | null; label: SegmentationLabel };
/** What of a profile stands, and whether another is on its way. */
export type StandingProfile<Kept> = {
  run: Run;
  kept: Kept;
} | null;

/** More outcomes than these are no longer outcomes. */
export const OUTCOMES_MOST = 12;

/** Profiles: everything by segment, and where there are no segments how people lie on each measure. */
export function segmentProfileService(
  { store, now }: Context,
  runs: Runs,
  segmentations: Pick<Segmentations, 'offered' | 'settingsOf'>,
) {
  const at = () => now().toISOString();

  /** The solution an id names, or the version that stands. */
  async function solutionOf(study: Study, segmentation: Segmentation, publicId: string | null): Promise<ToldSolution> {
    const [standing] = await store.segmentations.versions(segmentation.id);
    const run =
      publicId !== null
        ? await store.analyses.findRun(study.id, publicId)
        : standing
          ? await store.analyses.findRunById(standing.runId)
          : null;
    if (publicId !== null && run?.segmentationId !== segmentation.id)
      throw new Problem('not-found', 'There is no such solution of this segmentation');
    if (run?.state !== 'done' || (await store.segmentations.segmentsOf(run.id)).length === 0)
      throw new Problem('conflict', 'There are no segments to tell of', {
        detail:
          'Open a solution of this segmentation and accept it, or look at the profile of one that is not accepted',
      });
    const version = await store.segmentations.versionOfRun(run.id);
    return { run, version, label: version?.label ?? fitOf(run)?.fit.label ?? 'constructive' };
  }

  /** Whose answers the segments are told by: the survey named, their own, or where they have none the one told of last. */
  async function surveyOf(
    study: Study,
    segmentation: Segmentation,
    solution: ToldSolution,
    publicId: string | null = null,
  ): Promise<SurveyRow | null> {
    const surveyId = segmentation.surveyId ?? (await lastSurvey(segmentation, solution));
    const survey =
      publicId !== null
        ? await store.surveys.find(study.id, publicId)
        : surveyId === null
          ? null
          : await store.surveys.findById(study.id, surveyId);
    if (publicId !== null && !survey) throw new Problem('not-found', 'There is no such survey in this study');
    return survey ?? null;
  }

  const lastSurvey = async (segmentation: Segmentation, { run }: ToldSolution): Promise<number | null> =>
    (await store.segmentations.listRuns(segmentation.id, 'profile')).find(
      ({ settings }) => (JSON.parse(settings) as ProfileRunSettings).runId === run.id,
    )?.surveyId ?? null;

  const published = (survey: SurveyRow | null): SurveyRow => {
    if (!survey)
      throw new Problem('invalid', 'Choose whose answers the segments are told by', {
        errors: [{ pointer: '#/survey', detail: 'Choose one of the surveys listed' }],
      });
    if (survey.publishedVersionId === null)
      throw new Problem('conflict', 'The survey is not published', {
        detail: 'Publish it: nobody can read answers to a survey that has no version',
      });
    return survey;
  };

  /** What may be told as an outcome: numbers, choices, scales and attributes that the segments were not made from. */
  async function outcomesOffered(study: Study, segmentation: Segmentation, survey: SurveyRow) {
    const inputs = new Set<string>(
      segmentation.origin === 'found' ? segmentations.settingsOf(segmentation).inputs : [],
    );
    const { blocks, attributes } = await segmentations.offered(study, survey);
    return [
      ...blocks.map(({ name, kind, inputs: own }) => ({
        name: kind === 'choice' || kind === 'number' ? 'Single questions' : name,
        options: own.filter(({ id }) => !inputs.has(id)).map(({ id, name: label }) => ({ id, name: label })),
      })),
      {
        name: 'Derived variables',
        options: (await store.derivedVariables.list(survey.id)).map(({ publicId, name }) => ({
          id: derivedId({ publicId }),
          name,
        })),
      },
      { name: 'What is known of people', options: attributes.filter(({ id }) => !inputs.has(id)) },
    ].filter(({ options }) => options.length > 0);
  }

  const weightingsOffered = (survey: SurveyRow) => store.sampleDefinitions.list(survey.id, 'weighting');

  /** The newest finished run over a survey that tells of the same, and one that is still going. */
  async function newest<Kept>(
    segmentation: Segmentation,
    subject: 'profile' | 'continuous',
    survey: SurveyRow | null,
    of: { runId: number } | null,
  ): Promise<{ standing: StandingProfile<Kept>; going: string | null; failed: string | null }> {
    const own = (await store.segmentations.listRuns(segmentation.id, subject)).filter(
      ({ surveyId, settings }) =>
        surveyId === (survey?.id ?? null) &&
        (of === null || (JSON.parse(settings) as { runId?: number }).runId === of.runId),
    );
    const done = own.find(({ state }) => state === 'done');
    const run = done ? await store.analyses.findRunById(done.id) : null;
    const [last] = own;
    return {
      standing: run?.result ? { run, kept: JSON.parse(run.result) as Kept } : null,
      going: last?.state === 'queued' || last?.state === 'running' ? last.publicId : null,
      failed: last?.state === 'failed' ? last.error : null,
    };
  }

  runs.computesSegments('profile', async (run, { study, segmentation, own, onProgress }) => {
    const { runId, outcomes, weighting } = JSON.parse(run.settings) as ProfileRunSettings;
    const told = await store.analyses.findRunById(runId);
    if (!told) throw new Refusal('This solution is no longer there');
    const fit = fitOf(told);
    const { settings } = JSON.parse(told.settings) as Partial<SegmentRunSettings>;
    const { inputHash, ...kept } = await own.ask(
      'segmentProfile',
      {
        workspaceId: study.workspaceId,
        studyId: study.id,
        surveyId: run.surveyId ?? 0,
        segmentationId: segmentation.id,
        runId,
        made: fit && settings ? { settings, model: fit.fit.model } : null,
        outcomes,
        weighting,
      },
      onProgress,
    );
    await store.analyses.saveResult(withCut(run, kept), written(kept), inputHash, at());
  });
  runs.computesSegments('continuous', async (run, { study, own, onProgress }) => {
    const { inputs } = JSON.parse(run.settings) as Pick<SegmentationSettings, 'inputs'>;
    const { inputHash, ...kept } = await own.ask(
      'continuousProfile',
      { workspaceId: study.workspaceId, studyId: study.id, surveyId: run.surveyId ?? 0, inputs },
      onProgress,
    );
    await store.analyses.saveResult(withCut(run, kept), written(kept), inputHash, at());
  });

  return {
    solutionOf,
    surveyOf,
    outcomesOffered,
    weightingsOffered,
    profileOf: (segmentation: Segmentation, solution: ToldSolution, survey: SurveyRow | null) =>
      newest<ProfiledSegments>(segmentation, 'profile', survey, { runId: solution.run.id }),
    continuousOf: (segmentation: Segmentation, survey: SurveyRow | null) =>
      newest<ContinuousProfiles>(segmentation, 'continuous', survey, null),

    /** Whether answers came, went or changed since, or the survey has a newer version. */
    isStale: async ({ run, kept }: { run: Run; kept: { responses: number; watermark: number; version: number } }) => {
      if (run.surveyId === null) return false;
      const survey = await store.surveys.findById(run.studyId, run.surveyId);
      const { n, watermark } = await store.responses.extent(run.surveyId);
      if (n !== kept.responses || watermark !== kept.watermark) return true;
      return survey?.publishedVersionId != null
        ? (await store.surveys.version(survey.publishedVersionId)).version !== kept.version
        : false;
    },

    /** Works out everything by segment. */
    profile: async (
      study: Study,
      segmentation: Segmentation,
      solution: ToldSolution,
      form: { survey: SurveyRow | null; outcomes: readonly string[]; weighting: string | null },
      actor: Actor,
    ): Promise<Run> => {
      const survey = published(form.survey);
      const offered = new Set(
        (await outcomesOffered(study, segmentation, survey)).flatMap(({ options }) => options.map(({ id }) => id)),
      );
      const outcomes = [...new Set(form.outcomes)].filter((id) => offered.has(id));
      if (outcomes.length > OUTCOMES_MOST)
        throw new Problem('invalid', 'These are too many outcomes', {
          errors: [{ pointer: '#/outcomes', detail: `Tick at most ${OUTCOMES_MOST}` }],
        });
      const weightings = await weightingsOffered(survey);
      const weighting = weightings.find(({ publicId }) => publicId === form.weighting?.split('@')[0]) ?? null;
      if (form.weighting !== null && !weighting)
        throw new Problem('invalid', 'There is no such weighting', {
          errors: [{ pointer: '#/weighting', detail: 'Choose one of those listed, or none' }],
        });
      const weighedBy = weighting && `${weighting.publicId}@${weighting.number}`;
      const { run: told, version, label } = solution;
      return runs.start(
        {
          studyId: study.id,
          kind: 'segments',
          surveyId: survey.id,
          segmentationId: segmentation.id,
          subject: 'profile',
          seed: told.seed,
          settings: {
            runId: told.id,
            version: version?.number ?? null,
            label,
            outcomes,
            weighting: weighedBy,
          } satisfies ProfileRunSettings,
          inputCut: { surveyVersionId: survey.publishedVersionId },
        },
        actor,
      );
    },

    /** Works out how people lie on each measure, without segments. */
    continuous: async (
      study: Study,
      segmentation: Segmentation,
      survey: SurveyRow | null,
      actor: Actor,
    ): Promise<Run> => {
      const { id, publishedVersionId } = published(survey);
      const { inputs } = segmentations.settingsOf(segmentation);
      return runs.start(
        {
          studyId: study.id,
          kind: 'segments',
          surveyId: id,
          segmentationId: segmentation.id,
          subject: 'continuous',
          seed: 1,
          settings: { inputs },
          inputCut: { surveyVersionId: publishedVersionId },
        },
        actor,
      );
    },
  };
}
export type SegmentProfiles = ReturnType<typeof segmentProfileService>;

/** Digits beyond the seventh say nothing, and there are many of them. */
const written = (kept: unknown): string =>
  JSON.stringify(kept, (_, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(7)) : value,
  );
