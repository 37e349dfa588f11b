import { quantile } from '../stats/quantile.ts';
import { standardDeviation } from '../stats/variance.ts';
import { clear, counted, flagged, type Judgement, unjudged } from './judgement.ts';

/** One battery of items on the same answer scale, as a whole sample answered it. */
export type BatteryRows = {
  /** Whether some items are worded the other way round, so that one answer throughout contradicts itself. */
  hasReversed: boolean;
  /** Respondents × items, in the order shown, as given (reversed items not turned); null where not answered. */
  rows: readonly (readonly (number | null)[])[];
};

export type StraightLiningOptions = {
  /** How many items have to be answered; 5 unless told. */
  itemsMin?: number;
  /** With reversed items: flagged when one answer runs over this share of the answered items; 0.8 unless told. */
  runShare?: number;
  /** Without reversed items: how many others the sample needs; 100 unless told. */
  sampleMin?: number;
  /** Without reversed items: the run has to be longer than this quantile of the sample's; 0.99 unless told. */
  runQuantile?: number;
};

/** How evenly one person answered one battery. Percentiles are the share of the sample with a smaller value, 0 to 1. */
export type BatteryMeasure = {
  answered: number;
  /** The long-string index: most equal answers in a row, skipped items left out. */
  longestRun: number;
  /** Intra-individual response variability: the standard deviation over the items; null below two answers. */
  spread: number | null;
  longestRunPercentile: number;
  /** Null when there is no spread. */
  spreadPercentile: number | null;
};

/** A measure with what is made of it. */
export type BatteryJudgement = { measure: BatteryMeasure; judgement: Judgement };

/**
 * The most equal answers in a row, skipped items (null) left out.
 *
 * @see Johnson (2005), Journal of Research in Personality 39(1), 103–129
 *
 * @example
 * longestRun([3, 3, null, 3, 4, 4]) // => 3
 */
export function longestRun(scores: readonly (number | null)[]): number {
  let longest = 0;
  let run = 0;
  let last: number | null = null;
  for (const score of scores) {
    if (score === null) continue;
    run = score === last ? run + 1 : 1;
    last = score;
    if (run > longest) longest = run;
  }
  return longest;
}

/**
 * Within-person spread (intra-individual response variability): the standard deviation, n − 1 below the line, of one
 * person's answers over the items of a battery.
 *
 * @returns in points of the scale, exactly 0 for one answer throughout; null below two answers
 * @see Dunn, Heggestad, Shanock and Theilgard (2018), Journal of Business and Psychology 33(1), 105–121
 *
 * @example
 * withinPersonSpread([1, 2, null, 3]) // => 1
 */
export function withinPersonSpread(scores: readonly (number | null)[]): number | null {
  return standardDeviation(scores.filter((score) => score !== null));
}

/**
 * Who gave one answer down the page.
 *
 * With reversed items, one answer throughout (or over 80 % of the items in a row) agrees with opposites, and is flagged.
 * A neutral middle throughout is flagged too, though it can be meant: the reason names the answer, so that a reader can
 * tell. Without reversed items sameness is plausible on its own (somebody may like everything), so the measures are
 * only reported, and a flag takes all three: one answer throughout, a run longer than the 99th percentile of the
 * sample's, and at least 100 people in the sample. Where as many as one in a hundred answer alike throughout, nobody is
 * flagged for it.
 *
 * @returns one per row, in the same order; `unjudged` for too short a battery, too few answers, and for sameness where
 *   it can be meant
 * @throws {RangeError} when a score is not finite
 * @see Curran (2016), Journal of Experimental Social Psychology 66, 4–19
 *
 * @example
 * judgeBattery({ hasReversed: true, rows: [[4, 4, 4, 4, 4]] })[0].judgement
 * // => { outcome: 'flagged', reason: 'Gave the answer 4 to all 5 items, some of which mean the opposite of others.' }
 */
export function judgeBattery(battery: BatteryRows, options: StraightLiningOptions = {}): BatteryJudgement[] {
  const { itemsMin = 5, runShare = 0.8, sampleMin = 100, runQuantile = 0.99 } = options;
  const { hasReversed, rows } = battery;
  if (rows.some((row) => row.some((score) => score !== null && !Number.isFinite(score)))) {
    throw new RangeError('judgeBattery requires finite scores');
  }
  const measures = measureRows(rows, itemsMin);
  const sample = measures.flatMap(({ answered, longestRun }) => (answered >= itemsMin ? [longestRun] : []));
  const runLimit = sample.length >= sampleMin ? quantile(sample, runQuantile) : null;

  return measures.map((measure, i) => ({ measure, judgement: judge(rows[i]!, measure) }));

  function judge(row: readonly (number | null)[], { answered, longestRun, spread }: BatteryMeasure): Judgement {
    if (row.length < itemsMin) return unjudged(`Has ${counted(row.length, 'item')}; ${itemsMin} are needed.`);
    if (answered < itemsMin) {
      return unjudged(`${counted(answered, 'item')} answered of ${row.length}; ${itemsMin} are needed.`);
    }
    if (spread !== 0 && longestRun < runShare * answered - 1e-9) return clear;

    const same =
      spread === 0
        ? `Gave the answer ${row.find((score) => score !== null)} to all ${answered} items`
        : `Gave one answer ${longestRun} times in a row over ${answered} items`;
    if (hasReversed) return flagged(`${same}, some of which mean the opposite of others.`);
    if (spread === 0 && runLimit !== null && longestRun > runLimit) {
      return flagged(`${same}, which fewer than ${percent(1 - runQuantile)} of the others come near.`);
    }
    return unjudged(`${same}; none of them is reversed, so this can be meant.`);
  }
}

/** Percentiles compare with everybody who answered enough items. */
function measureRows(rows: readonly (readonly (number | null)[])[], itemsMin: number): BatteryMeasure[] {
  const raw = rows.map((row) => ({
    answered: row.reduce<number>((count, score) => count + (score === null ? 0 : 1), 0),
    longestRun: longestRun(row),
    spread: withinPersonSpread(row),
  }));
  const sample = raw.filter(({ answered }) => answered >= itemsMin);
  const runs = Float64Array.from(sample, (one) => one.longestRun).sort();
  const spreads = Float64Array.from(sample.flatMap(({ spread }) => (spread === null ? [] : [spread]))).sort();

  return raw.map((one) => ({
    ...one,
    longestRunPercentile: shareBelow(runs, one.longestRun),
    spreadPercentile: one.spread === null ? null : shareBelow(spreads, one.spread),
  }));
}

/** The share of ascending values that lie below one, by halving; 0 when there are none. */
function shareBelow(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return ascending.length === 0 ? 0 : low / ascending.length;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}
