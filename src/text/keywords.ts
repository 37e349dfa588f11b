import type { WordCounts } from './word-counts.ts';

/** The words that mark a theme, the strongest first, and their weights. */
export type ThemeKeywords = { words: number[]; weights: Map<number, number> };

const keywordsMax = 25;

/**
 * The words of each theme that other themes do not have, by class-based TF-IDF over the documents that use them:
 *
 *   weight = documents of the theme with the word / all such pairs in the theme × ln(1 + mean pairs per theme / documents with the word)
 *
 * A word counts from its second document in the theme on, unless the theme has only one document.
 *
 * @param labels the theme of each document
 * @param themes how many there are
 * @see Grootendorst (2022), arXiv 2203.05794
 */
export function themeKeywords(counts: WordCounts, labels: Int32Array, themes: number): ThemeKeywords[] {
  const documentsWith = new Int32Array(counts.words * themes);
  const frequencies = new Int32Array(counts.words);
  const pairs = new Int32Array(themes);
  const sizes = new Int32Array(themes);
  for (let i = 0; i < counts.documents; i++) {
    const c = labels[i]!;
    sizes[c]!++;
    for (let j = counts.starts[i]!; j < counts.starts[i + 1]!; j++) {
      documentsWith[counts.word[j]! * themes + c]!++;
      frequencies[counts.word[j]!]!++;
      pairs[c]!++;
    }
  }
  const meanPairs = counts.word.length / themes;

  return Array.from(sizes, (size, c) => {
    const weighed: { word: number; weight: number; here: number }[] = [];
    for (let v = 0; v < counts.words; v++) {
      const here = documentsWith[v * themes + c]!;
      if (here === 0) continue;
      weighed.push({ word: v, weight: (here / pairs[c]!) * Math.log(1 + meanPairs / frequencies[v]!), here });
    }
    const shared = weighed.filter(({ here }) => here >= Math.min(2, size));
    const chosen = shared.length > 0 ? shared : weighed;
    chosen.sort((a, b) => b.weight - a.weight || a.word - b.word);
    const best = chosen.slice(0, keywordsMax);
    return { words: best.map(({ word }) => word), weights: new Map(best.map(({ word, weight }) => [word, weight])) };
  });
}
