import type { RuleLeaf } from '../model/rule.ts';
import type { Direction } from '../rules/asking.ts';
import { type Clock, instantsOf, spanBefore } from '../rules/calendar.ts';
import { distinctKey, numberIn } from '../rules/compare.ts';
import type { Found } from '../rules/leaf.ts';
import { spelledAlike } from '../rules/spelling.ts';
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { countedMeanInterval } from '../stats/counted-mean-interval.ts';
import { type CountedValue, countedMean, countedStandardDeviation } from '../stats/counted-values.ts';
import { meanDifferenceOf } from '../stats/mean-difference.ts';
import { oddsRatio } from '../stats/odds-ratio.ts';
import { rankSum } from '../stats/rank-sum.ts';
import { EXPECTED_MIN, shareContrast } from '../stats/share-contrast.ts';

/** Where somebody stands to a segment: in it, known not to be, or too little is known to say. */
export const REST = 0;
export const HERE = 1;

/** One thing that is known of people, by their rows. */
export type ContrastColumn = {
  id: string;
  family: string;
  label: string;
  kind: 'code' | 'codes' | 'number' | 'date' | 'yes-no';
  get(row: number): Found | undefined;
  words?: ReadonlyMap<string, string>;
  leafFor(value: string | number | true, direction: Direction): RuleLeaf | null;
  /** The segment was made from it, or from what it is made of. */
  isDefining: boolean;
  survey?: { publicId: string; item: string };
};

type Figure = { value: number; low: number; high: number };
/** One figure of the people here, against the same of the rest; differences are here minus rest. */
export type ContrastRow = {
  id: string;
  family: string;
  label: string;
  /** The value that shares are of, in words; null for a mean, and for what is so or is not. */
  value: string | null;
  measure: 'share' | 'mean';
  /** Of how many it is known. */
  nHere: number;
  nRest: number;
  here: Figure;
  rest: Figure;
  difference: number;
  low: number;
  high: number;
  /** Cohen's h of shares, Hedges' g of means: both are read alike, 0.2 small, 0.5 medium, 0.8 large. */
  effect: number;
  effectLow: number;
  effectHigh: number;
  /** Of shares only. */
  odds: { ratio: number; low: number; high: number } | null;
  /** Two-sided; null for what defines the segment. */
  p: number | null;
  /** Adjusted over all tests of the view. */
  adjustedP: number | null;
  /** Fewer than 30 people on a side. */
  isFew: boolean;
  isDefining: boolean;
  /** Who is behind it, as a rule; null where none can say. */
  leaf: RuleLeaf | null;
  survey: { publicId: string; item: string; code: string | null } | null;
};
/** What was looked at and could not be tested, by the reason. */
export type LeftOut = { base: number; cell: number; expected: number; flat: number };
export type Contrast = {
  /** What sets the people here apart, the largest effect first. */
  rows: ContrastRow[];
  /** What the segment was made from: shown, not tested. */
  defining: ContrastRow[];
  tested: number;
  /** Of these so many are held to be real, at this rate of false ones among them. */
  found: number;
  rate: number;
  leftOut: LeftOut;
};

/** On each side a figure needs so many people to be shown. */
export const BASE_MIN = 10;
/** Below so many it is said that they are few. */
export const FEW_BELOW = 30;
/** A value that fewer people have, both sides together, is not shown: it would be about persons. */
export const CELL_MIN = 5;
/** The share of false findings that is put up with. */
export const FALSE_RATE = 0.05;
/** Of a column so many values are looked at, the most frequent; what is longer than so many letters is no category. */
export const VALUES_MAX = 12;
export const LETTERS_MAX = 80;
/** What is larger measures nothing, and its square could not be written. */
const NUMBER_MAX = 1e100;

const TO_COME = 'still to come';
/** Days fall into spans before now, as rules count them; each with the rule that asks for it. */
const SPANS: readonly { words: string; days: number; op: 'newerThan' | 'olderThan' | null }[] = [
  { words: 'in the last 30 days', days: 30, op: 'newerThan' },
  { words: '30 to 90 days ago', days: 90, op: null },
  { words: '90 days to a year ago', days: 365, op: null },
];
const LONG_AGO = { words: 'more than a year ago', days: 365, op: 'olderThan' as const };

const nothingLeftOut = (): LeftOut => ({ base: 0, cell: 0, expected: 0, flat: 0 });

/**
 * The figures of one column, here and of the rest. People of whom it is not known count on neither side.
 *
 * @param sides for each row `HERE`, `REST`, or anything else for those who are left out
 * @param leftOut is added to
 */
export function contrastColumn(
  sides: Uint8Array,
  column: ContrastColumn,
  clock: Clock,
  leftOut: LeftOut = nothingLeftOut(),
): ContrastRow[] {
  return column.kind === 'number'
    ? contrastNumbers(sides, column, leftOut)
    : contrastValues(sides, column, clock, leftOut);
}

