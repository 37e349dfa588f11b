import type { RuleLeaf } from '../model/rule.ts';
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { mantelHaenszel } from '../stats/mantel-haenszel.ts';
import type { FourCells } from '../stats/odds-ratio.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';
import { BASE_MIN, CELL_MIN, FALSE_RATE, FEW_BELOW } from './contrast.ts';

/** One thing that somebody had or did before, or did not. */
export type Factor = {
  id: string;
  family: 'event' | 'survey' | 'attribute';
  label: string;
  value: string | null;
  /** It is the outcome itself, in another go. */
  isDefining: boolean;
  leaf: RuleLeaf | null;
};

/** The members of all sets in one list: each set's case, then its controls. */
export type SetPlaces = {
  /** Where each set begins, and last where all end. */
  starts: readonly number[];
};

/** How often a thing came before the outcome, against those who were like them and did not come to it. */
export type BeforeRow = Factor & {
  /** Cases and controls of whom it is known, in sets that have both. */
  nCases: number;
  nControls: number;
  cases: ShareInterval;
  controls: ShareInterval;
  /** The difference within sets, Mantel and Haenszel's, with Sato's interval. */
  difference: number;
  low: number;
  high: number;
  /** The odds ratio within sets; null where it has no bound. */
  odds: { ratio: number; low: number; high: number } | null;
  /** Two-sided; null for what defines the outcome. */
  p: number | null;
  adjustedP: number | null;
  isFew: boolean;
};
export type BeforeLeftOut = { base: number; cell: number; margin: number };
export type Before = {
  rows: BeforeRow[];
  defining: BeforeRow[];
  tested: number;
  found: number;
  rate: number;
  leftOut: BeforeLeftOut;
};

/** Below it Mantel and Fleiss do not trust the test. */
const MARGIN_MIN = 5;

/**
 * Counts one factor over the sets: each set is a stratum of its own, so that only those who are alike are compared.
 *
 * @param had for each member 1 when they had it, 0 when not, 2 when that is not known: those do not count
 * @param leftOut is added to
 * @returns null when too few have it, or of too few it is known
 */
export function beforeRow(
  factor: Factor,
  had: Uint8Array,
  { starts }: SetPlaces,
  leftOut: BeforeLeftOut = { base: 0, cell: 0, margin: 0 },
): BeforeRow | null {
  const strata: FourCells[] = [];
  let [nCases, nControls, withCases, withControls] = [0, 0, 0, 0];
  for (let set = 0; set + 1 < starts.length; set += 1) {
    const start = starts[set]!;
    const own = had[start]!;
    if (own === 2) continue;
    let [c, d] = [0, 0];
    for (let member = start + 1; member < starts[set + 1]!; member += 1) {
      if (had[member] === 1) c += 1;
      else if (had[member] === 0) d += 1;
    }
    if (c + d === 0) continue;
    strata.push({ a: own, b: 1 - own, c, d });
    nCases += 1;
    withCases += own;
    nControls += c + d;
    withControls += c;
  }
  if (nCases < BASE_MIN || nControls < BASE_MIN) {
    leftOut.base += 1;
    return null;
  }
  if (withCases + withControls < CELL_MIN) {
    leftOut.cell += 1;
    return null;
  }
  const joined = mantelHaenszel(strata);
  const cases = wilsonInterval(withCases, nCases);
  const controls = wilsonInterval(withControls, nControls);
  if (!joined || !cases || !controls || joined.margin < MARGIN_MIN) {
    leftOut.margin += 1;
    return null;
  }
  return {
    ...factor,
    nCases,
    nControls,
    cases,
    controls,
    ...joined.riskDifference,
    odds: joined.oddsRatio,
    p: factor.isDefining ? null : joined.p,
    adjustedP: null,
    isFew: nCases < FEW_BELOW,
  };
}

/** Puts all factors together: p values adjusted over every test, the largest difference first. */
export function rankBefore(all: readonly BeforeRow[], leftOut: BeforeLeftOut): Before {
  const tested = all.filter((row) => !row.isDefining);
  const adjusted = benjaminiHochberg(tested.map(({ p }) => p));
  const rows = tested.map((row, index) => ({ ...row, adjustedP: adjusted[index] ?? null })).sort(byDifference);
  return {
    rows,
    defining: all.filter((row) => row.isDefining).sort(byDifference),
    tested: rows.filter(({ p }) => p !== null).length,
    found: rows.filter(({ adjustedP }) => adjustedP !== null && adjustedP <= FALSE_RATE).length,
    rate: FALSE_RATE,
    leftOut,
  };
}

const byDifference = (a: BeforeRow, b: BeforeRow): number =>
  Math.abs(b.difference) - Math.abs(a.difference) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
