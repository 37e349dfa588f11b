import type { Correction, ThemeAction } from './correction.ts';

/**
 * What an action did, as a sentence for the researcher who looks back at it.
 *
 * @param nameOf what a theme is called now, by any id it had
 * @param journal where an undo finds what it undid
 *
 * @example
 * describeCorrection({ kind: 'rename', theme: 'a', label: 'Rent' }, () => 'Rent', []) // => 'Renamed a theme to “Rent”'
 */
export function describeCorrection(
  action: ThemeAction,
  nameOf: (theme: string) => string,
  journal: readonly Correction[],
): string {
  const named = (theme: string) => `“${nameOf(theme)}”`;
  switch (action.kind) {
    case 'rename':
      return `Renamed a theme to “${action.label}”`;
    case 'merge':
      return `Merged “${action.fromLabel}” into ${named(action.into)}`;
    case 'split':
      return `Split ${action.parts.map(({ label }) => `“${label}”`).join(', ')} off ${named(action.theme)}`;
    case 'move':
      return action.from === null
        ? `Moved an answer to ${named(action.to)}`
        : `Moved an answer from ${named(action.from)} to ${named(action.to)}`;
    case 'bar':
      return `Took an answer out of ${named(action.theme)}`;
    case 'pin':
      return `Confirmed an answer in ${named(action.theme)}`;
    case 'same-words':
      return `Read ${action.words.map((word) => `“${word}”`).join(', ')} as one word`;
    case 'leave-out':
      return `Left out ${action.words.map((word) => `“${word}”`).join(', ')}`;
    case 'lock':
      return `Locked ${named(action.theme)}`;
    case 'undo': {
      const undone = journal.find(({ number }) => number === action.of);
      const inner = undone ? describeCorrection(undone.action, nameOf, journal) : `action ${action.of}`;
      return undone?.action.kind === 'undo' ? `Did again what was undone: ${inner}` : `Undid: ${inner}`;
    }
  }
}
