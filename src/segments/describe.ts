import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { mean } from '../stats/mean.ts';
import { meanDifference } from '../stats/mean-difference.ts';
import { shareContrast } from '../stats/share-contrast.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';

/** A measure of every respondent; null where it is missing. `isInput` when the segments were made from it. */
export type NumericVariable = {
  kind: 'numeric';
  name: string;
  values: readonly (number | null)[];
  isInput?: boolean;
};

/** A choice of every respondent, one option code or several; null where it was not answered. */
export type CategoricalVariable = {
  kind: 'categorical';
  name: string;
  values: readonly (string | readonly string[] | null)[];
  isInput?: boolean;
};

export type DescribedVariable = NumericVariable | CategoricalVariable;

/** What every difference has in common. */
type Comparison = {
  name: string;
  isInput: boolean;
  /** Respondents with an answer, in the segment and outside. */
  nHere: number;
  nRest: number;
  /** No test was made: a side is below the minimum base, or fewer than five are expected somewhere in the table. */
  tooFew: boolean;
  /** Hedges' g, or Cohen's h for shares, which are read alike (0.2 small, 0.5 medium, 0.8 large); null when undefined. */
  effect: number | null;
  /** Two-sided; null when not tested: inputs, too few respondents, or nothing varies. */
  p: number | null;
  /** Adjusted over every test of the whole table (Benjamini and Hochberg). */
  adjustedP: number | null;
};

/** A mean in the segment against the mean of the rest. */
export type MeanComparison = Comparison & {
  kind: 'mean';
  meanHere: number | null;
  meanRest: number | null;
  difference: number | null;
  /** 95% interval of the difference (Welch), in the unit of the measure. */
  low: number | null;
  high: number | null;
  /** 95% interval of the effect. */
  effectLow: number | null;
  effectHigh: number | null;
};

/** The share of one option in the segment against its share among the rest. */
export type ShareComparison = Comparison & {
  kind: 'share';
  code: string;
  here: ShareInterval | null;
  rest: ShareInterval | null;
  difference: number | null;
  /** The adjusted standardised residual: how many standard errors the share lies above what chance alone would give. */
  z: number | null;
};

export type SegmentComparison = MeanComparison | ShareComparison;

/** Below this many respondents on a side nothing is tested, unless told otherwise. */
const BASE_MIN = 30;

/**
 * What sets each segment apart from everyone else who was grouped: means and shares here and among the rest, how large
 * the difference is and how sure. What the segments were made from is shown but not tested: groups made from a measure
 * differ in it by making.
 *
 * @param labels for every respondent the segment's index, or null for those in none, who are left out throughout
 * @param variables over the same respondents, in the same order
 * @param options `baseMin`, how many respondents each side needs for a test, 30 unless told
 * @returns for each segment, from index 0 up, its comparisons, the largest effect first; one table for the adjustment
 *   of p values
 * @throws {RangeError} with a sentence that can be shown to a researcher, when there are fewer than two segments, an
 *   index is not a whole number from 0 up, a segment is empty, or a variable covers other respondents or holds
 *   what is not a number
 *
 * @example
 * describeSegments([0, 0, 1, 1, null], [
 *   { kind: 'categorical', name: 'town', values: ['yes', 'yes', 'yes', 'no', 'no'] },
 * ])[0]?.[1]?.difference // => 0.5
 */
export function describeSegments(
  labels: readonly (number | null)[],
  variables: readonly DescribedVariable[],
  options: { baseMin?: number } = {},
): SegmentComparison[][] {
  const segments = countSegments(labels);
  for (const variable of variables) {
    if (variable.values.length !== labels.length) {
      throw new RangeError(`${variable.name} does not cover the same respondents as the segments`);
    }
    if (variable.kind === 'numeric' && variable.values.some((value) => value !== null && !Number.isFinite(value))) {
      throw new RangeError(`${variable.name} holds something that is not a number`);
    }
  }

  const baseMin = options.baseMin ?? BASE_MIN;
  const tables = Array.from({ length: segments }, (_, segment) =>
    variables.flatMap((variable): SegmentComparison[] =>
      variable.kind === 'numeric'
        ? [compareMeans(labels, segment, variable, baseMin)]
        : compareShares(labels, segment, variable, baseMin),
    ),
  );

  const adjusted = benjaminiHochberg(tables.flat().map((comparison) => comparison.p));
  let next = 0;
  return tables.map((table) =>
    table.map((comparison) => ({ ...comparison, adjustedP: adjusted[next++]! })).sort((a, b) => sizeOf(b) - sizeOf(a)),
  );
}

