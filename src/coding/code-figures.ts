import { cohensKappa, type KappaInterval } from '../stats/cohens-kappa.ts';
import { mulberry32 } from '../stats/random.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';

/** How a coder's yes and no stand against those of people: counts of texts. */
export type Confusion = {
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  trueNegatives: number;
};

/**
 * How far a coder can be relied on for one code.
 * `precision` of what it calls a yes, `recall` of what people call a yes, each with Wilson's interval; null where there
 * is nothing to count. `f1` is their harmonic mean with the interval of a bootstrap over people; `kappa` is the
 * agreement beyond chance. `n` texts, of whom `positives` bear the code.
 */
export type CodeFigures = {
  n: number;
  positives: number;
  precision: ShareInterval | null;
  recall: ShareInterval | null;
  f1: { value: number; low: number; high: number } | null;
  kappa: KappaInterval | null;
  confusion: Confusion;
};

const RESAMPLES = 1000;

/** The harmonic mean of two shares; 0 when both are. */
const harmonicMean = (a: number, b: number): number => (a + b === 0 ? 0 : (2 * a * b) / (a + b));

/**
 * What a coder's decisions come to against those of people.
 *
 * @param truth 1 or 0, what people decided
 * @param decided 1 or 0, what the coder decided, in the same order
 * @param groups whose text each is: the bootstrap draws people, not texts, since texts of one person are alike
 * @param seed of the bootstrap
 *
 * @example
 * codeFigures([1, 1, 0, 0], [1, 0, 0, 0], [1, 2, 3, 4], 1).recall.share // => 0.5
 */
export function codeFigures(
  truth: ArrayLike<number>,
  decided: ArrayLike<number>,
  groups: ArrayLike<number>,
  seed: number,
): CodeFigures {
  const byGroup = new Map<number, Confusion>();
  const confusion = noConfusion();
  for (let row = 0; row < truth.length; row++) {
    const own = byGroup.get(groups[row]!) ?? noConfusion();
    byGroup.set(groups[row]!, own);
    const cell = cellOf(truth[row] === 1, decided[row] === 1);
    own[cell]++;
    confusion[cell]++;
  }
  const { truePositives, falsePositives, falseNegatives, trueNegatives } = confusion;
  const positives = truePositives + falseNegatives;
  return {
    n: truth.length,
    positives,
    precision: wilsonInterval(truePositives, truePositives + falsePositives),
    recall: wilsonInterval(truePositives, positives),
    f1: f1Interval(confusion, [...byGroup.values()], seed),
    kappa: cohensKappa([
      [truePositives, falseNegatives],
      [falsePositives, trueNegatives],
    ]),
    confusion,
  };
}

const noConfusion = (): Confusion => ({ truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0 });
const cellOf = (isTrue: boolean, isYes: boolean): keyof Confusion =>
  isTrue ? (isYes ? 'truePositives' : 'falseNegatives') : isYes ? 'falsePositives' : 'trueNegatives';

function f1Of({ truePositives, falsePositives, falseNegatives }: Confusion): number | null {
  const all = 2 * truePositives + falsePositives + falseNegatives;
  return all === 0 ? null : (2 * truePositives) / all;
}

/** The middle 95 of 100 of what drawing as many people anew, with return, comes to. */
function f1Interval(all: Confusion, groups: readonly Confusion[], seed: number): CodeFigures['f1'] {
  const value = f1Of(all);
  if (value === null) return null;
  const random = mulberry32(seed);
  const drawn = new Float64Array(RESAMPLES);
  for (let turn = 0; turn < RESAMPLES; turn++) {
    const sum = noConfusion();
    for (let i = 0; i < groups.length; i++) {
      const one = groups[Math.floor(random() * groups.length)]!;
      sum.truePositives += one.truePositives;
      sum.falsePositives += one.falsePositives;
      sum.falseNegatives += one.falseNegatives;
    }
    drawn[turn] = f1Of(sum) ?? 0;
  }
  drawn.sort();
  return { value, low: drawn[Math.floor(0.025 * RESAMPLES)]!, high: drawn[Math.ceil(0.975 * RESAMPLES) - 1]! };
}

/** Several codes at once, each counting the same: means of precision and recall, their harmonic mean, and the mean of F1. */
export type MacroFigures = { codes: number; precision: number; recall: number; f1: number; meanF1: number };

/**
 * Means over codes. A precision or recall of which nothing can be counted counts as 0, as is usual in comparisons.
 *
 * @returns null for no codes
 */
export function macroFigures(
  figures: readonly Pick<CodeFigures, 'precision' | 'recall' | 'f1'>[],
): MacroFigures | null {
  if (figures.length === 0) return null;
  const mean = (read: (one: (typeof figures)[number]) => number) =>
    figures.reduce((sum, one) => sum + read(one), 0) / figures.length;
  const precision = mean((one) => one.precision?.share ?? 0);
  const recall = mean((one) => one.recall?.share ?? 0);
  return {
    codes: figures.length,
    precision,
    recall,
    f1: harmonicMean(precision, recall),
    meanF1: mean((one) => one.f1?.value ?? 0),
  };
}
