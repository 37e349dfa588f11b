import { withoutStop } from '../../model/label-words.ts';
import type { SegmentationSettings } from '../../model/segmentation.ts';
import type { TypingTool } from '../../model/typing-tool.ts';
import type { Recognise, Stability } from '../../personas/portrait.ts';
import { answersForTool } from '../../segments/typing/survey-answers.ts';
import type { ShareInterval } from '../../stats/wilson-interval.ts';
import type { Run } from '../../store/analyses.ts';
import type { Segmentation, SegmentationVersion } from '../../store/segmentations.ts';
import type { Segment } from '../../store/segments.ts';
import type { Store } from '../../store/store.ts';
import type { FittedSegments } from './segment-fit.ts';
import type { SurveyColumns } from './survey-columns.ts';

/** A solution as its run keeps it. */
type Fit = Omit<FittedSegments, 'members' | 'inputHash' | 'watermark' | 'version' | 'panel'>;
/** A segment that people were grouped into, with what the grouping says of it. */
export type FoundSegment = {
  segment: Segment;
  segmentation: Segmentation;
  run: Run;
  /** Null for a solution that nobody accepted. */
  version: SegmentationVersion | null;
  /** Null of segments that a file or a definition made. */
  fit: Fit | null;
  settings: SegmentationSettings | null;
  /** `id@2`: that version of a weighting which the solution was made with; null where all count alike. */
  weighting: string | null;
};

/** Null of a segment that a rule defines. */
export async function foundSegment(store: Store, segment: Segment): Promise<FoundSegment | null> {
  const run = segment.runId === null ? null : await store.analyses.findRunById(segment.runId);
  const segmentation = await store.segmentations.ofSegment(segment);
  if (!run || !segmentation) return null;
  const asked = JSON.parse(run.settings) as { settings?: SegmentationSettings; weighting?: string | null };
  const result = run.subject === 'fit' && run.result !== null ? (JSON.parse(run.result) as Partial<Fit>) : null;
  return {
    segment,
    segmentation,
    run,
    version: await store.segmentations.versionOfRun(run.id),
    fit: result?.fit ? (result as Fit) : null,
    settings: asked.settings ?? null,
    weighting: asked.weighting ? versioned(asked.weighting, result) : null,
  };
}

const versioned = (weighting: string, fit: Partial<Fit> | null): string =>
  fit?.weighting ? `${weighting}@${fit.weighting.version}` : weighting;

export const fittedShare = ({ fit, segment }: FoundSegment): ShareInterval | null =>
  fit?.fit.shares[segment.position] ?? null;

const WEAKEST = ['defined', 'constructive', 'reproducible', 'natural'] as const;

/** How far the segments can be relied on: of several the weakest speaks for all. */
export function stabilityOf(segments: readonly { segment: Segment; found: FoundSegment | null }[]): Stability {
  const each = segments.map(({ segment, found }): Stability => {
    if (found === null)
      return { label: 'defined', reasons: ['A rule says who is in it'], jaccard: null, repetitions: null, seed: null };
    const { fit, version, run } = found;
    if (fit === null)
      return {
        label: version?.label ?? 'defined',
        reasons: ['Nobody found it in answers: a definition or a file made it'],
        jaccard: null,
        repetitions: null,
        seed: null,
      };
    return {
      label: version?.label ?? 'constructive',
      reasons: [...fit.fit.labelReasons, ...(version ? [] : ['Nobody has accepted these segments yet'])],
      jaccard: fit.fit.jaccard[segment.position] ?? null,
      repetitions: fit.fit.stability.repetitions,
      seed: Number(run.seed),
    };
  });
  const [weakest] = each.toSorted(
    (a, b) => WEAKEST.indexOf(a.label) - WEAKEST.indexOf(b.label) || (a.jaccard ?? 1) - (b.jaccard ?? 1),
  );
  if (each.length === 1) return weakest!;
  return {
    ...weakest!,
    reasons: each.flatMap(({ reasons }, place) =>
      reasons.map((reason) => `“${segments[place]!.segment.name}”: ${reason}`),
    ),
  };
}

