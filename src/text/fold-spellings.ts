import type { Vocabulary } from './vocabulary.ts';
import { countWords, documentFrequencies } from './word-counts.ts';

const rareMax = 1;
const usualMin = 8;
const timesCommoner = 8;
const lengthMin = 5;

/**
 * Reads words that one document uses as the usual word they are a slip of the pen from: one letter more, less, other or
 * swapped with its neighbour, the first letter kept, in words of five letters or more as they were said most often. A
 * rare word that is near two usual ones goes to the commoner.
 *
 * @returns the vocabulary, in which folded words are no longer used, and which words were read as which
 */
export function foldSpellings(vocabulary: Vocabulary): { vocabulary: Vocabulary; folded: [string, string][] } {
  const { words, forms, starts, sequence } = vocabulary;
  const frequencies = documentFrequencies(vocabulary.counts);
  const usualOf = new Map<string, number>();
  for (let v = 0; v < words.length; v++) {
    if (frequencies[v]! < usualMin || !isFoldable(forms[v]!)) continue;
    for (const near of withoutOneLetter(forms[v]!)) {
      const other = usualOf.get(near);
      if (other === undefined || frequencies[v]! > frequencies[other]!) usualOf.set(near, v);
    }
  }
  const into = new Map<number, number>();
  for (let v = 0; v < words.length && usualOf.size > 0; v++) {
    if (frequencies[v]! === 0 || frequencies[v]! > rareMax || !isFoldable(forms[v]!)) continue;
    let best = -1;
    for (const near of withoutOneLetter(forms[v]!)) {
      const usual = usualOf.get(near);
      if (usual === undefined || frequencies[usual]! < timesCommoner * frequencies[v]!) continue;
      if (!isOneSlip(forms[v]!, forms[usual]!)) continue;
      if (best < 0 || frequencies[usual]! > frequencies[best]!) best = usual;
    }
    if (best >= 0) into.set(v, best);
  }
  if (into.size === 0) return { vocabulary, folded: [] };
  const read = sequence.map((v) => into.get(v) ?? v);
  return {
    vocabulary: { ...vocabulary, sequence: read, counts: countWords(starts, read, words.length) },
    folded: Array.from(into, ([rare, usual]) => [words[rare]!, words[usual]!]),
  };
}

const isFoldable = (word: string): boolean => word.length >= lengthMin && /^\p{L}+$/u.test(word);

/** A word and what is left of it without one of its letters but the first. */
function* withoutOneLetter(word: string): Generator<string> {
  yield word;
  for (let q = 1; q < word.length; q++) if (word[q] !== word[q - 1]) yield word.slice(0, q) + word.slice(q + 1);
}

function isOneSlip(a: string, b: string): boolean {
  let from = 0;
  while (from < a.length && from < b.length && a[from] === b[from]) from++;
  let same = 0;
  while (same < Math.min(a.length, b.length) - from && a.at(-1 - same) === b.at(-1 - same)) same++;
  const [x, y] = [a.slice(from, a.length - same), b.slice(from, b.length - same)];
  if (from === 0) return false;
  if (x.length + y.length <= 1 || (x.length === 1 && y.length === 1)) return true;
  return x.length === 2 && y.length === 2 && x[0] === y[1] && x[1] === y[0];
}
