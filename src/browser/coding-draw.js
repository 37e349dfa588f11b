/**
 * Draws what is coded: stripes in the margin, one lane for each coding that overlaps another, the names beneath, and
 * the words of one coding marked. A turn is drawn when it comes near the window and again when something of it changes;
 * all others stay as they are, so that what a code costs does not grow with the interview.
 */
import { nodeAt } from './coding-caret.js';
import { assignLanes } from './coding-lanes.js';
import { slicePoints, unitsAt } from './coding-text.js';

/** @typedef {import('./coding-state.js').State} State */
/** @typedef {import('./coding-state.js').Turn} Turn */
/** @typedef {import('./coding-state.js').Coding} Coding */

const LANE_PX = 9;
/** Room for the count of those that have no lane of their own. */
const COUNT_PX = 30;
const NAMES_SHOWN = 8;
const HUES = 8;

/** @param {string} tag @param {string} className @param {string} [text] */
export function make(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Words marked without elements around them, where the browser can; elsewhere the stripes say enough. */
function createHighlights() {
  const canMark = typeof Highlight !== 'undefined' && 'highlights' in CSS;
  /** @type {Map<string, Highlight>} */
  const known = new Map();
  if (canMark) {
    for (const name of [
      'coding-current',
      'coding-chosen',
      ...Array.from({ length: HUES }, (_, hue) => `coding-${hue + 1}`),
    ]) {
      const highlight = new Highlight();
      known.set(name, highlight);
      CSS.highlights.set(name, highlight);
    }
  }
  /** @type {WeakMap<Turn, [Highlight, AbstractRange][]>} */
  const ofTurn = new WeakMap();
  /** @param {Turn} turn @param {{ start: number, end: number }} span */
  function rangeOf(turn, { start, end }) {
    const node = turn.words.firstChild;
    if (!(node instanceof Text)) return null;
    return new StaticRange({
      startContainer: node,
      startOffset: unitsAt(turn.text, start),
      endContainer: node,
      endOffset: unitsAt(turn.text, end),
    });
  }
  return {
    /** @param {Turn} turn */
    clear(turn) {
      for (const [highlight, range] of ofTurn.get(turn) ?? []) highlight.delete(range);
      ofTurn.delete(turn);
    },
    /** @param {{ turn: Turn, start: number, end: number }[]} parts */
    choose(parts) {
      const highlight = known.get('coding-chosen');
      highlight?.clear();
      for (const { turn, ...span } of parts) {
        const range = rangeOf(turn, span);
        if (range) highlight?.add(range);
      }
    },
    /** @param {Turn} turn @param {string} name @param {{ start: number, end: number }} span */
    add(turn, name, span) {
      const highlight = known.get(name);
      const range = rangeOf(turn, span);
      if (!highlight || !range) return;
      highlight.add(range);
      ofTurn.set(turn, [...(ofTurn.get(turn) ?? []), [highlight, range]]);
    },
  };
}

/**
 * @param {{ state: State, memoAddress: (id: string) => string }} options
 */
export function createDrawing({ state, memoAddress }) {
  const highlights = createHighlights();
  /** @type {WeakMap<Turn, HTMLElement>} */
  const margins = new WeakMap();

  /** @param {Coding} coding */
  const nameOf = ({ code, direction, isImportant }) =>
    (state.codes.get(code)?.name ?? code.replace(/^new:/, '')) +
    (direction === null ? '' : `, ${direction} it`) +
    (isImportant ? ', important' : '');
  /** @param {Coding} coding */
  const hueOf = ({ code }) => state.codes.get(code)?.hue ?? 1;

  /** @param {Turn} turn @param {Coding[]} here */
  function drawStripes(turn, here) {
    let margin = margins.get(turn);
    if (!margin) {
      if (here.length === 0) return;
      margin = make('div', 'turn__stripes');
      margins.set(turn, margin);
      turn.words.after(margin);
    }
    if (here.length === 0) {
      margin.replaceChildren();
      return;
    }
    // All measuring comes before all writing, so that the browser lays the turn out once.
    const box = margin.getBoundingClientRect();
    const range = document.createRange();
    const placed = assignLanes(here);
    const lanesWithin = (/** @type {number} */ width) => Math.max(1, Math.floor(width / LANE_PX));
    const isCrowded = placed.some(({ lane }) => lane >= lanesWithin(box.width));
    const lanesMax = isCrowded ? lanesWithin(box.width - COUNT_PX) : lanesWithin(box.width);
    const seen = placed.filter(({ lane, span }) => lane < lanesMax || span.id === state.current);
    const measured = seen.map(({ span, lane }) => {
      range.setStart(...nodeAt(turn.words, unitsAt(turn.text, span.start)));
      range.setEnd(...nodeAt(turn.words, unitsAt(turn.text, span.end)));
      const rect = range.getBoundingClientRect();
      return { coding: span, lane: Math.min(lane, lanesMax - 1), top: rect.top - box.top, height: rect.height };
    });
    const stripes = measured.map(({ coding, lane, top, height }) => {
      const isCurrent = coding.id === state.current;
      const stripe = make('span', `stripe seg-${hueOf(coding)}${isCurrent ? ' stripe--current' : ''}`);
      // Whoever does not point with a mouse has the same as a button beneath the words.
      stripe.setAttribute('aria-hidden', 'true');
      stripe.dataset['coding'] = coding.id;
      stripe.title = `${nameOf(coding)}${coding.by === null ? '' : `, by ${coding.by}`}`;
      stripe.style.insetBlockStart = `${top}px`;
      stripe.style.blockSize = `${Math.max(height, 8)}px`;
      stripe.style.insetInlineStart = `${lane * LANE_PX}px`;
      return stripe;
    });
    margin.replaceChildren(...stripes);
    if (isCrowded) margin.append(make('span', 'turn__more-stripes', `+${placed.length - seen.length}`));
  }

  /** @param {Turn} turn @param {Coding[]} here */
  function drawNames(turn, here) {
    const beside = turn.element.querySelector('.turn__beside');
    if (!beside) return;
    const isOpen = beside.querySelector('details')?.open ?? false;
    const pill = (/** @type {Coding} */ coding) => {
      const item = make('li', `seg-${hueOf(coding)}`);
      const button = make('button', 'pill');
      button.setAttribute('type', 'button');
      button.setAttribute('aria-pressed', String(coding.id === state.current));
      button.dataset['coding'] = coding.id;
      const dot = make('span', 'dot');
      dot.setAttribute('aria-hidden', 'true');
      const words = make(
        'span',
        'visually-hidden',
        ` on “${shorten(slicePoints(turn.text, coding.start, coding.end))}”`,
      );
      button.append(dot, nameOf(coding), words);
      item.append(button);
      return item;
    };
    /** @type {HTMLElement[]} */
    const parts = [];
    if (here.length > 0) {
      const list = make('ul', 'turn__codes plain-list cluster');
      list.append(...here.slice(0, NAMES_SHOWN).map(pill));
      parts.push(list);
      if (here.length > NAMES_SHOWN) {
        const more = document.createElement('details');
        more.className = 'turn__more';
        more.open = isOpen;
        const rest = make('ul', 'turn__codes plain-list cluster');
        rest.append(...here.slice(NAMES_SHOWN).map(pill));
        more.append(make('summary', '', `${here.length - NAMES_SHOWN} more codes`), rest);
        parts.push(more);
      }
    }
    for (const memo of state.memosIn(turn.source)) {
      const line = make('p', 'turn__memo');
      const link = /** @type {HTMLAnchorElement} */ (make('a', '', 'Memo'));
      link.href = memoAddress(memo.id);
      link.dataset['memo'] = memo.id;
      line.append(
        link,
        ' ',
        make('span', 'soft', memo.by ?? 'somebody who is gone'),
        ' ',
        make('span', 'turn__memo-text', memo.text),
      );
      parts.push(line);
    }
    beside.replaceChildren(...parts);
  }

  /** @param {Turn} turn */
  function draw(turn) {
    if (turn.words.childNodes.length !== 1 && turn.text !== '') turn.words.textContent = turn.text;
    turn.isDrawn = true;
    const here = state.codingsIn(turn.source).filter(({ code }) => state.solo === null || code === state.solo);
    highlights.clear(turn);
    if (state.isUnderlined) for (const coding of here) highlights.add(turn, `coding-${hueOf(coding)}`, coding);
    const current = here.find(({ id }) => id === state.current);
    if (current) highlights.add(turn, 'coding-current', current);
    turn.element.classList.toggle('turn--coded', here.length > 0);
    drawNames(turn, here);
    drawStripes(turn, here);
  }

  const near = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const turn = state.bySource.get(/** @type {HTMLElement} */ (target).dataset['turn'] ?? '');
        if (!turn) continue;
        turn.isNear = isIntersecting;
        if (isIntersecting && !turn.isDrawn) draw(turn);
      }
    },
    { rootMargin: '400px 0px' },
  );

  const drawing = {
    nameOf,
    draw,
    /** Keeps words marked while something is written about them, when the browser no longer shows them as selected. */
    choose: highlights.choose,
    /** @param {Turn | null | undefined} turn draws it now where it can be seen, else when it can */
    touch(turn) {
      if (!turn) return;
      if (turn.isNear) draw(turn);
      else turn.isDrawn = false;
    },
    all() {
      for (const turn of state.turns) drawing.touch(turn);
    },
    start() {
      for (const turn of state.turns) near.observe(turn.element);
      let width = innerWidth;
      addEventListener('resize', () => {
        if (innerWidth === width) return;
        width = innerWidth;
        requestAnimationFrame(() => drawing.all());
      });
      document.fonts?.ready.then(() => drawing.all()).catch(() => undefined);
    },
  };
  return drawing;
}
/** @typedef {ReturnType<typeof createDrawing>} Drawing */

/** @param {string} words */
export function shorten(words) {
  const line = words.replace(/\s+/g, ' ').trim();
  const points = [...line];
  return points.length > 60 ? `${points.slice(0, 59).join('')}…` : line;
}
