import { BaseSample } from '../model/base-sample.ts';
import { cleanText } from '../model/clean-text.ts';
import { withoutStop, withSmallStart } from '../model/label-words.ts';
import { Problem } from '../model/problem.ts';
import { readSegmentationSettings, SegmentationSettings } from '../model/segmentation.ts';
import { NO_LIKELIHOOD } from '../segments/engines/engine.ts';
import { matchVersions } from '../segments/match-versions.ts';
import { usualInputs } from '../segments/offered-inputs.ts';
import type { Run } from '../store/analyses.ts';
import type { Segmentation, SegmentationVersion, SegmentMatch } from '../store/segmentations.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { ComparedSegments } from '../workers/tasks/segment-compare.ts';
import type { FittedSegments, SolutionChoice } from '../workers/tasks/segment-fit.ts';
import type { TestedSegments } from '../workers/tasks/segment-test.ts';
import type { Progress, Thread } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import { offeredToGroup } from './offered-to-group.ts';
import { type Runs, readSeed, withCut } from './runs.ts';
import { readSegmentCounts, readSolutionChoice, type SolutionForm } from './solution-choice.ts';
import type { ThemeChecks } from './theme-checks.ts';

/** What a run of a segmentation was asked: with which settings, and of a solution how many segments, made how. */
export type SegmentRunSettings = Partial<SolutionChoice> & {
  settings: SegmentationSettings;
  k?: number;
  /** Of a comparison: each number of segments it looks at. */
  ks?: number[];
  testRunId?: number | null;
};
/** A solution as it is kept: who is in which segment stands in the segments themselves. */
export type KeptFit = Omit<FittedSegments, 'members' | 'inputHash' | 'watermark' | 'version' | 'panel'> & {
  /** Null of solutions made before there was one. */
  panel: FittedSegments['panel'] | null;
};
/** A test as it is kept. */
export type KeptTest = Omit<TestedSegments, 'inputHash' | 'watermark' | 'version'>;
/** A comparison as it is kept. */
export type KeptComparison = Omit<ComparedSegments, 'inputHash' | 'watermark' | 'version'>;

/** A segment of a later version carries on an earlier one from this overlap up: below it most people are others. */
export const CARRIED_ON_ABOVE = 0.5;

