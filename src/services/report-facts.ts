import { HUMAN_VALUES } from '../coding/human-values.ts';
import { surveyItems } from '../model/items.ts';
import { wordingIn } from '../model/survey-check.ts';
import { Weighting } from '../model/weighting.ts';
import { type CellPolicy, isTooFew } from '../privacy/safe-cells.ts';
import type { ToldCode } from '../reports/book-blocks.ts';
import type { ToldProfile } from '../reports/comparison-blocks.ts';
import { dayOf as day } from '../reports/day-of.ts';
import type { ReportSource } from '../reports/document.ts';
import { countFieldwork } from '../reports/fieldwork-figures.ts';
import type { ToldInterviews, ToldScale, ToldSegmentation, ToldSurvey, ToldThemes } from '../reports/study-blocks.ts';
import { toldWarnings } from '../reports/told-warnings.ts';
import { wilsonInterval } from '../stats/wilson-interval.ts';
import type { Run } from '../store/analyses.ts';
import type { CodedPassage } from '../store/coded-passages.ts';
import type { Segmentation } from '../store/segmentations.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import { answersByTheme } from '../themes/apply-corrections.ts';
import { isOfInterviews, questionOfRun } from '../themes/question.ts';
import type { ScoresResult } from '../workers/tasks/scores.ts';
import type { ThemesFinding } from '../workers/tasks/themes.ts';
import type { Context } from './context.ts';
import type { SegmentProfiles } from './segment-profiles.ts';
import { fitOf } from './segmentations.ts';
import { distrustOf, type ThemeChecks } from './theme-checks.ts';
import type { Themes } from './themes.ts';

const DAY_MS = 86_400_000;
const THEMES_READ = 12;

const n = (value: number): string => value.toLocaleString('en-GB');

/**
 * What a report tells of a study: what runs have kept, and counts that the database makes. No response is read one by one,
 * so that a report of many takes no longer than one of few.
 */
