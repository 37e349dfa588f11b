import type { MeasuredTyping, PathStep, TypingItem, TypingQuestion, TypingTool } from '../../model/typing-tool.ts';
import { growTree, leafOf } from '../../stats/classification-tree.ts';
import { fitLinearDiscriminant } from '../../stats/linear-discriminant.ts';
import type { Random } from '../../stats/random.ts';
import { type ForwardPath, RIDGE } from './forward-path.ts';
import { FOLDS, samplePath } from './sample-path.ts';
import { treeRules } from './tree-rules.ts';
import {
  accuracyOf,
  KAPPA_LEAST,
  kappaOf,
  mayPublish,
  precisionOf,
  RECALL_LEAST,
  recallOf,
  THRESHOLDS,
  unsureAt,
} from './typing-figures.ts';
import { type TypingCandidate, type TypingSample, typingSample } from './typing-sample.ts';

export type TypingOptions = {
  questions: readonly TypingCandidate[];
  segments: readonly { id: string; name: string }[];
  /** For each person the index of the segment, null for none. */
  labels: readonly (number | null)[];
  /** Equal to find people of every segment alike, as in the sample to report how many there are. */
  priors: 'equal' | 'sample';
  random: Random;
  /** How long a path is looked for. */
  questionsMax?: number;
  /** How many questions the tool asks; found by the figures unless told. */
  chosen?: number;
  folds?: number;
  unsureBelow?: number;
  /** Hears how far it is, 0 to 1; may throw to stop. */
  onStep?: (message: string, share: number) => void;
};

const QUESTIONS_MOST = 15;
/** The path ends where the tool does as well as this, and may be published. */
const ACCURACY_ENOUGH = 0.8;
/** Where it never does, a further question has to be worth a point. */
const POINT = 0.01;
/** A person in two minds is in no segment: with less than this, about every third would be in the wrong one or worse. */
export const UNSURE_BELOW = 0.7;
/** More questions one after the other, and nobody remembers a rule. */
const TREE_DEPTH = 4;

/**
 * A typing tool: a few questions that tell a person's segment, with how well they do.
 *
 * Its figures come from nested folds: the people they are counted on helped neither to fit the table nor to choose the
 * questions. How many questions are asked is then read off these same figures, which flatters the last of them by little.
 * The same people and seed give the same tool, in whatever order people and questions come.
 *
 * @throws {RangeError} with a sentence that can be shown to a researcher
 */
export function buildTypingTool(options: TypingOptions): TypingTool {
  const { segments, priors, random, onStep = () => {}, unsureBelow = UNSURE_BELOW } = options;
  onStep('Reading the answers', 0);
  const sample = typingSample(options.questions, segments, options.labels);
  const { path, fold, folds, questions } = samplePath(sample, {
    segments: segments.length,
    priors,
    random,
    folds: options.folds ?? FOLDS,
    steps: options.questionsMax ?? QUESTIONS_MOST,
    onStep: (done) => onStep('Looking for the questions that tell most', 0.05 + 0.85 * done),
  });
  const chosen = options.chosen ?? enoughQuestions(path);
  if (!(Number.isInteger(chosen) && chosen >= 1 && chosen <= path.order.length))
    throw new RangeError(`A tool can ask 1 to ${path.order.length} of these questions`);

  onStep('Growing the tree', 0.92);
  const columnsFor = (order: readonly number[]) => order.slice(0, chosen).flatMap((question) => questions[question]!);
  const columns = columnsFor(path.order);
  const rows = sample.rows.map((row) => columns.map((column) => row[column]!));
  const {
    weights,
    constants,
    means,
    covariance,
    priors: shares,
  } = fitLinearDiscriminant(rows, sample.labels, {
    priors,
    ridge: RIDGE,
  });
  const asked = path.order.slice(0, chosen).map((question) => sample.candidates[question]!);
  const tableColumns = columns.map((column) => {
    const { candidate, level } = sample.columns[column]!;
    return { question: sample.candidates[candidate]!.id, level };
  });
  const tree = growTree(rows, sample.labels, { priors, depthMax: TREE_DEPTH });
  const confusion = path.nestedConfusion[chosen - 1]!;
  const treeConfusion = treeFolds(sample, fold, path.nestedOrder.map(columnsFor), priors, segments.length);
  onStep('Growing the tree', 1);
  return {
    format: 1,
    origin: 'fitted',
    items: itemsOf(asked, sample),
    questions: asked.map(questionOf),
    segments: segments.map(({ id, name }) => ({ id, name })),
    priors: { kind: priors, shares },
    table: {
      rows: tableColumns.map((column, row) => ({ ...column, weights: weights.map((own) => own[row]!) })),
      constants,
    },
    spread: { means, covariance },
    unsureBelow,
    measured: {
      n: sample.n,
      folds,
      path: stepsOf(path, sample),
      chosen,
      accuracy: accuracyOf(confusion),
      kappa: kappaOf(confusion),
      baseline: Math.max(...recallSizes(confusion)) / sample.n,
      confusion,
      recall: recallOf(confusion),
      precision: precisionOf(confusion),
      mayPublish: mayPublish(confusion, segments),
      unsure: unsureFigures(unsureBelow, path.nestedSure[chosen - 1]!),
      tree: {
        accuracy: accuracyOf(treeConfusion),
        kappa: kappaOf(treeConfusion),
        rules: treeRules(tree, tableColumns, segments),
      },
      notes: sample.notes,
    },
  };
}

