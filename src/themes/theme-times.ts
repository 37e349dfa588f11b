import { shareDifference } from '../stats/share-difference.ts';
import { type ShareInterval, wilsonInterval } from '../stats/wilson-interval.ts';
import type { CorrectedDocument } from './apply-corrections.ts';

export type TimeUnit = 'month' | 'week';
export type ThemeTimes = {
  /** Neighbouring stretches without a gap, the latest last. */
  times: { label: string; short: string; n: number }[];
  rows: {
    theme: string;
    /** Null where nobody answered. */
    points: ((ShareInterval & { count: number; n: number }) | null)[];
    /** The last stretch with a sound base against the first with one, last minus first. */
    change: { difference: number; low: number; high: number } | null;
  }[];
};

/** More stretches cannot be told apart in a picture; days need more room than months. */
export const TIMES_MAX: Readonly<Record<TimeUnit, number>> = { month: 12, week: 6 };
/** A stretch with fewer answers is shown with its interval, and no change is read from it. */
export const TIME_BASE_MIN = 30;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_MS = 86_400_000;

/**
 * How often each theme is spoken of, month by month or week by week (from Monday, in UTC): the last of them,
 * twelve months or six weeks.
 *
 * @param documents answers with their corrected themes, and when they were given
 */
export function themeTimes(
  documents: readonly (Pick<CorrectedDocument, 'themes'> & { at: string })[],
  themes: readonly string[],
  unit: TimeUnit,
): ThemeTimes {
  const numbered = documents.map(({ at, themes: own }) => ({ number: numberOf(at, unit), own }));
  if (numbered.length === 0) return { times: [], rows: [] };
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { number } of numbered) [first, last] = [Math.min(first, number), Math.max(last, number)];
  first = Math.max(first, last - TIMES_MAX[unit] + 1);
  const length = last - first + 1;
  const place = new Map(themes.map((id, index) => [id, index]));
  const bases = new Int32Array(length);
  const counts = themes.map(() => new Int32Array(length));
  for (const { number, own } of numbered) {
    const time = number - first;
    if (time < 0) continue;
    bases[time]! += 1;
    for (const { theme } of own) {
      const index = place.get(theme);
      if (index !== undefined) counts[index]![time]! += 1;
    }
  }
  const sound = [...bases.keys()].filter((time) => bases[time]! >= TIME_BASE_MIN);
  const [from, to] = [sound[0], sound.at(-1)];
  return {
    times: Array.from(bases, (n, time) => ({ ...nameOf(first + time, unit), n })),
    rows: themes.map((theme, index) => ({
      theme,
      points: Array.from(bases, (n, time) => {
        const share = wilsonInterval(counts[index]![time]!, n);
        return share && { ...share, count: counts[index]![time]!, n };
      }),
      change:
        from === undefined || to === undefined || from === to
          ? null
          : shareDifference(
              { count: counts[index]![to]!, total: bases[to]! },
              { count: counts[index]![from]!, total: bases[from]! },
            ),
    })),
  };
}

function numberOf(at: string, unit: TimeUnit): number {
  const date = new Date(at);
  return unit === 'month'
    ? date.getUTCFullYear() * 12 + date.getUTCMonth()
    : // The first of January 1970 was a Thursday.
      Math.floor((Math.floor(date.getTime() / DAY_MS) + 3) / 7);
}

/** A stretch in full, and in the three or four letters that fit below a picture. */
function nameOf(number: number, unit: TimeUnit): { label: string; short: string } {
  if (unit === 'month') {
    const month = MONTHS[number % 12]!;
    return { label: `${month} ${Math.floor(number / 12)}`, short: month };
  }
  const monday = new Date((number * 7 - 3) * DAY_MS);
  const day = `${monday.getUTCDate()}/${monday.getUTCMonth() + 1}`;
  return {
    label: `the week of ${monday.getUTCDate()} ${MONTHS[monday.getUTCMonth()]} ${monday.getUTCFullYear()}`,
    short: day,
  };
}
