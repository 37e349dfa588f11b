import type { CountedValue } from '../stats/counted-values.ts';

/** A row of neighbouring stretches of time, and how many lie in each. */
export type CalendarBin = { label: string; count: number };

const DAY_MS = 86_400_000;
const DAYS_MAX = 31;
const MONTHS_MAX = 36;
const YEAR_BINS_MAX = 40;
const MONTH_NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * A day of the calendar as a number, so that days can be ordered and the middle one found.
 *
 * @param date as `2026-03-09`
 * @returns days since 1 January 1970; null for what is no day of the calendar
 *
 * @example
 * dayNumber('1970-01-03') // => 2
 */
export function dayNumber(date: string): number | null {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(date) : Number.NaN;
  // Some months have no 31st, and a date that slips into the next month was never given.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date ? null : ms / DAY_MS;
}

/**
 * A day as people read it.
 *
 * @param day days since 1 January 1970; between two days the earlier is meant
 *
 * @example
 * showDay(2) // => '3 Jan 1970'
 */
export function showDay(day: number): string {
  const date = new Date(Math.floor(day) * DAY_MS);
  return `${date.getUTCDate()} ${MONTH_NAMES[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/**
 * Days, in bins of a unit that suits how far apart they lie: days within a month, months within three years, and beyond
 * that years, several at once when there are more than forty.
 *
 * @param days days since 1 January 1970 with their counts
 * @returns from the first bin with anybody to the last, empty ones between them kept; none without days
 *
 * @example
 * dateBins([{ value: 0, count: 2 }, { value: 1, count: 1 }]) // => [{ label: '1 Jan 1970', count: 2 }, { label: '2 Jan 1970', count: 1 }]
 */
export function dateBins(days: readonly CountedValue[]): CalendarBin[] {
  const given = days.filter(({ count }) => count > 0);
  if (given.length === 0) return [];
  const first = given.reduce((least, { value }) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const last = given.reduce((most, { value }) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (last - first < DAYS_MAX) return binned(given, (day) => day, showDay);

  const monthOf = (day: number) => {
    const date = new Date(day * DAY_MS);
    return date.getUTCFullYear() * 12 + date.getUTCMonth();
  };
  if (monthOf(last) - monthOf(first) < MONTHS_MAX)
    return binned(given, monthOf, (month) => `${MONTH_NAMES[month % 12]} ${Math.floor(month / 12)}`);

  const yearOf = (day: number) => Math.floor(monthOf(day) / 12);
  const years = yearOf(last) - yearOf(first) + 1;
  const width = [1, 2, 5, 10, 20, 50, 100].find((one) => years / one <= YEAR_BINS_MAX) ?? 500;
  return binned(
    given,
    (day) => Math.floor(yearOf(day) / width),
    (bin) => (width === 1 ? String(bin) : `${bin * width}–${bin * width + width - 1}`),
  );
}

/**
 * Times of day by the hour, all 24 of them, since a quiet night is a finding.
 *
 * @param times as `07:45`, with their counts; what is no time is left out
 * @returns none without times
 *
 * @example
 * hourBins([{ time: '07:45', count: 3 }])[7] // => { label: '07:00', count: 3 }
 */
export function hourBins(times: readonly { time: string; count: number }[]): CalendarBin[] {
  const bins = Array.from({ length: 24 }, (_, hour) => ({ label: `${String(hour).padStart(2, '0')}:00`, count: 0 }));
  for (const { time, count } of times) {
    const bin = /^\d{2}:\d{2}$/.test(time) ? bins[Number(time.slice(0, 2))] : undefined;
    if (bin) bin.count += count;
  }
  return bins.some(({ count }) => count > 0) ? bins : [];
}

function binned(
  days: readonly CountedValue[],
  binOf: (day: number) => number,
  label: (bin: number) => string,
): CalendarBin[] {
  const counts = new Map<number, number>();
  for (const { value, count } of days) counts.set(binOf(value), (counts.get(binOf(value)) ?? 0) + count);
  const first = Math.min(...counts.keys());
  return Array.from({ length: Math.max(...counts.keys()) - first + 1 }, (_, index) => ({
    label: label(first + index),
    count: counts.get(first + index) ?? 0,
  }));
}