/** Segmentations: what people are grouped by, whether there are segments in it, solutions, and accepted versions. */
export function segmentationService({ store, now }: Context, runs: Runs, { trustOf }: Pick<ThemeChecks, 'trustOf'>) {
  const at = () => now().toISOString();

  async function surveyOf(segmentation: Segmentation): Promise<SurveyRow> {
    const survey =
      segmentation.surveyId === null ? null : await store.surveys.findById(segmentation.studyId, segmentation.surveyId);
    if (!survey || survey.publishedVersionId === null)
      throw new Problem('conflict', 'The survey of this segmentation is not published', {
        detail: 'Publish the survey, or make a segmentation of another',
      });
    return survey;
  }

  const offered = offeredToGroup(store, trustOf);

  function readName(raw: string): string {
    const name = cleanText(raw, 'name');
    if (name.text.trim() === '' || name.isTooLong)
      throw new Problem('invalid', 'The segmentation needs a name', {
        errors: [{ pointer: '#/name', detail: 'Enter a name of at most 200 characters' }],
      });
    return name.text.trim();
  }

  /** The version of a named base that was chosen, and its ways; null for what is no base of the survey. */
  async function baseOf(survey: SurveyRow, key: string): Promise<Pick<SegmentationSettings, 'base' | 'ways'> | null> {
    const [publicId = '', number] = key.split('@');
    const kept = await store.sampleDefinitions.find(
      survey.id,
      'base',
      publicId,
      number === undefined ? null : Number(number) || 0,
    );
    return kept && { base: `${publicId}@${kept.number}`, ways: BaseSample.parse(kept.definition).ways };
  }

  /** Settings that fit the survey: everything chosen is there, and may be used. */
  async function check(study: Study, survey: SurveyRow, raw: unknown): Promise<SegmentationSettings> {
    const read = SegmentationSettings.safeParse(raw);
    if (!read.success)
      throw new Problem('invalid', 'The settings do not fit', {
        errors: read.error.issues.map(({ path, message }) => ({ pointer: `#/${path.join('/')}`, detail: message })),
      });
    const settings = read.data;
    const { blocks, themes, attributes } = await offered(study, survey);
    const known = new Map<string, string>([
      ...blocks.flatMap(({ inputs }) => inputs.map(({ id, name }): [string, string] => [id, name])),
      ...themes.map(({ id, name }): [string, string] => [id, name]),
      ...attributes.map(({ id, name }): [string, string] => [id, name]),
    ]);
    const errors = settings.inputs
      .filter((id) => !known.has(id))
      .map((id) => ({ pointer: '#/inputs', detail: `${id} is not part of this survey: take it out` }));
    for (const theme of themes)
      if (settings.inputs.includes(theme.id) && !theme.mayUse)
        errors.push({
          pointer: '#/inputs',
          detail: `“${theme.name}”: ${theme.distrust}. Mend the theme and check it again, or say on the page of its blind check why it is used all the same`,
        });
    const base = settings.base === '' ? null : await baseOf(survey, settings.base);
    if (settings.base !== '' && !base)
      errors.push({
        pointer: '#/base',
        detail: 'Choose a base of this survey, or say who counts by how they were asked',
      });
    if (settings.inputs.length === 0)
      errors.push({ pointer: '#/inputs', detail: 'Choose at least one thing to group people by' });
    if (errors.length > 0) throw new Problem('invalid', 'What people are grouped by does not fit', { errors });
    return { ...settings, ...base, inputs: settings.inputs.toSorted() };
  }

  async function performTest(run: Run, study: Study, own: Thread, onProgress: Progress) {
    const { settings } = JSON.parse(run.settings) as SegmentRunSettings;
    const found = await own.ask(
      'segmentTest',
      { workspaceId: study.workspaceId, studyId: study.id, surveyId: run.surveyId ?? 0, settings, seed: run.seed },
      onProgress,
    );
    const { inputHash, watermark, version, ...kept } = found;
    await store.analyses.saveResult(
      withCut(run, { watermark, version }),
      JSON.stringify(kept satisfies KeptTest),
      inputHash,
      at(),
    );
  }

  /** What a run of a solution asks of a thread. */
  async function askedOf(run: Run, study: Study) {
    const asked = JSON.parse(run.settings) as SegmentRunSettings;
    const { settings, engine = 'k-means', family, weighting = null, isWeighted = false, testRunId = null } = asked;
    const tested = testRunId === null ? null : await store.analyses.findRunById(testRunId);
    return {
      workspaceId: study.workspaceId,
      studyId: study.id,
      surveyId: run.surveyId ?? 0,
      settings,
      engine,
      ...(family && { family }),
      weighting,
      isWeighted,
      seed: run.seed,
      test: tested ? (testOf(tested)?.test ?? null) : null,
    };
  }

  async function performComparison(run: Run, study: Study, own: Thread, onProgress: Progress) {
    const { ks = [] } = JSON.parse(run.settings) as SegmentRunSettings;
    const found = await own.ask('segmentCompare', { ...(await askedOf(run, study)), ks }, onProgress);
    const { inputHash, watermark, version, ...kept } = found;
    await store.analyses.saveResult(
      withCut(run, { watermark, version }),
      JSON.stringify(kept satisfies KeptComparison),
      inputHash,
      at(),
    );
  }

  async function performFit(run: Run, study: Study, own: Thread, onProgress: Progress) {
    const { settings, k = 2 } = JSON.parse(run.settings) as SegmentRunSettings;
    const found = await own.ask('segmentFit', { ...(await askedOf(run, study)), k }, onProgress);
    const { members, inputHash, watermark, version, ...kept } = found;
    await store.analyses.saveSegments(
      withCut(run, { watermark, version }),
      JSON.stringify(kept satisfies KeptFit),
      inputHash,
      members.map((own, position) => ({
        position,
        name: firstName(kept, position),
        profile: JSON.stringify({
          inputs: settings.inputs,
          size: kept.fit.sizes[position],
          share: kept.fit.shares[position],
          label: kept.fit.label,
        }),
        members: own,
      })),
      at(),
    );
  }

  runs.computesSegments('test', (run, { study, own, onProgress }) => performTest(run, study, own, onProgress));
  runs.computesSegments('compare', (run, { study, own, onProgress }) => performComparison(run, study, own, onProgress));
  runs.computesSegments('fit', (run, { study, own, onProgress }) => performFit(run, study, own, onProgress));

  /** How a solution's segments carry on those of the version before, by the responses that both know. */
  async function matchesOf(segmentation: Segmentation, run: Run): Promise<SegmentMatch[]> {
    const [earlier] = await store.segmentations.versions(segmentation.id);
    if (!earlier) return [];
    const segmentOf = async (runId: number) =>
      new Map((await store.segmentations.membersOf(runId)).map(({ responseId, segmentId }) => [responseId, segmentId]));
    return matchVersions(await segmentOf(earlier.runId), await segmentOf(run.id)).map((match) => ({
      ...match,
      isCarriedOn: match.jaccard > CARRIED_ON_ABOVE,
    }));
  }

  function settingsOf({ origin, settings }: Segmentation): SegmentationSettings {
    if (origin !== 'found')
      throw new Problem('conflict', 'These segments were defined, not found', {
        detail: 'To look for segments in answers, make a segmentation of its own',
      });
    return readSegmentationSettings(settings);
  }

  return {
    /**
     * The named base that people are of, with its version; null where ways say who counts.
     *
     * @param settings those that stand, or those of a run
     */
    baseName: async (
      { surveyId }: Pick<Segmentation, 'surveyId'>,
      settings: Partial<SegmentationSettings>,
    ): Promise<string | null> => {
      const [publicId = '', number] = (settings.base ?? '').split('@');
      if (publicId === '' || surveyId === null) return null;
      const kept = await store.sampleDefinitions.find(surveyId, 'base', publicId, Number(number));
      return kept && `“${kept.name}”, version ${kept.number}`;
    },
    offered,
    settingsOf,
    surveyOf,
    /** A new segmentation of a survey's answers, grouped by what is usual until somebody says otherwise. */
    add: async (study: Study, survey: SurveyRow, name: string, actor: Actor): Promise<Segmentation> => {
      const { blocks } = await offered(study, survey);
      const inputs = usualInputs(blocks);
      return store.segmentations.add(
        {
          studyId: study.id,
          surveyId: survey.id,
          name: readName(name),
          origin: 'found',
          settings: JSON.stringify(SegmentationSettings.parse({ inputs })),
          createdBy: actor?.userId ?? null,
        },
        at(),
      );
    },
    change: async (
      study: Study,
      segmentation: Segmentation,
      form: { name: string; settings: unknown; changedAt: string },
    ): Promise<void> => {
      const settings = await check(study, await surveyOf(segmentation), form.settings);
      const isKept = await store.segmentations.change(
        { id: segmentation.id, changedAt: form.changedAt },
        { name: readName(form.name), settings: JSON.stringify(settings) },
        at(),
      );
      if (!isKept)
        throw new Problem('conflict', 'Somebody else has changed this segmentation meanwhile', {
          detail: 'Look at it again, then change it',
        });
    },
    remove: (segmentation: Segmentation): Promise<void> => store.segmentations.remove(segmentation.id, at()),

    /** Asks whether there are segments. */
    test: async (study: Study, segmentation: Segmentation, seed: number, actor: Actor): Promise<Run> => {
      const survey = await surveyOf(segmentation);
      const settings = await check(study, survey, settingsOf(segmentation));
      return runs.start(
        {
          studyId: study.id,
          kind: 'segments',
          surveyId: survey.id,
          segmentationId: segmentation.id,
          subject: 'test',
          seed: readSeed(seed),
          settings: { settings } satisfies SegmentRunSettings,
          inputCut: { surveyVersionId: survey.publishedVersionId },
        },
        actor,
      );
    },
    /**
     * Makes so many segments. The newest test of the same settings says what they may be called. Several numbers of segments
     * are held side by side, and none of them is kept as a solution.
     */
    fit: async (study: Study, segmentation: Segmentation, form: SolutionForm, actor: Actor): Promise<Run> => {
      const ks = readSegmentCounts(form.k);
      const survey = await surveyOf(segmentation);
      const choice = readSolutionChoice(form, await store.sampleDefinitions.list(survey.id, 'weighting'));
      const settings = await check(study, survey, settingsOf(segmentation));
      const tested = (await store.segmentations.runs(segmentation.id, 'test')).find(
        (run) =>
          run.state === 'done' &&
          JSON.stringify((JSON.parse(run.settings) as SegmentRunSettings).settings) === JSON.stringify(settings),
      );
      const [k] = ks;
      const asked = { settings, ...choice, testRunId: tested?.id ?? null };
      return runs.start(
        {
          studyId: study.id,
          kind: 'segments',
          surveyId: survey.id,
          segmentationId: segmentation.id,
          subject: ks.length === 1 ? 'fit' : 'compare',
          seed: readSeed(form.seed),
          settings: (ks.length === 1 ? { ...asked, k: k! } : { ...asked, ks }) satisfies SegmentRunSettings,
          inputCut: { surveyVersionId: survey.publishedVersionId },
        },
        actor,
      );
    },

    matchesOf,
    /** Makes a solution the next version: from now on its segments are the ones that rules, personas and exports know. */
    accept: async (
      segmentation: Segmentation,
      run: Run,
      form: { note: string },
      actor: Actor,
    ): Promise<SegmentationVersion> => {
      const fit = fitOf(run);
      if (run.segmentationId !== segmentation.id || run.subject !== 'fit' || !fit)
        throw new Problem('conflict', 'Only a finished solution can be accepted');
      const note = cleanText(form.note, 'line');
      if (note.isTooLong)
        throw new Problem('invalid', 'The note is too long', {
          errors: [{ pointer: '#/note', detail: 'Shorten it to 1,000 characters' }],
        });
      const accepted = await store.segmentations.accept(
        segmentation,
        run,
        { label: fit.fit.label, note: note.text.trim(), acceptedBy: actor?.userId ?? null },
        await matchesOf(segmentation, run),
        at(),
      );
      if (!accepted) throw new Problem('conflict', 'This solution has been accepted already');
      return accepted;
    },
  };
}
export type Segmentations = ReturnType<typeof segmentationService>;

