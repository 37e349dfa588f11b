import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import { scoreNames } from '../model/score-source.ts';
import { readSegmentationSettings, SEGMENTS_MOST, SegmentationSettings } from '../model/segmentation.ts';
import { wordingIn } from '../model/survey-check.ts';
import { offeredInputs, usualInputs } from '../segments/offered-inputs.ts';
import { assignPairs } from '../stats/assignment.ts';
import type { Run } from '../store/analyses.ts';
import type { Segmentation, SegmentationVersion, SegmentMatch } from '../store/segmentations.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { FittedSegments } from '../workers/tasks/segment-fit.ts';
import type { TestedSegments } from '../workers/tasks/segment-test.ts';
import type { Progress, Thread } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import { type Runs, readSeed, withCut } from './runs.ts';
import { distrustOf, mayUse, type ThemeChecks } from './theme-checks.ts';

/** What a run of a segmentation was asked: with which settings, and of a solution how many segments. */
export type SegmentRunSettings = { settings: SegmentationSettings; k?: number; testRunId?: number | null };
/** A solution as it is kept: who is in which segment stands in the segments themselves. */
export type KeptFit = Omit<FittedSegments, 'members' | 'inputHash' | 'watermark' | 'version'>;
/** A test as it is kept. */
export type KeptTest = Omit<TestedSegments, 'inputHash' | 'watermark' | 'version'>;
/** A theme that may be chosen to group people by, with what is to be known of it. */
export type OfferedTheme = { id: string; name: string; subject: string; distrust: string | null; mayUse: boolean };

