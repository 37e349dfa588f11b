import type { RuleSpan, RuleWindow } from '../model/rule.ts';
import { isDateText } from '../model/rule-texts.ts';
import { instantOf } from '../model/zoned-time.ts';

/*
 * Days of the calendar in a time zone. Days are numbered from 1 January 1970, instants are milliseconds.
 */

/** When and where a rule is asked. */
export type Clock = {
  /** Milliseconds since 1970 in UTC. */
  readonly now: number;
  /** A time zone that `isTimeZone` knows, such as `Europe/Berlin`. */
  readonly timeZone: string;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const KEPT_MAX = 20_000;

/** When each day began in each zone: worked out once, since asking for it costs as much as a thousand comparisons. */
const starts = new Map<string, Map<number, number>>();

/** The instant at which a day begins. */
export function startOfDay(day: number, timeZone: string): number {
  if (timeZone === 'UTC') return day * DAY_MS;
  let known = starts.get(timeZone);
  if (!known) {
    known = new Map();
    starts.set(timeZone, known);
  }
  const found = known.get(day);
  if (found !== undefined) return found;
  if (known.size >= KEPT_MAX) known.clear();
  const written = instantOf(`${dayText(day)}T00:00`, timeZone);
  const start = written === null ? day * DAY_MS : Date.parse(written);
  known.set(day, start);
  return start;
}

/**
 * The day on which an instant falls.
 *
 * @example
 * dayText(dayAt(Date.parse('2026-03-08T23:30:00Z'), 'Europe/Berlin')) // => '2026-03-09'
 */
export function dayAt(instant: number, timeZone: string): number {
  let day = Math.floor(instant / DAY_MS) + 1;
  while (startOfDay(day, timeZone) > instant) day -= 1;
  return day;
}

/** A day as it is written: `2026-03-09`; empty beyond what a calendar can say. */
export function dayText(day: number): string {
  const date = new Date(day * DAY_MS);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10);
}

const dayNumber = (written: string): number => Math.round(Date.parse(`${written}T00:00:00.000Z`) / DAY_MS);

/** So many months on; a day that the month does not have is its last. */
function monthsOn(day: number, months: number): number {
  const date = new Date(day * DAY_MS);
  const month = date.getUTCMonth() + months;
  const lengthOfMonth = new Date(Date.UTC(date.getUTCFullYear(), month + 1, 0)).getUTCDate();
  return Math.round(Date.UTC(date.getUTCFullYear(), month, Math.min(date.getUTCDate(), lengthOfMonth)) / DAY_MS);
}

/**
 * A span before an instant. From days up that is where the day so many days, weeks, months or years earlier begins, so
 * that “in the last 7 days” holds seven whole days and today.
 *
 * @example
 * const noon = Date.parse('2026-03-31T12:00:00Z')
 * new Date(spanBefore(noon, { amount: 1, unit: 'month' }, 'UTC')).toISOString() // => '2026-02-28T00:00:00.000Z'
 */
export function spanBefore(instant: number, { amount, unit }: RuleSpan, timeZone: string): number {
  switch (unit) {
    case 'minute':
      return instant - amount * 60_000;
    case 'hour':
      return instant - amount * HOUR_MS;
    case 'day':
      return startOfDay(dayAt(instant, timeZone) - amount, timeZone);
    case 'week':
      return startOfDay(dayAt(instant, timeZone) - 7 * amount, timeZone);
    case 'month':
      return startOfDay(monthsOn(dayAt(instant, timeZone), -amount), timeZone);
    case 'year':
      return startOfDay(monthsOn(dayAt(instant, timeZone), -12 * amount), timeZone);
  }
}

/** The instants from and to which a window reaches, both within it. Without a window all time; null without a clock. */
export function windowBounds(
  window: RuleWindow | undefined,
  clock: Clock | undefined,
): { from: number; to: number } | null {
  if (window === undefined) return { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  if (!clock) return null;
  if ('last' in window)
    return {
      from: spanBefore(clock.now, { amount: window.last, unit: window.unit }, clock.timeZone),
      to: clock.now,
    };
  return {
    from: startOfDay(dayNumber(window.from), clock.timeZone),
    to: window.to === undefined ? Number.POSITIVE_INFINITY : startOfDay(dayNumber(window.to) + 1, clock.timeZone) - 1,
  };
}

/** A date as it is written, as the instants of its first and last millisecond; null for a text that is no date. */
export function instantsOf(written: string, timeZone: string): { first: number; last: number } | null {
  const text = written.trim();
  if (!isDateText(text)) return null;
  if (text.length === 10) {
    const day = dayNumber(text);
    return { first: startOfDay(day, timeZone), last: startOfDay(day + 1, timeZone) - 1 };
  }
  if (/(Z|[+-]\d\d:?\d\d)$/.test(text.slice(11))) {
    const instant = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
    return { first: instant, last: instant };
  }
  // A time without an offset is one on the wall where the workspace is.
  const minute = instantOf(text.slice(0, 16), timeZone);
  if (minute === null) return null;
  const seconds = text.length > 16 ? Math.round(Number(text.slice(17)) * 1000) : 0;
  return { first: Date.parse(minute) + seconds, last: Date.parse(minute) + seconds };
}

/** How many days lie between a day and the nearest day on which it comes round in a year. */
export function daysToAnniversary(day: number, today: number): number {
  const years = new Date(today * DAY_MS).getUTCFullYear() - new Date(day * DAY_MS).getUTCFullYear();
  return Math.min(...[-1, 0, 1].map((more) => Math.abs(monthsOn(day, 12 * (years + more)) - today)));
}

/** The number of the day, of the week from Monday, or of the month that a day is in. */
export function periodOf(day: number, unit: 'day' | 'week' | 'month'): number {
  if (unit === 'day') return day;
  // 1 January 1970 was a Thursday.
  if (unit === 'week') return Math.floor((day + 3) / 7);
  const date = new Date(day * DAY_MS);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
