import { adjustedRandIndex } from '../stats/adjusted-rand-index.ts';
import { effectiveN } from '../stats/effective-n.ts';
import type { CovarianceFamily } from '../stats/gaussian-mixture/covariance-families.ts';
import { quantile } from '../stats/quantile.ts';
import type { Random } from '../stats/random.ts';
import { betweenSquares, blockSharesOf, centresOf, styleOf } from './between-segments.ts';
import {
  type Engine,
  type EngineChoice,
  type EngineName,
  evenly,
  type Grouping,
  WEIGHED_ENGINES,
} from './engines/engine.ts';
import { engineFor } from './engines/engine-for.ts';
import { groupsIn, indexOfLargest, largestFirst, placeRows, posteriorsOf, scorerOf } from './engines/memberships.ts';
import type { InputTable } from './input-table.ts';
import { labelSolution, type SolutionLabel } from './label-solution.ts';
import { fitNullModel } from './null-model.ts';
import { placeRow, readyRow, type SegmentModel } from './place-in-segment.ts';
import { prepareAnswers } from './prepare-answers.ts';
import type { OnStep, SegmentTest } from './segment-test.ts';
import { type PlaceLater, repeatedGroupings } from './stability.ts';

/** A segment's share of people, with an interval that holds that the segments themselves would come out otherwise. */
export type SegmentShare = { share: number; low: number; high: number };

export type FitOptions = Partial<EngineChoice> & {
  k: number;
  isWeighted?: boolean;
  test: SegmentTest | null;
  random: Random;
  onStep?: OnStep;
};

/** People in segments, the largest first. */
export type SegmentFit = {
  k: number;
  engine: EngineName;
  /** What the clouds of a Gaussian mixture have in common; null of other engines. */
  family: CovarianceFamily | null;
  /** Whether people counted as much as they weigh where the segments were looked for. */
  isWeighted: boolean;
  /** For each row of the table, its segment. */
  labels: Int32Array;
  /**
   * How sure that is: by an engine that knows how likely each segment is, that; otherwise the share of the repetitions in
   * which the person was in it.
   */
  probabilities: Float64Array;
  /** The same of the segment next to it. */
  second: Float64Array;
  /** For each of the table's `partial` respondents, the segment nearest by what they did answer, with how sure that is. */
  placed: ({ segment: number; probability: number; second: number } | null)[];
  sizes: number[];
  /** Weighted where the table has weights. */
  shares: SegmentShare[];
  /** By segment, of how many people counting alike the weighted ones say as much; null without weights. */
  effectiveSizes: number[] | null;
  /** k × columns, in the units of the table's rows. */
  centres: number[][];
  /** Of the people's squared distances from the middle, how much lies between segments. */
  shareExplained: number;
  objective: Grouping['objective'];
  /** Of the starts, how many ended here; low where there is little to find. */
  shareOfStartsAtBest: number;
  starts: number;
  /** Whether the best start came to rest. */
  converged: boolean;
  /** How far groupings of people drawn anew agree, beside how far they do where there are no segments. */
  stability: { ari: number; nullAri: number; repetitions: number };
  /** How much of each segment comes back in them. */
  jaccard: number[];
  /** How far segments found in two halves of the people put everybody in the same places; null below 1,000 people. */
  halvesAri: number | null;
  /** Whose segment is hardly surer than the next: fewer than `BORDERLINE` apart. By segment. */
  borderline: number[];
  /** By block: its part of what lies between segments. */
  blockShares: { id: string; name: string; share: number }[];
  /** How much of a habit of answering high or low the segments tell, 0 to 1, by block; what could show none is left out. */
  style: { block: string; share: number }[];
  label: SolutionLabel;
  /** Why it is called so. */
  labelReasons: string[];
  /** What puts a later person into a segment. */
  model: SegmentModel;
};

export const BORDERLINE = 0.2;
/** Above this the segments are to a good part ways of using the scale. */
export const STYLE_LIMIT = 0.1;
const REPEATED_MOST = 2_000;
const PAIRS = 25;
const NULL_TABLES = 7;
const NULL_PAIRS = 8;
const HALVES_FROM = 1_000;
const HALVES_MOST = 20_000;

/**
 * Puts people into k segments, and says how far that can be relied on.
 *
 * @param options.engine how; k-means unless told
 * @param options.isWeighted whether the table's weights count where segments are looked for, not only in their shares
 * @param options.test what the test of the same answers said; without one the label is never better than reproducible
 * @param options.onStep hears how far it is, 0 to 1; may throw to stop
 * @throws {RangeError} with a sentence for a researcher, for a k that is no whole number from 2 up or more than there are
 *   different patterns of answers, and where the engine is not for such a table or heeds no weights
 */
