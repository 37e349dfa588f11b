import type { Adjustment } from '../stats/adjust-p.ts';
import { wilsonInterval } from '../stats/wilson-interval.ts';
import { type ChoiceTally, effectiveBase, effectiveShare, type Members, type Sums } from './tally-columns.ts';

/** Whether enough people stand behind a figure to test it: below the minimum no test, somewhat above it a word of warning. */
export type Standing = 'enough' | 'warned' | 'hidden';

/** One figure of a table, with what it rests on and how it stands against the others of its family. */
export type TableCell = {
  /** A share (0 to 1), a mean or a median; null when nobody answered. */
  value: number | null;
  /** 95% interval; null where there are too few for one. */
  low: number | null;
  high: number | null;
  /** People who chose the option; null for means and medians. */
  count: number | null;
  /** People who answered. */
  n: number;
  /** What those who chose weigh, or for means and medians those who answered. */
  weighted: number;
  effectiveN: number;
  standing: Standing;
  /** 100 × share / share of all; null for means and medians, and where nobody chose it. */
  index: number | null;
  /** The adjusted standardised residual against the rest of its family; null for means and medians. */
  z: number | null;
  /** Cohen's h, Hedges' g or Cliff's delta against the rest of its family, with its 95% interval. */
  effect: number | null;
  effectLow: number | null;
  effectHigh: number | null;
  /** Two-sided, against the rest of its family; null when not tested. */
  p: number | null;
  adjustedP: number | null;
  /** Columns of its family that it lies above, by their places, with an adjusted p below the limit. */
  above: number[];
};

export type TableRow = {
  kind: 'share' | 'mean' | 'median';
  code: string | null;
  label: string;
  cells: TableCell[];
  total: TableCell;
};

/** One test of all columns of a family together. */
export type FamilyTest = {
  family: number;
  kind: 'chi-square' | 'welch' | 'kruskal-wallis';
  statistic: number;
  df: number;
  /** Of Welch's F only. */
  df2: number | null;
  p: number;
  adjustedP: number | null;
  /** V without its lean, omega squared or epsilon squared; the interval is that of V, eta squared or epsilon squared. */
  effect: { name: 'cramers-v' | 'omega-squared' | 'epsilon-squared'; value: number; low: number; high: number };
  /** What the weights cost this test; 1 without weights. */
  designEffect: number;
};

export type TableBlock = {
  id: string;
  name: string;
  kind: 'choice' | 'choices' | 'number' | 'ordinal';
  /** What the groups were made from: shown, and not tested. */
  isInput: boolean;
  /** People who answered, in each column and in all. */
  bases: { n: number; weighted: number; effectiveN: number; standing: Standing }[];
  totalBase: { n: number; weighted: number; effectiveN: number; standing: Standing };
  rows: TableRow[];
  tests: FamilyTest[];
};

/** Columns of a table that are held against each other; `isDisjoint` when nobody is in two of them. */
export type ColumnFamily = { columns: readonly number[]; members: Members; isDisjoint: boolean };

export type TableRules = {
  adjustment: Adjustment;
  /** Below this effective base nothing is tested. */
  baseMin: number;
  /** Below this one a figure carries a warning. */
  baseWarned: number;
  /** A finding is an adjusted p below this. */
  alpha: number;
};

export const TABLE_RULES: TableRules = { adjustment: 'benjamini-hochberg', baseMin: 30, baseWarned: 50, alpha: 0.05 };

/** The groups that a table is made over. */
export type TableFrame = {
  columns: readonly Members[];
  everyone: Members;
  families: readonly ColumnFamily[];
  weights: Float64Array | null;
  rules: TableRules;
};

/** The share of an option, with its index against all. */
export function shareCell(tally: ChoiceTally, total: ChoiceTally, option: number, rules: TableRules): TableCell {
  const { count, total: base } = effectiveShare(tally, option);
  const interval = wilsonInterval(count, base);
  const all = total.base.weight > 0 ? total.options[option]!.weight / total.base.weight : 0;
  return {
    ...plainCell(tally.base, rules, interval?.share ?? null, interval?.low ?? null, interval?.high ?? null),
    count: tally.options[option]!.n,
    weighted: tally.options[option]!.weight,
    index: interval === null || all === 0 ? null : (100 * interval.share) / all,
  };
}

/** A figure that nothing is held against yet. */
export const plainCell = (
  base: Sums,
  rules: TableRules,
  value: number | null,
  low: number | null,
  high: number | null,
): TableCell => ({
  value,
  low,
  high,
  count: null,
  n: base.n,
  weighted: base.weight,
  effectiveN: effectiveBase(base),
  standing: standingOf(base, rules),
  index: null,
  z: null,
  effect: null,
  effectLow: null,
  effectHigh: null,
  p: null,
  adjustedP: null,
  above: [],
});

export const baseOf = (base: Sums, rules: TableRules) => ({
  n: base.n,
  weighted: base.weight,
  effectiveN: effectiveBase(base),
  standing: standingOf(base, rules),
});

/** Effective bases miss whole numbers by a last digit. */
export const SPECK = 1e-6;

export function standingOf(base: Sums, { baseMin, baseWarned }: TableRules): Standing {
  const n = effectiveBase(base) + SPECK;
  if (n < baseMin) return 'hidden';
  return n < baseWarned ? 'warned' : 'enough';
}
