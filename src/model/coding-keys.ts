/**
 * What can be done by a key while coding, in the order in which lists show it. `keys` are those it has to begin with, as
 * `KeyboardEvent.key` names them in lower case, with `shift+` and `ctrl+` before them where those are held. A letter or
 * sign counts with Shift only where its action is told apart by it. Actions without a group stand in no menu: they are
 * given by fixed keys.
 */
export const CODING_ACTIONS = [
  { action: 'pick', label: 'Choose a code', group: 'Code', keys: ['f', '/'] },
  { action: 'repeat', label: 'The last code again', group: 'Code', keys: ['q'] },
  { action: 'recent', label: 'A recent code: then 1 to 9', group: 'Code', keys: ['r'] },
  { action: 'new-code', label: 'New code', group: 'Code', keys: ['n'] },
  { action: 'in-vivo', label: 'The words as a code', group: 'Code', keys: ['v'] },
  { action: 'uncode', label: 'Take the code away', group: 'Code', keys: ['u', 'delete'] },
  { action: 'important', label: 'Important, or no longer', group: 'Code', keys: ['i'] },
  { action: 'word', label: 'Select the word', group: 'Words', keys: ['w'] },
  { action: 'sentence', label: 'Select the sentence', group: 'Words', keys: ['s'] },
  { action: 'turn', label: 'Select the turn', group: 'Words', keys: ['p'] },
  { action: 'edge-start', label: 'Move the beginning of a coding with the arrow keys', group: 'Words', keys: ['['] },
  { action: 'edge-end', label: 'Move the end of a coding with the arrow keys', group: 'Words', keys: [']'] },
  { action: 'earlier', label: 'Boundary one word earlier', group: 'Words', keys: [','] },
  { action: 'later', label: 'Boundary one word later', group: 'Words', keys: ['.'] },
  { action: 'next', label: 'Next coding', group: 'Go', keys: ['j'] },
  { action: 'previous', label: 'Previous coding', group: 'Go', keys: ['k'] },
  { action: 'next-same', label: 'Next with the same code', group: 'Go', keys: ['shift+j'] },
  { action: 'previous-same', label: 'Previous with the same code', group: 'Go', keys: ['shift+k'] },
  { action: 'overlap', label: 'Next coding of the same words', group: 'Go', keys: ['o'] },
  { action: 'bookmark', label: 'Set the bookmark', group: 'Go', keys: ['b'] },
  { action: 'return', label: 'Return to the bookmark', group: 'Go', keys: ['shift+b'] },
  { action: 'memo', label: 'Memo', group: 'Write', keys: ['m'] },
  { action: 'annotate', label: 'Memo on words without a code', group: 'Write', keys: ['a'] },
  { action: 'stamp', label: 'Memo with the time of the recording', group: 'Write', keys: ['t'] },
  { action: 'undo', label: 'Undo', group: 'Write', keys: ['ctrl+z'] },
  { action: 'redo', label: 'Do again', group: 'Write', keys: ['ctrl+y', 'ctrl+shift+z'] },
  { action: 'play', label: 'Play or pause, one second back', group: 'Listen', keys: [' '] },
  { action: 'play-on', label: 'Play or pause where it stands', group: 'Listen', keys: ['shift+ '] },
  { action: 'play-here', label: 'Play from the words at the caret', group: 'Listen', keys: ['h'] },
  { action: 'solo', label: 'Show one code alone, or all again', group: 'Look', keys: ['x'] },
  { action: 'underline', label: 'Underline coded words, or not', group: 'Look', keys: ['l'] },
  { action: 'keys', label: 'All keys', group: 'Look', keys: ['?'] },
] as const satisfies readonly { action: string; label: string; group: string; keys: readonly string[] }[];

export type CodingAction = (typeof CODING_ACTIONS)[number]['action'];
/** The keys of every action, and whether keys do anything at all. */
export type KeyMap = { isOn: boolean; keys: Record<CodingAction, string[]> };

export const DEFAULT_KEYS: KeyMap = {
  isOn: true,
  keys: Object.fromEntries(CODING_ACTIONS.map(({ action, keys }) => [action, [...keys]])) as KeyMap['keys'],
};

