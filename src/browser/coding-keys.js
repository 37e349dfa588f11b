/** Which action a key asks for. */

/** What keys belong to while it has the focus: text to write in, lists to choose from, a player and its times. */
const TAKES_KEYS = 'input, textarea, select, [contenteditable="true"], audio, video, .player, .turn__time';

/** @param {EventTarget | null} target */
export const takesKeys = (target) => target instanceof Element && target.closest(TAKES_KEYS) !== null;

/**
 * @param {KeyboardEvent} event
 * @returns {string[]} the names a key may be kept under, the more exact first
 */
export function namesOf(event) {
  const key = event.key.toLowerCase();
  // AltGr is how some keyboards write brackets, and some systems call it Ctrl and Alt.
  const isWritten = event.getModifierState('AltGraph');
  if (event.altKey && !isWritten) return [];
  const held = (event.ctrlKey || event.metaKey) && !isWritten ? 'ctrl+' : '';
  if (!event.shiftKey) return [held + key];
  // A sign that needs Shift on this keyboard is that sign; a letter with Shift is another key than without.
  const isLetter = key.toUpperCase() !== key;
  return isLetter || key === ' ' || held !== '' ? [`${held}shift+${key}`] : [`shift+${key}`, key];
}

/** @param {import('./coding-state.js').KeyMap} map */
export function createKeys({ isOn, keys }) {
  /** @type {Map<string, string>} */
  const actions = new Map();
  for (const [action, names] of Object.entries(keys)) for (const name of names) actions.set(name, action);
  return {
    /** @param {KeyboardEvent} event @returns {string | null} */
    actionOf(event) {
      if (takesKeys(event.target)) return null;
      const onButton = event.target instanceof Element && event.target.closest('button, a, summary') !== null;
      for (const name of namesOf(event)) {
        const action = actions.get(name);
        // A button in focus is pressed with Space.
        if (action === undefined || (onButton && event.key === ' ')) continue;
        if (isOn || name.startsWith('ctrl+')) return action;
      }
      return null;
    },
    /** @param {KeyboardEvent} event @returns {number | null} 1 to 9 */
    digitOf: (event) =>
      isOn && !takesKeys(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey && /^[1-9]$/.test(event.key)
        ? Number(event.key)
        : null,
  };
}