/**
 * How one is recognised by the tool of the version that stands: the newest that is published, or else the newest draft.
 * Null without a tool whose figures are known.
 */
export async function recogniseOf(
  store: Store,
  { segmentation, segment, version }: FoundSegment,
  columns: SurveyColumns,
  labels: readonly (number | null)[],
): Promise<Recognise | null> {
  const kept = (await store.typingTools.list(segmentation.id)).filter((one) => one.version === version?.number);
  const published = kept
    .filter(({ publishedAt }) => publishedAt !== null)
    .toSorted((a, b) => (a.publishedAt! < b.publishedAt! ? 1 : -1));
  const chosen = published[0] ?? kept[0];
  const measured = chosen?.tool.measured;
  const own = chosen?.tool.segments.findIndex(({ id }) => id === (segment.lineage ?? segment.publicId)) ?? -1;
  const recall = measured?.recall[own];
  if (!chosen || !measured || !recall) return null;
  const { tool } = chosen;
  const { accuracy, baseline, confusion, precision, unsure, n } = measured;
  return {
    tool: chosen.publicId,
    questions: tool.questions.map((question) => tellingOf(tool, question, columns, labels, own)),
    accuracy,
    baseline,
    recall,
    precision: precision[own] ?? null,
    unsure: unsure.shareUnsure,
    n,
    segments: tool.segments.map(({ name }) => name),
    confusion,
    isPublished: chosen.publishedAt !== null,
  };
}

/**
 * What a question tells: of one with options, the option that stands out most, as an index (100 where the segment chose it
 * as often as everybody); of one with steps, whether the table takes a higher answer as a sign of the segment.
 */
function tellingOf(
  tool: TypingTool,
  question: TypingTool['questions'][number],
  columns: SurveyColumns,
  labels: readonly (number | null)[],
  own: number,
): Recognise['questions'][number] {
  const [only, ...more] = question.workedOutOf;
  const item = more.length === 0 ? tool.items.find(({ id }) => id === only?.item) : undefined;
  if (item && (item.kind === 'nominal' || item.kind === 'binary') && item.options.length > 0) {
    const address = item.id.replace(/=.*$/, '').replace(/^answer:/, '');
    const column = columns.column(address);
    const found = item.options.map(({ value, text }) => {
      const counts = { here: 0, nHere: 0, all: 0, n: 0 };
      for (const [row, label] of labels.entries()) {
        const answered = answersForTool({ items: [item] }, { [item.id]: address }, new Map([[address, column[row]]]));
        const given = answered[item.id];
        if (label === null || given === null || given === undefined) continue;
        counts.n += 1;
        counts.all += Number(given === value);
        counts.nHere += Number(label === 0);
        counts.here += Number(label === 0 && given === value);
      }
      const { here, nHere, all, n } = counts;
      return { text, index: nHere === 0 || all === 0 ? null : (100 * here * n) / (nHere * all) };
    });
    const best = found.toSorted((a, b) => (b.index ?? -1) - (a.index ?? -1))[0]!;
    if (best.index !== null)
      return {
        name: `${withoutStop(question.name)}: ${withoutStop(best.text)}`,
        index: Math.round(best.index),
        direction: 'higher',
      };
  }
  const rows = tool.table.rows.filter((row) => row.question === question.id);
  const [row] = rows;
  if (rows.length !== 1 || !row || row.level !== null) return { name: question.name, index: null, direction: null };
  const mean = row.weights.reduce((sum, weight) => sum + weight, 0) / row.weights.length;
  const pull = row.weights[own]! - mean;
  return { name: question.name, index: null, direction: pull === 0 ? null : pull > 0 ? 'higher' : 'lower' };
}
