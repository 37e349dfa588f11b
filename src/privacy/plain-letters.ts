/**
 * Signs that hide what stands in a text from whoever looks for its letters: those that print nothing, such as spaces of no
 * width and marks of direction, blanks and hyphens of all kinds, and letters and figures in wide or ornate forms and of
 * other scripts' digits.
 */
const UNPLAIN = /[[\p{DI}\p{Zs}\p{Nd}\p{Dash_Punctuation}\u2212\uff01-\uff5e\u{1d400}-\u{1d7ff}]--[ \x2d\d–—]]/v;
const PRINTS_NOTHING = /^\p{DI}$/v;
const BLANK = /^\p{Zs}$/v;
const HYPHEN = /^[\u2010-\u2012\u2212\ufe58\ufe63]$/v;
const ORNATE = /^[\uff01-\uff5e\u{1d400}-\u{1d7ff}]$/v;
const FIGURE = /^\p{Nd}$/v;

/**
 * A text as its letters read, for those who look for what stands in it.
 *
 * @returns the text, and for each of its code units which code point of the text as it was written it comes from; null
 *   places for a text that is plain already
 *
 * @example
 * plainLetters('an\u200bna') // => { text: 'anna', places: [0, 1, 3, 4] }
 * @example
 * plainLetters('anna') // => { text: 'anna', places: null }
 */
export function plainLetters(text: string): { text: string; places: readonly number[] | null } {
  if (!UNPLAIN.test(text)) return { text, places: null };
  const places: number[] = [];
  const letters: string[] = [];
  let point = 0;
  for (const letter of text) {
    const plain = plainly(letter);
    letters.push(plain);
    for (let unit = 0; unit < plain.length; unit += 1) places.push(point);
    point += 1;
  }
  return { text: letters.join(''), places };
}

function plainly(letter: string): string {
  if (!UNPLAIN.test(letter)) return letter;
  if (PRINTS_NOTHING.test(letter)) return '';
  if (BLANK.test(letter)) return ' ';
  if (HYPHEN.test(letter)) return '-';
  if (ORNATE.test(letter)) return letter.normalize('NFKC');
  return FIGURE.test(letter) ? String(figureOf(letter)) : letter;
}

/** Which figure a digit of any script is: each script's ten stand in a row, from its zero on. */
function figureOf(digit: string): number {
  const code = digit.codePointAt(0) ?? 0;
  let figure = 0;
  while (figure < 9 && FIGURE.test(String.fromCodePoint(code - figure - 1))) figure += 1;
  return figure;
}
