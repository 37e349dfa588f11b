import type { Random } from '../../stats/random.ts';
import { type ForwardPath, forwardPath } from './forward-path.ts';
import { stratifiedFolds, type TypingSample } from './typing-sample.ts';

export const FOLDS = 10;

/**
 * The forward path through a sample's questions, in folds that hold every segment alike; as many folds as the smallest
 * segment bears.
 *
 * @param options.onStep hears how far it is, 0 to 1; may throw to stop
 */
export function samplePath(
  sample: TypingSample,
  {
    segments,
    priors,
    random,
    folds: wanted,
    steps,
    onStep,
  }: {
    segments: number;
    priors: 'equal' | 'sample';
    random: Random;
    folds: number;
    steps: number;
    onStep?: (done: number) => void;
  },
): { path: ForwardPath; fold: Int32Array; folds: number; questions: number[][] } {
  const smallest = Math.min(
    ...Array.from({ length: segments }, (_, segment) => sample.labels.filter((own) => own === segment).length),
  );
  const folds = Math.min(wanted, smallest);
  if (folds < wanted)
    sample.notes.push(`The smallest segment has ${smallest} people, so ${folds} folds are used instead of ${wanted}`);
  const fold = stratifiedFolds(sample.labels, folds, random);
  const questions = sample.candidates.map((_, at) =>
    sample.columns.flatMap(({ candidate }, column) => (candidate === at ? [column] : [])),
  );
  const path = forwardPath(
    {
      rows: standardised(sample.rows),
      n: sample.n,
      p: sample.columns.length,
      labels: Int32Array.from(sample.labels),
      segments,
      fold,
      folds,
      questions,
      priors,
    },
    steps,
    onStep,
  );
  return { path, fold, folds, questions };
}

function standardised(rows: readonly (readonly number[])[]): Float64Array {
  const n = rows.length;
  const p = rows[0]!.length;
  const result = new Float64Array(n * p);
  for (let j = 0; j < p; j++) {
    const mean = rows.reduce((sum, row) => sum + row[j]!, 0) / n;
    const spread = Math.sqrt(rows.reduce((sum, row) => sum + (row[j]! - mean) ** 2, 0) / (n - 1));
    rows.forEach((row, i) => (result[i * p + j] = (row[j]! - mean) / spread));
  }
  return result;
}