/** What a test found; null while it goes on, and of what is no test. */
export const testOf = (run: Run): KeptTest | null =>
  run.subject === 'test' && run.state === 'done' && run.result !== null ? (JSON.parse(run.result) as KeptTest) : null;

/** What a comparison found; null while it goes on, and of what is none. */
export const comparisonOf = (run: Run): KeptComparison | null =>
  run.subject === 'compare' && run.state === 'done' && run.result !== null
    ? (JSON.parse(run.result) as KeptComparison)
    : null;

/** What a solution found; null while it goes on, of what is no solution, and of those made before there was a test. */
export function fitOf(run: Run): KeptFit | null {
  if (run.subject !== 'fit' || run.state !== 'done' || run.result === null) return null;
  const kept = JSON.parse(run.result) as KeptFit | { clustering: unknown };
  if (!('fit' in kept)) return null;
  // Solutions made before engines could be chosen say less.
  return {
    ...kept,
    panel: kept.panel ?? null,
    weighting: kept.weighting ?? null,
    placed: kept.placed ?? kept.fit.sizes.map(() => 0),
    provisional: kept.provisional ?? [],
    fit: {
      ...kept.fit,
      family: kept.fit.family ?? null,
      isWeighted: kept.fit.isWeighted ?? false,
      effectiveSizes: kept.fit.effectiveSizes ?? null,
      objective: { ...NO_LIKELIHOOD, ...kept.fit.objective },
    },
  };
}

/** A first name for a segment, from where it lies furthest from the middle; researchers give it a better one. */
function firstName({ inputs, centres }: KeptFit, position: number): string {
  const strongest = (centres[position] ?? [])
    .flatMap(({ z }, index) => (z === null || Math.abs(z) < 0.3 ? [] : [{ z, name: inputs[index]?.name ?? '' }]))
    .sort((a, b) => Math.abs(b.z) - Math.abs(a.z))
    .slice(0, 2)
    .map(({ z, name }) => `${z > 0 ? 'more' : 'less'} ${withSmallStart(withoutStop(name).slice(0, 60))}`);
  return strongest.length === 0
    ? `Segment ${position + 1}: near the middle`
    : `Segment ${position + 1}: ${strongest.join(', ')}`.slice(0, 200);
}
