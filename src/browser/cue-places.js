/**
 * The captions that a turn was joined of, as `data-cues` on the turn tells them: `0:1200 34:5600` is the code point at
 * which each begins and when it was said, in milliseconds.
 */
import { pointsAt, unitsAt } from './coding-text.js';

/** @typedef {{ start: number, ms: number }} Cue */

/**
 * @param {HTMLElement} turn
 * @returns {Cue[]} in order; the turn as a whole where it was one caption, none where nobody knows when it was said
 */
export function cuesOf({ dataset }) {
  const { cues = '', startMs = '' } = dataset;
  if (cues === '') return startMs === '' ? [] : [{ start: 0, ms: Number(startMs) }];
  return cues.split(' ').map((cue) => {
    const [start = 0, ms = 0] = cue.split(':').map(Number);
    return { start, ms };
  });
}

/**
 * When the words at a code point were said, in milliseconds.
 *
 * @param {readonly Cue[]} cues
 * @param {number} point
 * @returns {number | null} null where nobody knows
 */
export const msAt = (cues, point) => (cues.findLast(({ start }) => start <= point) ?? cues[0])?.ms ?? null;

/**
 * The stretch of a turn that is said at a time, in code points.
 *
 * @param {readonly Cue[]} cues
 * @param {number} ms
 * @returns {{ start: number, end: number } | null} null for a turn that was one caption; the last ends nowhere
 */
export function stretchAt(cues, ms) {
  if (cues.length < 2) return null;
  const index = Math.max(
    0,
    cues.findLastIndex((cue) => cue.ms <= ms),
  );
  return { start: index === 0 ? 0 : (cues[index]?.start ?? 0), end: cues[index + 1]?.start ?? Infinity };
}

/**
 * The code point of a place in words, as selections name it.
 *
 * @param {Element} words
 * @param {Node} node
 * @param {number} offset
 */
export function pointIn(words, node, offset) {
  const range = document.createRange();
  range.selectNodeContents(words);
  range.setEnd(node, offset);
  return pointsAt(words.textContent ?? '', range.toString().length);
}

/**
 * Words of a stretch as a range, which may begin and end within marks.
 *
 * @param {Element} words
 * @param {{ start: number, end: number }} stretch in code points
 * @param {(words: Element, units: number) => [Node, number]} nodeAt
 */
export function rangeOf(words, { start, end }, nodeAt) {
  const text = words.textContent ?? '';
  const range = document.createRange();
  range.setStart(...nodeAt(words, unitsAt(text, start)));
  // A link behind the words is none of them.
  const link = words.querySelector('a');
  if (end !== Infinity) range.setEnd(...nodeAt(words, unitsAt(text, end)));
  else if (link) range.setEndBefore(link);
  else range.setEnd(words, words.childNodes.length);
  return range;
}
