/**
 * A caret in words that cannot be written in. It has an anchor and a place where it moves, each a turn and a code point
 * in it; what lies between is selected. A selection made with the mouse becomes the same.
 */
import { pointsAt, spanAround, stepFrom, trimSpan, unitsAt } from './coding-text.js';

/** @typedef {import('./coding-state.js').Turn} Turn */
/** @typedef {{ turn: Turn, point: number }} Place */
/** @typedef {{ turn: Turn, start: number, end: number }} Part */

/**
 * @param {Element} words
 * @param {number} units
 * @returns {[Node, number]} the text node that a place lies in, as selections name it
 */
export function nodeAt(words, units) {
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  let left = units;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const { length } = /** @type {Text} */ (node);
    if (left <= length) return [node, left];
    left -= length;
  }
  return [words, words.childNodes.length];
}

/**
 * @param {{ turns: Turn[], onMove: (isSelection: boolean) => void, beforeShow: (turn: Turn) => void }} options
 */
export function createCaret({ turns, onMove, beforeShow }) {
  const mark = document.createElement('span');
  mark.className = 'caret';
  mark.setAttribute('aria-hidden', 'true');
  const byWords = new Map(turns.map((turn) => [turn.words, turn]));
  const [first] = turns;
  /** @type {Place | null} */
  let anchor = first ? { turn: first, point: 0 } : null;
  let focus = anchor;
  /** Where a caret that moves up and down would like to be, in pixels from the left. @type {number | null} */
  let wantedX = null;

  /** @param {Place} place @returns {DOMRect} */
  function rectOf({ turn, point }) {
    const range = document.createRange();
    const [node, offset] = nodeAt(turn.words, unitsAt(turn.text, point));
    range.setStart(node, offset);
    range.collapse(true);
    const [rect] = range.getClientRects();
    return rect ?? turn.words.getBoundingClientRect();
  }

  /** @param {Place} one @param {Place | null} other */
  const isSame = (one, other) => one.turn === other?.turn && one.point === other.point;

  /** @param {Place} place */
  function drawMark(place) {
    const rect = rectOf(place);
    const { element } = place.turn;
    const box = element.getBoundingClientRect();
    if (mark.parentElement !== element) element.append(mark);
    mark.style.insetInlineStart = `${rect.left - box.left}px`;
    mark.style.insetBlockStart = `${rect.top - box.top}px`;
    mark.style.blockSize = `${rect.height}px`;
    return rect;
  }

  /** @param {DOMRect} rect */
  function bringIntoView(rect) {
    const bar = document.querySelector('.desk__bar')?.getBoundingClientRect();
    const above = Math.max(0, bar?.bottom ?? 0) + 12;
    if (rect.top < above) scrollBy(0, rect.top - above - innerHeight / 6);
    else if (rect.bottom > innerHeight - 24) scrollBy(0, rect.bottom - innerHeight * 0.8);
  }

  /** @param {{ isQuiet?: boolean }} [how] quiet: without scrolling */
  function show({ isQuiet = false } = {}) {
    if (!anchor || !focus) return;
    beforeShow(focus.turn);
    const [anchorNode, anchorOffset] = nodeAt(anchor.turn.words, unitsAt(anchor.turn.text, anchor.point));
    const [focusNode, focusOffset] = nodeAt(focus.turn.words, unitsAt(focus.turn.text, focus.point));
    getSelection()?.setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
    const rect = drawMark(focus);
    if (!isQuiet) bringIntoView(rect);
  }

  /**
   * @param {Place} place
   * @param {{ isExtending?: boolean, keepX?: boolean }} [how]
   */
  function moveTo(place, { isExtending = false, keepX = false } = {}) {
    focus = place;
    if (!isExtending) anchor = place;
    if (!keepX) wantedX = null;
    show();
    onMove(isExtending);
  }

  /** @param {number} index @param {'start' | 'end'} at @returns {Place | null} */
  function edgeOf(index, at) {
    const turn = turns[index];
    return turn ? { turn, point: at === 'start' ? 0 : turn.length } : null;
  }

  /** @param {1 | -1} way @param {'grapheme' | 'word'} by @returns {Place | null} */
  function stepped(way, by) {
    if (!focus) return null;
    const point = stepFrom(focus.turn.text, focus.point, way, by);
    if (point !== null) return { turn: focus.turn, point };
    return edgeOf(focus.turn.index + way, way === 1 ? 'start' : 'end');
  }

  /** @param {number} x @param {number} y @returns {Place | null} */
  function placeAt(x, y) {
    /** @type {Node | null} */
    let node = null;
    let offset = 0;
    if ('caretPositionFromPoint' in document) {
      const found = document.caretPositionFromPoint(x, y);
      node = found?.offsetNode ?? null;
      offset = found?.offset ?? 0;
    } else {
      const found = /** @type {{ caretRangeFromPoint?: (x: number, y: number) => Range | null }} */ (
        document
      ).caretRangeFromPoint?.(x, y);
      node = found?.startContainer ?? null;
      offset = found?.startOffset ?? 0;
    }
    return node === null ? null : placeOf(node, offset);
  }

  /** @param {Node} node @param {number} offset @returns {Place | null} null outside of what was said */
  function placeOf(node, offset) {
    const element = node instanceof Element ? node : node.parentElement;
    const words = element?.closest('[data-source]');
    const turn = words instanceof HTMLElement ? byWords.get(words) : undefined;
    if (!turn) return null;
    const range = document.createRange();
    range.selectNodeContents(turn.words);
    range.setEnd(node, offset);
    return { turn, point: pointsAt(turn.text, range.toString().length) };
  }

  /** @param {1 | -1} way @returns {Place | null} */
  function line(way) {
    if (!focus) return null;
    const rect = rectOf(focus);
    wantedX ??= rect.left;
    const box = focus.turn.words.getBoundingClientRect();
    const y = way === 1 ? rect.bottom + rect.height / 2 : rect.top - rect.height / 2;
    if (y > box.top && y < box.bottom) {
      const found = placeAt(Math.min(Math.max(wantedX, box.left + 1), box.right - 1), y);
      if (found?.turn === focus.turn && found.point !== focus.point) return found;
      if (found?.turn === focus.turn) return edgeOf(focus.turn.index, way === 1 ? 'end' : 'start');
    }
    const next = turns[focus.turn.index + way];
    if (!next) return null;
    beforeShow(next);
    const there = next.words.getBoundingClientRect();
    const isSeen = there.top > 0 && there.bottom < innerHeight;
    const found = isSeen
      ? placeAt(
          Math.min(Math.max(wantedX, there.left + 1), there.right - 1),
          way === 1 ? there.top + 8 : there.bottom - 8,
        )
      : null;
    return found?.turn === next ? found : edgeOf(next.index, way === 1 ? 'start' : 'end');
  }

  /** @returns {[Place, Place] | null} the earlier place first */
  function ends() {
    if (!anchor || !focus) return null;
    const isForward =
      anchor.turn.index < focus.turn.index || (anchor.turn === focus.turn && anchor.point <= focus.point);
    return isForward ? [anchor, focus] : [focus, anchor];
  }

  /** Takes over a selection that was made with the mouse, a finger, or the browser's own keys. */
  function follow() {
    const selection = getSelection();
    if (!selection?.anchorNode || !selection.focusNode) return;
    const from = placeOf(selection.anchorNode, selection.anchorOffset);
    const to = placeOf(selection.focusNode, selection.focusOffset);
    if (!from || !to) return;
    // Our own selections are heard of here, too.
    if (isSame(from, anchor) && isSame(to, focus)) return;
    anchor = from;
    focus = to;
    wantedX = null;
    drawMark(to);
    onMove(!selection.isCollapsed);
  }
  document.addEventListener('selectionchange', follow);

  return {
    get place() {
      return focus;
    },
    moveTo,
    show,
    /** @param {Turn} turn @param {number} start @param {number} end */
    select(turn, start, end) {
      anchor = { turn, point: start };
      focus = { turn, point: end };
      wantedX = null;
      show();
      onMove(true);
    },
    /** Lets go of the selection, and stays where it was. */
    collapse() {
      const span = ends();
      if (span) moveTo(span[0]);
    },
    /** @param {'word' | 'sentence' | 'turn'} what */
    selectAround(what) {
      const at = ends()?.[0];
      if (!at) return;
      const { turn, point } = at;
      const span =
        what === 'turn' ? trimSpan(turn.text, { start: 0, end: turn.length }) : spanAround(turn.text, point, what);
      if (span && span.end > span.start) this.select(turn, span.start, span.end);
    },
    /**
     * Moves as a key asks.
     *
     * @param {string} key the browser's name of it
     * @param {{ isExtending: boolean, byWord: boolean }} how
     * @returns {boolean} whether it was a key that moves
     */
    press(key, { isExtending, byWord }) {
      if (!focus) return false;
      const by = byWord ? 'word' : 'grapheme';
      /** @type {Place | null} */
      let next = null;
      if (key === 'ArrowRight') next = stepped(1, by);
      else if (key === 'ArrowLeft') next = stepped(-1, by);
      else if (key === 'ArrowDown') next = byWord ? edgeOf(focus.turn.index + 1, 'start') : line(1);
      else if (key === 'ArrowUp') next = byWord ? edgeOf(focus.turn.index - 1, 'start') : line(-1);
      else if (key === 'Home') next = byWord ? edgeOf(0, 'start') : edgeOf(focus.turn.index, 'start');
      else if (key === 'End') next = byWord ? edgeOf(turns.length - 1, 'end') : edgeOf(focus.turn.index, 'end');
      else return false;
      if (next) moveTo(next, { isExtending, keepX: key === 'ArrowDown' || key === 'ArrowUp' });
      return true;
    },
    /** What is selected, turn by turn and without blanks at the ends; nothing where nothing is. @returns {Part[]} */
    parts() {
      const span = ends();
      if (!span) return [];
      const [from, to] = span;
      /** @type {Part[]} */
      const parts = [];
      for (let index = from.turn.index; index <= to.turn.index; index += 1) {
        const turn = turns[index];
        if (!turn) continue;
        const part = trimSpan(turn.text, {
          start: index === from.turn.index ? from.point : 0,
          end: index === to.turn.index ? to.point : turn.length,
        });
        if (part.end > part.start) parts.push({ turn, ...part });
      }
      return parts;
    },
  };
}
/** @typedef {ReturnType<typeof createCaret>} Caret */
