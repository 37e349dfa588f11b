import type { SegmentationSettings } from '../../model/segmentation.ts';
import type { SegmentFit } from '../../segments/fit-segments.ts';
import type { SegmentTest, TestedK } from '../../segments/segment-test.ts';
import type { TaskContext } from '../analysis-thread.ts';
import type { SolutionChoice } from './segment-fit.ts';
import type { SegmentationPlace, SegmentInputs } from './segment-inputs.ts';
import {
  fitWithPanel,
  readSolutionTable,
  type SolutionPanel,
  type SolutionWeighting,
  toldColumns,
} from './segment-panel.ts';

export type SegmentCompareArgs = SegmentationPlace &
  SolutionChoice & {
    settings: SegmentationSettings;
    ks: number[];
    seed: number;
    /** What the test of the same answers said; null when none was made. */
    test: SegmentTest | null;
  };
/** What a solution is chosen by. */
export type ComparedFit = Pick<
  SegmentFit,
  | 'sizes'
  | 'shares'
  | 'stability'
  | 'jaccard'
  | 'halvesAri'
  | 'objective'
  | 'shareOfStartsAtBest'
  | 'starts'
  | 'converged'
  | 'style'
  | 'label'
>;
export type ComparedSolution = { k: number; tested: TestedK | null } & (
  | { fit: ComparedFit; panel: SolutionPanel; refused: null }
  /** Why there can be no such solution, in a sentence. */
  | { fit: null; panel: null; refused: string }
);
export type ComparedSegments = {
  solutions: ComparedSolution[];
  weighting: SolutionWeighting | null;
  grouped: number;
  leftOut: SegmentInputs['leftOut'];
  provisional: SegmentInputs['provisional'];
  incomplete: number;
  inputHash: string;
  watermark: number;
  version: number;
};

/** Several numbers of segments beside each other, each with what it is to be judged by. */
export async function segmentCompareTask(
  { store, onProgress }: TaskContext,
  { settings, ks, seed, test, engine, family, weighting, isWeighted, ...place }: SegmentCompareArgs,
): Promise<ComparedSegments> {
  onProgress('Reading answers', 0.02);
  const solution = await readSolutionTable(store, place, settings, weighting);
  const told = await toldColumns(store, place, solution.read, settings.inputs);
  const solutions: ComparedSolution[] = [];
  for (const [index, k] of ks.entries()) {
    const tested = test?.perK.find((one) => one.k === k) ?? null;
    try {
      const { fit, panel } = fitWithPanel(solution, told, {
        k,
        engine,
        ...(family && { family }),
        isWeighted,
        test,
        seed,
        onStep: (step, done) =>
          onProgress(
            `${k} segments: ${step[0]!.toLowerCase()}${step.slice(1)}`,
            0.05 + (0.94 * (index + done)) / ks.length,
          ),
      });
      const { sizes, shares, stability, jaccard, halvesAri, objective, shareOfStartsAtBest } = fit;
      const { starts, converged, style, label } = fit;
      const kept = { sizes, shares, stability, jaccard, halvesAri, objective, shareOfStartsAtBest };
      solutions.push({ k, tested, fit: { ...kept, starts, converged, style, label }, panel, refused: null });
    } catch (error) {
      // More segments than the answers bear are no reason to lose the others.
      if (!(error instanceof RangeError) || ks.length === 1) throw error;
      solutions.push({ k, tested, fit: null, panel: null, refused: error.message });
    }
  }
  const { leftOut, provisional, inputHash, watermark, version } = solution.read;
  return {
    solutions,
    weighting: solution.weighting,
    grouped: solution.table.n,
    leftOut,
    provisional,
    incomplete: solution.table.partial.length + solution.table.dropped.length,
    inputHash,
    watermark,
    version,
  };
}
