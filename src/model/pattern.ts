import { RE2JS } from 're2js';

const compiled = new Map<string, RE2JS | null>();
const KEPT_MAX = 500;

function compile(pattern: string): RE2JS | null {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  if (compiled.size >= KEPT_MAX) compiled.clear();
  let made: RE2JS | null;
  try {
    made = RE2JS.compile(pattern);
  } catch {
    made = null;
  }
  compiled.set(pattern, made);
  return made;
}

/** Whether a pattern can be read: the syntax of RE2, which has neither look-around nor back-references. */
export const isReadablePattern = (pattern: string): boolean => compile(pattern) !== null;

/**
 * Whether the whole text matches. RE2 takes time in proportion to the text, whatever the pattern, so an author's
 * pattern cannot be made to run away by an answer.
 *
 * @returns true for a pattern that cannot be read, which is found before publishing
 *
 * @example
 * matchesWhole('[A-Z]{2}[0-9]+', 'AB12') // => true
 */
export const matchesWhole = (pattern: string, text: string): boolean => compile(pattern)?.matches(text) ?? true;

/**
 * Whether a pattern is found anywhere in a text.
 *
 * @returns false for a pattern that cannot be read
 *
 * @example
 * matchesAnywhere('/offers/[0-9]+', 'https://example.org/offers/12?from=mail') // => true
 */
export const matchesAnywhere = (pattern: string, text: string): boolean =>
  compile(pattern)?.matcher(text).find() ?? false;
