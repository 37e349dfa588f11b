import type { Scale } from '../model/survey.ts';
import type { Random } from '../stats/random.ts';
import { completeRows } from './complete-rows.ts';
import { guttmanLambda } from './guttman-lambda.ts';
import { type ItemStatistics, itemStatistics } from './item-statistics.ts';
import { omegaInterval, omegaTotal } from './omega.ts';
import { type ReversedCheck, reversedItems } from './reversed-items.ts';
import { type ScaleReliability, scaleReliability } from './scale-reliability.ts';
import { type ItemRange, readItemKey } from './score.ts';
import { sortedRows } from './sorted-rows.ts';
import { spearmanBrown } from './spearman-brown.ts';

/** How one item was answered, as given, and how it does in its scale. */
export type ItemReport = {
  item: string;
  isReversed: boolean;
  answered: number;
  /** From the lowest step to the highest. */
  steps: { step: number; count: number }[];
  outOfRange: number;
  /** Over those who answered every item; null where there are too few. */
  statistics: ItemStatistics | null;
};

export type ReliabilityReport = {
  /** Over complete respondents; null with a reason when there are too few. */
  reliability: ScaleReliability | null;
  reliabilityReason: string | null;
  omega: { omega: number; interval: { low: number; high: number } | null; isProper: boolean } | null;
  omegaReason: string | null;
  lambda2: number | null;
  lambda6: number | null;
  /** Of two items: the reliability of the pair. */
  spearmanBrown: number | null;
  itemReports: ItemReport[];
  reversed: ReversedCheck | null;
};

/** With fewer people an interval would say no more than that nothing is known. */
const OMEGA_INTERVAL_MIN = 30;

/**
 * How well one scale measures, with everything that belongs beside the figure.
 *
 * @param given by item: one answer for each respondent, as given; null where there is none
 * @param random draws the resamples of omega's interval
 */
export function reliabilityReport(
  scale: Pick<Scale, 'items'>,
  ranges: Readonly<Record<string, ItemRange>>,
  given: ReadonlyMap<string, readonly (number | null)[]>,
  { outOfRange, random }: { outOfRange: ReadonlyMap<string, number>; random: Random },
): ReliabilityReport {
  const keys = scale.items.map(readItemKey);
  const n = given.get(keys[0]?.item ?? '')?.length ?? 0;
  const turned = Array.from({ length: n }, (_, row) =>
    keys.map(({ item, isReversed }) => {
      const answer = given.get(item)?.[row] ?? null;
      const range = ranges[item];
      return answer === null || !range ? null : isReversed ? range.min + range.max - answer : answer;
    }),
  );
  const complete = sortedRows(completeRows(turned));
  const reason =
    keys.length < 2
      ? 'one item alone has no alpha'
      : complete.length < 2
        ? 'fewer than two people answered every item'
        : null;
  const statistics = reason === null ? itemStatistics(complete) : null;
  const itemReports = keys.map(({ item, isReversed }, index): ItemReport => {
    const answers = (given.get(item) ?? []).filter((answer) => answer !== null);
    const { min, max } = ranges[item] ?? { min: 0, max: -1 };
    return {
      item,
      isReversed,
      answered: answers.length,
      steps: Array.from({ length: max - min + 1 }, (_, at) => ({
        step: min + at,
        count: answers.filter((answer) => answer === min + at).length,
      })),
      outOfRange: outOfRange.get(item) ?? 0,
      statistics: statistics?.[index] ?? null,
    };
  });
  if (reason !== null)
    return {
      reliability: null,
      reliabilityReason: reason,
      omega: null,
      omegaReason: reason,
      lambda2: null,
      lambda6: null,
      spearmanBrown: null,
      itemReports,
      reversed: null,
    };

  const reliability = scaleReliability(complete);
  const pair = keys.length === 2 ? reliability.meanCorrelation : null;
  return {
    reliability,
    reliabilityReason: null,
    ...omegaOf(complete, random),
    ...guttmanLambda(complete),
    spearmanBrown: pair === null || pair <= -1 ? null : spearmanBrown(pair),
    itemReports,
    reversed: reversedItems(complete),
  };
}

function omegaOf(complete: readonly number[][], random: Random): Pick<ReliabilityReport, 'omega' | 'omegaReason'> {
  const none = (omegaReason: string) => ({ omega: null, omegaReason });
  const items = complete[0]!.length;
  if (items < 3) return none('omega takes at least three items');
  if (complete.length <= items) return none('omega takes more people than items');
  const found = omegaTotal(complete);
  if (found === null) return none('an item does not vary, or items repeat each other');
  return {
    omega: {
      omega: found.omega,
      isProper: found.isProper,
      interval: complete.length < OMEGA_INTERVAL_MIN ? null : omegaInterval(complete, { random }),
    },
    omegaReason: null,
  };
}
