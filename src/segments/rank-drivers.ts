import type { TableColumn } from '../model/table-column.ts';
import { type Adjustment, adjustP } from '../stats/adjust-p.ts';
import { analysisOfVariance } from '../stats/analysis-of-variance.ts';
import { association } from '../stats/association.ts';
import { EXPECTED_MIN } from '../stats/share-contrast.ts';
import type { ProfiledColumn } from './profile.ts';
import { momentsOf, rankNumbers, tallyChoice, tallyNumbers } from './tally-columns.ts';

/** How much one thing has to do with which segment people are in. */
export type SegmentDriver = {
  id: string;
  name: string;
  /** The option, where the options of a question with several answers are ranked one by one. */
  option: string | null;
  isInput: boolean;
  n: number;
  /** V without its lean, or the root of omega squared, 0 to 1: what drivers are ranked by. */
  strength: number;
  /** 95% interval of V, or of the root of eta squared. */
  low: number;
  high: number;
  measure: 'cramers-v' | 'omega';
  /** Of choices: what knowing the answer takes from the uncertainty about the segment, and the other way round, 0 to 1. */
  mutualInformation: number | null;
  uSegment: number | null;
  uAnswer: number | null;
  /** By how much fewer guesses of the segment go wrong when the answer is known, 0 to 1. */
  lambdaSegment: number | null;
  /** Of numbers: the share of their variance that lies between the segments. */
  eta2: number | null;
  p: number | null;
  adjustedP: number | null;
};

/**
 * What tells segments apart, strongest first. What they were made from stands among the rest, marked and not tested. Each
 * option of a question with several answers is a driver of its own.
 *
 * @param labels for every respondent the segment, from 0 up, or null for those in none
 * @param columns over the same respondents; texts are passed over
 * @returns equal strengths by id; columns in which nothing varies are left out
 * @throws {RangeError} when there are fewer than two segments
 */
export function rankDrivers(
  labels: readonly (number | null)[],
  columns: readonly ProfiledColumn[],
  adjustment: Adjustment = 'benjamini-hochberg',
): SegmentDriver[] {
  const groups = [...Map.groupBy(labels.keys(), (person) => labels[person]!)]
    .filter(([label]) => label !== null)
    .sort(([a], [b]) => a - b)
    .map(([, own]) => Int32Array.from(own));
  if (groups.length < 2) throw new RangeError('Comparing segments needs at least two of them');

  const drivers = columns.flatMap(({ column, isInput = false }) => driversOf(column, groups, isInput));
  const adjusted = adjustP(
    drivers.map(({ p }) => p),
    adjustment,
  );
  return drivers
    .map((driver, i) => ({ ...driver, adjustedP: adjusted[i]! }))
    .sort((a, b) => b.strength - a.strength || (`${a.id} ${a.option ?? ''}` < `${b.id} ${b.option ?? ''}` ? -1 : 1));
}

function driversOf(column: TableColumn, groups: readonly Int32Array[], isInput: boolean): SegmentDriver[] {
  const { id, name } = column;
  const common = { id, name, isInput, adjustedP: null };
  if (column.kind === 'text') return [];
  if (column.kind === 'number') {
    const ranked = rankNumbers(column, false);
    const moments = groups.flatMap((members) => momentsOf(tallyNumbers(ranked, members, null), ranked.middle) ?? []);
    const found = analysisOfVariance(moments);
    if (found === null) return [];
    return [
      {
        ...common,
        option: null,
        n: moments.reduce((sum, { n }) => sum + n, 0),
        strength: Math.sqrt(found.omega2),
        low: Math.sqrt(found.eta2Low),
        high: Math.sqrt(found.eta2High),
        measure: 'omega',
        mutualInformation: null,
        uSegment: null,
        uAnswer: null,
        lambdaSegment: null,
        eta2: found.eta2,
        p: isInput ? null : (found.welch?.p ?? found.p),
      },
    ];
  }
  const tallies = groups.map((members) => tallyChoice(column, members, null));
  const tables =
    column.kind === 'choice'
      ? [{ option: null, counts: tallies.map(({ options }) => options.map(({ n }) => n)) }]
      : column.options.map(({ code }, i) => ({
          option: code,
          counts: tallies.map(({ base, options }) => [options[i]!.n, base.n - options[i]!.n]),
        }));
  return tables.flatMap(({ option, counts }) => {
    const found = association(counts);
    if (found === null) return [];
    const expected = found.cells.flat().filter((cell) => cell.expected > 0);
    const few = expected.filter((cell) => cell.expected < EXPECTED_MIN).length;
    return [
      {
        ...common,
        option,
        n: found.n,
        strength: found.cramersVCorrected,
        low: found.cramersVLow,
        high: found.cramersVHigh,
        measure: 'cramers-v' as const,
        mutualInformation: found.mutualInformation,
        uSegment: found.uRowsGivenColumns,
        uAnswer: found.uColumnsGivenRows,
        lambdaSegment: found.lambdaRowsGivenColumns,
        eta2: null,
        p: isInput || few > expected.length / 5 ? null : found.p,
      },
    ];
  });
}