export function fitSegments(
  table: InputTable,
  { k, engine: name = 'k-means', family, isWeighted = false, test, random, onStep = () => {} }: FitOptions,
): SegmentFit {
  const { p, n, rows } = table;
  if (isWeighted && table.weights === null) throw new RangeError('There are no weights to count people by');
  if (isWeighted && !WEIGHED_ENGINES.includes(name))
    throw new RangeError(
      'This engine counts all people alike: fit without weights, which the shares then heed, or take k-means or latent classes',
    );
  const weights = isWeighted ? table.weights : null;
  if (!(Number.isInteger(k) && k >= 2)) throw new RangeError('The number of segments is a whole number from 2 up');
  const engine = refusingFew(engineFor({ engine: name, ...(family && { family }) }, table));
  const read = engine.reads === 'rows' ? rows : table.answers;
  onStep('Looking for the best segments', 0);
  const found = engine.group(read, { p, k, random, weights });
  const { labels, model: groups, sizes } = largestFirst(found);
  if (sizes.includes(0))
    throw new RangeError(
      `Of ${k} segments ${sizes.filter((size) => size === 0).length} would hold nobody: take fewer segments, or another engine`,
    );
  const layout: Omit<SegmentModel, 'groups'> = {
    format: 1,
    p,
    columns: table.columns,
    blocks: table.blocks,
    isBalanced: table.isBalanced,
    preparation: table.preparation,
    reads: engine.reads,
  };
  const model: SegmentModel = { ...layout, groups };
  const partial = table.partial.map((_, i) => table.partialAnswers.subarray(i * p, (i + 1) * p));

  onStep('Grouping people drawn anew', 0.3);
  const repeated = repeatedGroupings(engine, read, {
    p,
    k,
    pairs: PAIRS,
    labels,
    weights: table.weights,
    isWeighted,
    later: partial.length === 0 ? null : { count: partial.length, place: laterPlacer(layout, partial) },
    draws: REPEATED_MOST,
    random,
    onPair: (pair) => onStep('Grouping people drawn anew', 0.3 + (0.4 * pair) / PAIRS),
  });
  const nullAri = nullStability(table, engine, { k, random }, (done) =>
    onStep('Grouping people drawn anew where there are no segments', 0.7 + 0.25 * done),
  );
  onStep('Comparing both halves of the people', 0.95);
  const halvesAri = n < HALVES_FROM ? null : agreementOfHalves(engine, read, { p, k, random, weights });

  const { probabilities, second } = sureness(posteriorsOf(groups, read, p) ?? repeated.memberships, labels, k);
  const borderline = new Array<number>(k).fill(0);
  for (const [row, segment] of labels.entries())
    if (probabilities[row]! - second[row]! < BORDERLINE) borderline[segment]! += 1;
  const stability = { ari: repeated.ari, nullAri, repetitions: 2 * PAIRS };
  const centres = centresOf(rows, p, labels, sizes);
  const between = betweenSquares(centres, sizes, p);
  const { label, reasons } = labelSolution({ n, k, test, stability, halvesAri });
  const shares = sharesOf(labels, k, table.weights);
  return {
    k,
    engine: name,
    family: name === 'gaussian-mixture' ? (family ?? 'VVI') : null,
    isWeighted,
    labels,
    probabilities,
    second,
    placed: partial.map((answers, person) => {
      const placed = placeRow(model, answers);
      if (placed === null) return null;
      const likely = placed.probabilities ?? Array.from(repeated.later.subarray(person * k, (person + 1) * k));
      const { segment } = placed;
      return {
        segment,
        probability: Math.min(1, likely[segment]!),
        second: Math.min(1, Math.max(...likely.map((own, c) => (c === segment ? 0 : own)))),
      };
    }),
    sizes,
    effectiveSizes: table.weights && effectiveSizesOf(labels, k, table.weights),
    shares: shares.map((share, segment) => ({
      share,
      low: quantile(repeated.shares[segment]!, 0.025) ?? share,
      high: quantile(repeated.shares[segment]!, 0.975) ?? share,
    })),
    centres: Array.from({ length: k }, (_, c) => Array.from(centres.subarray(c * p, (c + 1) * p))),
    shareExplained: between.reduce((sum, one) => sum + one, 0) / squaresAround(rows, p),
    objective: found.objective,
    shareOfStartsAtBest: found.shareOfStartsAtBest,
    starts: found.starts,
    converged: found.converged,
    stability,
    jaccard: repeated.jaccard,
    halvesAri,
    borderline,
    blockShares: blockSharesOf(table, between),
    style: styleOf(table, labels, k),
    label,
    labelReasons: reasons,
    model,
  };
}

