/** Which coding comes next, and which lie under the caret. */

/** @typedef {import('./coding-state.js').State} State */
/** @typedef {import('./coding-state.js').Coding} Coding */
/** @typedef {import('./coding-caret.js').Place} Place */

/**
 * @param {State} state
 * @param {Place | null} place
 * @returns {Coding[]} those that hold the place, the shortest first
 */
export function codingsAt(state, place) {
  if (!place) return [];
  return state
    .codingsIn(place.turn.source)
    .filter(({ start, end, code }) => start <= place.point && place.point <= end && (state.solo ?? code) === code)
    .sort((a, b) => a.end - a.start - (b.end - b.start) || (a.id < b.id ? -1 : 1));
}

/**
 * @param {State} state
 * @param {Place | null} place where the search begins when no coding is at hand
 * @param {1 | -1} way
 * @param {boolean} isSameCode
 * @returns {{ coding: Coding, at: number, of: number } | null} `at` counts from 1
 */
export function nextCoding(state, place, way, isSameCode) {
  const current = state.current === null ? undefined : state.codings.get(state.current);
  const list = state
    .inOrder()
    .filter(({ code }) => (state.solo ?? code) === code && (!isSameCode || !current || code === current.code));
  if (list.length === 0) return null;
  const known = current ? list.indexOf(current) : -1;
  let index = known + way;
  if (known < 0) {
    const after = list.findIndex(({ source, start }) => {
      const turn = state.bySource.get(source)?.index ?? 0;
      return turn > (place?.turn.index ?? 0) || (turn === place?.turn.index && start >= place.point);
    });
    index = way === 1 ? (after < 0 ? 0 : after) : (after < 0 ? list.length : after) - 1;
  }
  const at = (index + list.length) % list.length;
  const coding = list[at];
  return coding ? { coding, at: at + 1, of: list.length } : null;
}