/**
 * Puts the rows of all columns together: p values are adjusted over every test that was made, the largest effect comes
 * first.
 *
 * @see Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57(1), 289–300
 */
export function rankContrast(all: readonly ContrastRow[], leftOut: LeftOut = nothingLeftOut()): Contrast {
  const tested = all.filter((row) => !row.isDefining);
  const adjusted = benjaminiHochberg(tested.map(({ p }) => p));
  const rows = tested.map((row, index) => ({ ...row, adjustedP: adjusted[index] ?? null })).sort(byEffect);
  return {
    rows,
    defining: all.filter((row) => row.isDefining).sort(byEffect),
    tested: rows.filter(({ p }) => p !== null).length,
    found: rows.filter(({ adjustedP }) => adjustedP !== null && adjustedP <= FALSE_RATE).length,
    rate: FALSE_RATE,
    leftOut,
  };
}

const byEffect = (a: ContrastRow, b: ContrastRow): number =>
  Math.abs(b.effect) - Math.abs(a.effect) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Figures are those of means; a difference has to be clear by Welch’s test of these and by ranks. */
function contrastNumbers(sides: Uint8Array, column: ContrastColumn, leftOut: LeftOut): ContrastRow[] {
  const counts = [new Map<number, number>(), new Map<number, number>()];
  for (let row = 0; row < sides.length; row += 1) {
    const side = counts[sides[row]!];
    const found = side && column.get(row);
    const value = typeof found === 'number' || typeof found === 'string' ? numberIn(found) : null;
    if (side && value !== null && Math.abs(value) <= NUMBER_MAX) side.set(value, (side.get(value) ?? 0) + 1);
  }
  // Sorted, so that the last digit of a sum does not depend on the order of people.
  const [rest, here] = counts.map((values) =>
    [...values].map(([value, count]): CountedValue => ({ value, count })).sort((a, b) => a.value - b.value),
  );
  const one = momentsOf(here!);
  const two = momentsOf(rest!);
  if (one.n + two.n === 0) return [];
  if (Math.min(one.n, two.n) < BASE_MIN) {
    leftOut.base += 1;
    return [];
  }
  const compared = meanDifferenceOf(one, two);
  const figures = [countedMeanInterval(here!), countedMeanInterval(rest!)].map(
    (found) => found && { value: found.mean, low: found.low, high: found.high },
  );
  if (!compared || !figures[0] || !figures[1]) {
    leftOut.flat += 1;
    return [];
  }
  const ranks = rankSum(here!, rest!);
  if (!ranks || ranks.expected < EXPECTED_MIN) {
    leftOut.expected += 1;
    return [];
  }
  const limit = Number(two.mean.toPrecision(3));
  return [
    {
      ...about(column, one.n, two.n),
      id: column.id,
      value: null,
      measure: 'mean',
      here: figures[0],
      rest: figures[1],
      difference: compared.difference,
      low: compared.low,
      high: compared.high,
      effect: compared.hedgesG,
      effectLow: compared.hedgesGLow,
      effectHigh: compared.hedgesGHigh,
      odds: null,
      // Means of a small group mislead where values are skewed or rare, ranks do not.
      p: column.isDefining ? null : Math.max(compared.p, ranks.p),
      leaf: column.leafFor(limit, compared.difference >= 0 ? 'more' : 'less'),
      survey: column.survey ? { ...column.survey, code: null } : null,
    },
  ];
}

function momentsOf(values: readonly CountedValue[]) {
  return {
    n: values.reduce((sum, { count }) => sum + count, 0),
    mean: countedMean(values) ?? 0,
    variance: (countedStandardDeviation(values) ?? 0) ** 2,
  };
}

function contrastValues(sides: Uint8Array, column: ContrastColumn, clock: Clock, leftOut: LeftOut): ContrastRow[] {
  const totals = [0, 0];
  /** For each value how many of the rest, and how many here, have it. */
  const counts = new Map<string, [number, number]>();
  const spanOf = column.kind === 'date' ? spansAt(clock) : null;
  for (let row = 0; row < sides.length; row += 1) {
    const side = sides[row]!;
    if (side !== HERE && side !== REST) continue;
    const values = valuesIn(column.get(row), column.kind, spanOf);
    if (values === null) continue;
    totals[side]! += 1;
    for (const value of values) {
      const known = counts.get(value) ?? [0, 0];
      known[side]! += 1;
      counts.set(value, known);
    }
  }
  const [nRest = 0, nHere = 0] = totals;
  if (nRest + nHere === 0) return [];
  if (Math.min(nHere, nRest) < BASE_MIN) {
    leftOut.base += 1;
    return [];
  }
  const spelled = column.kind === 'date' ? counts : joinSpellings(counts);
  return chosenValues(column, spelled, leftOut).flatMap(([value, [countRest, countHere]]): ContrastRow[] => {
    const compared = shareContrast({ count: countHere, total: nHere }, { count: countRest, total: nRest });
    if (compared === null || compared.p === null) {
      leftOut[compared?.z == null ? 'flat' : 'expected'] += 1;
      return [];
    }
    const odds = oddsRatio({ a: countHere, b: nHere - countHere, c: countRest, d: nRest - countRest });
    const isSo = column.kind === 'yes-no';
    return [
      {
        ...about(column, nHere, nRest),
        id: isSo ? column.id : `${column.id} ${value}`,
        value: isSo ? null : (column.words?.get(value) ?? value),
        measure: 'share',
        here: figureOf(compared.first),
        rest: figureOf(compared.second),
        difference: compared.difference,
        low: compared.low,
        high: compared.high,
        effect: compared.h,
        effectLow: compared.hLow,
        effectHigh: compared.hHigh,
        odds: odds && { ratio: odds.ratio, low: odds.low, high: odds.high },
        p: column.isDefining ? null : compared.p,
        leaf:
          column.kind === 'date'
            ? spanLeaf(column, value, counts.has(TO_COME))
            : column.leafFor(isSo ? true : value, 'is'),
        survey: column.survey ? { ...column.survey, code: value } : null,
      },
    ];
  });
}

