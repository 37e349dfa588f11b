import type { ChoiceColumn, ChoicesColumn, ColumnOption, NumberColumn } from '../model/table-column.ts';
import { adjustP } from '../stats/adjust-p.ts';
import { meanIntervalOf } from '../stats/mean-interval.ts';
import { type ThreeStep, threeStepMeans } from '../stats/three-step.ts';
import { wilsonInterval } from '../stats/wilson-interval.ts';
import { readWeights } from './profile.ts';
import { baseOf, TABLE_RULES, type TableBlock } from './table-cells.ts';
import { effectiveShare, momentsOf, rankNumbers, tallyChoice, tallyNumbers } from './tally-columns.ts';

type Estimate = { value: number; low: number; high: number };

/** What an outcome comes to in each segment: as people are counted, and corrected for some of them being counted wrongly. */
export type SegmentOutcome = {
  id: string;
  name: string;
  /** The option whose share this is; null for a mean. */
  option: ColumnOption | null;
  bases: TableBlock['bases'];
  /** Everybody counted where they were put; null where nobody answered. */
  counted: (Estimate | null)[];
  /** Corrected; null where nobody's answer counts towards it. Shares are kept within 0 and 1. */
  corrected: (Estimate | null)[];
  method: ThreeStep['method'];
  /** Why it could not be corrected; null where it was. */
  fallback: string | null;
  /** Whether all segments are the same, corrected. */
  test: { chiSquare: number; df: number; p: number; adjustedP: number | null } | null;
  /** The two segments furthest apart, corrected, the higher first. */
  widest: { higher: number; lower: number; difference: number; low: number; high: number } | null;
};

/**
 * Outcomes by segment, each corrected in three steps (BCH) for people being in segments only with some probability. Their p
 * values are adjusted together (Benjamini and Hochberg).
 *
 * @param people.labels for every respondent the segment, from 0 up, or null for those in none
 * @param people.probabilities for every respondent in a segment how likely each segment is, together 1
 * @param people.segments how many there are
 * @throws {RangeError} when there are fewer than two segments, or something does not fit
 */
export function segmentOutcomes(
  people: {
    labels: readonly (number | null)[];
    probabilities: readonly (readonly number[] | null)[];
    segments: number;
  },
  columns: readonly (ChoiceColumn | ChoicesColumn | NumberColumn)[],
  weights?: readonly number[],
): SegmentOutcome[] {
  const { labels, segments } = people;
  const caseWeights = readWeights(weights, labels.length);
  const rows: number[] = [];
  const members: number[][] = Array.from({ length: segments }, () => []);
  for (const [row, label] of labels.entries()) {
    if (label === null || (caseWeights && caseWeights[row] === 0)) continue;
    rows.push(row);
    members[label]!.push(row);
  }
  const grouped = {
    rows,
    probabilities: rows.map((row) => people.probabilities[row]!),
    assigned: rows.map((row) => labels[row]!),
    members: members.map((own) => Int32Array.from(own)),
    weights: caseWeights,
  };
  const outcomes = columns.flatMap((column) =>
    column.kind === 'number' ? [numberOutcome(column, grouped)] : choiceOutcomes(column, grouped),
  );
  const adjusted = adjustP(
    outcomes.map(({ test }) => test?.p ?? null),
    'benjamini-hochberg',
  );
  return outcomes.map((outcome, i) => ({
    ...outcome,
    test: outcome.test && { ...outcome.test, adjustedP: adjusted[i]! },
  }));
}

type Grouped = {
  rows: readonly number[];
  probabilities: readonly (readonly number[])[];
  assigned: readonly number[];
  members: readonly Int32Array[];
  weights: Float64Array | null;
};

function numberOutcome(column: NumberColumn, grouped: Grouped): SegmentOutcome {
  const ranked = rankNumbers(column, false);
  const tallies = grouped.members.map((own) => tallyNumbers(ranked, own, grouped.weights));
  return {
    id: column.id,
    name: column.name,
    option: null,
    bases: tallies.map(({ base }) => baseOf(base, TABLE_RULES)),
    counted: tallies.map((tally) => {
      const moments = momentsOf(tally, ranked.middle);
      const interval = moments && meanIntervalOf(moments);
      return (
        moments && { value: moments.mean, low: interval?.low ?? moments.mean, high: interval?.high ?? moments.mean }
      );
    }),
    ...corrected(
      grouped,
      grouped.rows.map((row) => (Number.isNaN(column.values[row]!) ? null : column.values[row]!)),
      { isShare: false },
    ),
  };
}

function choiceOutcomes(column: ChoiceColumn | ChoicesColumn, grouped: Grouped): SegmentOutcome[] {
  const tallies = grouped.members.map((own) => tallyChoice(column, own, grouped.weights));
  const hasChosen = (row: number, option: number): number | null => {
    if (column.kind === 'choice') return column.codes[row]! < 0 ? null : Number(column.codes[row] === option);
    return column.answered[row] === 1 ? column.chosen[option]![row]! : null;
  };
  return column.options.map((option, index) => ({
    id: column.id,
    name: column.name,
    option,
    bases: tallies.map(({ base }) => baseOf(base, TABLE_RULES)),
    counted: tallies.map((tally) => {
      const { count, total } = effectiveShare(tally, index);
      const interval = wilsonInterval(count, total);
      return interval && { value: interval.share, low: interval.low, high: interval.high };
    }),
    ...corrected(
      grouped,
      grouped.rows.map((row) => hasChosen(row, index)),
      { isShare: true },
    ),
  }));
}

function corrected(
  { probabilities, assigned, rows, weights }: Grouped,
  outcome: readonly (number | null)[],
  { isShare }: { isShare: boolean },
): Pick<SegmentOutcome, 'corrected' | 'method' | 'fallback' | 'test' | 'widest'> {
  const found = threeStepMeans(probabilities, outcome, {
    assigned,
    ...(weights ? { weights: rows.map((row) => weights[row]!) } : {}),
  });
  const within = (value: number) => (isShare ? Math.min(1, Math.max(0, value)) : value);
  const widest = found.pairs.toSorted((a, b) => Math.abs(b.difference) - Math.abs(a.difference))[0];
  return {
    corrected: found.means.map(
      (mean) => mean && { value: within(mean.mean), low: within(mean.low), high: within(mean.high) },
    ),
    method: found.method,
    fallback: found.fallback,
    test: found.test && { ...found.test, adjustedP: null },
    widest: widest
      ? widest.difference >= 0
        ? {
            higher: widest.first,
            lower: widest.second,
            difference: widest.difference,
            low: widest.low,
            high: widest.high,
          }
        : {
            higher: widest.second,
            lower: widest.first,
            difference: -widest.difference,
            low: -widest.high,
            high: -widest.low,
          }
      : null,
  };
}
