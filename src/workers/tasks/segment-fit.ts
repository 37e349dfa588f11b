import type { SegmentationSettings } from '../../model/segmentation.ts';
import type { EngineChoice } from '../../segments/engines/engine.ts';
import type { SegmentFit } from '../../segments/fit-segments.ts';
import type { InputTable } from '../../segments/input-table.ts';
import type { SegmentTest } from '../../segments/segment-test.ts';
import { mean } from '../../stats/mean.ts';
import { standardDeviation } from '../../stats/variance.ts';
import type { TaskContext } from '../analysis-thread.ts';
import type { SegmentationPlace, SegmentInputs } from './segment-inputs.ts';
import {
  fitWithPanel,
  readSolutionTable,
  type SolutionPanel,
  type SolutionWeighting,
  toldColumns,
} from './segment-panel.ts';

/** How a solution is made, beside what people are grouped by. */
export type SolutionChoice = EngineChoice & {
  /** The public id of a weighting; null where all count alike. */
  weighting: string | null;
  /** Whether it counts where segments are looked for, and not only in their shares. */
  isWeighted: boolean;
};
export type SegmentFitArgs = SegmentationPlace &
  SolutionChoice & {
    settings: SegmentationSettings;
    k: number;
    seed: number;
    /** What the test of the same answers said; null when none was made. */
    test: SegmentTest | null;
  };
/** What was found, without whom: members travel beside it. */
export type FittedSegments = {
  fit: Omit<SegmentFit, 'labels' | 'probabilities' | 'second' | 'placed'>;
  panel: SolutionPanel;
  weighting: SolutionWeighting | null;
  /** Of each column, over everybody grouped: what a segment's centre is told against. */
  inputs: { id: string; name: string; block: string; mean: number | null; spread: number | null }[];
  /** Of each segment, its mean on every input, in the input's own unit and in standard deviations from everybody's. */
  centres: { mean: number | null; z: number | null }[][];
  members: { responseId: number; probability: number; margin: number | null; isPartial: number }[][];
  /** By segment, those who lack too many answers to be grouped by them and were placed by the rest. */
  placed: number[];
  grouped: number;
  leftOut: SegmentInputs['leftOut'];
  provisional: SegmentInputs['provisional'];
  /** Sentences on numbers that were left out; solutions of before do not say. */
  notes?: string[];
  /** Who answered too little of everything, and is in no segment. */
  incomplete: number;
  inputHash: string;
  watermark: number;
  version: number;
};

/** People in so many segments, with how far that can be relied on. */
export async function segmentFitTask(
  { store, onProgress }: TaskContext,
  { settings, k, seed, test, engine, family, weighting, isWeighted, ...place }: SegmentFitArgs,
): Promise<FittedSegments> {
  onProgress('Reading answers', 0.02);
  const solution = await readSolutionTable(store, place, settings, weighting);
  const { read, table } = solution;
  const told = await toldColumns(store, place, read, settings.inputs);
  const {
    fit: { labels, probabilities, second, placed, ...fit },
    panel,
  } = fitWithPanel(solution, told, {
    k,
    engine,
    ...(family && { family }),
    isWeighted,
    test,
    seed,
    onStep: (step, done) => onProgress(step, 0.05 + 0.85 * done),
  });
  const members: FittedSegments['members'] = Array.from({ length: k }, () => []);
  for (const [row, segment] of labels.entries())
    members[segment]?.push({
      responseId: read.responses[table.kept[row]!]!.id,
      probability: probabilities[row] ?? 1,
      margin: (probabilities[row] ?? 1) - (second[row] ?? 0),
      isPartial: 0,
    });
  const placedIn = new Array<number>(k).fill(0);
  for (const [person, found] of placed.entries()) {
    if (found === null) continue;
    placedIn[found.segment]! += 1;
    members[found.segment]?.push({
      responseId: read.responses[table.partial[person]!]!.id,
      probability: found.probability,
      margin: found.probability - found.second,
      isPartial: 1,
    });
  }
  const { leftOut, provisional, notes, inputHash, watermark, version } = read;
  return {
    fit,
    panel,
    weighting: solution.weighting,
    ...toldCentres(table, labels, k),
    members,
    placed: placedIn,
    grouped: table.n,
    incomplete: table.dropped.length + placed.filter((one) => one === null).length,
    leftOut,
    provisional,
    notes,
    inputHash,
    watermark,
    version,
  };
}

/**
 * Of each column its mean as answered, and by segment that and how many standard deviations the segment lies from everybody
 * after centring: where somebody's habit of answering high is taken out, the answers as they are say little.
 */
function toldCentres(table: InputTable, labels: Int32Array, k: number) {
  const { n, p, answers, rows, columns, blocks } = table;
  const columnOf = (from: Float64Array, column: number, segment: number | null): number[] => {
    const values: number[] = [];
    for (let row = 0; row < n; row++) {
      const value = from[row * p + column]!;
      if (!Number.isNaN(value) && (segment === null || labels[row] === segment)) values.push(value);
    }
    return values;
  };
  const inputs = columns.map(({ id, name, block }, column) => ({
    id,
    name,
    block: blocks[block]?.id ?? '',
    mean: mean(columnOf(answers, column, null)),
    spread: standardDeviation(columnOf(answers, column, null)),
  }));
  const spreads = columns.map((_, column) => standardDeviation(columnOf(rows, column, null)));
  const centres = Array.from({ length: k }, (_, segment) =>
    columns.map((_, column) => {
      const own = mean(columnOf(rows, column, segment));
      const spread = spreads[column] ?? null;
      return {
        mean: mean(columnOf(answers, column, segment)),
        // Prepared columns have the mean 0.
        z: own === null || spread === null || spread === 0 ? null : own / spread,
      };
    }),
  );
  return { inputs, centres };
}