function countSegments(labels: readonly (number | null)[]): number {
  const present = new Set(labels.filter((label) => label !== null));
  for (const label of present) {
    if (!(Number.isInteger(label) && label >= 0))
      throw new RangeError('Segments are numbered with whole numbers from 0');
  }
  if (present.size < 2) throw new RangeError('Comparing segments needs at least two of them');
  const segments = Math.max(...present) + 1;
  if (present.size < segments) throw new RangeError('Every segment needs at least one respondent');
  return segments;
}

function compareMeans(
  labels: readonly (number | null)[],
  segment: number,
  { name, values, isInput = false }: NumericVariable,
  baseMin: number,
): MeanComparison {
  const { here, rest } = split(labels, segment, values);
  const meanHere = mean(here);
  const meanRest = mean(rest);
  const compared = meanDifference(here, rest);
  const tooFew = Math.min(here.length, rest.length) < baseMin;
  return {
    kind: 'mean',
    name,
    isInput,
    nHere: here.length,
    nRest: rest.length,
    tooFew,
    meanHere,
    meanRest,
    difference: meanHere === null || meanRest === null ? null : meanHere - meanRest,
    low: compared?.low ?? null,
    high: compared?.high ?? null,
    effect: compared?.hedgesG ?? null,
    effectLow: compared?.hedgesGLow ?? null,
    effectHigh: compared?.hedgesGHigh ?? null,
    p: isInput || tooFew ? null : (compared?.p ?? null),
    adjustedP: null,
  };
}

function compareShares(
  labels: readonly (number | null)[],
  segment: number,
  { name, values, isInput = false }: CategoricalVariable,
  baseMin: number,
): ShareComparison[] {
  const { here, rest } = split<string | readonly string[]>(labels, segment, values);
  const chosen = (answer: string | readonly string[]) => (typeof answer === 'string' ? [answer] : answer);
  const codes = [...new Set([...here, ...rest].flatMap(chosen))].sort();
  const countOf = (answers: readonly (string | readonly string[])[], code: string) =>
    answers.filter((answer) => chosen(answer).includes(code)).length;

  return codes.map((code) => {
    const first = { count: countOf(here, code), total: here.length };
    const second = { count: countOf(rest, code), total: rest.length };
    const compared = shareContrast(first, second);
    const tooFew = Math.min(here.length, rest.length) < baseMin || compared?.p == null;
    return {
      kind: 'share',
      name,
      code,
      isInput,
      nHere: here.length,
      nRest: rest.length,
      tooFew,
      here: compared?.first ?? wilsonInterval(first.count, first.total),
      rest: compared?.second ?? wilsonInterval(second.count, second.total),
      difference: compared?.difference ?? null,
      effect: compared?.h ?? null,
      z: compared?.z ?? null,
      p: isInput || tooFew ? null : (compared?.p ?? null),
      adjustedP: null,
    };
  });
}

function split<Value>(labels: readonly (number | null)[], segment: number, values: readonly (Value | null)[]) {
  const here: Value[] = [];
  const rest: Value[] = [];
  for (const [respondent, label] of labels.entries()) {
    const value = values[respondent] ?? null;
    if (label === null || value === null) continue;
    (label === segment ? here : rest).push(value);
  }
  return { here, rest };
}

/** For sorting: what has no effect size comes last. */
const sizeOf = (comparison: SegmentComparison) => (comparison.effect === null ? -1 : Math.abs(comparison.effect));
