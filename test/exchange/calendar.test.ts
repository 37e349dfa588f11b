import { expect, test } from 'vitest';
import { type CalendarEntry, calendarFile, fold } from '../../src/exchange/calendar.ts';

const entry: CalendarEntry = {
  uid: 'abc@lab.example',
  sequence: 0,
  stamp: '2026-03-01T08:00:00.000Z',
  startsAt: '2026-03-29T01:30:00.000Z',
  endsAt: '2026-03-29T02:15:00.000Z',
  title: 'A talk',
  text: '',
  place: '',
  isCancelled: false,
  url: null,
  organizer: null,
};
const linesOf = (file: string) => file.split('\r\n');
/** What a reader makes of it: lines put together again, escapes taken off in one pass. */
const readBack = (file: string, name: string): string | undefined =>
  file
    .replaceAll('\r\n ', '')
    .split('\r\n')
    .find((line) => line.startsWith(`${name}:`))
    ?.slice(name.length + 1)
    .replaceAll(/\\([\\;,nN])/g, (_, sign: string) => (sign.toLowerCase() === 'n' ? '\n' : sign));

test('a file has instants in UTC, no rule of a time zone, and can be published', () => {
  expect(linesOf(calendarFile(entry))).toEqual([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Verbatim//Interviews//EN',
    'METHOD:PUBLISH',
    'BEGIN:VEVENT',
    'UID:abc@lab.example',
    'SEQUENCE:0',
    'DTSTAMP:20260301T080000Z',
    'DTSTART:20260329T013000Z',
    'DTEND:20260329T021500Z',
    'SUMMARY:A talk',
    'STATUS:CONFIRMED',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ]);
});

test('what is called off is so by its method and its state, under the same name', () => {
  const lines = linesOf(calendarFile({ ...entry, sequence: 2, isCancelled: true }));
  expect(lines).toEqual(
    expect.arrayContaining(['METHOD:CANCEL', 'STATUS:CANCELLED', 'UID:abc@lab.example', 'SEQUENCE:2']),
  );
});

test('long text of astral letters, escapes and ends of lines comes back as it was, in lines of at most 75 octets', () => {
  const text = `${'😀, ä; \\ “quoted”\n'.repeat(30)}END:VEVENT\r\nBEGIN:VALARM`;
  const file = calendarFile({
    ...entry,
    title: '𝒱'.repeat(120),
    text,
    place: 'https://example.org/room?a=1;b=2,3\nATTENDEE:x',
    organizer: { name: 'Ada "the" Researcher; Ltd', email: 'ada@lab.example' },
  });
  expect(file.endsWith('END:VCALENDAR\r\n')).toBe(true);
  expect(file.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  const lines = linesOf(file);
  expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
  for (const line of lines) expect(Buffer.from(line).toString('utf8')).toBe(line);
  expect(file).not.toMatch(/\uFFFD|[\uD800-\uDBFF]\r|^ *\r\n [\uDC00-\uDFFF]/m);
  // Nothing that was typed begins a line of its own.
  expect(lines.filter((line) => /^(END:VEVENT|BEGIN:VALARM|ATTENDEE)/.test(line))).toEqual(['END:VEVENT']);
  expect(lines[0]).toBe('BEGIN:VCALENDAR');
  expect(readBack(file, 'SUMMARY')).toBe('𝒱'.repeat(120));
  expect(readBack(file, 'DESCRIPTION')).toBe(text.replaceAll('\r\n', '\n'));
  expect(readBack(file, 'LOCATION')).toBe('https://example.org/room?a=1;b=2,3\nATTENDEE:x');
});

test('a line is cut before a letter that does not fit, and not where it just does', () => {
  expect(fold('x'.repeat(75))).toBe('x'.repeat(75));
  expect(fold(`${'x'.repeat(74)}ä`)).toBe(`${'x'.repeat(74)}\r\n ä`);
  expect(fold(`${'x'.repeat(73)}😀y`)).toBe(`${'x'.repeat(73)}\r\n 😀y`);
});

test('times that are none are refused', () => {
  expect(() => calendarFile({ ...entry, endsAt: 'later' })).toThrow(RangeError);
});
