/*
 * Times as people write them, in a time zone of the place where they are; stored are instants in UTC.
 */

/** Whether a name such as `Europe/Berlin` is a time zone that this machine knows. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name });
    return name !== '';
  } catch {
    return false;
  }
}

/** Making one takes far longer than asking it, and there are only so many zones. */
const clocks = new Map<string, Intl.DateTimeFormat>();
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  clocks.set(zone, made);
  return made;
}

/**
 * An instant as the clock on the wall shows it.
 *
 * @param instant ISO 8601
 * @param zone a time zone that `isTimeZone` knows
 * @returns `2026-03-09T14:30`, as a form's `datetime-local` field takes it
 *
 * @example
 * wallTime('2026-07-01T12:00:00.000Z', 'Europe/Berlin') // => '2026-07-01T14:00'
 */
export function wallTime(instant: string, zone: string): string {
  const parts = clockOf(zone).formatToParts(new Date(instant));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

/**
 * The instant at which the clock on the wall shows a time. A time that a change of clocks leaves out counts as the hour
 * after it; one that comes twice counts as the first.
 *
 * @param written `2026-03-09T14:30`
 * @param zone a time zone that `isTimeZone` knows
 * @returns ISO 8601 in UTC; null when it is not a time of that form, or so far off that no year of four digits has it
 *
 * @example
 * instantOf('2026-07-01T14:00', 'Europe/Berlin') // => '2026-07-01T12:00:00.000Z'
 */
export function instantOf(written: string, zone: string): string | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(written)) return null;
  const asUtc = Date.parse(`${written}:00.000Z`);
  // JavaScript would read 31 February as a day in March.
  if (Number.isNaN(asUtc) || new Date(asUtc).toISOString().slice(0, 16) !== written) return null;
  const offsetAt = (ms: number) => Date.parse(`${wallTime(new Date(ms).toISOString(), zone)}:00.000Z`) - ms;
  // The offsets a day before and after: where clocks do not change they are the same.
  const candidates = [offsetAt(asUtc - 86_400_000), offsetAt(asUtc + 86_400_000)].map((offset) => asUtc - offset);
  if (candidates.some(Number.isNaN)) return null;
  const fitting = candidates.filter((ms) => wallTime(new Date(ms).toISOString(), zone) === written);
  const ms = fitting.length > 0 ? Math.min(...fitting) : Math.max(...candidates);
  return new Date(ms).toISOString();
}
