/**
 * What is asked within the text, beneath the turn it is about, so that no words are ever covered: the picker of codes, the
 * name of a new one, a memo. Only one is open at a time.
 */
import { make } from './coding-draw.js';

/** @typedef {import('./coding-state.js').Turn} Turn */
/** @typedef {import('./coding-state.js').Code} Code */

const FOUND_MAX = 50;

/** @param {string} text */
const fold = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/**
 * Codes that a filter finds: those whose names begin with it first, then those that hold all its words.
 *
 * @param {Code[]} codes
 * @param {string} typed
 */
export function findCodes(codes, typed) {
  const wanted = fold(typed).trim();
  if (wanted === '') return codes;
  const words = wanted.split(/\s+/);
  const rank = (/** @type {Code} */ { name, path }) => {
    const [own, whole] = [fold(name), fold(`${path} ${name}`)];
    if (own === wanted) return 0;
    if (own.startsWith(wanted)) return 1;
    if (words.every((word) => own.includes(word))) return 2;
    return words.every((word) => whole.includes(word)) ? 3 : 4;
  };
  return codes
    .map((code) => ({ code, rank: rank(code) }))
    .filter((found) => found.rank < 4)
    .sort((a, b) => a.rank - b.rank)
    .map(({ code }) => code);
}

/**
 * @param {{ back: () => void, announce: (words: string) => void }} options `back` gives the focus to the text again
 */
export function createBoxes({ back, announce }) {
  /** @type {HTMLElement | null} */
  let open = null;

  function close() {
    if (!open) return;
    open.remove();
    open = null;
    back();
  }

  /** @param {Turn} turn @param {HTMLElement} box @param {HTMLElement} first */
  function show(turn, box, first) {
    open?.remove();
    open = box;
    turn.words.after(box);
    first.focus({ preventScroll: true });
    box.scrollIntoView({ block: 'nearest' });
  }

  /** @param {string} label @param {HTMLElement} control @param {string} id */
  function labelled(label, control, id) {
    control.id = id;
    const line = /** @type {HTMLLabelElement} */ (make('label', 'field__label', label));
    line.htmlFor = id;
    return [line, control];
  }

  return {
    close,
    isOpen: () => open !== null,

    /**
     * @param {Turn} turn
     * @param {{ about: string, codes: Code[], pinned: (string | null)[], onChosen: (code: Code | null, name: string) => void }} options
     *   `onChosen` hears of a code, or of the name of one to be made
     */
    pick(turn, { about, codes, pinned, onChosen }) {
      const box = make('div', 'box');
      const input = /** @type {HTMLInputElement} */ (make('input', 'field__input'));
      const list = make('ul', 'box__found');
      list.id = 'found-codes';
      list.setAttribute('role', 'listbox');
      list.setAttribute('aria-label', 'Codes');
      input.setAttribute('role', 'combobox');
      input.setAttribute('aria-expanded', 'true');
      input.setAttribute('aria-controls', list.id);
      input.setAttribute('aria-autocomplete', 'list');
      input.autocomplete = 'off';
      /** @type {{ code: Code | null, name: string }[]} */
      let found = [];
      let at = 0;

      function mark() {
        for (const [index, option] of [...list.children].entries()) {
          option.setAttribute('aria-selected', String(index === at));
          if (index === at) {
            input.setAttribute('aria-activedescendant', option.id);
            option.scrollIntoView({ block: 'nearest' });
          }
        }
      }
      function fill() {
        const typed = input.value.trim();
        const matches = findCodes(codes, typed).slice(0, FOUND_MAX);
        found = matches.map((code) => ({ code, name: code.name }));
        if (typed !== '' && !codes.some(({ name }) => name === typed)) found.push({ code: null, name: typed });
        at = 0;
        list.replaceChildren(
          ...found.map(({ code, name }, index) => {
            const option = make('li', `box__one${code ? ` seg-${code.hue}` : ''}`);
            option.id = `found-code-${index}`;
            option.setAttribute('role', 'option');
            option.dataset['index'] = String(index);
            if (code) {
              const dot = make('span', 'dot');
              option.append(dot, make('span', 'box__name', code.path === '' ? name : `${code.path} › ${name}`));
              const pin = pinned.indexOf(code.id);
              if (pin >= 0) option.append(make('kbd', '', String(pin + 1)));
            } else option.append(make('span', 'box__name', `New code “${name}”`));
            return option;
          }),
        );
        input.removeAttribute('aria-activedescendant');
        mark();
      }
      function choose() {
        const chosen = found[at];
        if (!chosen) return;
        close();
        onChosen(chosen.code, chosen.name);
      }
      input.addEventListener('input', fill);
      input.addEventListener('keydown', (event) => {
        if (event.isComposing) return;
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
          const by = event.key === 'ArrowDown' ? 1 : -1;
          at = found.length === 0 ? 0 : (at + by + found.length) % found.length;
          mark();
        } else if (event.key === 'Enter') choose();
        else if (event.key === 'Escape') close();
        else return;
        event.preventDefault();
        event.stopPropagation();
      });
      list.addEventListener('pointerdown', (event) => event.preventDefault());
      list.addEventListener('click', (event) => {
        const option = event.target instanceof Element ? event.target.closest('[data-index]') : null;
        if (!(option instanceof HTMLElement)) return;
        at = Number(option.dataset['index']);
        choose();
      });
      box.append(...labelled(`Code for ${about}`, input, 'pick-code'), list);
      fill();
      show(turn, box, input);
    },

    /**
     * @param {Turn} turn
     * @param {{ label: string, value: string, isLong: boolean, save: string, onSaved: (text: string) => void }} options
     */
    write(turn, { label, value, isLong, save, onSaved }) {
      const box = make('form', 'box');
      const control = /** @type {HTMLInputElement | HTMLTextAreaElement} */ (
        make(isLong ? 'textarea' : 'input', 'field__input')
      );
      if (control instanceof HTMLTextAreaElement) control.rows = 4;
      control.autocomplete = 'off';
      control.value = value;
      const done = make('button', 'btn btn--small', save);
      const leave = make('button', 'btn btn--quiet btn--small', 'Leave');
      leave.setAttribute('type', 'button');
      leave.addEventListener('click', close);
      const finish = () => {
        const text = control.value.trim();
        if (text === '') {
          announce('Write something first, or leave with Escape');
          return;
        }
        close();
        onSaved(text);
      };
      box.addEventListener('submit', (event) => {
        event.preventDefault();
        finish();
      });
      box.addEventListener('keydown', (event) => {
        if (event.key === 'Escape') close();
        else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) finish();
        else return;
        event.preventDefault();
        event.stopPropagation();
      });
      const row = make('div', 'buttons');
      row.append(done, leave);
      box.append(...labelled(label, control, 'box-text'), row);
      show(turn, box, control);
      control.setSelectionRange(value.length, value.length);
    },
  };
}
/** @typedef {ReturnType<typeof createBoxes>} Boxes */