/** The engine, refusing rows with fewer different ones than groups, of all people as of those drawn anew. */
const refusingFew = (engine: Engine): Engine => ({
  ...engine,
  group: (rows, options) => {
    const { p, k } = options;
    const patterns = patternsUpTo(rows, p, k);
    if (patterns < k)
      throw new RangeError(
        `There are only ${patterns} different patterns of answers, which is too few for ${k} segments`,
      );
    return engine.group(rows, options);
  },
});

/** How many different rows there are, counted no further than to `most`. */
function patternsUpTo(rows: Float64Array, p: number, most: number): number {
  const found: Float64Array[] = [];
  for (let at = 0; at < rows.length && found.length < most; at += p) {
    const row = rows.subarray(at, at + p);
    if (!found.some((other) => other.every((value, column) => Object.is(value, row[column])))) found.push(row);
  }
  return found.length;
}

/** How far groupings agree in answers of the same kind without segments: what agreement is worth is what it is above that. */
function nullStability(
  table: InputTable,
  engine: Engine,
  { k, random }: { k: number; random: Random },
  onTable: (done: number) => void,
): number {
  const model = fitNullModel(evenly(table.answers, table.p, REPEATED_MOST), table, random);
  const aris = Array.from({ length: NULL_TABLES }, (_, index) => {
    onTable(index / NULL_TABLES);
    const drawn = model.draw(random);
    return repeatedGroupings(engine, engine.reads === 'rows' ? prepareAnswers(drawn, table).rows : drawn, {
      p: table.p,
      k,
      pairs: NULL_PAIRS,
      labels: null,
      draws: REPEATED_MOST,
      random,
    }).ari;
  });
  return quantile(aris, 0.5) ?? 0;
}

/** Every second person by the order of answers, and the others: two samples that are as alike as chance makes them. */
function agreementOfHalves(
  engine: Engine,
  rows: Float64Array,
  { p, k, random, weights }: { p: number; k: number; random: Random; weights: Float64Array | null },
): number {
  const n = rows.length / p;
  const everybody = evenly(rows, p, HALVES_MOST);
  const both = [0, 1].map((from) => {
    const half = new Float64Array(Math.ceil((n - from) / 2) * p);
    for (let i = 0, row = from; row < n; row += 2, i++) half.set(rows.subarray(row * p, (row + 1) * p), i * p);
    const { model } = engine.group(evenly(half, p, HALVES_MOST / 2), {
      p,
      k,
      random,
      weights:
        weights &&
        evenly(
          weights.filter((_, row) => row % 2 === from),
          1,
          HALVES_MOST / 2,
        ),
    });
    return Array.from(placeRows(model, everybody, p));
  });
  return adjustedRandIndex(both[0]!, both[1]!) ?? 0;
}

/** Of what is known of each row and segment, what is known of its own and of the likeliest other. */
function sureness(memberships: Float64Array, labels: Int32Array, k: number) {
  const probabilities = new Float64Array(labels.length);
  const second = new Float64Array(labels.length);
  for (const [row, segment] of labels.entries()) {
    probabilities[row] = Math.min(1, memberships[row * k + segment]!);
    for (let c = 0; c < k; c++)
      if (c !== segment) second[row] = Math.min(1, Math.max(second[row]!, memberships[row * k + c]!));
  }
  return { probabilities, second };
}

/** Puts those who answered a part into the groups of any grouping; what it reads of them is made ready once. */
function laterPlacer(layout: Omit<SegmentModel, 'groups'>, partial: readonly Float64Array[]): PlaceLater {
  const ready = partial.map((answers) => readyRow(layout, answers));
  return (model) => {
    const score = scorerOf(model);
    const scores = new Float64Array(groupsIn(model));
    return Int32Array.from(ready, (row) => {
      if (row === null) return 0;
      score(row.values, 0, row.isCounted, scores);
      return indexOfLargest(scores);
    });
  };
}

const effectiveSizesOf = (labels: Int32Array, k: number, weights: Float64Array): number[] =>
  Array.from({ length: k }, (_, segment) =>
    effectiveN(Array.from(weights).filter((_, row) => labels[row] === segment)),
  );

function sharesOf(labels: Int32Array, k: number, weights: Float64Array | null): number[] {
  const sums = new Array<number>(k).fill(0);
  let all = 0;
  for (const [row, segment] of labels.entries()) {
    const counts = weights?.[row] ?? 1;
    sums[segment]! += counts;
    all += counts;
  }
  return sums.map((sum) => sum / all);
}

/** Squared distances of all rows from their mean. */
function squaresAround(rows: Float64Array, p: number): number {
  const n = rows.length / p;
  const means = new Float64Array(p);
  for (let row = 0; row < n; row++) for (let j = 0; j < p; j++) means[j]! += rows[row * p + j]! / n;
  let sum = 0;
  for (let row = 0; row < n; row++) for (let j = 0; j < p; j++) sum += (rows[row * p + j]! - means[j]!) ** 2;
  return sum;
}
