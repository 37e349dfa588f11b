const NARROW = /[ijlI.,:;'’|!()[\]ftr·\s-]/u;
const WIDE =
  /[mwMW@%—]|[\p{Extended_Pictographic}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const NO_WIDTH = /\p{Mn}|\p{Cf}/u;

/**
 * About how wide a text is in a sans of ordinary width. Whoever places words without the typeface at hand asks this; it
 * errs to the wide side.
 *
 * @param text in one line
 * @param size of the letters, in whatever unit the width is wanted
 *
 * @example
 * textWidth('mill', 10) // => 19.7
 */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const letter of text)
    width += NO_WIDTH.test(letter)
      ? 0
      : NARROW.test(letter)
        ? 0.33
        : WIDE.test(letter)
          ? 0.98
          : isCapital(letter)
            ? 0.72
            : 0.6;
  return Math.round(width * size * 100) / 100;
}

const isCapital = (letter: string): boolean => /\p{Lu}/u.test(letter);

/**
 * A text in lines that are no wider than they may be, broken at blanks where it can be and inside a word where it must be.
 * What is more than the last line takes is cut with an ellipsis.
 *
 * @param text any text
 * @param space the width of a line, the size of its letters, and the most lines there may be
 * @returns at least one line
 *
 * @example
 * textLines('fair terms for all', { width: 60, size: 10, linesMax: 2 }) // => ['fair terms', 'for all']
 */
export function textLines(
  text: string,
  { width, size, linesMax }: { width: number; size: number; linesMax: number },
): string[] {
  const fits = (words: string) => textWidth(words, size) <= width;
  const lines: string[] = [];
  let line = '';
  const next = () => {
    if (line !== '') lines.push(line);
    line = '';
  };
  for (const word of text.split(/\s+/u).filter((one) => one !== '')) {
    if (fits(line === '' ? word : `${line} ${word}`)) {
      line = line === '' ? word : `${line} ${word}`;
      continue;
    }
    next();
    for (const letter of word) {
      if (line !== '' && !fits(line + letter)) next();
      line += letter;
    }
  }
  next();
  if (lines.length <= linesMax) return lines.length === 0 ? [''] : lines;
  let last = [...(lines[linesMax - 1] ?? '')];
  while (last.length > 0 && !fits(`${last.join('')}…`)) last = last.slice(0, -1);
  return [...lines.slice(0, linesMax - 1), `${last.join('').trimEnd()}…`];
}
