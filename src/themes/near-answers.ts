/** An answer by the words it holds, and the themes it is in. */
export type WordedDocument = { id: string; words: readonly string[]; themes: readonly string[] };

/** A word says something of a theme when so many of its answers hold it, and so many times as many as elsewhere. */
const LEAST_ANSWERS = 2;
const LEAST_TIMES = 2;

/**
 * Which answers outside a theme are worded like it: where a machine that goes by words most likely overlooked some.
 *
 * A word counts for a theme by how much more often its answers hold it than all others, as a logarithm; an answer by the
 * sum of its words that speak for the theme.
 *
 * @param documents all answers, in any order; ids must differ
 * @param themes those of interest
 * @returns for each theme, answers outside it that share at least one such word, the nearest first
 *
 * @example
 * const inside = ['a', 'b'].map((id) => ({ id, words: ['tree'], themes: ['t'] }));
 * const outside = [{ id: 'c', words: ['tree', 'bus'], themes: [] }, ...['d', 'e'].map((id) => ({ id, words: ['bus'], themes: [] }))];
 * nearAnswers([...inside, ...outside], ['t']).get('t') // => ['c']
 */
export function nearAnswers(
  documents: readonly WordedDocument[],
  themes: readonly string[],
): Map<string, readonly string[]> {
  const worded = documents.map(({ id, words, themes: own }) => ({ id, words: new Set(words), themes: new Set(own) }));
  const inAll = countsOf(worded);
  return new Map(
    themes.map((theme) => {
      const members = worded.filter((one) => one.themes.has(theme));
      const others = worded.length - members.length;
      const weights = new Map<string, number>();
      for (const [word, inTheme] of countsOf(members)) {
        const inOthers = (inAll.get(word) ?? 0) - inTheme;
        const weight = Math.log(((inTheme + 0.5) / (members.length + 1)) * ((others + 1) / (inOthers + 0.5)));
        if (inTheme >= LEAST_ANSWERS && weight >= Math.log(LEAST_TIMES)) weights.set(word, weight);
      }
      const near = worded.flatMap(({ id, words, themes: own }) => {
        const nearness = own.has(theme) ? 0 : [...words].reduce((sum, word) => sum + (weights.get(word) ?? 0), 0);
        return nearness > 0 ? [{ id, nearness }] : [];
      });
      near.sort((a, b) => b.nearness - a.nearness || (a.id < b.id ? -1 : 1));
      return [theme, near.map(({ id }) => id)];
    }),
  );
}

/** How many answers hold each word. */
function countsOf(documents: readonly { words: ReadonlySet<string> }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { words } of documents) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
