import { expect, test } from 'vitest';
import {
  type CandidateFacts,
  dueReminder,
  freeOfOthers,
  monthsBefore,
  nextReminderAt,
  SERIES_MAX,
  slotSeries,
  usualIncentive,
  whyLeftOut,
} from '../../src/model/recruiting.ts';
import { wallTime } from '../../src/model/zoned-time.ts';

const ALL = [1, 2, 3, 4, 5, 6, 7];
const series = {
  firstDay: '2026-03-28',
  lastDay: '2026-03-30',
  weekdays: ALL,
  from: '09:00',
  to: '10:00',
  minutes: 60,
  bufferMinutes: 0,
};

test('a series keeps to the clock on the wall when clocks change, in Berlin and in New York', () => {
  const berlin = slotSeries({ ...series, zone: 'Europe/Berlin' });
  expect(berlin.starts).toEqual(['2026-03-28T08:00:00.000Z', '2026-03-29T07:00:00.000Z', '2026-03-30T07:00:00.000Z']);
  const autumn = slotSeries({ ...series, firstDay: '2026-10-24', lastDay: '2026-10-25', zone: 'Europe/Berlin' });
  expect(autumn.starts).toEqual(['2026-10-24T07:00:00.000Z', '2026-10-25T08:00:00.000Z']);
  const york = slotSeries({ ...series, firstDay: '2026-03-07', lastDay: '2026-03-08', zone: 'America/New_York' });
  expect(york.starts).toEqual(['2026-03-07T14:00:00.000Z', '2026-03-08T13:00:00.000Z']);
  const fall = slotSeries({ ...series, firstDay: '2026-10-31', lastDay: '2026-11-01', zone: 'America/New_York' });
  expect(fall.starts).toEqual(['2026-10-31T13:00:00.000Z', '2026-11-01T14:00:00.000Z']);
});

test('a time that the clock leaves out is named and not moved; one that comes twice is the first', () => {
  const night = { ...series, from: '01:30', to: '04:30', minutes: 60, firstDay: '2026-03-29', lastDay: '2026-03-29' };
  expect(slotSeries({ ...night, zone: 'Europe/Berlin' })).toEqual({
    starts: ['2026-03-29T00:30:00.000Z', '2026-03-29T01:30:00.000Z'],
    skipped: ['2026-03-29 02:30'],
  });
  const day = { firstDay: '2026-03-08', lastDay: '2026-03-08', zone: 'America/New_York' };
  expect(slotSeries({ ...night, ...day }).skipped).toEqual(['2026-03-08 02:30']);
  const twice = slotSeries({ ...night, firstDay: '2026-10-25', lastDay: '2026-10-25', zone: 'Europe/Berlin' });
  expect(twice.starts).toEqual(['2026-10-24T23:30:00.000Z', '2026-10-25T00:30:00.000Z', '2026-10-25T02:30:00.000Z']);
  for (const start of twice.starts) expect(wallTime(start, 'Europe/Berlin').slice(14)).toBe('30');
});

test('a series ends in time, has a buffer between two, keeps to its weekdays, and has an end', () => {
  const { starts } = slotSeries({ ...series, to: '11:59', minutes: 45, bufferMinutes: 15, weekdays: [1], zone: 'UTC' });
  expect(starts).toEqual(['2026-03-30T09:00:00.000Z', '2026-03-30T10:00:00.000Z', '2026-03-30T11:00:00.000Z']);
  expect(slotSeries({ ...series, weekdays: [], zone: 'UTC' }).starts).toEqual([]);
  const many = { ...series, lastDay: '2027-03-01', from: '00:00', to: '23:59', minutes: 5, zone: 'UTC' };
  expect(slotSeries(many).starts).toHaveLength(SERIES_MAX);
  for (const wrong of [
    { lastDay: '2026-03-01' },
    { firstDay: 'x' },
    { from: '9' },
    { zone: 'Mars' },
    { lastDay: '2999-01-01' },
  ])
    expect(() => slotSeries({ ...series, zone: 'UTC', ...wrong })).toThrow(RangeError);
});

