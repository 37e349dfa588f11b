import { describe, expect, test } from 'vitest';
import { dayAt, dayText, instantsOf, spanBefore, startOfDay, windowBounds } from '../../src/rules/calendar.ts';

const at = (written: string) => Date.parse(written);
const shown = (instant: number) => new Date(instant).toISOString();

describe('a day of the calendar', () => {
  test.each([
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z', 23],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z', 25],
    ['Asia/Kathmandu', '2026-03-09', '2026-03-08T18:15:00.000Z', 24],
    // Clocks go forward at midnight: the day begins at one.
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00.000Z', 23],
    ['UTC', '2026-03-09', '2026-03-09T00:00:00.000Z', 24],
  ])('in %s %s begins at %s and has %i hours', (zone, written, begins, hours) => {
    const day = dayAt(at(begins), zone);
    expect(dayText(day)).toBe(written);
    expect(shown(startOfDay(day, zone))).toBe(begins);
    expect(dayText(dayAt(at(begins) - 1, zone))).not.toBe(written);
    expect((startOfDay(day + 1, zone) - startOfDay(day, zone)) / 3_600_000).toBe(hours);
  });
  test('one that a place has left out is empty', () => {
    const last = dayAt(at('2011-12-30T09:59:59.999Z'), 'Pacific/Apia');
    const next = dayAt(at('2011-12-30T10:00:00.000Z'), 'Pacific/Apia');
    expect([dayText(last), dayText(next)]).toEqual(['2011-12-29', '2011-12-31']);
  });
});

describe('a span before an instant', () => {
  test.each([
    [{ amount: 90, unit: 'minute' }, '2026-03-30T08:30:00.000Z'],
    [{ amount: 24, unit: 'hour' }, '2026-03-29T10:00:00.000Z'],
    // Summer time begins in between, so that this is 35 hours ago.
    [{ amount: 1, unit: 'day' }, '2026-03-28T23:00:00.000Z'],
    [{ amount: 1, unit: 'week' }, '2026-03-22T23:00:00.000Z'],
    [{ amount: 1, unit: 'month' }, '2026-02-27T23:00:00.000Z'],
    [{ amount: 2, unit: 'year' }, '2024-03-29T23:00:00.000Z'],
  ] as const)('%j before noon in Berlin on 30 March 2026 is %s', (span, expected) => {
    expect(shown(spanBefore(at('2026-03-30T10:00:00.000Z'), span, 'Europe/Berlin'))).toBe(expected);
  });
});

test('a window of days reaches from the first moment of one to the last of the other', () => {
  const clock = { now: at('2026-06-01T00:00:00.000Z'), timeZone: 'Europe/Berlin' };
  const bounds = windowBounds({ from: '2026-03-29', to: '2026-03-29' }, clock);
  expect([bounds?.from, bounds?.to].map((one) => shown(one ?? 0))).toEqual([
    '2026-03-28T23:00:00.000Z',
    '2026-03-29T21:59:59.999Z',
  ]);
  expect(windowBounds({ last: 1, unit: 'day' }, undefined)).toBeNull();
});

test.each([
  ['2026-03-29', '2026-03-28T23:00:00.000Z'],
  ['2026-03-29T12:00', '2026-03-29T10:00:00.000Z'],
  ['2026-03-29T12:00:30.500', '2026-03-29T10:00:30.500Z'],
  ['2026-03-29T12:00:00Z', '2026-03-29T12:00:00.000Z'],
  ['2026-03-29T12:00+0530', '2026-03-29T06:30:00.000Z'],
])('%s in Berlin is %s', (written, expected) => {
  expect(shown(instantsOf(written, 'Europe/Berlin')?.first ?? 0)).toBe(expected);
});
test.each(['2026-02-30', '2026-3-9', 'tomorrow', '', '2026-03-29T25:00', '20260329'])('“%s” is no date', (written) => {
  expect(instantsOf(written, 'UTC')).toBeNull();
});
