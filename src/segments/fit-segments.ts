import { adjustedRandIndex } from '../stats/adjusted-rand-index.ts';
import { foldRows } from '../stats/distinct-rows.ts';
import { bestPartition, sumOfSquares } from '../stats/k-means.ts';
import { quantile } from '../stats/quantile.ts';
import type { Random } from '../stats/random.ts';
import { type InputTable, MISSING_MOST } from './input-table.ts';
import { labelSolution, type SolutionLabel } from './label-solution.ts';
import { fitNullModel } from './null-model.ts';
import { prepareAnswers, prepareLater } from './prepare-answers.ts';
import { evenly, type OnStep, type SegmentTest } from './segment-test.ts';
import { nearestCentres, repeatedGroupings } from './stability.ts';

/** A segment's share of people, with an interval that holds that the segments themselves would come out otherwise. */
export type SegmentShare = { share: number; low: number; high: number };

/** People in segments, the largest first. */
export type SegmentFit = {
  k: number;
  /** For each row of the table, its segment. */
  labels: Int32Array;
  /** How sure that is: the share of the repetitions in which the person was in it. */
  probabilities: Float64Array;
  /** The same of the segment next to it. */
  second: Float64Array;
  sizes: number[];
  shares: SegmentShare[];
  /** k × columns, in the units of the table's rows. */
  centres: number[][];
  /** Of the people's squared distances from the middle, how much lies between segments. */
  shareExplained: number;
  /** Of the starts, how many ended here; low where there is little to find. */
  shareOfStartsAtBest: number;
  starts: number;
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
  /** What puts a later person with the nearest segment. */
  model: SegmentModel;
};

export type SegmentModel = Pick<InputTable, 'p' | 'columns' | 'blocks' | 'isBalanced' | 'preparation'> & {
  format: 1;
  centres: number[][];
};

export const BORDERLINE = 0.2;
/** Above this the segments are to a good part ways of using the scale. */
export const STYLE_LIMIT = 0.1;
const FITTED_MOST = 20_000;
const REPEATED_MOST = 2_000;
const PAIRS = 25;
const NULL_TABLES = 7;
const NULL_PAIRS = 8;
const HALVES_FROM = 1_000;
const SETTLING_ROUNDS = 3;
const MOVING_ROUNDS = 100;
/** Over more people than were fitted, centres follow everybody for so many rounds. */
const FOLLOWING_ROUNDS = 10;
const STYLE_COLUMNS_LEAST = 3;

const startsFor = (people: number): number => (people <= 1_000 ? 100 : people <= 5_000 ? 30 : 10);

/**
 * Puts people into k segments by k-means, and says how far that can be relied on.
 *
 * @param options.test what the test of the same answers said; without one the label is never better than constructive
 * @throws {RangeError} with a sentence for a researcher, for a k that is no whole number from 2 up or more than there are
 *   different patterns of answers
 */
export function fitSegments(
  table: InputTable,
  { k, test, random, onStep = () => {} }: { k: number; test: SegmentTest | null; random: Random; onStep?: OnStep },
): SegmentFit {
  const { p, n, rows } = table;
  if (!(Number.isInteger(k) && k >= 2)) throw new RangeError('The number of segments is a whole number from 2 up');
  onStep('Looking for the best segments', 0);
  const fitted = evenly(rows, p, FITTED_MOST);
  const points = foldRows(fitted, p);
  if (points.count < k)
    throw new RangeError(
      `There are only ${points.count} different patterns of answers, which is too few for ${k} segments`,
    );
  const starts = startsFor(fitted.length / p);
  const best = bestPartition(points, {
    k,
    random,
    starts,
    settlingMax: SETTLING_ROUNDS,
    movingMax: MOVING_ROUNDS,
  });
  const { labels, centres } = n > FITTED_MOST ? follow(rows, p, best.centres) : placed(points.distinctOf, best, p);
  const sizes = countOf(labels, k);

  onStep('Grouping people drawn anew', 0.3);
  const repeated = repeatedGroupings(rows, {
    p,
    k,
    pairs: PAIRS,
    labels,
    drawnFrom: REPEATED_MOST,
    random,
    onPair: (pair) => onStep('Grouping people drawn anew', 0.3 + (0.4 * pair) / PAIRS),
  });
  const nullAri = nullStability(table, k, random, (done) =>
    onStep('Grouping people drawn anew where there are no segments', 0.7 + 0.25 * done),
  );
  onStep('Comparing both halves of the people', 0.95);
  const halvesAri = n < HALVES_FROM ? null : agreementOfHalves(rows, p, k, random);

  const { probabilities, second } = sureness(repeated.memberships, labels, k);
  const borderline = new Array<number>(k).fill(0);
  for (const [row, segment] of labels.entries())
    if (probabilities[row]! - second[row]! < BORDERLINE) borderline[segment]! += 1;
  const stability = { ari: repeated.ari, nullAri, repetitions: 2 * PAIRS };
  const between = betweenSquares(centres, sizes, rows, p);
  const { label, reasons } = labelSolution({ n, k, test, stability, halvesAri, jaccard: repeated.jaccard, sizes });
  return {
    k,
    labels,
    probabilities,
    second,
    sizes,
    shares: sizes.map((size, segment) => ({
      share: size / n,
      low: quantile(repeated.shares[segment]!, 0.025) ?? size / n,
      high: quantile(repeated.shares[segment]!, 0.975) ?? size / n,
    })),
    centres: Array.from({ length: k }, (_, c) => Array.from(centres.subarray(c * p, (c + 1) * p))),
    shareExplained: between.reduce((sum, one) => sum + one, 0) / sumOfSquares(foldRows(rows, p)),
    shareOfStartsAtBest: best.atBest / starts,
    starts,
    stability,
    jaccard: repeated.jaccard,
    halvesAri,
    borderline,
    blockShares: blockSharesOf(table, between),
    style: styleOf(table, labels, k),
    label,
    labelReasons: reasons,
    model: {
      format: 1,
      p,
      columns: table.columns,
      blocks: table.blocks,
      isBalanced: table.isBalanced,
      preparation: table.preparation,
      centres: Array.from({ length: k }, (_, c) => Array.from(centres.subarray(c * p, (c + 1) * p))),
    },
  };
}

