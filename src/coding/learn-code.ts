import { selectDocuments, type WordCounts } from '../text/word-counts.ts';
import { type CodeFigures, codeFigures } from './code-figures.ts';
import { groupedFolds } from './grouped-folds.ts';
import { fitLogistic, logisticProbability } from './logistic-regression.ts';
import { weighFeatures } from './text-features.ts';

/** So many texts with the code, and so many read without it, are the least that can be learned from. */
export const EXAMPLES_MIN = 20;
/** They must come from so many people or interviews, since no person's texts may stand on both sides of a test. */
export const GROUPS_MIN = 5;
const FOLDS = 5;
/** Weighed against 10 and 30 by cross-validation on the training data of a public set, and the same for every code. */
const COST = 3;

/** What is there to learn a code from. */
export type Examples = { positives: number; negatives: number; positiveGroups: number; negativeGroups: number };

export type LearnedCode = {
  /** From this probability on a text counts as a yes. */
  threshold: number;
  /** Decided out of fold, with a threshold that the fold had no part in: what to expect of texts of other people. */
  figures: CodeFigures;
  /** For each row: of those learned from, what the model that had not seen its group said; of all others, the whole one. */
  probabilities: Float64Array;
};

/** What a code could be learned from. */
export function examplesOf(labels: Int8Array, groups: Int32Array): Examples {
  const [yes, no] = [new Set<number>(), new Set<number>()];
  let [positives, negatives] = [0, 0];
  for (const [row, label] of labels.entries()) {
    if (label === 1) {
      positives++;
      yes.add(groups[row]!);
    } else if (label === 0) {
      negatives++;
      no.add(groups[row]!);
    }
  }
  return { positives, negatives, positiveGroups: yes.size, negativeGroups: no.size };
}

/**
 * Why a code cannot be learned yet, in words for whoever codes; null when it can.
 *
 * @example
 * whyNotLearnable({ positives: 12, negatives: 90, positiveGroups: 7, negativeGroups: 9 }) // => '12 texts bear it; 20 are needed: code 8 more'
 */
export function whyNotLearnable({ positives, negatives, positiveGroups, negativeGroups }: Examples): string | null {
  const texts = (count: number) => `${count} ${count === 1 ? 'text' : 'texts'}`;
  if (positives < EXAMPLES_MIN)
    return `${texts(positives)} ${positives === 1 ? 'bears' : 'bear'} it; ${EXAMPLES_MIN} are needed: code ${EXAMPLES_MIN - positives} more`;
  if (negatives < EXAMPLES_MIN)
    return `${texts(negatives)} ${negatives === 1 ? 'was' : 'were'} read and ${negatives === 1 ? 'does' : 'do'} not bear it; ${EXAMPLES_MIN} are needed: read ${EXAMPLES_MIN - negatives} more`;
  if (positiveGroups < GROUPS_MIN)
    return `It comes from ${positiveGroups} ${positiveGroups === 1 ? 'person' : 'people'}; ${GROUPS_MIN} are needed: code what others said`;
  if (negativeGroups < GROUPS_MIN)
    return `What was read without it comes from ${negativeGroups} ${negativeGroups === 1 ? 'person' : 'people'}; ${GROUPS_MIN} are needed: read what others said`;
  return null;
}

/**
 * Learns one code from texts that people coded: a logistic regression, a threshold for the best F1, and what to expect
 * of both. Everything but the row of the counts itself is worked out anew in each fold from the rows outside it.
 *
 * @param counts what all texts say, from `countFeatures`
 * @param labels 1 where the code stands, 0 where a person read the text and left it out, −1 where nobody looked
 * @param groups whose text each is
 * @throws {RangeError} when there is too little to learn from; `whyNotLearnable` says what is missing
 */
export function learnCode(
  counts: WordCounts,
  { labels, groups, seed, cost = COST }: { labels: Int8Array; groups: Int32Array; seed: number; cost?: number },
): LearnedCode {
  const missing = whyNotLearnable(examplesOf(labels, groups));
  if (missing) throw new RangeError(missing);
  const known = Int32Array.from([...labels.keys()].filter((row) => labels[row] === 0 || labels[row] === 1));
  const own = heldOut(
    selectDocuments(counts, known),
    Int8Array.from(known, (row) => labels[row]!),
    Int32Array.from(known, (row) => groups[row]!),
    { seed, cost },
  );

  const probabilities = new Float64Array(labels.length);
  if (known.length < labels.length) {
    const matrix = weighFeatures(counts, known);
    const model = fitLogistic(matrix, { chosen: known, labels, cost });
    for (let row = 0; row < labels.length; row++) probabilities[row] = logisticProbability(model, matrix, row);
  }
  for (const [place, row] of known.entries()) probabilities[row] = own.probabilities[place]!;
  return { threshold: own.threshold, figures: own.figures, probabilities };
}

/** What to expect: every row judged by a model and a threshold that no row of its group had a part in. */
function heldOut(
  counts: WordCounts,
  labels: Int8Array,
  groups: Int32Array,
  { seed, cost }: { seed: number; cost: number },
): LearnedCode {
  const folds = groupedFolds(labels, groups, FOLDS, seed);
  const rows = Int32Array.from(labels.keys());
  const probabilities = new Float64Array(labels.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const learned = rows.filter((row) => folds[row] !== fold);
    const matrix = weighFeatures(counts, learned);
    const model = fitLogistic(matrix, { chosen: learned, labels, cost });
    for (const row of rows) if (folds[row] === fold) probabilities[row] = logisticProbability(model, matrix, row);
  }
  const thresholds = Array.from({ length: FOLDS }, (_, fold) =>
    bestThreshold(
      rows.filter((row) => folds[row] !== fold),
      probabilities,
      labels,
    ),
  );
  const decided = labels.map((_, row) => Number(probabilities[row]! >= thresholds[folds[row]!]!));
  return {
    threshold: bestThreshold(rows, probabilities, labels),
    figures: codeFigures(labels, decided, groups, seed),
    probabilities,
  };
}

/** The probability from which on calling a text a yes gives the best F1; the highest of several. */
function bestThreshold(rows: Int32Array, probabilities: Float64Array, labels: Int8Array): number {
  const order = [...rows].sort((a, b) => probabilities[b]! - probabilities[a]! || a - b);
  const positives = order.reduce((sum, row) => sum + labels[row]!, 0);
  let [hits, best, threshold] = [0, -1, 0.5];
  for (const [place, row] of order.entries()) {
    hits += labels[row]!;
    const next = order[place + 1];
    // Texts as likely as each other fall on the same side.
    if (next !== undefined && probabilities[next] === probabilities[row]) continue;
    const f1 = (2 * hits) / (place + 1 + positives);
    if (f1 > best) {
      best = f1;
      threshold = next === undefined ? probabilities[row]! : (probabilities[row]! + probabilities[next]!) / 2;
    }
  }
  return threshold;
}
