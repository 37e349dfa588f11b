import { expect, test } from 'vitest';
import { dateBins, dayNumber, hourBins, showDay } from '../../src/reports/calendar-bins.ts';

const bins = (...dates: string[]) =>
  dateBins(dates.map((date) => ({ value: dayNumber(date) ?? Number.NaN, count: 1 })));
const labels = (...dates: string[]) => bins(...dates).map(({ label }) => label);

test('what is no day of the calendar is none', () => {
  expect(['2026-02-29', '2026-13-01', '2026-3-1', 'soon', ''].map(dayNumber)).toEqual([null, null, null, null, null]);
  expect(showDay(dayNumber('2024-02-29') ?? 0)).toBe('29 Feb 2024');
  expect(showDay((dayNumber('1969-12-31') ?? 0) + 0.5)).toBe('31 Dec 1969');
});

test('a month is shown by days, three years by months, more by years, and a century by several years at once', () => {
  expect(bins('2026-01-31', '2026-02-02')).toEqual([
    { label: '31 Jan 2026', count: 1 },
    { label: '1 Feb 2026', count: 0 },
    { label: '2 Feb 2026', count: 1 },
  ]);
  expect(bins('2026-01-01', '2026-01-31')).toHaveLength(31);
  expect(labels('2025-12-15', '2026-01-14')).toHaveLength(31);
  expect(labels('2025-12-31', '2026-02-01')).toEqual(['Dec 2025', 'Jan 2026', 'Feb 2026']);
  expect(bins('2024-01-01', '2026-12-31')).toHaveLength(36);
  expect(labels('2024-01-01', '2027-01-01')).toEqual(['2024', '2025', '2026', '2027']);
  expect(labels('1931-05-01', '2008-01-01').slice(0, 2)).toEqual(['1930–1931', '1932–1933']);
  expect(bins('0001-01-01', '9999-12-31').length).toBeLessThanOrEqual(40);
});

test('nobody is no bins, and nobody is lost between them', () => {
  expect(bins()).toEqual([]);
  const dates = Array.from({ length: 200 }, (_, index) => showIso(index * 97));
  expect(bins(...dates).reduce((sum, { count }) => sum + count, 0)).toBe(200);
});

test('times fall into the hour they lie in; what is no time is left out', () => {
  const hours = hourBins([
    { time: '00:00', count: 1 },
    { time: '23:59', count: 2 },
    { time: '24:10', count: 4 },
    { time: 'noon', count: 8 },
  ]);
  expect(hours).toHaveLength(24);
  expect(hours.filter(({ count }) => count > 0)).toEqual([
    { label: '00:00', count: 1 },
    { label: '23:00', count: 2 },
  ]);
  expect(hourBins([{ time: 'noon', count: 1 }])).toEqual([]);
});

const showIso = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);
