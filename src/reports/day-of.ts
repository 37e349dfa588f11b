/**
 * The day of a moment, as a report writes it.
 *
 * @example
 * dayOf('2026-03-12T08:00:00.000Z') // => '12 March 2026'
 */
export const dayOf = (at: string): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(at));

/**
 * A text whose days are written out as a report writes them.
 *
 * @example
 * withDays('Look again by 2026-03-12.') // => 'Look again by 12 March 2026.'
 */
export const withDays = (text: string): string =>
  text.replaceAll(/\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d)\b/g, (day) => dayOf(day));
