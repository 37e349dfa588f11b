/** How long a free text may be, in code points, by what it is. */
export const TEXT_LIMITS = {
  name: 200,
  line: 1_000,
  answer: 10_000,
  note: 20_000,
  transcript: 600_000,
} as const;
export type TextKind = keyof typeof TEXT_LIMITS;

/**
 * Whether a text shows nothing: white space, controls, and letters that are never seen.
 *
 * @example
 * isBlank('\u202E\u200B ') // => true
 */
export const isBlank = (text: string): boolean =>
  !/[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);

export type CleanText = {
  text: string;
  /** How many NUL bytes, lone surrogates and code points that are no characters were replaced by U+FFFD. */
  replaced: number;
  /** Length in code points, before anything was cut. */
  length: number;
  /** True when the text is longer than its kind allows; it is not cut, the caller refuses it. */
  isTooLong: boolean;
};

/** What no file format holds as text: NUL, lone surrogates, and code points that Unicode keeps free of characters. */
const UNHOLDABLE = /[\0\p{Surrogate}\p{Noncharacter_Code_Point}]/gu;

/**
 * The one border that free text passes on its way in. CRLF and CR become LF; NUL, lone surrogates and code points that are no
 * characters (such as U+FFFE) become U+FFFD and are counted; nothing else changes, so that what is kept is what was said. A
 * name or a line that shows nothing is empty.
 *
 * @example
 * cleanText('a\r\nb', 'line').text // => 'a\nb'
 * @example
 * cleanText('x\u0000y', 'line').replaced // => 1
 */
export function cleanText(raw: string, kind: TextKind): CleanText {
  let replaced = 0;
  const text = raw.replace(/\r\n?/g, '\n').replace(UNHOLDABLE, () => {
    replaced += 1;
    return '\uFFFD';
  });
  let length = 0;
  for (const _ of text) length += 1;
  const isEmpty = (kind === 'name' || kind === 'line') && isBlank(text);
  return { text: isEmpty ? '' : text, replaced, length, isTooLong: length > TEXT_LIMITS[kind] };
}
