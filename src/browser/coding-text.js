/**
 * Places in a text. The server counts code points, browsers count UTF-16 units; all that the desk keeps is in code
 * points, and only what is handed to the browser is turned into units.
 */

/**
 * @param {string} text
 * @param {number} point
 * @returns {number} units before the code point
 */
export function unitsAt(text, point) {
  let units = 0;
  for (let index = 0; index < point && units < text.length; index += 1)
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  return units;
}

/**
 * @param {string} text
 * @param {number} units
 * @returns {number} code points before it
 */
export function pointsAt(text, units) {
  let points = 0;
  for (let at = 0; at < units && at < text.length; points += 1) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return points;
}

/**
 * @param {string} text
 * @param {number} start
 * @param {number} end
 */
export const slicePoints = (text, start, end) => text.slice(unitsAt(text, start), unitsAt(text, end));

/** @type {Map<string, Intl.Segmenter>} */
const segmenters = new Map();

/** @param {'grapheme' | 'word' | 'sentence'} granularity */
function segmenter(granularity) {
  const known = segmenters.get(granularity) ?? new Intl.Segmenter(undefined, { granularity });
  segmenters.set(granularity, known);
  return known;
}

/**
 * Blanks at the ends come along with sentences and with most selections, and are never meant.
 *
 * @param {string} text
 * @param {{ start: number, end: number }} span
 */
export function trimSpan(text, { start, end }) {
  const points = [...slicePoints(text, start, end)];
  let first = 0;
  let last = points.length;
  while (first < last && points[first]?.trim() === '') first += 1;
  while (last > first && points[last - 1]?.trim() === '') last -= 1;
  return { start: start + first, end: start + last };
}

/**
 * The word or sentence that a place lies in; between two words the one before.
 *
 * @param {string} text
 * @param {number} point
 * @param {'word' | 'sentence'} granularity
 * @returns {{ start: number, end: number } | null} null where there is none
 */
export function spanAround(text, point, granularity) {
  const at = unitsAt(text, point);
  /** @type {{ start: number, end: number } | null} */
  let found = null;
  for (const { segment, index, isWordLike } of segmenter(granularity).segment(text)) {
    if (index > at && found !== null) break;
    if (granularity === 'word' && isWordLike !== true) continue;
    if (index > at && found === null) return unitSpan(text, index, segment.length);
    found = unitSpan(text, index, segment.length);
    if (index + segment.length > at) break;
  }
  return found;
}

/**
 * @param {string} text
 * @param {number} index
 * @param {number} length
 */
function unitSpan(text, index, length) {
  const start = pointsAt(text, index);
  return trimSpan(text, { start, end: start + pointsAt(text.slice(index, index + length), length) });
}

/**
 * The next place where a letter or a word begins, or the one before.
 *
 * @param {string} text
 * @param {number} point
 * @param {1 | -1} way
 * @param {'grapheme' | 'word'} by
 * @returns {number | null} null at the end of the text
 */
export function stepFrom(text, point, way, by) {
  const at = unitsAt(text, point);
  /** @type {number[]} */
  const places = [0, text.length];
  for (const { segment, index, isWordLike } of segmenter(by).segment(text)) {
    if (by === 'word' && isWordLike !== true) continue;
    places.push(index, index + segment.length);
  }
  const next =
    way === 1 ? Math.min(...places.filter((place) => place > at)) : Math.max(...places.filter((place) => place < at));
  return Number.isFinite(next) ? pointsAt(text, next) : null;
}
