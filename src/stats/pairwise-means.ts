import type { Moments } from './hedges-g.ts';
import type { StudentizedRange } from './studentized-range.ts';

/** One pair of means; the difference is second minus first. */
export type MeanPair = {
  first: number;
  second: number;
  difference: number;
  low: number;
  high: number;
  /** Already adjusted for the number of pairs. */
  p: number;
};

/**
 * All pairs of several means: Tukey's comparison where the groups can be taken to spread alike, Games and Howell's where
 * they cannot. Both hold the chance of a single false finding among the pairs.
 *
 * @param groups those with fewer than two values, and for Games and Howell pairs in which neither varies, are left out
 * @param range `studentizedRange(groups.length)`
 * @param level how sure the intervals are together; without it no intervals are made, and low and high repeat the difference
 * @returns pairs by the places of their groups, first before second
 * @see Tukey (1953), The Problem of Multiple Comparisons; Games and Howell (1976), Journal of Educational Statistics 1(2), 113–125
 */
export function pairwiseMeans(
  groups: readonly Moments[],
  method: 'tukey' | 'games-howell',
  range: StudentizedRange,
  level?: number,
): MeanPair[] {
  const own = groups.flatMap((group, place) => (group.n >= 2 ? [{ ...group, place }] : []));
  const n = own.reduce((sum, group) => sum + group.n, 0);
  const within = own.reduce((sum, group) => sum + (group.n - 1) * group.variance, 0);
  const pooled = n > own.length ? within / (n - own.length) : 0;

  return own.flatMap((first, i) =>
    own.slice(i + 1).flatMap((second): MeanPair[] => {
      const [one, two] =
        method === 'tukey'
          ? [pooled / first.n, pooled / second.n]
          : [first.variance / first.n, second.variance / second.n];
      const error = one + two;
      if (!(error > 0)) return [];
      const df =
        method === 'tukey'
          ? n - own.length
          : 1 / ((one / error) ** 2 / (first.n - 1) + (two / error) ** 2 / (second.n - 1));
      if (!(df > 1)) return [];
      const difference = second.mean - first.mean;
      const standardError = Math.sqrt(error / 2);
      const reach = level === undefined ? 0 : range.quantile(level, df) * standardError;
      return [
        {
          first: first.place,
          second: second.place,
          difference,
          low: difference - reach,
          high: difference + reach,
          p: range.upperP(Math.abs(difference) / standardError, df),
        },
      ];
    }),
  );
}
