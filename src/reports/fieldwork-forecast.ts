import { poissonInterval } from '../stats/poisson-interval.ts';

/** Below this many in the window the pace is guesswork, and no day is named. */
const PACE_LEAST = 3;
const DAY_MS = 86_400_000;
/** A day further off than this says only that it will not come. */
const DAYS_MAX = 730;

/**
 * When something fills: `full` already, `no-limit` to reach, `quiet` when nothing came in, `too-few` to name a day,
 * `not-at-this-pace` when it comes after the survey closes or years from now, else `by` a day with an interval.
 */
export type Forecast =
  | { state: 'full' | 'no-limit' | 'quiet' | 'too-few' | 'closed' }
  | { state: 'not-at-this-pace'; perDay: number; daysLeft: number }
  | { state: 'by'; perDay: number; day: string; earliest: string; latest: string | null };

/**
 * When a quota cell, a wave or a survey reaches its limit at the pace of the last days. The interval is that of a
 * Poisson count: it says how far the pace itself may be off, not what tomorrow's reminder will do.
 *
 * @param filled how many there are
 * @param most how many there should be; null when there is no limit
 * @param recent how many of them came within the window
 * @param days how long the window is; above 0, need not be whole
 * @param isOpen whether answers are taken just now
 * @param closesAt when no more are taken, ISO 8601; null when no end is set
 * @returns days as ISO dates in UTC; a null `latest` means that it may take years
 * @throws {RangeError} when the window is not above 0
 *
 * @example
 * forecastFill({ filled: 60, most: 100, recent: 28, days: 7, isOpen: true, closesAt: null, now: new Date('2026-03-01T12:00:00Z') })
 * // => { state: 'by', perDay: 4, day: '2026-03-11', earliest: '2026-03-08', latest: '2026-03-16' }
 */
export function forecastFill({
  filled,
  most,
  recent,
  days,
  isOpen,
  closesAt,
  now,
}: {
  filled: number;
  most: number | null;
  recent: number;
  days: number;
  isOpen: boolean;
  closesAt: string | null;
  now: Date;
}): Forecast {
  if (!(days > 0)) throw new RangeError('forecastFill requires a window above 0 days');
  if (most === null) return { state: 'no-limit' };
  const left = most - filled;
  if (left <= 0) return { state: 'full' };
  if (!isOpen) return { state: 'closed' };
  if (recent === 0) return { state: 'quiet' };
  if (recent < PACE_LEAST) return { state: 'too-few' };

  const perDay = recent / days;
  const daysLeft = left / perDay;
  const { low, high } = poissonInterval(recent);
  const dayIn = (ahead: number) => new Date(now.getTime() + ahead * DAY_MS).toISOString().slice(0, 10);
  const ends = closesAt === null ? Number.POSITIVE_INFINITY : (Date.parse(closesAt) - now.getTime()) / DAY_MS;
  if (daysLeft > Math.min(DAYS_MAX, ends)) return { state: 'not-at-this-pace', perDay, daysLeft };
  const slowest = (left / low) * days;
  return {
    state: 'by',
    perDay,
    day: dayIn(daysLeft),
    earliest: dayIn((left / high) * days),
    latest: slowest > DAYS_MAX ? null : dayIn(slowest),
  };
}
