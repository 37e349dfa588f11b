import { foldRows } from '../stats/distinct-rows.ts';
import { bestPartition, squaredDistance, sumOfSquares } from '../stats/k-means.ts';
import type { Random } from '../stats/random.ts';
import { evenly } from './engines/engine.ts';
import type { InputTable } from './input-table.ts';
import { fitNullModel, type NullModel } from './null-model.ts';
import { prepareAnswers } from './prepare-answers.ts';

/** What the answers say of one number of segments, beside what answers without segments say of it. */
export type TestedK = {
  k: number;
  /** The squared distances left inside the segments, as a share of all. */
  shareWithin: number;
  /** How much lower log of that share is than without segments: the size of what was found. */
  gap: number;
  /** The same in standard deviations of the tables without segments. */
  z: number;
  /** How much nearer people are to their own segment than to the next, −1 to 1. */
  silhouette: number;
  silhouetteZ: number;
};
export type TestRule = 'z' | 'gap' | 'silhouette' | 'shape' | 'columns';
export type Verdict = 'segments' | 'weak' | 'none';
export type SegmentTest = {
  people: number;
  columns: number;
  /** Of so many people, drawn evenly from all, the test was made. */
  peopleTested: number;
  /** Against so many tables without segments. */
  nulls: number;
  perK: TestedK[];
  /** Where the gap is largest. */
  k: number;
  maxZ: number;
  verdict: Verdict;
  /** What the verdict rests on: all of them make "segments", the first without all others "weak". */
  rules: { rule: TestRule; value: number; limit: number; holds: boolean }[];
  /** What keeps the test from saying much, in sentences. */
  warnings: string[];
};
export type OnStep = (step: string, done: number) => void;

/** Beyond so many standard deviations the answers are not those of one cloud. */
export const Z_LIMIT = 2.5;
/** A gap below this is too small to matter, however sure: z grows with the number of people. */
export const GAP_LIMIT = 0.02;
/** A gap that is nearly as large for every k comes from a bend in the cloud, not from segments. */
export const SHAPE_LIMIT = 0.65;
const PEOPLE_TESTED_MOST = 2_000;
const NULLS_FIRST = 19;
const NULLS_MOST = 49;
/** After the first tables, this far below or above the limit nothing can change any more. */
const Z_SURELY_NONE = 1;
const Z_SURELY_FOUND = 5;
/** With so few columns the test finds segments where there are none more often than it says. */
export const COLUMNS_LIMIT = 5;
const SETTLING_ROUNDS = 3;
const MOVING_ROUNDS = 100;
const SHAPE_K_MOST = 6;

/** The numbers of segments that so many people bear looking at. */
export function kRange(people: number): number[] {
  const most = people < 150 ? 4 : people < 1000 ? 6 : 8;
  return Array.from({ length: most - 1 }, (_, index) => index + 2);
}

/**
 * Asks whether there are segments at all: whether people lie closer together in k groups than people do in answers with
 * the same margins and correlations but without groups. Index numbers such as BIC or a silhouette alone find two or three
 * groups in any cloud; this test can say that there are none.
 *
 * @param onStep hears how far it is, 0 to 1; may throw to stop
 * @throws {RangeError} with a sentence for a researcher when too few different answers are there
 */
export function testForSegments(
  table: InputTable,
  { random, onStep = () => {} }: { random: Random; onStep?: OnStep },
): SegmentTest {
  onStep('Fitting what answers without segments look like', 0);
  const bench = testBench(table, random);
  const { ks } = bench;
  onStep('Looking for groups in the answers', 0.1);
  const observed = bench.measure(bench.answers);

  const nulls: Measured[][] = [];
  let compared = compare(ks, observed, nulls);
  for (const so of [NULLS_FIRST, NULLS_MOST]) {
    while (nulls.length < so) {
      onStep('Looking for groups where there are none', 0.15 + (0.85 * nulls.length) / NULLS_MOST);
      nulls.push(bench.measure(bench.model.draw(random)));
    }
    compared = compare(ks, observed, nulls);
    const most = Math.max(...compared.map(({ z }) => z));
    if (most < Z_SURELY_NONE || most > Z_SURELY_FOUND) break;
  }
  onStep('Looking for groups where there are none', 1);
  return {
    ...judge(compared, table.p),
    people: table.n,
    columns: table.p,
    peopleTested: bench.model.n,
    nulls: nulls.length,
    warnings: warningsOf(table),
  };
}

export type Measured = { logShare: number; silhouette: number };
/** What a test works with: the answers it looks at, the null model fitted to them, and one measure for both. */
export type TestBench = {
  ks: number[];
  answers: Float64Array;
  model: NullModel;
  /** For each k how tight the best groups are; answers are laid out like the table's. */
  measure: (answers: Float64Array) => Measured[];
};

