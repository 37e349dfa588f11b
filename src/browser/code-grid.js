/**
 * Answers in rows, coded by key: a digit puts its code on the current answer and goes on to the next one, Enter takes what is
 * proposed, J and K move. Words selected within the answer bear the code alone. Each thing is sent at once and again until
 * it arrives; what others did meanwhile comes with it. Without this script the ticks of a whole page are saved by its button.
 */
import { createAnnouncer } from './coding-announce.js';
import { createBoxes } from './coding-boxes.js';
import { make } from './coding-draw.js';
import { createKeys, takesKeys } from './coding-keys.js';
import { createQueue } from './coding-queue.js';
import { trimSpan } from './coding-text.js';

/** @typedef {import('./coding-state.js').Code} Code */

const KEYS = {
  next: ['j', 'arrowdown'],
  previous: ['k', 'arrowup'],
  pick: ['f', '/'],
  accept: ['enter'],
  reject: ['x'],
  undo: ['u', 'ctrl+z'],
  redo: ['ctrl+y', 'ctrl+shift+z'],
  stay: ['s'],
};
const HELP = [
  ['1–9', 'Put the code of that key on, or take it off'],
  ['F or /', 'Any code, by its name'],
  ['Enter', 'Take what is proposed, and go on'],
  ['X', 'Reject what is proposed'],
  ['J, K, ↓, ↑', 'Next and previous answer'],
  ['S', 'Stay on an answer after a key, or go on again'],
  ['U, Ctrl+Z', 'Take the last thing back; Ctrl+Y does it again'],
];
/** How often a page that lies open asks what others did. */
const REFRESH_MS = 20_000;
/** Figures follow a row of keys, not each of them. */
const SETTLE_MS = 700;