/** The partition with the largest segment first, each centre on the mean of its people. */
function placed(distinctOf: Int32Array, best: { labels: Int32Array; centres: Float64Array }, p: number) {
  return bySize(
    distinctOf.map((distinct) => best.labels[distinct]!),
    best.centres,
    p,
  );
}

/** Everybody with the nearest centre, and centres with everybody, for some rounds. */
function follow(rows: Float64Array, p: number, from: Float64Array) {
  let centres = Float64Array.from(from);
  let labels = nearestCentres(rows, p, centres);
  for (let round = 0; round < FOLLOWING_ROUNDS; round++) {
    const sums = new Float64Array(centres.length);
    const sizes = countOf(labels, centres.length / p);
    for (const [row, c] of labels.entries())
      for (let j = 0; j < p; j++) sums[c * p + j]! += rows[row * p + j]! / sizes[c]!;
    centres = sums.map((value, at) => (sizes[Math.floor(at / p)]! > 0 ? value : centres[at]!));
    const next = nearestCentres(rows, p, centres);
    const isSettled = next.every((c, row) => c === labels[row]);
    labels = next;
    if (isSettled) break;
  }
  return bySize(labels, centres, p);
}

function bySize(labels: Int32Array, centres: Float64Array, p: number) {
  const k = centres.length / p;
  const sizes = countOf(labels, k);
  const order = Array.from({ length: k }, (_, c) => c).sort((a, b) => {
    if (sizes[a] !== sizes[b]) return sizes[b]! - sizes[a]!;
    for (let j = 0; j < p; j++) {
      const difference = centres[a * p + j]! - centres[b * p + j]!;
      if (difference !== 0) return difference;
    }
    return 0;
  });
  const rank = new Int32Array(k);
  for (const [to, from] of order.entries()) rank[from] = to;
  const sorted = new Float64Array(centres.length);
  for (const [to, from] of order.entries()) sorted.set(centres.subarray(from * p, (from + 1) * p), to * p);
  return { labels: labels.map((c) => rank[c]!), centres: sorted };
}

function countOf(labels: Int32Array, k: number): number[] {
  const sizes = new Array<number>(k).fill(0);
  for (const label of labels) sizes[label]! += 1;
  return sizes;
}

/** How far groupings agree in answers of the same kind without segments: what agreement is worth is what it is above that. */
function nullStability(table: InputTable, k: number, random: Random, onTable: (done: number) => void): number {
  const model = fitNullModel(evenly(table.answers, table.p, REPEATED_MOST), table, random);
  const aris = Array.from({ length: NULL_TABLES }, (_, index) => {
    onTable(index / NULL_TABLES);
    const { rows } = prepareAnswers(model.draw(random), table);
    return repeatedGroupings(rows, {
      p: table.p,
      k,
      pairs: NULL_PAIRS,
      labels: null,
      drawnFrom: REPEATED_MOST,
      random,
    }).ari;
  });
  return quantile(aris, 0.5) ?? 0;
}

