/** Two versions of one part of a survey, side by side where they differ. */
export function conflictView(theirs: unknown, mine: unknown) {
  const [left, right] = [leavesOf(theirs), leavesOf(mine)];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  return {
    isGone: theirs === undefined,
    differences: names
      .filter((name) => left.get(name) !== right.get(name))
      .map((name) => ({ name: inWords(name), theirs: left.get(name) ?? '', mine: right.get(name) ?? '' })),
  };
}

/** What the builder's forms call the parts of a survey, where the definition has another word. */
const WORDS: Readonly<Record<string, string>> = {
  text: 'Words',
  visibleIf: 'Shown if',
  refusable: 'Offers “I’d rather not say”',
  required: 'Must be answered',
  optionsFrom: 'Options carried over from',
  rowsFrom: 'Rows carried over from',
  next: 'Jumps',
  if: 'If',
  to: 'Go to',
  holds: 'Must hold',
  message: 'Said when it does not',
  instruments: 'Scales',
};
const inWords = (name: string): string => {
  const words = name.split(' › ').map((part) => WORDS[part] ?? part);
  const all = words.join(' › ') || 'All of it';
  return `${all[0]?.toUpperCase()}${all.slice(1)}`;
};

/**
 * Everything written in a piece of a survey by where it stands, what has a code under its code.
 *
 * @example
 * leavesOf({ options: [{ code: 'a', text: { en: 'A' } }] }) // => new Map([['options › order', 'a'], ['options › a › text › en', 'A']])
 */
export function leavesOf(value: unknown): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (one: unknown, path: readonly string[]): void => {
    if (one === null || one === undefined) return;
    if (Array.isArray(one)) {
      const codes = one.map((entry) => (entry as { code?: unknown } | null)?.code);
      if (one.length > 0 && codes.every((code) => typeof code === 'string')) {
        found.set([...path, 'order'].join(' › '), codes.join(', '));
        for (const { code, ...rest } of one as { code: string }[]) visit(rest, [...path, code]);
      } else if (one.every((entry) => typeof entry !== 'object')) found.set(path.join(' › '), one.join(', '));
      else one.forEach((entry, index) => visit(entry, [...path, String(index + 1)]));
      return;
    }
    if (typeof one === 'object') {
      for (const [key, entry] of Object.entries(one)) visit(entry, [...path, key]);
      return;
    }
    found.set(path.join(' › '), one === true ? 'yes' : one === false ? 'no' : String(one));
  };
  visit(value, []);
  return found;
}
