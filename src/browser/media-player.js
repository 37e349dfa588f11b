/**
 * Plays a recording along with the turns on the page: a click on a turn's time, or Enter on it, plays from there; a click
 * on words sets the recording to the caption they stand in, and the turn and caption that are playing are marked. Turns
 * carry `data-start-ms`, `data-end-ms` where it is known and `data-cues` where they were joined; their time is a
 * `.turn__time`. Without this the recording plays all the same.
 */
import { nodeAt } from './coding-caret.js';
import { cuesOf, msAt, pointIn, rangeOf, stretchAt } from './cue-places.js';

const STEP_SECONDS = 5;
/** Whoever plays again has just missed something. */
const BACK_SECONDS = 1;

/** What keys belong to while it has the focus. */
const TAKES_KEYS =
  'input, textarea, select, button, summary, audio, video, [contenteditable], [role="textbox"], [role="button"], dialog';

/** @typedef {{ start: number, end: number, turn: HTMLElement }} Stretch in seconds */

/** @returns {Stretch[]} those that are on the page now, in order */
function stretches() {
  const timed = [...document.querySelectorAll('[data-start-ms]')].filter(
    /** @returns {element is HTMLElement} */
    (element) => element instanceof HTMLElement && element.dataset['startMs'] !== '',
  );
  return timed.map((turn, index) => {
    const next = timed[index + 1]?.dataset['startMs'];
    const end = turn.dataset['endMs'] || next;
    return { start: Number(turn.dataset['startMs']) / 1000, end: end ? Number(end) / 1000 : Infinity, turn };
  });
}

/**
 * @param {HTMLElement} element
 * @param {string} name
 */
const part = (element, name) => element.querySelector(`[data-player="${name}"]`);

/** @param {HTMLElement} element the player partial */
export function enhance(element) {
  const found = element.querySelector('audio, video');
  const tools = element.querySelector('.player__tools');
  if (!(found instanceof HTMLMediaElement) || !(tools instanceof HTMLElement)) return;
  /** @type {HTMLMediaElement} */
  const media = found;
  tools.hidden = false;

  /** @param {string} words */
  const say = (words) => {
    const says = part(element, 'says');
    if (says !== null) says.textContent = words;
  };
  const play = () => media.play().catch(() => say('The recording cannot be played here'));
  const toggle = (backSeconds = BACK_SECONDS) => {
    if (!media.paused) return media.pause();
    media.currentTime = Math.max(0, media.currentTime - backSeconds);
    play();
  };
  /** @param {number} seconds */
  const step = (seconds) => {
    media.currentTime = Math.max(0, media.currentTime + seconds);
  };

  part(element, 'back')?.addEventListener('click', () => step(-STEP_SECONDS));
  part(element, 'on')?.addEventListener('click', () => step(STEP_SECONDS));
  const playButton = part(element, 'play');
  playButton?.addEventListener('click', () => toggle());
  for (const event of ['play', 'pause'])
    media.addEventListener(event, () => {
      if (playButton !== null) playButton.textContent = media.paused ? 'Play' : 'Pause';
    });
  const speed = part(element, 'speed');
  if (speed instanceof HTMLSelectElement)
    speed.addEventListener('change', () => {
      media.playbackRate = Number(speed.value);
    });

  for (const { turn } of stretches()) {
    const time = turn.querySelector('.turn__time');
    if (!(time instanceof HTMLElement)) continue;
    time.classList.add('turn__time--plays');
    time.tabIndex = 0;
    time.setAttribute('role', 'button');
    time.setAttribute('aria-label', `Play from turn ${(time.textContent ?? '').trim().replace(/\s+/g, ', ')}`);
  }
  /** @param {Event} event */
  const turnOf = ({ target }) => {
    const time = target instanceof Element ? target.closest('.turn__time') : null;
    const turn = time?.closest('[data-start-ms]');
    return turn instanceof HTMLElement && turn.dataset['startMs'] !== '' ? turn : null;
  };
  /** @param {HTMLElement} turn */
  const playFrom = (turn) => {
    media.currentTime = Number(turn.dataset['startMs']) / 1000;
    play();
  };
  document.addEventListener('click', (event) => {
    const turn = turnOf(event);
    if (turn !== null) playFrom(turn);
    else followWords(event);
  });
  /**
   * Sets the recording to the words that are clicked; not while somebody selects, nor while they code as it plays.
   *
   * @param {Event} event
   */
  function followWords({ target }) {
    const words = target instanceof Element && !target.closest('a, button') ? target.closest('.turn__words') : null;
    const said = words?.closest('[data-start-ms]');
    const selection = getSelection();
    if (!words || !(said instanceof HTMLElement) || !selection?.isCollapsed || !selection.focusNode) return;
    if (!words.contains(selection.focusNode) || (!media.paused && words.closest('.transcript--coding'))) return;
    const ms = msAt(cuesOf(said), pointIn(words, selection.focusNode, selection.focusOffset));
    if (ms !== null) media.currentTime = ms / 1000;
  }

  // On the window, after whoever takes keys on this page: what they took is not taken twice.
  window.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    const turn = turnOf(event);
    const isNear = turn !== null || (target instanceof Element && element.contains(target));
    const isTaken = turn === null && target instanceof Element && target.closest(TAKES_KEYS) !== null;
    if (turn !== null && event.key === 'Enter') playFrom(turn);
    else if (event.key === ' ' && !isTaken) toggle(event.shiftKey ? 0 : BACK_SECONDS);
    else if (event.key === ',' && isNear) step(-STEP_SECONDS);
    else if (event.key === '.' && isNear) step(STEP_SECONDS);
    else return;
    event.preventDefault();
  });

  /** @type {HTMLElement | null} */
  let playing = null;
  const mark = () => {
    const at = media.currentTime;
    const now = stretches().findLast(({ start, end }) => start <= at && at < end)?.turn ?? null;
    markCaption(now, at * 1000);
    if (now === playing) return;
    playing?.classList.remove('turn--playing');
    playing?.removeAttribute('aria-current');
    now?.classList.add('turn--playing');
    now?.setAttribute('aria-current', 'true');
    playing = now;
  };
  /** @param {HTMLElement | null} turn @param {number} ms */
  function markCaption(turn, ms) {
    if (!('highlights' in CSS)) return;
    const words = turn?.querySelector('.turn__words');
    const stretch = turn && stretchAt(cuesOf(turn), ms);
    if (words && stretch) CSS.highlights.set('playing', new Highlight(rangeOf(words, stretch, nodeAt)));
    else CSS.highlights.delete('playing');
  }
  media.addEventListener('timeupdate', mark);
  media.addEventListener('seeked', mark);
}
