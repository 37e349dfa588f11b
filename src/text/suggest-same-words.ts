import { createRequire } from 'node:module';
import { stem } from './stem.ts';
import { englishStopWords } from './stop-words.ts';

const load = createRequire(import.meta.url);
type Sense = { synsetOffset: number; pos: string; synonyms: string[] };
type WordNet = { lookup(word: string, callback: (senses: Sense[]) => void): void };

const wordsMax = 120;
const atOnce = 8;
/** Rarer senses of a word would make synonyms of words that nobody uses alike. */
const sensesPerKind = 2;
const plain = /^[a-z][a-z -]{2,39}$/;

/**
 * Groups of English words that mean the same in one of their commoner senses, by WordNet: what a researcher may want to
 * have read as one word. Reads the dictionary from the disk, without any network; 120 words take a second or two.
 *
 * @param words in lower case, the most wanted first; beyond 120 the rest is left out
 * @returns groups of two words or more, in the order of their first words; each word is in one group at most
 *
 * @example
 * await suggestSameWords(['cheap', 'staff', 'inexpensive']) // => [['cheap', 'inexpensive']]
 */
export async function suggestSameWords(words: readonly string[]): Promise<string[][]> {
  // Forms of one stem are read as one word as it is.
  const byStem = new Map<string, string>();
  for (const word of words) {
    if (plain.test(word) && !englishStopWords.has(word) && !byStem.has(stem(word))) byStem.set(stem(word), word);
  }
  const asked = [...byStem.values()].slice(0, wordsMax);
  if (asked.length < 2) return [];
  const wordNet = new (load('natural/lib/natural/wordnet/wordnet.js') as new () => WordNet)();
  const sensesOf = new Map<string, string[]>();
  for (let from = 0; from < asked.length; from += atOnce) {
    const found = asked
      .slice(from, from + atOnce)
      .map(async (word) => sensesOf.set(word, await sensesIn(wordNet, word)));
    await Promise.all(found);
  }

  const firstWith = new Map<string, string>();
  const groups = new Map<string, string[]>();
  for (const word of asked) {
    const senses = sensesOf.get(word)!;
    const known = senses.map((sense) => firstWith.get(sense)).find((first) => first !== undefined);
    if (known === undefined) for (const sense of senses) firstWith.set(sense, word);
    else groups.set(known, [...(groups.get(known) ?? [known]), word]);
  }
  return [...groups.values()];
}

/** The commoner senses of a word or, where it has none, of its singular. */
async function sensesIn(wordNet: WordNet, word: string): Promise<string[]> {
  const singular = word.replace(/(?<=[^s])s$/, '');
  for (const form of new Set([word, singular])) {
    const senses = await new Promise<Sense[]>((resolve) => wordNet.lookup(form, resolve));
    if (senses.length > 0) return commoner(senses);
  }
  return [];
}

/** Senses come rarest first within each kind of word. */
function commoner(senses: readonly Sense[]): string[] {
  const kinds = Map.groupBy(senses, ({ pos }) => (pos === 's' ? 'a' : pos));
  return [...kinds].flatMap(([kind, found]) =>
    found.slice(-sensesPerKind).map(({ synsetOffset }) => `${kind}${synsetOffset}`),
  );
}
