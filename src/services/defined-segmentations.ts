import { cleanText } from '../model/clean-text.ts';
import { CELLS_MOST, DefinedSettings, readDefinedSettings } from '../model/defined-segmentation.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import type { SegmentationOrigin } from '../model/segmentation.ts';
import { SegmentationSettings } from '../model/segmentation.ts';
import { matchVersions, type VersionChange, versionChange } from '../segments/match-versions.ts';
import type { Run } from '../store/analyses.ts';
import type { Segmentation, SegmentationVersion, SegmentMatch } from '../store/segmentations.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { DefinedSegments, KeptDefined } from '../workers/tasks/define-segments.ts';
import { Refusal } from '../workers/thread.ts';
import type { Actor, Context } from './context.ts';
import { type Runs, withCut } from './runs.ts';
import { CARRIED_ON_ABOVE, type Segmentations } from './segmentations.ts';

export type DefinedForm = { name: string; surveyId: string | null; settings: unknown };
/** What such a run was asked; the first part is what a typing tool and a profile ask for. */
export type DefinedRunSettings = { settings: SegmentationSettings; defined: DefinedSettings; import?: string };
/** Segments with their members, as they are written: one or the other kind. */
export type CellToKeep = {
  key: string;
  name: string;
  responses: { responseId: number; probability: number | null }[];
  people: { personId: number; probability: number | null; saidAt: string | null }[];
};

const ORIGINS: Record<Exclude<DefinedSettings['kind'], 'imported'>, SegmentationOrigin> = {
  cut: 'defined',
  purchases: 'defined',
  rules: 'defined',
  crossed: 'crossed',
};