/** A segment of a later version carries on an earlier one from this overlap up: below it most people are others. */
const CARRIED_ON_ABOVE = 0.5;
const ATTRIBUTES_OFFERED_MOST = 100;

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

  async function offered(study: Study, survey: SurveyRow) {
    if (survey.publishedVersionId === null)
      throw new Problem('conflict', 'This survey has not been published, so nobody has answered it');
    const { definition } = await store.surveys.version(survey.publishedVersionId);
    const blocks = offeredInputs(definition, (wording) =>
      wordingIn(wording, definition.languages[0] ?? 'en', definition.languages),
    );
    const themes: OfferedTheme[] = [];
    for (const run of await store.analyses.latestThemeRuns(study.id, survey.id)) {
      const trusted = await trustOf(study, run);
      for (const { id, label } of (await store.themes.state(run)).themes) {
        const trust = trusted.get(id) ?? null;
        themes.push({
          id: `theme:${id}`,
          name: label,
          subject: run.subject,
          distrust: distrustOf(trust),
          mayUse: mayUse(trust),
        });
      }
    }
    const own = scoreNames(definition);
    const attributes = (await store.people.attributeNames(study.workspaceId))
      .filter(({ name }) => !own.has(name))
      .slice(0, ATTRIBUTES_OFFERED_MOST)
      .map(({ name }) => ({ id: `attribute:${name}`, name: name.replaceAll('_', ' ') }));
    return { blocks, themes, attributes };
  }

  function readName(raw: string): string {
    const name = cleanText(raw, 'name');
    if (name.text.trim() === '' || name.isTooLong)
      throw new Problem('invalid', 'The segmentation needs a name', {
        errors: [{ pointer: '#/name', detail: 'Enter a name of at most 200 characters' }],
      });
    return name.text.trim();
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
    if (settings.inputs.length === 0)
      errors.push({ pointer: '#/inputs', detail: 'Choose at least one thing to group people by' });
    if (errors.length > 0) throw new Problem('invalid', 'What people are grouped by does not fit', { errors });
    return { ...settings, inputs: settings.inputs.toSorted() };
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

  async function performFit(run: Run, study: Study, own: Thread, onProgress: Progress) {
    const { settings, k = 2, testRunId = null } = JSON.parse(run.settings) as SegmentRunSettings;
    const tested = testRunId === null ? null : await store.analyses.findRunById(testRunId);
    const found = await own.ask(
      'segmentFit',
      {
        workspaceId: study.workspaceId,
        studyId: study.id,
        surveyId: run.surveyId ?? 0,
        settings,
        k,
        seed: run.seed,
        test: tested ? (testOf(tested)?.test ?? null) : null,
      },
      onProgress,
    );
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

  /** How a solution's segments carry on those of the version before, by the responses that both know. */
  async function matchesOf(segmentation: Segmentation, run: Run): Promise<SegmentMatch[]> {
    const [earlier] = await store.segmentations.versions(segmentation.id);
    if (!earlier) return [];
    const before = await store.segmentations.membersOf(earlier.runId);
    const after = await store.segmentations.membersOf(run.id);
    const segmentBefore = new Map(before.map(({ responseId, segmentId }) => [responseId, segmentId]));
    const known = after.filter(({ responseId }) => segmentBefore.has(responseId));
    const ids = {
      before: [...new Set(before.map((one) => one.segmentId))],
      after: [...new Set(after.map((one) => one.segmentId))],
    };
    const isKnown = new Set(known.map(({ responseId }) => responseId));
    const count = (list: readonly number[], of: number) => list.filter((id) => id === of).length;
    const wasIn = before.filter(({ responseId }) => isKnown.has(responseId)).map((one) => one.segmentId);
    const isIn = known.map((one) => one.segmentId);
    const alike = ids.after.map((segmentId) =>
      ids.before.map((earlierId) => {
        const shared = known.filter(
          (one) => one.segmentId === segmentId && segmentBefore.get(one.responseId) === earlierId,
        ).length;
        return shared / Math.max(1, count(isIn, segmentId) + count(wasIn, earlierId) - shared);
      }),
    );
    return assignPairs(alike).flatMap((column, row) => {
      const earlierId = ids.before[column];
      if (earlierId === undefined) return [];
      const jaccard = alike[row]![column]!;
      return [{ segmentId: ids.after[row]!, earlierId, jaccard, isCarriedOn: jaccard > CARRIED_ON_ABOVE }];
    });
  }

  const settingsOf = (segmentation: Segmentation) => readSegmentationSettings(segmentation.settings);

  return {
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
        (run, own, onProgress) => performTest(run, study, own, onProgress),
      );
    },
    /** Makes so many segments. The newest test of the same settings says what they may be called. */
    fit: async (
      study: Study,
      segmentation: Segmentation,
      form: { k: number; seed: number },
      actor: Actor,
    ): Promise<Run> => {
      if (!(Number.isInteger(form.k) && form.k >= 2 && form.k <= SEGMENTS_MOST))
        throw new Problem('invalid', 'The number of segments does not fit', {
          errors: [{ pointer: '#/k', detail: `Enter a number from 2 to ${SEGMENTS_MOST}` }],
        });
      const survey = await surveyOf(segmentation);
      const settings = await check(study, survey, settingsOf(segmentation));
      const tested = (await store.segmentations.runs(segmentation.id, 'test')).find(
        (run) =>
          run.state === 'done' &&
          JSON.stringify((JSON.parse(run.settings) as SegmentRunSettings).settings) === JSON.stringify(settings),
      );
      return runs.start(
        {
          studyId: study.id,
          kind: 'segments',
          surveyId: survey.id,
          segmentationId: segmentation.id,
          subject: 'fit',
          seed: readSeed(form.seed),
          settings: { settings, k: form.k, testRunId: tested?.id ?? null } satisfies SegmentRunSettings,
          inputCut: { surveyVersionId: survey.publishedVersionId },
        },
        actor,
        (run, own, onProgress) => performFit(run, study, own, onProgress),
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

/** What a solution found; null while it goes on, of what is no solution, and of those made before there was a test. */
export function fitOf(run: Run): KeptFit | null {
  if (run.subject !== 'fit' || run.state !== 'done' || run.result === null) return null;
  const kept = JSON.parse(run.result) as KeptFit | { clustering: unknown };
  return 'fit' in kept ? kept : null;
}

/** A first name for a segment, from where it lies furthest from the middle; researchers give it a better one. */
function firstName({ inputs, centres }: KeptFit, position: number): string {
  const strongest = (centres[position] ?? [])
    .flatMap(({ z }, index) => (z === null || Math.abs(z) < 0.3 ? [] : [{ z, name: inputs[index]?.name ?? '' }]))
    .sort((a, b) => Math.abs(b.z) - Math.abs(a.z))
    .slice(0, 2)
    .map(({ z, name }) => `${z > 0 ? 'more' : 'less'} ${name.slice(0, 60).toLowerCase()}`);
  return strongest.length === 0
    ? `Segment ${position + 1}: near the middle`
    : `Segment ${position + 1}: ${strongest.join(', ')}`.slice(0, 200);
}