const figureOf = ({ share, low, high }: { share: number; low: number; high: number }): Figure => ({
  value: share,
  low,
  high,
});

const about = ({ family, label, isDefining }: ContrastColumn, nHere: number, nRest: number) => ({
  family,
  label,
  nHere,
  nRest,
  adjustedP: null,
  isFew: Math.min(nHere, nRest) < FEW_BELOW,
  isDefining,
});

/** Which values of a person count, none of them in two spellings; null where nothing is known. */
function valuesIn(
  found: Found | undefined,
  kind: ContrastColumn['kind'],
  spanOf: ((written: string) => string | null) | null,
): readonly string[] | null {
  if (found === undefined) return null;
  if (spanOf) {
    const span = spanOf(String(found));
    return span === null ? null : [span];
  }
  if (kind === 'yes-no') return [distinctKey(Array.isArray(found) ? found[0] : found)];
  return Array.isArray(found)
    ? [...new Map(found.map((one) => [distinctKey(one), String(one)])).values()]
    : [String(found)];
}

/** Values that are the same to a rule are one, whatever their spelling. */
function joinSpellings(counts: ReadonlyMap<string, [number, number]>): Map<string, [number, number]> {
  // What is far too long to be a category may be different for everybody, and is not held in memory once more.
  const short = [...counts].filter(([value]) => value.length <= 2 * LETTERS_MAX);
  const spelling = spelledAlike(new Map(short.map((one) => [one[0], sum(one)])));
  const joined = new Map<string, [number, number]>();
  for (const [value, [rest, here]] of counts) {
    const spelled = spelling.get(value) ?? value;
    const [otherRest, otherHere] = joined.get(spelled) ?? [0, 0];
    joined.set(spelled, [rest + otherRest, here + otherHere]);
  }
  return joined;
}

/** Into which span a date falls; null for a text that is none. */
function spansAt({ now, timeZone }: Clock): (written: string) => string | null {
  const begins = SPANS.map(({ days }) => spanBefore(now, { amount: days, unit: 'day' }, timeZone));
  return (written) => {
    const at = instantsOf(written, timeZone)?.first;
    if (at === undefined) return null;
    return at > now ? TO_COME : (SPANS.find((_, index) => at >= begins[index]!) ?? LONG_AGO).words;
  };
}

/** What is still to come counts as newer too, so that no rule tells the newest span from it. */
function spanLeaf(column: ContrastColumn, words: string, isSomeToCome: boolean): RuleLeaf | null {
  const span = [...SPANS, LONG_AGO].find((one) => one.words === words);
  const leaf = span && column.leafFor('2000-01-01', 'is');
  if (!leaf || !span.op || (span.op === 'newerThan' && isSomeToCome)) return null;
  return 'attribute' in leaf || 'company' in leaf
    ? { ...leaf, op: span.op, value: { amount: span.days, unit: 'day' } }
    : null;
}

/**
 * The values to compare: the most frequent, none of a handful of people. Of what is so or is not, and of two values that
 * leave no third, one says all.
 */
function chosenValues(
  { kind }: ContrastColumn,
  counts: ReadonlyMap<string, [number, number]>,
  leftOut: LeftOut,
): [string, [number, number]][] {
  if (kind === 'yes-no') {
    const so = counts.get('true') ?? [0, 0];
    return [['true', so]];
  }
  const all = [...counts].sort((a, b) => sum(b) - sum(a) || (a[0] < b[0] ? -1 : 1));
  const large = all.filter((one) => sum(one) >= CELL_MIN && one[0].trim() !== '' && [...one[0]].length <= LETTERS_MAX);
  leftOut.cell += all.length - large.length;
  if (kind === 'code' && all.length === 2 && large.length === 2) return large.slice(1);
  return large.slice(0, VALUES_MAX);
}

const sum = ([, [rest, here]]: [string, [number, number]]): number => rest + here;