/** The fewest with which the tool may be published and is right often enough; else the fewest within a point of the best. */
function enoughQuestions({ nestedConfusion }: ForwardPath): number {
  const accuracy = nestedConfusion.map((confusion) => accuracyOf(confusion).share);
  const enough = nestedConfusion.findIndex(
    (confusion, step) =>
      accuracy[step]! >= ACCURACY_ENOUGH &&
      (kappaOf(confusion) ?? 0) >= KAPPA_LEAST &&
      recallOf(confusion).every(({ share }) => share >= RECALL_LEAST),
  );
  if (enough >= 0) return enough + 1;
  const best = Math.max(...accuracy);
  return accuracy.findIndex((share) => share >= best - POINT) + 1;
}

function stepsOf(path: ForwardPath, sample: TypingSample): PathStep[] {
  return path.order.map((question, step) => {
    const soFar = path.order.slice(0, step + 1).map((at) => sample.candidates[at]!);
    return {
      questions: step + 1,
      added: sample.candidates[question]!.id,
      name: sample.candidates[question]!.name,
      items: itemsOf(soFar, sample).length,
      accuracy: accuracyOf(path.confusion[step]!),
      kappa: kappaOf(path.confusion[step]!),
      nestedAccuracy: accuracyOf(path.nestedConfusion[step]!),
      nestedKappa: kappaOf(path.nestedConfusion[step]!),
    };
  });
}

function unsureFigures(below: number, sure: ForwardPath['nestedSure'][number]): MeasuredTyping['unsure'] {
  const { shareUnsure, accuracyOfSure } = unsureAt(below, sure);
  return { shareUnsure, accuracyOfSure, byThreshold: THRESHOLDS.map((threshold) => unsureAt(threshold, sure)) };
}

/** A tree for each fold, from the others and the questions that the others chose. */
function treeFolds(
  sample: TypingSample,
  fold: Int32Array,
  columns: readonly (readonly number[])[],
  priors: 'equal' | 'sample',
  segments: number,
): number[][] {
  const confusion = Array.from({ length: segments }, () => new Array<number>(segments).fill(0));
  columns.forEach((own, tested) => {
    const rows = sample.rows.map((row) => own.map((column) => row[column]!));
    const tree = growTree(
      rows.filter((_, i) => fold[i] !== tested),
      sample.labels.filter((_, i) => fold[i] !== tested),
      { priors, depthMax: TREE_DEPTH },
    );
    rows.forEach((row, i) => {
      if (fold[i] === tested) confusion[sample.labels[i]!]![leafOf(tree, row).group]! += 1;
    });
  });
  return confusion;
}

function questionOf({ id, name, workedOutOf }: TypingCandidate): TypingQuestion {
  if (workedOutOf === undefined) return { id, name, workedOutOf: [{ item: id, weight: 1 }], constant: 0 };
  return {
    id,
    name,
    workedOutOf: workedOutOf.parts.map(({ item, weight }) => ({ item: item.id, weight })),
    constant: workedOutOf.constant,
  };
}

/** What has to be asked, in the order in which it is needed. */
function itemsOf(asked: readonly TypingCandidate[], sample: TypingSample): TypingItem[] {
  const items = new Map<string, TypingItem>();
  for (const candidate of asked) {
    if (candidate.workedOutOf === undefined) items.set(candidate.id, itemOf(candidate, sample));
    else for (const { item } of candidate.workedOutOf.parts) items.set(item.id, item);
  }
  return [...items.values()];
}

function itemOf(candidate: TypingCandidate, sample: TypingSample): TypingItem {
  const { id, name, kind, levels, min, max } = candidate;
  const options =
    candidate.options?.map(({ code, value, text }) => ({ code, value, text })) ??
    levels?.map((text, value) => ({ code: String(value), value, text })) ??
    [];
  const given = options.length > 0 ? options.map(({ value }) => value) : answersTo(id, sample);
  return {
    id,
    name,
    kind,
    options,
    min: min ?? given.reduce((a, b) => Math.min(a, b)),
    max: max ?? given.reduce((a, b) => Math.max(a, b)),
  };
}

function answersTo(id: string, sample: TypingSample): number[] {
  const column = sample.columns.findIndex(({ candidate }) => sample.candidates[candidate]!.id === id);
  return sample.rows.map((row) => row[column]!);
}

const recallSizes = (confusion: readonly (readonly number[])[]): number[] =>
  confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