test('times that overlap others are left out, those that follow each other are not', () => {
  const span = (from: number, to: number) => ({
    startsAt: new Date(from * 60_000).toISOString(),
    endsAt: new Date(to * 60_000).toISOString(),
  });
  expect(freeOfOthers([span(0, 60), span(60, 120), span(90, 100)], [])).toEqual([span(0, 60), span(60, 120)]);
  expect(freeOfOthers([span(0, 60)], [span(59, 61)])).toEqual([]);
});

const facts: CandidateFacts = {
  isInvited: false,
  isScreenedOut: false,
  hasOptedOut: false,
  hasWithdrawn: false,
  recontact: true,
  spokenAt: null,
  isArranged: false,
  isCapped: false,
  cell: 'A',
};
const cells = [{ name: 'A', segment: 'a'.repeat(22), wanted: 1 }];
const rules = { cells, spoken: { how: 'exclude' as const, months: 6 }, mayInvite: 'agreed' as const };

test('every reason against inviting somebody holds by itself, and none holds of whoever fits', () => {
  const why = (more: Partial<CandidateFacts>, full: string[] = [], other = {}) =>
    whyLeftOut({ ...facts, ...more }, { ...rules, ...other }, new Set(full));
  expect(why({})).toBeNull();
  expect(why({ isInvited: true })).toBe('invited');
  expect(why({ isScreenedOut: true })).toBe('screened-out');
  expect(why({ hasOptedOut: true })).toBe('opted-out');
  expect(why({ recontact: false }, [], { mayInvite: 'not-refused' })).toBe('refused');
  expect(why({ recontact: null })).toBe('no-consent');
  expect(why({ recontact: null }, [], { mayInvite: 'not-refused' })).toBeNull();
  expect(why({ spokenAt: '2026-01-01' })).toBe('spoken');
  expect(why({ spokenAt: '2026-01-01' }, [], { spoken: { how: 'warn', months: 6 } })).toBeNull();
  expect(why({ isArranged: true })).toBe('arranged');
  expect(why({ isCapped: true })).toBe('cap');
  expect(why({ cell: null })).toBe('no-cell');
  expect(why({ cell: null }, [], { cells: [] })).toBeNull();
  expect(why({}, ['A'])).toBe('cell-full');
});

test('of reminders that are due one goes out, the nearest, and none to whoever was told after it was due', () => {
  const start = '2026-03-03T12:00:00.000Z';
  const long = '2026-02-01T00:00:00.000Z';
  const due = (now: string, since = long) => dueReminder(start, since, [24, 1], now);
  expect(due('2026-03-02T11:59:59.000Z')).toBeNull();
  expect(due('2026-03-02T12:00:00.000Z')).toBe(24);
  expect(due('2026-03-03T11:00:00.000Z')).toBe(1);
  expect(due('2026-03-03T12:00:00.000Z')).toBeNull();
  expect(due('2026-03-03T11:30:00.000Z', '2026-03-03T11:20:00.000Z')).toBeNull();
  expect(due('2026-03-03T10:00:00.000Z', '2026-03-03T09:00:00.000Z')).toBeNull();
  expect(dueReminder(start, long, [], '2026-03-03T11:00:00.000Z')).toBeNull();
  expect(nextReminderAt(start, [24, 1], '2026-03-02T12:00:00.000Z')).toBe('2026-03-03T11:00:00.000Z');
  expect(nextReminderAt(start, [24, 1], '2026-03-03T11:00:00.000Z')).toBeNull();
});

test('months are those of the calendar, and usual amounts go by length', () => {
  expect(monthsBefore('2026-03-31T10:00:00.000Z', 1)).toBe('2026-02-28T10:00:00.000Z');
  expect(monthsBefore('2026-01-15T00:00:00.000Z', 13)).toBe('2024-12-15T00:00:00.000Z');
  expect([1, 30, 31, 45, 60, 61, 90, 120, 121].map(usualIncentive)).toEqual([15, 15, 25, 25, 30, 45, 45, 60, null]);
});
