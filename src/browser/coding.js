/**
 * A desk on which an interview is coded: by keys, by the menu, or with the mouse, by several researchers at once. The
 * words and all that was coded before stand on the page as the server sent it; from then on only what changed goes
 * back and forth.
 */
import { createAnnouncer } from './coding-announce.js';
import { createBar } from './coding-bar.js';
import { createCaret } from './coding-caret.js';
import { createDesk } from './coding-desk.js';
import { createDrawing } from './coding-draw.js';
import { createKeys, takesKeys } from './coding-keys.js';
import { createQueue } from './coding-queue.js';
import { createState, readTurns, takeOver } from './coding-state.js';

/** @typedef {import('./coding-state.js').Change} Change */
/** @typedef {import('./coding-state.js').Own} Own */

const POLL_MS = 2500;
/** So long a turn has to be in view before it counts as read when it is scrolled past. */
const READ_MS = 800;

/** @param {HTMLElement} root */
export function enhance(root) {
  const transcript = /** @type {HTMLElement | null} */ (root.querySelector('[data-transcript]'));
  const { at = '', interview = '', study = '' } = root.dataset;
  if (!transcript) return;
  const part = (/** @type {string} */ name) => /** @type {HTMLElement | null} */ (root.querySelector(`[data-${name}]`));
  const dialog = /** @type {HTMLDialogElement | null} */ (root.querySelector('dialog[data-keys]'));
  const state = createState(readTurns(transcript));
  const announce = createAnnouncer(part('announce'));
  const drawing = createDrawing({ state, memoAddress: (id) => `${study}/memos/${id}` });
  let isPinPending = false;

  const bar = createBar({ root, state, study, read: () => state.read.size, nameOf: drawing.nameOf });
  const caret = createCaret({
    turns: state.turns,
    beforeShow: (turn) => {
      if (!turn.isDrawn) drawing.draw(turn);
    },
    onMove: () => {
      const turn = caret.place?.turn;
      if (turn) markRead(turn.source);
      desk.moved();
    },
  });
  const refresh = () =>
    bar.refresh({
      parts: caret.parts(),
      held: desk.held()?.name ?? null,
      isEdge: desk.isEdgeHeld(),
      isRecent: desk.isRecentAwaited(),
    });

  /** @param {string} title @param {string} detail */
  function warn(title, detail) {
    const notice = part('refused');
    const [head, text] = [part('refused-title'), part('refused-text')];
    if (!notice || !head || !text) return;
    notice.hidden = false;
    head.textContent = title;
    text.textContent = detail;
  }

  const queue = createQueue({
    name: `verbatim-coding ${interview}`,
    since: () => state.sequence,
    freeze: (item) => {
      const step = item.kind === 'undo' ? state.undo : item.kind === 'redo' ? state.redo : null;
      if (step) item.fields.push(['step', String(step.id)]);
    },
    onAnswer: (item, answer) => {
      take(answer);
      if (item.kind === 'undo' || item.kind === 'redo') {
        const { outcome, label } = /** @type {{ outcome: string, label: string }} */ (answer.said);
        const done = item.kind === 'undo' ? 'Taken back' : 'Done again';
        announce(
          outcome === 'done'
            ? `${done}: ${label}`
            : outcome === 'changed'
              ? `Somebody changed this since, so it stays as it is: ${label}`
              : outcome === 'stopped'
                ? `The last thing you did, ${label}, cannot be undone here`
                : 'There is nothing more',
        );
      }
    },
    onRefused: (item, { title, detail }) => {
      warn(title, `${detail}${detail === '' ? '' : '. '}It was ${item.about}. The page now shows what stands`);
      announce(`${title}. ${detail}`);
      void load(false);
    },
    onState: (words) => {
      const saving = part('saving');
      if (saving && saving.textContent !== words) saving.textContent = words;
      saving?.classList.toggle('desk__saving--late', words.includes('not saved') || words.includes('Not saved'));
    },
  });

  const desk = createDesk({
    state,
    caret,
    drawing,
    queue,
    transcript,
    at,
    interview,
    announce,
    refresh,
    showKeys: () => dialog?.showModal(),
  });

  /** @param {Change} change */
  function take(change) {
    const isPending = (/** @type {string} */ id) => queue.isPending(id) || desk.unsavedEdge() === id;
    const { turns, hasCodes } = takeOver(state, change, isPending);
    if (hasCodes) {
      nameNewCodes();
      bar.drawCodes();
    }
    for (const turn of turns) drawing.touch(turn);
    if (state.textMark !== '' && change.textMark !== state.textMark)
      warn('The transcript was changed meanwhile', 'Load this page again to see the words as they stand now');
    state.textMark = change.textMark;
    refresh();
  }

  /** Codes that went by their names have ids now, and the first of them take number keys that are free. */
  function nameNewCodes() {
    const byName = new Map([...state.codes.values()].map(({ name, id }) => [`new:${name}`, id]));
    state.recent = state.recent.map((id) => byName.get(id) ?? id);
    for (const coding of [...state.codings.values()]) {
      const id = byName.get(coding.code);
      if (id) drawing.touch(state.put({ ...coding, code: id }));
    }
    const pins = [...state.own.pinned];
    for (const id of state.recent) {
      if (id.startsWith('new:') || pins.includes(id)) continue;
      const free = pins.indexOf(null);
      if (free >= 0) pins[free] = id;
      else if (pins.length < 9) pins.push(id);
      else break;
      isPinPending = true;
    }
    state.own.pinned = pins;
    if (!isPinPending) return;
    isPinPending = false;
    queue.add({
      kind: 'pins',
      path: `${at}/pins`,
      fields: pins.map((id, index) => [`pin${index + 1}`, id ?? '']),
      about: 'the number keys',
    });
  }

  // Reading: a turn counts once the caret was in it, or once it was in view for a moment and went past.
  /** @type {Set<string>} */
  let toTell = new Set();
  /** @param {string} source */
  function markRead(source) {
    if (state.read.has(source)) return;
    state.read.add(source);
    toTell.add(source);
  }
  /** @type {WeakMap<Element, number>} */
  const seenSince = new WeakMap();
  const reading = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      if (isIntersecting) seenSince.set(target, Date.now());
      else if (boundingClientRect.bottom <= 0 && Date.now() - (seenSince.get(target) ?? Date.now()) > READ_MS)
        markRead(/** @type {HTMLElement} */ (target).dataset['turn'] ?? '');
    }
  });

  /** @param {boolean} isFirst */
  async function load(isFirst) {
    const response = await fetch(`${at}.json`, { headers: { Accept: 'application/json' } }).catch(() => null);
    if (!response?.ok) return;
    const whole = /** @type {Change & { own: Own }} */ (await response.json());
    if (isFirst) {
      state.own = whole.own;
      for (const source of whole.own.read) if (state.bySource.has(source)) state.read.add(source);
    }
    take(whole);
  }

  async function poll() {
    if (document.visibilityState !== 'visible') return;
    const told = [...toTell];
    toTell = new Set();
    try {
      const response =
        told.length === 0
          ? await fetch(`${at}.json?since=${state.sequence}`, { headers: { Accept: 'application/json' } })
          : await fetch(`${at}/read`, {
              method: 'POST',
              headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
              body: new URLSearchParams([
                ...told.map((source) => ['source', source]),
                ['since', String(state.sequence)],
              ]),
            });
      if (response.ok) take(await response.json());
      else for (const source of told) toTell.add(source);
    } catch {
      for (const source of told) toTell.add(source);
    }
  }

  /** @param {ReturnType<typeof createKeys>} keys */
  function listen(keys) {
    document.addEventListener('keydown', (event) => {
      if (event.isComposing || event.defaultPrevented || dialog?.open || takesKeys(event.target)) return;
      if (event.target instanceof Element && event.target.closest('dialog') !== null) return;
      const isInText = event.target === transcript || event.target === document.body;
      const digit = keys.digitOf(event);
      const action = digit === null ? keys.actionOf(event) : null;
      if (digit !== null) desk.digit(digit);
      else if (action !== null) desk.act(action);
      else if (event.key === 'Escape') desk.leave();
      else if (isInText && event.key === 'Enter') {
        if (!desk.confirm()) return;
      } else if (isInText && !event.altKey && desk.move(event)) {
        // The caret moved, and the page stays where it is but for following it.
      } else return;
      event.preventDefault();
    });
    root.addEventListener('keydown', (event) => {
      const { target, key } = event;
      const isWritten = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
      if (isWritten && key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.defaultPrevented)
        target.form?.requestSubmit();
    });
    root.addEventListener('click', (event) => {
      if (!(event.target instanceof Element)) return;
      const button = event.target.closest('[data-action]');
      if (button instanceof HTMLElement) {
        if (dialog?.open) dialog.close();
        desk.act(button.dataset['action'] ?? '');
        return;
      }
      const given = event.target.closest('[data-give]');
      if (given instanceof HTMLElement) return desk.chooseCode(given.dataset['give'] ?? '');
      const coding = event.target.closest('[data-coding]');
      if (coding instanceof HTMLElement) desk.choose(coding.dataset['coding'] ?? '', coding.classList.contains('pill'));
    });
    transcript?.addEventListener('pointerup', () => setTimeout(() => desk.selected()));
    transcript?.addEventListener('focus', () => caret.show({ isQuiet: true }));
    // A click on a button must not take the selection away that it is about.
    root.addEventListener('pointerdown', (event) => {
      if (event.target instanceof Element && event.target.closest('[data-action], [data-give], [data-coding]'))
        event.preventDefault();
    });
    addEventListener('pagehide', () => desk.settle());
  }

  async function start() {
    for (const element of root.querySelectorAll('[data-plain]')) element.setAttribute('hidden', '');
    for (const element of root.querySelectorAll('[data-live]')) element.removeAttribute('hidden');
    // Where the codes stand above the words, they make room for them.
    const codes = part('codes');
    if (codes instanceof HTMLDetailsElement && innerWidth <= 1120) codes.open = false;
    await load(true);
    bar.drawCodes();
    drawing.start();
    for (const turn of state.turns) reading.observe(turn.element);
    listen(createKeys(state.own.keys));
    root.dataset['ready'] = '';
    refresh();
    queue.resume();
    setInterval(() => void poll(), POLL_MS);
    document.addEventListener('visibilitychange', () => void poll());
  }
  start().catch(() => undefined);
}