/** Keys that always mean the same: moving, the pinned codes, and leaving. */
const FIXED =
  /^(shift\+|ctrl\+)*(arrow(up|down|left|right)|home|end|pageup|pagedown|tab|enter|escape|[1-9]|backspace|f\d{1,2}|ctrl|control|alt|meta|shift)$/;
/** What browsers do by themselves, and what would be missed. */
const BROWSERS_OWN = /^ctrl\+(shift\+)?[acfhjklnoprstuvwx+=0-]$/;

const SPOKEN: Readonly<Record<string, string>> = { ' ': 'Space', delete: 'Delete' };

/**
 * A key as people read it.
 *
 * @example
 * showKey('ctrl+shift+z') // => 'Ctrl+Shift+Z'
 * @example
 * showKey('shift+ ') // => 'Shift+Space'
 */
export function showKey(key: string): string {
  const parts = /^((?:ctrl\+)?(?:shift\+)?)(.+)$/s.exec(key);
  const held = (parts?.[1] ?? '').replace('ctrl+', 'Ctrl+').replace('shift+', 'Shift+');
  const last = parts?.[2] ?? key;
  return held + (SPOKEN[last] ?? last.toUpperCase());
}

/**
 * A key as somebody writes it, in the form in which it is kept; null for what is no key.
 *
 * @example
 * readKey(' Shift + space') // => 'shift+ '
 * @example
 * readKey('Ctrl+Y') // => 'ctrl+y'
 */
export function readKey(written: string): string | null {
  const text = written.trim().toLowerCase();
  if (text === '') return null;
  const parts = /^((?:(?:ctrl|shift)\s*\+\s*)*)(\S.*)$/s.exec(text);
  if (!parts?.[2]) return null;
  const held = parts[1] ?? '';
  const last = parts[2] === 'space' ? ' ' : parts[2];
  if ([...last].length > 1 && last !== 'delete' && !FIXED.test(last)) return null;
  return `${held.includes('ctrl') ? 'ctrl+' : ''}${held.includes('shift') ? 'shift+' : ''}${last}`;
}

/** Reads a map as it is kept: an action that it does not know has the keys that it began with. */
export function readKeyMap(kept: string | null): KeyMap {
  if (kept === null) return DEFAULT_KEYS;
  const { isOn, keys } = JSON.parse(kept) as { isOn: boolean; keys: Partial<Record<string, string[]>> };
  return {
    isOn,
    keys: Object.fromEntries(
      CODING_ACTIONS.map(({ action, keys: own }) => [action, keys[action] ?? [...own]]),
    ) as KeyMap['keys'],
  };
}

/**
 * Reads the keys that somebody wrote for each action, several with a blank between them.
 *
 * @returns the map, and for each action what does not fit: no key, one that means something else, or one given twice
 */
export function readWrittenKeys(
  written: (action: CodingAction) => string,
  isOn: boolean,
): { map: KeyMap; errors: { pointer: string; detail: string }[] } {
  const errors: { pointer: string; detail: string }[] = [];
  const taken = new Map<string, string>();
  const keys = {} as KeyMap['keys'];
  for (const { action, label } of CODING_ACTIONS) {
    keys[action] = [];
    for (const word of written(action)
      .replace(/\s*\+\s*/g, '+')
      .split(/\s+/)
      .filter(Boolean)) {
      const key = readKey(word);
      const holder = key === null ? undefined : taken.get(key);
      const fault =
        key === null
          ? `“${word}” is no key: write one letter or sign, with Shift+ or Ctrl+ before it if you like`
          : FIXED.test(key) || BROWSERS_OWN.test(key)
            ? `${showKey(key)} always means something else: choose another key`
            : holder !== undefined
              ? `${showKey(key)} is given to “${holder}” already: choose another key for one of them`
              : null;
      if (fault === null && key !== null) {
        taken.set(key, label);
        keys[action].push(key);
      } else if (fault !== null) errors.push({ pointer: `#/${action}`, detail: fault });
    }
  }
  return { map: { isOn, keys }, errors };
}