export function testBench(table: InputTable, random: Random): TestBench {
  const { p } = table;
  const answers = evenly(table.answers, p, PEOPLE_TESTED_MOST);
  const n = answers.length / p;
  const ks = kRange(n);
  const points = foldRows(prepareAnswers(answers, table).rows, p);
  const most = ks.at(-1)!;
  if (points.count <= most)
    throw new RangeError(
      `There are only ${points.count} different patterns of answers, which is too few to look for segments: choose more to group people by`,
    );
  const starts = n <= 400 ? 5 : n <= 1000 ? 3 : 2;
  return {
    ks,
    answers,
    model: fitNullModel(answers, table, random),
    measure: (given) => {
      const folded = foldRows(prepareAnswers(given, table).rows, p);
      const total = sumOfSquares(folded);
      return ks.map((k) => {
        if (folded.count <= k) return { logShare: Number.NEGATIVE_INFINITY, silhouette: 1 };
        const found = bestPartition(
          folded,
          { k, random, starts, settlingMax: SETTLING_ROUNDS, movingMax: MOVING_ROUNDS },
          total,
        );
        return { logShare: Math.log(found.within / total), silhouette: centreSilhouette(folded, found.centres, k) };
      });
    },
  };
}

/** The silhouette with centres in place of all people: 1 − (nearest ÷ second nearest), on average. */
function centreSilhouette(
  points: { count: number; width: number; values: Float64Array; weights: Float64Array },
  centres: Float64Array,
  k: number,
): number {
  let sum = 0;
  let people = 0;
  for (let i = 0; i < points.count; i++) {
    let first = Number.POSITIVE_INFINITY;
    let second = Number.POSITIVE_INFINITY;
    for (let c = 0; c < k; c++) {
      const distance = squaredDistance(points.values, i, centres, c, points.width);
      if (distance < first) {
        second = first;
        first = distance;
      } else if (distance < second) second = distance;
    }
    sum += points.weights[i]! * (second > 0 ? 1 - Math.sqrt(first / second) : 0);
    people += points.weights[i]!;
  }
  return sum / people;
}

/** Sets what was measured against the tables without segments. */
export function compare(ks: readonly number[], observed: readonly Measured[], nulls: readonly Measured[][]): TestedK[] {
  return ks.map((k, index) => {
    const own = observed[index]!;
    const tightness = against(nulls.map((null_) => null_[index]!.logShare));
    const clearness = against(nulls.map((null_) => null_[index]!.silhouette));
    return {
      k,
      shareWithin: Math.exp(own.logShare),
      gap: finite(tightness.mean - own.logShare),
      z: finite((tightness.mean - own.logShare) / tightness.spread),
      silhouette: own.silhouette,
      silhouetteZ: finite((own.silhouette - clearness.mean) / clearness.spread),
    };
  });
}

const Z_MOST = 1_000;
/** A table without segments that cannot vary has no standard deviation to tell a distance in. */
const finite = (value: number): number => (Number.isFinite(value) ? Math.max(-Z_MOST, Math.min(Z_MOST, value)) : 0);

function against(values: readonly number[]): { mean: number; spread: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, spread: Math.sqrt(squares / (values.length - 1)) };
}

/** The verdict on what was compared over so many columns: never one number alone. */
export function judge(
  perK: TestedK[],
  columns: number,
): Pick<SegmentTest, 'perK' | 'k' | 'maxZ' | 'verdict' | 'rules'> {
  const best = perK.reduce((most, one) => (one.gap > most.gap ? one : most));
  const maxZ = Math.max(...perK.map(({ z }) => z));
  const gaps = perK.filter(({ k }) => k <= SHAPE_K_MOST).map(({ gap }) => gap);
  const shape = Math.max(...gaps) > 0 ? Math.min(...gaps) / Math.max(...gaps) : 1;
  const rules: SegmentTest['rules'] = [
    { rule: 'z', value: maxZ, limit: Z_LIMIT, holds: maxZ > Z_LIMIT },
    { rule: 'gap', value: best.gap, limit: GAP_LIMIT, holds: best.gap > GAP_LIMIT },
    { rule: 'silhouette', value: best.silhouetteZ, limit: Z_LIMIT, holds: best.silhouetteZ > Z_LIMIT },
    { rule: 'shape', value: shape, limit: SHAPE_LIMIT, holds: shape < SHAPE_LIMIT },
    { rule: 'columns', value: columns, limit: COLUMNS_LIMIT, holds: columns > COLUMNS_LIMIT },
  ];
  const verdict = !rules[0]!.holds ? 'none' : rules.every(({ holds }) => holds) ? 'segments' : 'weak';
  return { perK, k: best.k, maxZ, verdict, rules };
}

function warningsOf({ n, p, columns, partial }: InputTable): string[] {
  const warnings: string[] = [];
  if (p <= COLUMNS_LIMIT)
    warnings.push(
      `${p === 1 ? 'One column is' : `${p} columns are`} too few items to test: little would be found, and segments where there are none more often than the test says, so that it calls nothing segments. Take ${COLUMNS_LIMIT + 1} or more`,
    );
  if (n < 150)
    warnings.push(
      `With ${n} people only segments that lie far apart are found, and no more than ${kRange(n).at(-1)} are looked for. A grouping that the test does not bear out is constructive`,
    );
  const binary = columns.filter(({ isBinary }) => isBinary).length;
  if (binary > p / 2 && n < 1000)
    warnings.push(
      'Yes-or-no answers tell little each: with fewer than 1,000 people the number of segments is often one too high or too low',
    );
  if (partial.length > 0)
    warnings.push(
      `${partial.length.toLocaleString('en-GB')} ${partial.length === 1 ? 'person was' : 'people were'} not looked at because too many answers are missing; a solution places them by the rest`,
    );
  return warnings;
}