/** Segmentations that nobody looked for in answers: made, looked at, and accepted as versions. */
export function definedSegmentationService(
  { store, logs, now }: Context,
  runs: Runs,
  segmentations: Pick<Segmentations, 'offered'>,
) {
  const at = () => now().toISOString();

  /** What of a survey can be cut: scales, numbers and steps, and numbers that are known of people. */
  async function cuttable(
    study: Study,
    survey: SurveyRow,
  ): Promise<{ id: string; name: string; hasMiddle: boolean }[]> {
    const { blocks } = await segmentations.offered(study, survey);
    const types = await store.sources.attributeTypes(study.workspaceId, 'person');
    return [
      ...blocks.flatMap(({ inputs }) =>
        inputs.flatMap(({ id, name, kind }) =>
          kind === 'numeric' || kind === 'ordinal'
            ? [{ id, name, hasMiddle: id.startsWith('scale:') || kind === 'ordinal' }]
            : [],
        ),
      ),
      ...[...types].flatMap(([name, { type }]) =>
        type === 'number' ? [{ id: `attribute:${name}`, name: name.replaceAll('_', ' '), hasMiddle: false }] : [],
      ),
    ];
  }

  async function readForm(study: Study, form: DefinedForm) {
    const errors: ProblemError[] = [];
    const name = cleanText(form.name, 'name');
    if (name.text.trim() === '' || name.isTooLong)
      errors.push({ pointer: '#/name', detail: 'Enter a name of at most 200 characters' });
    const read = DefinedSettings.safeParse(form.settings);
    if (!read.success)
      errors.push(
        ...read.error.issues.map(({ path, message }) => ({ pointer: `#/${path.join('-')}`, detail: message })),
      );
    const survey = form.surveyId === null ? null : await store.surveys.find(study.id, form.surveyId);
    if (read.success) errors.push(...(await faultsOf(study, survey, read.data)));
    if (errors.length > 0 || !read.success)
      throw new Problem('invalid', 'Segments cannot be defined like this', { errors });
    return { name: name.text.trim(), settings: read.data, survey: read.data.kind === 'cut' ? survey : null };
  }

  async function faultsOf(study: Study, survey: SurveyRow | null, settings: DefinedSettings): Promise<ProblemError[]> {
    if (settings.kind === 'cut') {
      if (!survey || survey.publishedVersionId === null)
        return [{ pointer: '#/survey', detail: 'Choose one of the published surveys' }];
      const known = new Map((await cuttable(study, survey)).map((variable) => [variable.id, variable]));
      const cells = settings.variables.reduce((all, { at: cut }) => all * (Array.isArray(cut) ? cut.length + 1 : 2), 1);
      return [
        ...settings.variables.flatMap(({ id, at: cut }, index) => {
          const own = known.get(id);
          if (!own) return [{ pointer: `#/variable-${index + 1}`, detail: 'Choose one of those listed' }];
          if (settings.variables.findIndex((one) => one.id === id) < index)
            return [{ pointer: `#/variable-${index + 1}`, detail: `“${own.name}” is chosen already: choose another` }];
          return cut === 'midpoint' && !own.hasMiddle
            ? [
                {
                  pointer: `#/at-${index + 1}`,
                  detail: `“${own.name}” has no scale whose middle could be taken: take the median or give numbers`,
                },
              ]
            : [];
        }),
        ...(cells > CELLS_MOST
          ? [
              {
                pointer: '#/numbers-1',
                detail: `That makes ${cells} cells, more than ${CELLS_MOST}: cut at fewer numbers`,
              },
            ]
          : []),
      ];
    }
    if (settings.kind === 'rules') {
      const known = new Map((await store.segments.list(study.id)).map((segment) => [segment.publicId, segment]));
      const twice = settings.segments.find((id, index) => settings.segments.indexOf(id) < index);
      if (settings.segments.some((id) => known.get(id)?.unit !== 'person'))
        return [{ pointer: '#/segment-1', detail: 'Choose segments of people that this study has' }];
      return twice === undefined
        ? []
        : [
            {
              pointer: '#/segment-1',
              detail: `“${known.get(twice)?.name}” is chosen twice: the second is never reached`,
            },
          ];
    }
    if (settings.kind === 'crossed') {
      if (settings.of[0] === settings.of[1])
        return [{ pointer: '#/second', detail: 'Choose another segmentation than the first' }];
      for (const [index, id] of settings.of.entries()) {
        const one = await store.segmentations.find(study.id, id);
        if (!one || (await store.segmentations.current(one.id)).length === 0)
          return [
            {
              pointer: index === 0 ? '#/first' : '#/second',
              detail: 'Choose a segmentation of which a version stands',
            },
          ];
      }
    }
    return [];
  }

  function start(study: Study, segmentation: Segmentation, settings: DefinedSettings, actor: Actor): Promise<Run> {
    const { kind } = settings;
    if (kind === 'imported') throw new Problem('conflict', 'Segments from a file change only with another file');
    return runs.start(
      {
        studyId: study.id,
        kind: 'segments',
        surveyId: segmentation.surveyId,
        segmentationId: segmentation.id,
        subject: 'define',
        seed: 1,
        settings: runSettings(settings),
        inputCut: {},
      },
      actor,
    );
  }

  runs.computesSegments('define', async (run, { study, segmentation, own, onProgress }) => {
    const { defined } = JSON.parse(run.settings) as DefinedRunSettings;
    if (defined.kind === 'imported') throw new Refusal('These segments come from a file');
    await logs.settle();
    const found = await own.ask(
      'defineSegments',
      {
        workspaceId: study.workspaceId,
        studyId: study.id,
        surveyId: segmentation.surveyId,
        settings: defined,
        now: now().getTime(),
      },
      onProgress,
    );
    await keep(run, segmentation, {
      ...found,
      cells: found.cells.map(({ key, name, members }) => ({
        key,
        name,
        responses:
          found.kept.unit === 'responses' ? members.map((responseId) => ({ responseId, probability: null })) : [],
        people:
          found.kept.unit === 'people'
            ? members.map((personId) => ({ personId, probability: null, saidAt: null }))
            : [],
      })),
    });
  });

  /** Writes a run's segments down; false when it was cancelled meanwhile. */
  async function keep(
    run: Run,
    segmentation: Segmentation,
    found: Omit<DefinedSegments, 'cells'> & { cells: readonly CellToKeep[] },
  ): Promise<boolean> {
    const { settings } = JSON.parse(run.settings) as DefinedRunSettings;
    const { kept, surveyId } = found;
    const isKept = await store.analyses.saveSegments(
      withCut({ ...run, surveyId }, found),
      JSON.stringify({ defined: kept }),
      found.inputHash,
      found.cells.map(({ key, name, responses, people }, position) => ({
        position,
        name: name.slice(0, 200),
        profile: JSON.stringify({
          inputs: settings.inputs,
          size: kept.cells[position]!.count,
          share: kept.cells[position]!.share,
          label: 'defined',
          key,
        }),
        members: responses.map((member) => ({ ...member, margin: null })),
        people,
      })),
      at(),
    );
    if (isKept && surveyId !== null) await store.segmentations.describeBy(segmentation.id, surveyId);
    return isKept;
  }

  /** Which segment holds each response and person of a run. */
  async function unitsOf(runId: number): Promise<Map<string, number>> {
    const units = new Map<string, number>();
    for (const { responseId, segmentId } of await store.segmentations.membersOf(runId))
      units.set(`response ${responseId}`, segmentId);
    for (const { personId, segmentId } of await store.segmentations.peopleOf(runId))
      units.set(`person ${personId}`, segmentId);
    return units;
  }

  /**
   * How a run's segments carry on those of an earlier version, and what became of people. What is defined is the same segment
   * as long as it is defined alike, whoever is in it; what comes from a file is matched by its people.
   */
  async function comparedWith(
    segmentation: Segmentation,
    runId: number,
    earlierRunId: number,
  ): Promise<{ matches: SegmentMatch[]; change: VersionChange }> {
    const [before, after] = [await unitsOf(earlierRunId), await unitsOf(runId)];
    const alike = new Map(
      matchVersions(before, after).map(({ segmentId, ...match }) => [segmentId, { segmentId, ...match }]),
    );
    const earlier = await store.segmentations.segmentsOf(earlierRunId);
    const byKey = new Map(earlier.map((segment) => [keyOf(segment), segment.id]));
    const matches =
      segmentation.origin === 'imported'
        ? [...alike.values()].map((match) => ({ ...match, isCarriedOn: match.jaccard > CARRIED_ON_ABOVE }))
        : (await store.segmentations.segmentsOf(runId)).flatMap((segment): SegmentMatch[] => {
            const earlierId = byKey.get(keyOf(segment));
            if (earlierId === undefined) return [];
            return [
              {
                segmentId: segment.id,
                earlierId,
                jaccard: overlap(before, after, earlierId, segment.id),
                isCarriedOn: true,
              },
            ];
          });
    const carriesOn = new Map(
      matches.flatMap(({ segmentId, earlierId, isCarriedOn }) =>
        isCarriedOn ? [[segmentId, earlierId] as const] : [],
      ),
    );
    return { matches, change: versionChange(before, after, carriesOn) };
  }

  async function accept(
    study: Pick<Study, 'workspaceId'>,
    segmentation: Segmentation,
    run: Run,
    form: { note: string },
    actor: Actor,
  ): Promise<SegmentationVersion> {
    const kept = definedOf(run);
    if (run.segmentationId !== segmentation.id || !kept)
      throw new Problem('conflict', 'Only what has been worked out to its end can be accepted');
    const note = cleanText(form.note, 'line');
    if (note.isTooLong)
      throw new Problem('invalid', 'The note is too long', {
        errors: [{ pointer: '#/note', detail: 'Shorten it to 1,000 characters' }],
      });
    const [standing] = await store.segmentations.versions(segmentation.id);
    const accepted = await store.segmentations.accept(
      segmentation,
      run,
      { label: 'defined', note: note.text.trim(), acceptedBy: actor?.userId ?? null },
      standing ? (await comparedWith(segmentation, run.id, standing.runId)).matches : [],
      at(),
      kept.unit === 'people'
        ? { workspaceId: study.workspaceId, way: segmentation.origin === 'imported' ? 'import' : 'definition' }
        : null,
    );
    if (!accepted) throw new Problem('conflict', 'This has been accepted already');
    return accepted;
  }

  return {
    cuttable,
    keep,
    accept,
    comparedWith,
    /** Defines segments and works out who is in them; they stand once they are accepted. */
    add: async (study: Study, form: DefinedForm, actor: Actor): Promise<{ segmentation: Segmentation; run: Run }> => {
      const { name, settings, survey } = await readForm(study, form);
      const { kind } = settings;
      if (kind === 'imported') throw new Problem('invalid', 'Segments from a file begin with the file');
      const segmentation = await store.segmentations.add(
        {
          studyId: study.id,
          surveyId: survey?.id ?? null,
          name,
          origin: ORIGINS[kind],
          settings: JSON.stringify(settings),
          createdBy: actor?.userId ?? null,
        },
        at(),
      );
      return { segmentation, run: await start(study, segmentation, settings, actor) };
    },
    /** Works out anew who is in the segments today. */
    again: (study: Study, segmentation: Segmentation, actor: Actor): Promise<Run> =>
      start(study, segmentation, readDefinedSettings(segmentation.settings), actor),
  };
}
export type DefinedSegmentations = ReturnType<typeof definedSegmentationService>;

export const runSettings = (defined: DefinedSettings, imported?: string): DefinedRunSettings => ({
  settings: SegmentationSettings.parse({
    inputs: defined.kind === 'cut' ? defined.variables.map(({ id }) => id).toSorted() : [],
  }),
  defined,
  ...(imported === undefined ? {} : { import: imported }),
});

/** What a run worked out; null while it goes on, and of what defines nothing. */
export function definedOf(run: Run): KeptDefined | null {
  if (run.subject !== 'define' || run.state !== 'done' || run.result === null) return null;
  return (JSON.parse(run.result) as { defined: KeptDefined }).defined;
}

const keyOf = ({ profile }: { profile: string | null }): string =>
  (JSON.parse(profile ?? '{}') as { key?: string }).key ?? '';

/** Jaccard's index of two segments over those whom both versions know. */
function overlap(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  earlierId: number,
  segmentId: number,
): number {
  let [shared, either] = [0, 0];
  for (const [unit, segment] of after) {
    const old = before.get(unit);
    if (old === undefined) continue;
    if (segment === segmentId && old === earlierId) shared += 1;
    if (segment === segmentId || old === earlierId) either += 1;
  }
  return either === 0 ? 0 : shared / either;
}
