import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator';

/** One appointment for a calendar. */
export type CalendarEntry = {
  /** The same for as long as it is the same appointment, whatever is changed of it. */
  uid: string;
  /** Rises with each change. */
  sequence: number;
  /** When the file was made, when the appointment begins and ends: instants, ISO 8601. */
  stamp: string;
  startsAt: string;
  endsAt: string;
  title: string;
  text: string;
  place: string;
  isCancelled: boolean;
  /** Where it is changed or called off; stands below the text as well, since not every calendar shows it. */
  url: string | null;
  /** Who asks for it, where that has an address. */
  organizer: { name: string; email: string } | null;
};

/** Lines end with CRLF and have at most 75 octets; a longer one goes on after a space. */
const LINE_OCTETS = 75;

/**
 * A calendar file (RFC 5545) with one appointment. Times are instants in UTC, so that no rule about time zones can shift
 * them; its method is PUBLISH, which every reader takes in, and CANCEL where it was called off.
 *
 * @throws {RangeError} for times that are none
 */
export function calendarFile(entry: CalendarEntry): string {
  const calendar = ical({
    prodId: { company: 'Verbatim', product: 'Interviews', language: 'EN' },
    method: entry.isCancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.PUBLISH,
  });
  const description = [entry.text, entry.url ?? ''].filter((part) => part !== '').join('\n\n');
  calendar.createEvent({
    id: entry.uid,
    sequence: entry.sequence,
    stamp: instant(entry.stamp),
    start: instant(entry.startsAt),
    end: instant(entry.endsAt),
    summary: entry.title,
    ...(description === '' ? {} : { description }),
    ...(entry.url === null ? {} : { url: entry.url }),
    ...(entry.place === '' ? {} : { location: entry.place }),
    ...(entry.organizer === null ? {} : { organizer: entry.organizer }),
    status: entry.isCancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
  });
  // The library folds already; it is folded anew so that what must hold rests on this file alone.
  const lines = calendar
    .toString()
    .replaceAll(/\r?\n[ \t]/g, '')
    .split(/\r?\n/);
  return lines
    .filter((line) => line !== '')
    .map((line) => `${fold(line)}\r\n`)
    .join('');
}

function instant(iso: string): Date {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) throw new RangeError('calendarFile requires times');
  return at;
}

/**
 * A line of a calendar file, cut where it is too long, never within a character.
 *
 * @example
 * fold('X'.repeat(80)).split('\r\n').map((line) => line.length) // => [75, 6]
 */
export function fold(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const letter of line) {
    const size = Buffer.byteLength(letter);
    if (octets + size > LINE_OCTETS) {
      parts.push(part);
      part = ' ';
      octets = 1;
    }
    part += letter;
    octets += size;
  }
  return [...parts, part].join('\r\n');
}
