import { textWidth } from '../../charts/text-width.ts';

const ROWS_LOOKED_AT = 200;
/** No column asks for more than this many of its letters, however long its longest word. */
const WORD_LETTERS_MOST = 24;
/** What a text may ask for before it is to break. */
const TEXT_LETTERS_MOST = 60;

/**
 * How wide the columns of a table are: each gets what its longest word needs, and what is left goes to those whose texts
 * would break. Where not even the words have room, all are narrowed alike.
 *
 * @param rows the header among them; the same number of cells in each
 * @param measure `width` of the whole table in units, of which so many (`unit`) make a point; `size` of the letters and
 *   `padding` of a cell, left and right together, in points
 * @returns whole units that add up to the width
 *
 * @example
 * columnWidths([['Group', 'n'], ['50 and older', '540']], { width: 200, unit: 1, size: 10, padding: 4 }) // => [150, 50]
 */
export function columnWidths(
  rows: readonly (readonly string[])[],
  { width, unit, size, padding }: { width: number; unit: number; size: number; padding: number },
): number[] {
  const room = width / unit;
  const needs = needsOf(rows, { size, padding });
  const sum = (pick: (need: Need) => number): number => needs.reduce((total, need) => total + pick(need), 0);
  const [words, wholes] = [sum(({ word }) => word), sum(({ whole }) => whole)];
  const wanted = needs.map(({ word, whole }) => {
    if (words >= room) return (word / words) * room;
    if (wholes >= room) return word + ((whole - word) / (wholes - words)) * (room - words);
    return (whole / wholes) * room;
  });
  const widths = wanted.map((one) => Math.floor(one * unit));
  if (widths.length > 0) widths[0]! += width - widths.reduce((total, one) => total + one, 0);
  return widths;
}

/** The narrowest a table may be, in points, for no word to break. */
export const leastWidth = (rows: readonly (readonly string[])[], measure: { size: number; padding: number }): number =>
  needsOf(rows, measure).reduce((total, { word }) => total + word, 0);

type Need = { word: number; whole: number };

function needsOf(rows: readonly (readonly string[])[], { size, padding }: { size: number; padding: number }): Need[] {
  const looked = rows.slice(0, ROWS_LOOKED_AT);
  const widest = (texts: readonly string[], letters: number): number =>
    Math.min(Math.max(0, ...texts.map((text) => textWidth(text, size))), letters * size * 0.6) + padding;
  return (rows[0] ?? []).map((_, column) => {
    const texts = looked.map((row) => row[column] ?? '');
    return {
      word: widest(
        texts.flatMap((text) => keptTogether(text).split(/[^\S\u00A0]+/)),
        WORD_LETTERS_MOST,
      ),
      whole: widest(texts, TEXT_LETTERS_MOST),
    };
  });
}

/** A cell with what must not stand alone in the next line: the mark of a share, the number after its `n`. */
export const keptTogether = (text: string): string =>
  text.replaceAll(/ (?=[▲▼])/g, '\u00A0').replaceAll(/\bn (?=\d)/g, 'n\u00A0');
