import { expect, test } from 'vitest';
import { forecastFill } from '../../src/reports/fieldwork-forecast.ts';

const now = new Date('2026-03-01T12:00:00Z');
const cell = { filled: 60, most: 100, recent: 28, days: 7, isOpen: true, closesAt: null, now };

test('a day is named with how much earlier or later it may be', () => {
  expect(forecastFill(cell)).toEqual({
    state: 'by',
    perDay: 4,
    day: '2026-03-11',
    earliest: '2026-03-08',
    latest: '2026-03-16',
  });
});

test('what is full, has no limit or takes no answers is not forecast', () => {
  expect(forecastFill({ ...cell, filled: 100 })).toEqual({ state: 'full' });
  expect(forecastFill({ ...cell, filled: 120, isOpen: false })).toEqual({ state: 'full' });
  expect(forecastFill({ ...cell, most: null })).toEqual({ state: 'no-limit' });
  expect(forecastFill({ ...cell, isOpen: false })).toEqual({ state: 'closed' });
});

test('nothing in the window, or next to nothing, names no day', () => {
  expect(forecastFill({ ...cell, recent: 0 })).toEqual({ state: 'quiet' });
  expect(forecastFill({ ...cell, recent: 2 })).toEqual({ state: 'too-few' });
});

test('a limit that comes after the survey closes is not reached at this pace', () => {
  expect(forecastFill({ ...cell, closesAt: '2026-03-05T00:00:00Z' })).toEqual({
    state: 'not-at-this-pace',
    perDay: 4,
    daysLeft: 10,
  });
  expect(forecastFill({ ...cell, most: 100_000 })).toMatchObject({ state: 'not-at-this-pace' });
});

test('a slow pace may take years at its slow end', () => {
  expect(forecastFill({ ...cell, filled: 0, most: 200, recent: 3 })).toMatchObject({ state: 'by', latest: null });
});

test('a window without length is a mistake', () => {
  expect(() => forecastFill({ ...cell, days: 0 })).toThrow('forecastFill requires a window above 0 days');
});