/** @param {HTMLElement} desk */
export function enhance(desk) {
  const form = desk.querySelector('[data-grid]');
  const state = desk.querySelector('[data-state]');
  if (!(form instanceof HTMLFormElement) || !(state instanceof HTMLElement)) return;
  const { action = '', undo: codebook = '' } = desk.dataset;
  const region = make('p', 'visually-hidden', '');
  region.setAttribute('aria-live', 'polite');
  desk.append(region);
  const announce = createAnnouncer(region);
  const rows = () => /** @type {HTMLElement[]} */ ([...desk.querySelectorAll('[data-row]')]);
  let current = 0;
  let goesOn = true;
  let settle = 0;
  let isByPointer = false;

  const boxes = createBoxes({ back: () => rows()[current]?.focus({ preventScroll: true }), announce });
  const queue = createQueue({
    name: `grid ${location.pathname}`,
    since: () => 0,
    freeze: () => undefined,
    onAnswer: () => {
      clearTimeout(settle);
      settle = window.setTimeout(() => void refresh(), SETTLE_MS);
    },
    onRefused: (item, { title, detail }) => {
      announce(`${item.about}: ${title}. ${detail}`);
      state.textContent = `${title}. ${detail}`;
      void refresh();
    },
    onState: (words) => {
      state.textContent = words;
    },
  });

  /** @param {number} index */
  function goTo(index) {
    const all = rows();
    const next = Math.max(0, Math.min(all.length - 1, index));
    for (const [at, row] of all.entries()) row.classList.toggle('grid-row--current', at === next);
    current = next;
    all[next]?.focus({ preventScroll: true });
    all[next]?.scrollIntoView({ block: 'nearest' });
  }

  /** @returns {Code[]} */
  const codes = () =>
    [...desk.querySelectorAll('[data-code]')].flatMap((line) =>
      line instanceof HTMLElement && line.dataset['category'] === undefined
        ? [
            {
              id: line.dataset['code'] ?? '',
              name: line.querySelector('.grid-frame__name')?.textContent ?? '',
              path: '',
              definition: '',
              hue: Number(/seg-(\d)/.exec(line.className)?.[1] ?? 1),
              depth: 0,
              isCodable: true,
            },
          ]
        : [],
    );
  const keyed = () => {
    /** @type {(string | null)[]} */
    const found = Array.from({ length: 9 }, () => null);
    for (const line of desk.querySelectorAll('[data-key]'))
      if (line instanceof HTMLElement && line.dataset['key'])
        found[Number(line.dataset['key']) - 1] = line.dataset['code'] ?? null;
    return found;
  };

  /** @param {HTMLElement} row @param {string} id */
  const boxOf = (row, id) =>
    /** @type {HTMLInputElement | null} */ (row.querySelector(`[name^="on-"][value="${CSS.escape(id)}"]`));

  /** @param {HTMLElement} row @param {[string, string][]} fields @param {string} about */
  const send = (row, fields, about) =>
    queue.add({ kind: 'code', path: action, fields: [...fields], about: `${about}, ${labelOf(row)}` });
  /** @param {HTMLElement} row */
  const labelOf = (row) => row.querySelector('.grid-row__about a')?.textContent ?? '';

  /**
   * Puts a code on an answer or takes it off; on the words selected in it, where some are.
   *
   * @param {HTMLElement} row
   * @param {Code} code
   */
  function toggle(row, code) {
    const key = row.dataset['row'] ?? '';
    const span = selectedIn(row);
    const box = boxOf(row, code.id);
    if (span) {
      send(
        row,
        [
          [`had-${key}`, ''],
          [`on-${key}`, code.id],
          [`span-${key}`, `${span.start}-${span.end}`],
        ],
        code.name,
      );
      getSelection()?.removeAllRanges();
      announce(`${code.name} on the words selected`);
      return;
    }
    const isOn = box?.checked !== true;
    if (box) {
      box.checked = isOn;
      box.closest('.code-chip')?.classList.toggle('code-chip--off', !isOn);
    } else row.querySelector('[data-codes]')?.prepend(chipOf(key, code));
    send(
      row,
      isOn
        ? [
            [`had-${key}`, ''],
            [`on-${key}`, code.id],
          ]
        : [[`had-${key}`, code.id]],
      code.name,
    );
    announce(isOn ? `${code.name} on ${labelOf(row)}` : `${code.name} taken off ${labelOf(row)}`);
    if (isOn && goesOn) goTo(current + 1);
  }

  /** @param {string} key @param {Code} code */
  function chipOf(key, code) {
    const chip = make('label', `code-chip seg-${code.hue}`);
    const box = document.createElement('input');
    Object.assign(box, { type: 'checkbox', name: `on-${key}`, value: code.id, checked: true });
    chip.append(box, make('span', '', code.name));
    return chip;
  }

  /** @param {HTMLElement} row @param {'accept' | 'reject'} verdict */
  function decide(row, verdict) {
    const offered = /** @type {HTMLInputElement[]} */ ([...row.querySelectorAll('[name="accept"]')]);
    if (offered.length > 0) {
      send(
        row,
        offered.map((box) => /** @type {[string, string]} */ ([verdict, box.value])),
        verdict === 'accept' ? 'Taken' : 'Rejected',
      );
      for (const box of offered) {
        const chip = box.closest('.code-chip');
        if (verdict === 'reject') chip?.remove();
        else {
          chip?.classList.remove('code-chip--suggested');
          box.replaceWith(make('span', 'dot'));
        }
      }
      announce(`${offered.length} ${verdict === 'accept' ? 'taken' : 'rejected'}`);
    }
    if (verdict === 'accept' || offered.length > 0) goTo(current + 1);
  }

  /** @param {'undo' | 'redo'} way */
  async function turn(way) {
    const response = await fetch(`${codebook}/${way}`, { method: 'POST', body: new URLSearchParams() }).catch(
      () => null,
    );
    const done = /done=(\w+)/.exec(response?.url ?? '')?.[1];
    announce(
      done === 'undone'
        ? 'Taken back'
        : done === 'redone'
          ? 'Done again'
          : done === 'nothing'
            ? 'There is nothing to take back'
            : done === 'stopped'
              ? 'The last thing you did cannot be undone here'
              : 'This was not taken back: somebody changed it since',
    );
    await refresh();
  }

  /** Takes over what the page would show now: codes of the rows that stand here, figures, and what can be taken back. */
  async function refresh() {
    if (!queue.isEmpty() || boxes.isOpen()) return;
    const text = await fetch(location.href, { headers: { Accept: 'text/html' } })
      .then((response) => (response.ok ? response.text() : null))
      .catch(() => null);
    if (text === null || !queue.isEmpty() || takesKeys(document.activeElement)) return;
    const page = new DOMParser().parseFromString(text, 'text/html');
    for (const row of rows()) {
      const fresh = page.querySelector(`[data-row="${CSS.escape(row.dataset['row'] ?? '')}"] [data-codes]`);
      if (fresh) row.querySelector('[data-codes]')?.replaceWith(document.importNode(fresh, true));
    }
    for (const part of ['[data-frame]', '[data-turn]']) {
      const fresh = page.querySelector(part);
      if (fresh) desk.querySelector(part)?.replaceWith(document.importNode(fresh, true));
    }
  }

  const keys = createKeys({ isOn: true, keys: KEYS });
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const row = rows()[current];
    const onControl = event.target instanceof Element && event.target.closest('button, a, summary') !== null;
    if (!row || takesKeys(event.target)) return;
    const digit = keys.digitOf(event);
    if (digit !== null) {
      const code = codes().find(({ id }) => id === keyed()[digit - 1]);
      if (code) toggle(row, code);
      else announce(`No code has the key ${digit}`);
      event.preventDefault();
      return;
    }
    const what = keys.actionOf(event);
    if (what === null || (onControl && event.key === 'Enter')) return;
    event.preventDefault();
    if (what === 'next' || what === 'previous') goTo(current + (what === 'next' ? 1 : -1));
    else if (what === 'accept' || what === 'reject') decide(row, what);
    else if (what === 'undo' || what === 'redo') void turn(what);
    else if (what === 'stay') stay.click();
    else pick(row);
  });

  /** @param {HTMLElement} row */
  function pick(row) {
    const words = row.querySelector('[data-words]');
    if (!(words instanceof HTMLElement)) return;
    const all = codes();
    boxes.pick(/** @type {import('./coding-state.js').Turn} */ (/** @type {unknown} */ ({ words })), {
      about: labelOf(row).toLowerCase(),
      codes: all,
      pinned: keyed(),
      onChosen: (code, name) => {
        if (code) toggle(row, code);
        else announce(`There is no code “${name}”. Make it in the codebook first`);
      },
    });
  }

  // Ticks with the mouse are sent as they are made; the button of the page is for those without a script.
  form.addEventListener('change', (event) => {
    const box = event.target;
    const row = box instanceof Element ? box.closest('[data-row]') : null;
    if (!(box instanceof HTMLInputElement) || !(row instanceof HTMLElement)) return;
    const key = row.dataset['row'] ?? '';
    const code = codes().find(({ id }) => id === box.value);
    if (box.name.startsWith('on-') && code) {
      box.closest('.code-chip')?.classList.toggle('code-chip--off', !box.checked);
      send(
        row,
        box.checked
          ? [
              [`had-${key}`, ''],
              [`on-${key}`, code.id],
            ]
          : [[`had-${key}`, code.id]],
        code.name,
      );
      // Keys go to the answer again, unless whoever ticked goes from box to box by keyboard.
      if (isByPointer) row.focus({ preventScroll: true });
    } else if (box.name === 'accept' && box.checked) send(row, [['accept', box.value]], 'Taken');
    else if (box.name.startsWith('more-')) {
      const named = codes().find(({ name }) => name.toLowerCase() === box.value.trim().toLowerCase());
      if (named) toggle(row, named);
      box.value = '';
    }
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  desk.addEventListener('keydown', () => {
    isByPointer = false;
  });
  desk.addEventListener('pointerdown', (event) => {
    isByPointer = true;
    const row = event.target instanceof Element ? event.target.closest('[data-row]') : null;
    const index = row instanceof HTMLElement ? rows().indexOf(row) : -1;
    if (index < 0 || index === current) return;
    for (const one of rows()) one.classList.toggle('grid-row--current', one === row);
    current = index;
  });

  const stay = document.createElement('button');
  stay.type = 'button';
  stay.className = 'btn btn--quiet btn--small';
  stay.setAttribute('aria-pressed', 'false');
  stay.textContent = 'Stay after a key';
  stay.addEventListener('click', () => {
    goesOn = !goesOn;
    stay.setAttribute('aria-pressed', String(!goesOn));
    announce(goesOn ? 'A key goes on to the next answer' : 'A key stays on the answer');
  });
  const help = make('details', '');
  help.append(make('summary', '', 'Keys'));
  const list = make('dl', 'grid-keys');
  for (const [key = '', what = ''] of HELP) {
    const term = make('dt', '');
    term.append(make('kbd', '', key));
    list.append(term, make('dd', '', what));
  }
  help.append(list);
  desk.querySelector('[data-bar]')?.append(stay, help);

  for (const row of rows()) row.tabIndex = -1;
  desk.classList.add('grid-desk--live');
  const [first] = rows();
  first?.classList.add('grid-row--current');
  queue.resume();
  setInterval(() => {
    if (document.visibilityState === 'visible') void refresh();
  }, REFRESH_MS);
}

/**
 * What is selected within a row's words, in code points of what was said; a mask that is touched is taken whole.
 *
 * @param {HTMLElement} row
 * @returns {{ start: number, end: number } | null}
 */
function selectedIn(row) {
  const selection = getSelection();
  const words = row.querySelector('[data-words]');
  if (!words || selection === null || selection.rangeCount === 0 || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!words.contains(range.startContainer) || !words.contains(range.endContainer)) return null;
  const start = placeIn(words, range.startContainer, range.startOffset, 'start');
  const end = placeIn(words, range.endContainer, range.endOffset, 'end');
  if (start === null || end === null || end <= start) return null;
  const isMasked = words.querySelector('[data-masked]') !== null;
  // Blanks at the ends can be told only where what is shown is what was said.
  const span = isMasked ? { start, end } : trimSpan(words.textContent ?? '', { start, end });
  return span.end > span.start ? span : null;
}

/**
 * @param {Element} words
 * @param {Node} node
 * @param {number} offset
 * @param {'start' | 'end'} side
 * @returns {number | null}
 */
function placeIn(words, node, offset, side) {
  for (const piece of words.querySelectorAll('[data-start]')) {
    if (!(piece instanceof HTMLElement) || !(piece === node || piece.contains(node))) continue;
    const [from, to] = [Number(piece.dataset['start']), Number(piece.dataset['end'])];
    if (piece.dataset['masked'] !== undefined) return side === 'start' ? from : to;
    const range = document.createRange();
    range.selectNodeContents(piece);
    range.setEnd(node, offset);
    return from + [...range.toString()].length;
  }
  if (node !== words) return null;
  // The element itself: before its child of that number.
  const piece = words.children[side === 'start' ? offset : offset - 1];
  return piece instanceof HTMLElement ? Number(side === 'start' ? piece.dataset['start'] : piece.dataset['end']) : null;
}
