/**
 * Moving where a coding begins or ends. Each press is shown at once; what many presses made of it is saved as one step,
 * a moment after the last of them.
 */
import { stepFrom } from './coding-text.js';

/** @typedef {import('./coding-state.js').State} State */
/** @typedef {import('./coding-state.js').Coding} Coding */

const REST_MS = 700;

/**
 * @param {{ state: State, draw: (coding: Coding) => void, save: (coding: Coding, was: { start: number, end: number }) => void, announce: (words: string) => void }} options
 */
export function createEdges({ state, draw, save, announce }) {
  /** @type {{ id: string, edge: 'start' | 'end' } | null} */
  let held = null;
  /** @type {{ id: string, was: { start: number, end: number } } | null} */
  let moved = null;
  let timer = 0;

  function settle() {
    clearTimeout(timer);
    const coding = moved && state.codings.get(moved.id);
    if (moved && coding && (coding.start !== moved.was.start || coding.end !== moved.was.end)) save(coding, moved.was);
    moved = null;
  }

  return {
    isHeld: () => held !== null,
    /** Of which coding something is not saved yet. */
    unsaved: () => moved?.id ?? null,
    /** @param {Coding} coding @param {'start' | 'end'} edge */
    hold(coding, edge) {
      if (held && held.id !== coding.id) settle();
      held = { id: coding.id, edge };
      announce(`${edge === 'start' ? 'Beginning' : 'End'} of the coding: move it with the left and right arrow keys`);
    },
    letGo() {
      settle();
      held = null;
    },
    /** @param {1 | -1} way @param {'grapheme' | 'word'} by */
    move(way, by) {
      const coding = held && state.codings.get(held.id);
      const turn = coding && state.bySource.get(coding.source);
      if (!held || !coding || !turn) return;
      const point = stepFrom(turn.text, coding[held.edge], way, by);
      const isEmpty = point !== null && (held.edge === 'start' ? point >= coding.end : point <= coding.start);
      if (point === null || isEmpty) {
        announce(point === null ? 'The turn ends here' : 'A coding needs at least one letter');
        return;
      }
      moved ??= { id: coding.id, was: { start: coding.start, end: coding.end } };
      draw({ ...coding, [held.edge]: point });
      clearTimeout(timer);
      timer = window.setTimeout(settle, REST_MS);
    },
    settle,
  };
}
