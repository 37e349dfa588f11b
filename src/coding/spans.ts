/**
 * Positions in a text, counted in code points from 0 with an exclusive end, so that they mean the same in every
 * program whatever it counts in.
 */
export type Span = { start: number; end: number };

/**
 * How many code points a text has.
 *
 * @example
 * codePointLength('a😀b') // => 3
 */
export function codePointLength(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/**
 * The words of a span, exactly.
 *
 * @returns null when the span does not lie within the text or is empty
 *
 * @example
 * sliceSpan('a😀bc', { start: 1, end: 3 }) // => '😀b'
 */
export function sliceSpan(text: string, { start, end }: Span): string | null {
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end <= start) return null;
  let index = 0;
  let units = 0;
  let from = -1;
  for (const point of text) {
    if (index === start) from = units;
    units += point.length;
    index += 1;
    if (index === end) return from < 0 ? null : text.slice(from, units);
  }
  return null;
}

/**
 * Where words stand in a text, exactly as written.
 *
 * @param nth which of several places, from 0
 * @returns null when they do not stand there (that often)
 *
 * @example
 * findSpan('yes 😀 yes', 'yes', 1) // => { start: 6, end: 9 }
 */
export function findSpan(text: string, words: string, nth = 0): Span | null {
  if (words === '') return null;
  let at = -1;
  for (let seen = 0; seen <= nth; seen += 1) {
    at = text.indexOf(words, at + 1);
    if (at < 0) return null;
  }
  const start = codePointLength(text.slice(0, at));
  return { start, end: start + codePointLength(words) };
}
