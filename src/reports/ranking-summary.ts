import { countedMean } from '../stats/counted-values.ts';
import { type Counted, countedShare } from './counted-share.ts';
import { meanWithin } from './mean-within.ts';

/** One option of a ranking over all who ranked. */
export type RankedOption = {
  code: string;
  label: string;
  /** Who gave it a place: the base of the mean. */
  n: number;
  /** Of the places given to it, the first being 1; null when nobody gave it one. */
  mean: number | null;
  /** The mean's 95% interval; null for fewer than two people. */
  meanLow: number | null;
  meanHigh: number | null;
  /** Put first, out of all who ranked anything. */
  first: Counted;
};

/**
 * What a ranking comes to, the best mean rank first, of equal ones the one put first more often; options that nobody gave
 * a place come last.
 *
 * @param rankings option codes in the order given, and by how many; an option left out was given no place
 * @param answered everybody who ranked anything
 */
export function summariseRanking(
  options: readonly { code: string; label: string }[],
  rankings: readonly { codes: readonly string[]; count: number }[],
  answered: number,
): RankedOption[] {
  const places = new Map(options.map(({ code }) => [code, new Map<number, number>()]));
  for (const { codes, count } of rankings) {
    for (const [index, code] of codes.entries()) {
      const own = places.get(code);
      own?.set(index + 1, (own.get(index + 1) ?? 0) + count);
    }
  }
  return options
    .map(({ code, label }): RankedOption => {
      const given = [...(places.get(code) ?? [])].map(([value, count]) => ({ value, count }));
      const interval = meanWithin(given, { min: 1, max: options.length });
      return {
        code,
        label,
        n: given.reduce((sum, { count }) => sum + count, 0),
        mean: countedMean(given),
        meanLow: interval?.low ?? null,
        meanHigh: interval?.high ?? null,
        first: countedShare(code, label, places.get(code)?.get(1) ?? 0, answered),
      };
    })
    .sort(
      (a, b) =>
        (a.mean ?? Number.POSITIVE_INFINITY) - (b.mean ?? Number.POSITIVE_INFINITY) || b.first.share - a.first.share,
    );
}
