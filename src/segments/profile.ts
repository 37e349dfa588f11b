import { columnLength, type TableColumn } from '../model/table-column.ts';
import { type DesignEffect, designEffect } from '../stats/design-effect.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';
import { tableBlocks } from './table-blocks.ts';
import { type Standing, standingOf, TABLE_RULES, type TableBlock, type TableRules } from './table-cells.ts';
import { effectiveBase, type Members, type Sums } from './tally-columns.ts';

/** What a profile tells of: a column, and whether the segments were made from it. */
export type ProfiledColumn = { column: TableColumn; isInput?: boolean; showsMedian?: boolean };

export type SegmentProfile = {
  segments: {
    name: string;
    n: number;
    weighted: number;
    effectiveN: number;
    /** Of everybody who is in a segment. */
    share: ShareInterval;
    standing: Standing;
  }[];
  n: number;
  /** What the weights cost; null without weights. */
  weighting: DesignEffect | null;
  /** In the order given; the cells of a row are the segments. */
  blocks: TableBlock[];
  /** How many tests were adjusted together. */
  tests: number;
  rules: TableRules;
};

/**
 * What segments are like: every share with its interval, its index against all and its adjusted standardised residual
 * against the others, every mean or median likewise; which segments lie above which others; and for each thing one test
 * over all segments with its size. What the segments were made from is shown and not tested: groups made from a measure
 * differ in it by making. All p values of the profile are adjusted together.
 *
 * @param labels for every respondent the segment's place in `names`, or null for those in none, who are left out
 * @param of.columns over the same respondents
 * @param of.weights over the same respondents; tests then rest on the effective base
 * @throws {RangeError} with a sentence that can be shown to a researcher, when there are fewer than two segments, one is
 *   empty, or a column or the weights do not fit
 */
export function profileSegments(
  labels: readonly (number | null)[],
  of: {
    names: readonly string[];
    columns: readonly ProfiledColumn[];
    weights?: readonly number[] | undefined;
    rules?: Partial<TableRules>;
  },
): SegmentProfile {
  const { names } = of;
  const rules = { ...TABLE_RULES, ...of.rules };
  if (names.length < 2) throw new RangeError('Comparing segments needs at least two of them');
  const weights = readWeights(of.weights, labels.length);
  const members: number[][] = names.map(() => []);
  for (const [person, label] of labels.entries()) {
    if (label === null) continue;
    if (!members[label]) throw new RangeError('Somebody is in a segment that has no name');
    members[label].push(person);
  }
  for (const [segment, own] of members.entries())
    if (own.length === 0)
      throw new RangeError(`Nobody is in “${names[segment]}”: a profile needs somebody in every segment`);
  const columns = members.map((own) => Int32Array.from(own));
  const everyone = Int32Array.from(members.flat()).sort();

  const { blocks, tests } = tableBlocks(asked(of.columns, labels.length), {
    columns,
    everyone,
    families: [{ columns: names.map((_, segment) => segment), members: everyone, isDisjoint: true }],
    weights,
    rules,
  });
  const all = sumWeights(everyone, weights);
  return {
    segments: names.map((name, segment) => {
      const sums = sumWeights(columns[segment]!, weights);
      const base = effectiveBase(all);
      const share = all.weight > 0 ? Math.min(1, sums.weight / all.weight) : 0;
      return {
        name,
        n: sums.n,
        weighted: sums.weight,
        effectiveN: effectiveBase(sums),
        share: wilsonInterval(Math.min(base, share * base), base) ?? { share: 0, low: 0, high: 1 },
        standing: standingOf(sums, rules),
      };
    }),
    n: everyone.length,
    weighting: weights && designEffect(Array.from(everyone, (person) => weights[person]!)),
    blocks,
    tests,
    rules,
  };
}

/** Columns that can stand in a table; texts cannot. */
export function asked(columns: readonly ProfiledColumn[], n: number) {
  return columns.map(({ column, ...how }) => {
    if (columnLength(column) !== n)
      throw new RangeError(`“${column.name}” does not cover the same respondents as the table`);
    if (column.kind === 'text')
      throw new RangeError(
        `“${column.name}” holds texts, which a table cannot count. Find themes in them, or assign them to options`,
      );
    return { column, ...how };
  });
}

/** @throws {RangeError} with a sentence, when the weights do not fit or nobody counts */
export function readWeights(weights: readonly number[] | undefined, n: number): Float64Array | null {
  if (weights === undefined) return null;
  if (weights.length !== n) throw new RangeError('The weights do not cover the same respondents as the table');
  if (weights.some((weight) => !(weight >= 0 && Number.isFinite(weight))))
    throw new RangeError('A weight must be a number of at least 0');
  if (!weights.some((weight) => weight > 0)) throw new RangeError('All weights are 0, so that nobody would count');
  return Float64Array.from(weights);
}

export function sumWeights(members: Members, weights: Float64Array | null): Sums {
  const sums = { n: 0, weight: 0, squares: 0 };
  for (const person of members) {
    const own = weights ? weights[person]! : 1;
    if (own === 0) continue;
    sums.n += 1;
    sums.weight += own;
    sums.squares += own * own;
  }
  return sums;
}
