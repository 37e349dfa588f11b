/* Texts that mean more than their letters: days, times and versions. */

/**
 * Whether a text is a day (`2026-03-09`) or a time of one (`2026-03-09T14:30`, with seconds and `Z` or an offset if it
 * has them) that the calendar has.
 *
 * @example
 * [isDateText('2026-02-28T09:00Z'), isDateText('2026-02-30'), isDateText('2026')] // => [true, false, false]
 */
export function isDateText(text: string): boolean {
  const found = /^(\d{4}-\d\d-\d\d)(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text);
  if (!found) return false;
  const day = Date.parse(`${found[1]}T00:00:00.000Z`);
  return !Number.isNaN(day) && new Date(day).toISOString().slice(0, 10) === found[1];
}

/**
 * Whether a text is a version: numbers with dots, and what semantic versioning allows after a hyphen or a plus. A day of
 * the calendar is none.
 *
 * @example
 * [isVersionText('v4.12.1-beta.2'), isVersionText('2026-03-09'), isVersionText('latest')] // => [true, false, false]
 */
export const isVersionText = (text: string): boolean =>
  /^v?\d+(\.\d+)*(-[0-9a-z.-]+)?(\+[0-9a-z.-]+)?$/i.test(text.trim()) && !isDateText(text.trim());