export function reportFacts(
  { store }: Pick<Context, 'store'>,
  {
    themes,
    themeChecks,
    segmentProfiles,
  }: { themes: Themes; themeChecks: ThemeChecks; segmentProfiles: SegmentProfiles },
) {
  const at = (study: Study) => `/studio/${study.publicId}`;

  const studySource = (study: Study): ReportSource => ({
    id: 'study',
    kind: 'study',
    title: study.name,
    detail: 'The study as a whole',
    href: at(study),
  });

  async function surveyOf(study: Study, survey: SurveyRow, policy: CellPolicy): Promise<ToldSurvey | null> {
    if (survey.publishedVersionId === null) return null;
    const { definition, version } = await store.surveys.version(survey.publishedVersionId);
    const title = wordingIn(definition.title, definition.languages[0] ?? 'en', definition.languages);
    const days = await store.fieldFigures.days(survey.id);
    // Whoever sent something a day before the last that was sent is no longer under way: told from the data, not the clock.
    const last = await store.reports.lastSent(survey.id);
    const cells = await store.fieldFigures.cells(
      survey.id,
      last === null ? '' : new Date(Date.parse(last) - DAY_MS).toISOString(),
    );
    const figures = countFieldwork(cells);
    const waves = await store.fieldwork.waves(survey.id);
    const weightings = await store.sampleDefinitions.list(survey.id, 'weighting');
    const imported = await store.fieldFigures.countImported(survey.id);
    const counts = [figures.completed, imported];
    const completed = counts.some((count) => isTooFew(count, policy)) ? null : figures.completed + imported;
    return {
      source: {
        id: `survey ${survey.publicId}`,
        kind: 'answers',
        title: `Survey “${title}”`,
        detail: [
          `version ${version}`,
          completed === null ? 'too few complete responses to tell' : `${n(completed)} complete responses`,
          ...(days ? [`${day(days.from)} to ${day(days.to)}`] : []),
        ].join(', '),
        href: `${at(study)}/surveys/${survey.publicId}/results`,
      },
      title,
      questions: new Set(
        surveyItems(definition).flatMap(({ address, isAsked }) => (isAsked ? [address.split('.')[0]] : [])),
      ).size,
      languages: definition.languages,
      figures,
      imported,
      completed,
      days: days && { from: day(days.from), to: day(days.to) },
      waves: waves.map((wave) => ({
        name: wave.name || `Wave ${wave.number}`,
        completed: countFieldwork(cells.filter((cell) => cell.wave === wave.publicId)).completed,
      })),
      weightings: weightings.flatMap(({ name, number, definition: kept }) => {
        const read = Weighting.safeParse(kept);
        return read.success ? [{ name, version: number, by: weighedBy(read.data) }] : [];
      }),
    };
  }

  async function themesOf(study: Study, run: Run, policy: CellPolicy): Promise<ToldThemes> {
    const kept = JSON.parse(run.result ?? '{}') as ThemesFinding;
    const rows = await store.analyses.themesOf(run.id);
    const question = questionOfRun(run);
    const ofInterviews = isOfInterviews(run);
    const survey = run.surveyId === null ? null : await store.surveys.findById(study.id, run.surveyId);
    const asked = survey ? await questionText(survey, run.subject) : 'What was said in interviews';
    const since = run.finishedAt ?? run.createdAt;
    const isAsFound =
      (await store.themes.mark(run)) === '0 0' &&
      !(await store.reports.hasWithdrawals(study.id, since)) &&
      !(survey && (await store.reports.hasLeftOut(survey.id, since)));
    const state = isAsFound ? null : await themes.counted(run);
    const counts =
      state === null
        ? rows.map(({ lineage, label, size }) => ({ id: lineage, label, count: Number(size) }))
        : answersByTheme(state).map(({ id, label, answers }) => ({ id, label, count: answers.size }));
    const total = state === null ? kept.answered : state.documents.length;
    const trust =
      (await store.themeChecks.list(question)).length > 0
        ? await themeChecks.trustOf(study, run)
        : new Map<string, never>();
    const byLineage = new Map(rows.map((row) => [row.lineage, row]));
    const sourceOf = (id: string, title: string): ReportSource => ({
      id: `theme ${id}`,
      kind: 'theme',
      title: `Theme “${title}”`,
      detail: `Run of ${day(run.finishedAt ?? run.createdAt)}, seed ${run.seed}${state === null ? '' : ', with corrections'}`,
      href: `${at(study)}/themes?theme=${id}`,
    });
    const shown = counts
      .filter(({ count }) => count > 0)
      .toSorted((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
    const told: ToldThemes['themes'] = [];
    for (const [place, { id, label, count }] of shown.entries()) {
      const row = byLineage.get(id);
      told.push({
        label,
        source: sourceOf(id, label),
        count,
        distrust: distrustOf(trust.get(id) ?? null),
        quotes: row && place < THEMES_READ ? await store.analyses.quotesOf(row.id) : [],
      });
    }
    return {
      source: {
        id: `run ${run.publicId}`,
        kind: 'run',
        title: `Themes of “${asked}”`,
        detail: `Run of ${day(run.finishedAt ?? run.createdAt)}, seed ${run.seed}, computed by version ${run.engineVersion}${!ofInterviews && isTooFew(total, policy) ? '' : `, ${n(total)} ${ofInterviews ? 'turns' : 'answers'}`}`,
        href: `${at(study)}/themes?run=${run.publicId}`,
      },
      question: asked,
      n: total,
      uncoded: state === null ? kept.uncoded : state.documents.filter(({ themes: own }) => own.length === 0).length,
      isOfInterviews: ofInterviews,
      warnings: toldWarnings(
        { ...kept, warnings: kept.warnings ?? [], languages: kept.languages ?? [] },
        ofInterviews ? null : policy,
      ),
      themes: told,
    };
  }

  async function questionText(survey: SurveyRow, item: string): Promise<string> {
    if (survey.publishedVersionId === null) return item;
    const { definition } = await store.surveys.version(survey.publishedVersionId);
    const [code] = item.split('.');
    for (const page of definition.pages)
      for (const question of page.questions)
        if (question.code === code && 'text' in question)
          return wordingIn(question.text, definition.languages[0] ?? 'en', definition.languages).trim();
    return item;
  }

  async function segmentationOf(
    study: Study,
    segmentation: Segmentation,
    policy: CellPolicy,
  ): Promise<ToldSegmentation | null> {
    const [standing] = await store.segmentations.versions(segmentation.id);
    const run = standing ? await store.analyses.findRunById(standing.runId) : null;
    if (!standing || !run) return null;
    const kept = fitOf(run);
    const faces = new Map(
      (await store.personas.list(study.id)).flatMap((persona) =>
        // A persona of several segments is no single one's.
        persona.segments.length === 1
          ? persona.segments.map((segment): [number, string] => [Number(segment.id), persona.versions[0]?.name ?? ''])
          : [],
      ),
    );
    const address = `${at(study)}/segmentations/${segmentation.publicId}`;
    const rows = await store.segmentations.segmentsOf(run.id);
    const sizes = rows.map((row) => sizeOf(row.profile));
    const grouped = kept?.grouped ?? sizes.reduce((sum, { size }) => sum + size, 0);
    return {
      source: {
        id: `segmentation ${segmentation.publicId}`,
        kind: 'run',
        title: `Segmentation “${segmentation.name}”`,
        detail: `Version ${standing.number}, accepted on ${day(standing.acceptedAt)}, seed ${run.seed}, ${[
          // A sum would tell how many are in a part that is too small to be told.
          ...(policy === null ? [`${n(grouped)} people${kept ? ' grouped' : ''}`] : []),
          ...(kept ? [`${n(kept.fit.stability.repetitions)} repetitions`] : []),
        ].join(', ')}`,
        href: address,
      },
      id: segmentation.publicId,
      name: segmentation.name,
      version: standing.number,
      label: standing.label,
      reasons: kept?.fit.labelReasons ?? [],
      note: standing.note,
      grouped,
      segments: rows.map((row, place) => ({
        name: row.name,
        source: {
          id: `segment ${row.publicId}`,
          kind: 'segment',
          title: `Segment “${row.name}”`,
          detail: `Of “${segmentation.name}”, version ${standing.number}`,
          href: `${at(study)}/segments/${row.publicId}`,
        },
        n: sizes[place]!.size,
        share: sizes[place]!.share ??
          wilsonInterval(Math.min(sizes[place]!.size, grouped), grouped) ?? { share: 0, low: 0, high: 1 },
        jaccard: kept?.fit.jaccard[place] ?? null,
        persona: faces.get(Number(row.id)) || null,
      })),
      limits: [
        ...(standing.label === 'constructive'
          ? [
              `The segments of “${segmentation.name}” are a way to divide people, not groups they fall into by themselves.`,
            ]
          : []),
        ...(kept && kept.incomplete > 0
          ? [
              `${isTooFew(kept.incomplete, policy) ? 'Some' : n(kept.incomplete)} people answered too little to be grouped by “${segmentation.name}”.`,
            ]
          : []),
        ...(kept && kept.provisional.length > 0
          ? [
              `“${segmentation.name}” was made by an instrument that was provisional then: ${kept.provisional.map(({ name }) => name).join(', ')}.`,
            ]
          : []),
        ...(kept?.notes ?? []),
      ],
    };
  }

  return {
    studySource,
    surveys: async (study: Study, policy: CellPolicy): Promise<ToldSurvey[]> => {
      const found: ToldSurvey[] = [];
      for (const survey of (await store.surveys.list(study.id)).toSorted((a, b) => a.id - b.id)) {
        const told = await surveyOf(study, survey, policy);
        if (told) found.push(told);
      }
      return found;
    },
    interviews: async (study: Study): Promise<ToldInterviews | null> => {
      const { all, agreed } = await store.interviewTurns.count(study.id);
      if (all === 0) return null;
      const held = (await store.notes.interviews(study.id)).map(({ heldOn }) => heldOn).filter((one) => one !== '');
      const [from = '', to = ''] = [held[0], held.at(-1)];
      return {
        source: {
          id: 'interviews',
          kind: 'interview',
          title: 'Interviews',
          detail: `${n(all)} interviews${from === '' ? '' : `, ${day(from)} to ${day(to)}`}`,
          href: `${at(study)}/interviews`,
        },
        all,
        agreed,
        from: from && day(from),
        to: to && day(to),
      };
    },
    themes: async (study: Study, policy: CellPolicy): Promise<ToldThemes[]> => {
      const found: ToldThemes[] = [];
      const surveys = (await store.surveys.list(study.id)).toSorted((a, b) => a.id - b.id).map(({ id }) => id);
      for (const surveyId of [...surveys, null])
        for (const run of await store.analyses.latestThemeRuns(study.id, surveyId))
          found.push(await themesOf(study, run, policy));
      return found;
    },
    segmentations: async (study: Study, policy: CellPolicy): Promise<ToldSegmentation[]> => {
      const found: ToldSegmentation[] = [];
      for (const segmentation of await store.segmentations.list(study.id)) {
        const told = await segmentationOf(study, segmentation, policy);
        if (told) found.push(told);
      }
      return found;
    },
    segmentationOf,
    /** The newest profile of a segmentation that stands; null where nobody has asked for one. */
    profile: async (study: Study, segmentation: Segmentation, policy: CellPolicy): Promise<ToldProfile | null> => {
      const [standing] = await store.segmentations.versions(segmentation.id);
      if (!standing) return null;
      const solution = await segmentProfiles.solutionOf(study, segmentation, null);
      const survey = await segmentProfiles.surveyOf(study, segmentation, solution);
      const { standing: found } = await segmentProfiles.profileOf(segmentation, solution, survey);
      if (!found) return null;
      const { run, kept } = found;
      return {
        source: {
          id: `profile ${run.publicId}`,
          kind: 'run',
          title: `Profile of “${segmentation.name}”, version ${standing.number}`,
          detail: `Run of ${day(run.finishedAt ?? run.createdAt)}, ${policy === null ? `${n(kept.n)} people in segments, ` : ''}${n(kept.tests)} tests`,
          href: `${at(study)}/segmentations/${segmentation.publicId}/profile`,
        },
        segments: kept.segments.map(({ name, n: count }) => ({ name, n: count })),
        blocks: kept.blocks,
        alpha: kept.rules.alpha,
        tests: kept.tests,
        weighting: kept.weightingNote ?? '',
        drivers: kept.drivers,
      };
    },
    scales: async (study: Study): Promise<ToldScale[]> => {
      const found: ToldScale[] = [];
      for (const survey of (await store.surveys.list(study.id)).toSorted((a, b) => a.id - b.id)) {
        const run = await store.analyses.latestDone(study.id, 'scores', { surveyId: survey.id });
        if (!run?.result) continue;
        for (const scale of (JSON.parse(run.result) as ScoresResult).scales) found.push(scaleOf(study, run, scale));
      }
      return found;
    },
    codes: async (study: Study): Promise<ToldCode[]> => {
      const all = (await store.notes.codes(study.id)).filter(({ retiredAt }) => retiredAt === null);
      const passages = Map.groupBy(await store.codedPassages.list(study.id), ({ codeId }) => Number(codeId));
      const children = Map.groupBy(all, ({ parentId }) => (parentId === null ? 0 : Number(parentId)));
      const told: ToldCode[] = [];
      const walk = (parentId: number, above: string[]): void => {
        for (const code of (children.get(parentId) ?? []).toSorted(byPlace)) {
          const own = (passages.get(Number(code.id)) ?? []).filter(({ isOwn }) => isOwn);
          told.push({
            id: code.publicId,
            name: code.name,
            depth: above.length,
            above,
            source: {
              id: `code ${code.publicId}`,
              kind: 'code',
              title: `Code “${code.name}”`,
              detail: '',
              href: `${at(study)}/codebook/${code.publicId}`,
            },
            definition: code.definition,
            inclusion: code.inclusion,
            exclusion: code.exclusion,
            humanValue: HUMAN_VALUES.find(({ key }) => key === code.humanValue)?.name ?? '',
            passages: own.length,
            people: new Set(own.map(({ person }) => person)).size,
            isOfAnswers: own.some(({ survey }) => survey !== null),
            examples: [...own].sort((a, b) => worthOf(b) - worthOf(a)),
            spans: own,
          });
          walk(Number(code.id), [...above, code.name]);
        }
      };
      walk(0, []);
      return told;
    },
  };

  function scaleOf(study: Study, run: Run, scale: ScoresResult['scales'][number]): ToldScale {
    const { reliability } = scale;
    const alpha = reliability?.alpha ?? null;
    const span = reliability?.alphaInterval ?? null;
    return {
      name: scale.name,
      source: {
        id: `scale ${scale.scale}`,
        kind: 'scale',
        title: `Scale “${scale.name}”`,
        detail: `${scale.items.length} items, scored on ${day(run.finishedAt ?? run.createdAt)}, n ${n(scale.n)}`,
        href: `${at(study)}/scales/${encodeURIComponent(scale.scale)}?run=${run.publicId}`,
      },
      items: scale.items.length,
      n: scale.n,
      mean: scale.mean,
      standardDeviation: scale.standardDeviation,
      alpha: alpha !== null && span !== null ? { value: alpha, ...span } : null,
      doubt: scale.reversed && scale.reversed.suspects.length > 0 ? 'one or more items look the wrong way round' : '',
    };
  }
}
export type ReportFacts = ReturnType<typeof reportFacts>;

const worthOf = ({ isExample, isImportant }: CodedPassage) => 2 * Number(isExample) + Number(isImportant);
const byPlace = (a: { position: number; name: string }, b: { position: number; name: string }): number =>
  Number(a.position) - Number(b.position) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

function sizeOf(profile: string | null): { size: number; share: { share: number; low: number; high: number } | null } {
  const { size = 0, share = null } = JSON.parse(profile ?? '{}') as { size?: number; share?: unknown };
  const isInterval = typeof share === 'object' && share !== null && 'low' in share && 'high' in share;
  return { size, share: isInterval ? (share as { share: number; low: number; high: number }) : null };
}

function weighedBy({ asked, raked }: Weighting): string {
  const by = [
    ...(asked ? ['how likely each was asked'] : []),
    ...(raked ? [`known shares of ${raked.margins.map((margin) => `“${margin.name}”`).join(', ')}`] : []),
  ];
  return by.join(' and ') || 'nothing';
}