/** Every second person by the order of answers, and the others: two samples that are as alike as chance makes them. */
function agreementOfHalves(rows: Float64Array, p: number, k: number, random: Random): number {
  const n = rows.length / p;
  const both = [0, 1].map((from) => {
    const half = new Float64Array(Math.ceil((n - from) / 2) * p);
    for (let i = 0, row = from; row < n; row += 2, i++) half.set(rows.subarray(row * p, (row + 1) * p), i * p);
    const points = foldRows(evenly(half, p, FITTED_MOST / 2), p);
    const { centres } = bestPartition(points, {
      k: Math.min(k, points.count),
      random,
      starts: startsFor(points.count),
      settlingMax: SETTLING_ROUNDS,
      movingMax: MOVING_ROUNDS,
    });
    return Array.from(nearestCentres(evenly(rows, p, FITTED_MOST), p, centres));
  });
  return adjustedRandIndex(both[0]!, both[1]!) ?? 0;
}

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

/** By column: the squared distances of the segments' centres from the middle, each as often as it has people. */
function betweenSquares(centres: Float64Array, sizes: readonly number[], rows: Float64Array, p: number): number[] {
  const n = rows.length / p;
  const means = new Float64Array(p);
  for (let at = 0; at < rows.length; at++) means[at % p]! += rows[at]! / n;
  return Array.from({ length: p }, (_, j) =>
    sizes.reduce((sum, size, c) => sum + size * (centres[c * p + j]! - means[j]!) ** 2, 0),
  );
}

function blockSharesOf({ blocks }: InputTable, between: readonly number[]): SegmentFit['blockShares'] {
  const all = between.reduce((sum, one) => sum + one, 0);
  return blocks.map(({ id, name, from, to }) => ({
    id,
    name,
    share: all > 0 ? between.slice(from, to).reduce((sum, one) => sum + one, 0) / all : 0,
  }));
}

/** How much of people's own mean over a block's answers the segments account for. */
function styleOf({ answers, blocks, columns, p }: InputTable, labels: Int32Array, k: number): SegmentFit['style'] {
  return blocks.flatMap(({ name, from, to }) => {
    const own = Array.from({ length: to - from }, (_, j) => from + j).filter((column) => !columns[column]!.isBinary);
    if (own.length < STYLE_COLUMNS_LEAST) return [];
    const means: number[] = [];
    const segments: number[] = [];
    for (const [row, segment] of labels.entries()) {
      const given = own.map((column) => answers[row * p + column]!).filter((value) => !Number.isNaN(value));
      if (given.length === 0) continue;
      means.push(given.reduce((sum, value) => sum + value, 0) / given.length);
      segments.push(segment);
    }
    const all = means.reduce((sum, mean) => sum + mean, 0) / means.length;
    const total = means.reduce((sum, mean) => sum + (mean - all) ** 2, 0);
    if (!(total > 0)) return [];
    const sums = new Float64Array(k);
    const counts = new Float64Array(k);
    for (const [i, segment] of segments.entries()) {
      sums[segment]! += means[i]!;
      counts[segment]! += 1;
    }
    let between = 0;
    for (let c = 0; c < k; c++) if (counts[c]! > 0) between += counts[c]! * (sums[c]! / counts[c]! - all) ** 2;
    return [{ block: name, share: Math.min(1, between / total) }];
  });
}

/**
 * Puts a person with the nearest segment, by what they answered: columns of a block that they answered too little of are
 * left out of the distance.
 *
 * @param given by column id, as the table has it; null or absent where nothing was answered
 * @returns null when nothing was answered
 */
export function placeInSegment(
  model: SegmentModel,
  given: Readonly<Record<string, number | null | undefined>>,
): number | null {
  const { p, columns, blocks, preparation, centres } = model;
  const answers = Float64Array.from(columns, ({ id }) => given[id] ?? Number.NaN);
  const isCounted = new Uint8Array(p);
  for (const { from, to } of blocks) {
    let answered = 0;
    for (let column = from; column < to; column++) if (!Number.isNaN(answers[column]!)) answered += 1;
    if (answered >= (to - from) * (1 - MISSING_MOST)) isCounted.fill(1, from, to);
  }
  if (!isCounted.includes(1)) return null;
  const row = prepareLater(answers, model, preparation);
  let nearest = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [segment, centre] of centres.entries()) {
    let distance = 0;
    for (let column = 0; column < p; column++) if (isCounted[column]) distance += (row[column]! - centre[column]!) ** 2;
    if (distance < least) {
      least = distance;
      nearest = segment;
    }
  }
  return nearest;
}
