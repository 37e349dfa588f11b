/** What stands around the words: progress, what is at hand and what can be done with it, and the list of codes. */
import { make, shorten } from './coding-draw.js';
import { slicePoints } from './coding-text.js';

/** @typedef {import('./coding-state.js').State} State */

const FOR_WORDS = [
  ['pick', 'Choose a code'],
  ['new-code', 'New code'],
  ['in-vivo', 'The words as a code'],
  ['annotate', 'Memo'],
];
const FOR_CODING = [
  ['uncode', 'Take away'],
  ['important', 'Important'],
  ['memo', 'Memo'],
  ['edge-start', 'Move its beginning'],
  ['edge-end', 'Move its end'],
  ['overlap', 'Next here'],
  ['solo', 'Only this code'],
];
const FOR_EDGE = [
  ['earlier', 'A word earlier'],
  ['later', 'A word later'],
];
const FOR_NOTHING = [
  ['word', 'Select the word'],
  ['sentence', 'Select the sentence'],
  ['turn', 'Select the turn'],
  ['previous', 'Previous code'],
  ['next', 'Next code'],
];

/**
 * @param {{ root: HTMLElement, state: State, study: string, read: () => number, nameOf: (coding: import('./coding-state.js').Coding) => string }} options
 */
export function createBar({ root, state, study, read, nameOf }) {
  const part = (/** @type {string} */ name) => /** @type {HTMLElement | null} */ (root.querySelector(`[data-${name}]`));
  const atHand = part('at-hand');
  const buttons = part('at-hand-buttons');
  let list = part('code-list');
  let shownButtons = '';
  /** @type {Map<string, HTMLElement>} */
  const uses = new Map();
  /** @type {Map<string, number>} */
  const shownUses = new Map();

  function readList() {
    for (const item of list?.querySelectorAll('[data-code]') ?? []) {
      const count = item.querySelector('[data-uses]');
      if (item instanceof HTMLElement && count instanceof HTMLElement) uses.set(item.dataset['code'] ?? '', count);
    }
  }
  readList();

  /** @param {Element | null} element @param {string} text */
  const say = (element, text) => {
    if (element && element.textContent !== text) element.textContent = text;
  };

  /** @param {string[][]} wanted */
  function showButtons(wanted) {
    const key = wanted.map(([action]) => action).join(' ');
    if (!buttons || key === shownButtons) return;
    shownButtons = key;
    buttons.replaceChildren(
      ...wanted.map(([action = '', label]) => {
        const button = make('button', 'btn btn--quiet btn--small', label);
        button.setAttribute('type', 'button');
        button.dataset['action'] = action;
        return button;
      }),
    );
  }

  return {
    /** @param {{ parts: import('./coding-caret.js').Part[], held: string | null, isEdge: boolean, isRecent: boolean }} now */
    refresh({ parts, held, isEdge, isRecent }) {
      say(part('read'), String(read()));
      say(part('coded'), String(state.codedTurns()));
      for (const [code, count] of state.uses) {
        if (shownUses.get(code) === count) continue;
        shownUses.set(code, count);
        say(uses.get(code) ?? null, String(count));
      }
      const coding = state.current === null ? undefined : state.codings.get(state.current);
      const [first] = parts;
      if (isRecent) {
        say(
          atHand,
          `Recent: ${state.recent.map((id, index) => `${index + 1} ${state.codes.get(id)?.name ?? id.replace(/^new:/, '')}`).join(', ')}`,
        );
        showButtons([]);
      } else if (held !== null) {
        say(atHand, `${held} is ready: select words for it`);
        showButtons(FOR_NOTHING.slice(0, 3));
      } else if (first) {
        const words = shorten(slicePoints(first.turn.text, first.start, first.end));
        say(atHand, `“${words}”${parts.length > 1 ? ` and on, ${parts.length} turns` : ''}`);
        showButtons(FOR_WORDS);
      } else if (coding) {
        const by = coding.isMine || coding.by === null ? '' : `, by ${coding.by}`;
        say(atHand, isEdge ? `${nameOf(coding)}: arrow keys move the boundary` : `${nameOf(coding)}${by}`);
        showButtons(isEdge ? FOR_EDGE : FOR_CODING);
      } else {
        say(
          atHand,
          state.solo === null
            ? 'Select words, or go to a code'
            : `Only ${state.codes.get(state.solo)?.name ?? 'one code'} is shown`,
        );
        showButtons(state.solo === null ? FOR_NOTHING : [['solo', 'Show all codes'], ...FOR_NOTHING.slice(3)]);
      }
    },

    /** The codes changed: the list is made anew. */
    drawCodes() {
      if (!list) {
        list = make('ul', 'codes');
        part('no-codes')?.replaceWith(list);
      }
      uses.clear();
      shownUses.clear();
      list.replaceChildren(
        ...[...state.codes.values()].map(({ id, name, path, hue, depth }) => {
          const item = make('li', `codes__one seg-${hue} codes__depth-${Math.min(depth, 4)}`);
          item.dataset['code'] = id;
          const dot = make('span', 'dot');
          dot.setAttribute('aria-hidden', 'true');
          const link = /** @type {HTMLAnchorElement} */ (make('a', 'codes__name breakable'));
          link.append(make('span', 'two-lines', name));
          link.href = `${study}/codebook/${id}`;
          link.title = path === '' ? name : `${path} › ${name}`;
          const give = make('button', 'codes__give');
          give.setAttribute('type', 'button');
          give.dataset['give'] = id;
          give.append(dot, make('span', 'visually-hidden', `Give the code ${name}`));
          const pin = state.own.pinned.indexOf(id);
          const count = make('span', 'soft num', String(state.uses.get(id) ?? 0));
          count.dataset['uses'] = '';
          item.append(give, link, ' ', ...(pin >= 0 ? [make('kbd', '', String(pin + 1)), ' '] : []), count);
          return item;
        }),
      );
      readList();
    },
  };
}
