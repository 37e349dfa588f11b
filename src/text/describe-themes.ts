import { type CutCorpus, wordingOf } from './corpus.ts';
import type { FittedThemes } from './fit-themes.ts';
import { type ThemeKeywords, themeKeywords } from './keywords.ts';
import { bestStretch } from './quotes.ts';
import type { Theme } from './themes-result.ts';
import { tokens } from './tokens.ts';
import type { WordCounts } from './word-counts.ts';
import { wordingGroups } from './wording-groups.ts';

const quotesPerTheme = 8;

/** A theme in words: the forms that mark it, the strongest first, and its most telling quotes. */
export type DescribedTheme = { forms: string[]; quotes: Theme['quotes'] };

/**
 * Gives themes their words and quotes.
 *
 * @param counts the clusterable pieces over the words themes were made from
 * @param kept for each of those words its number in the vocabulary of the corpus
 */
export function describeThemes(
  corpus: CutCorpus,
  counts: WordCounts,
  kept: Int32Array,
  fitted: FittedThemes,
): DescribedTheme[] {
  const { vocabulary } = corpus;
  const keywords = themeKeywords(counts, fitted.labels, fitted.mixture.themes);
  const telling = tellingPieces(corpus, counts, fitted, keywords);
  return keywords.map(({ words, weights }, c) => {
    const weightOf = new Map([...weights].map(([v, weight]) => [vocabulary.words[kept[v]!]!, weight]));
    return {
      forms: words.map((v) => vocabulary.forms[kept[v]!]!),
      quotes: telling[c]!.map((place) => quoteFrom(corpus, place, (word) => weightOf.get(word) ?? 0)),
    };
  });
}

/**
 * Themes for answers too few or too alike to find any: those in the same words belong together, nothing else is claimed.
 *
 * @returns the themes, largest first, and the theme of each clusterable piece by its place in that list, or −1
 */
export function themesOfEqualWording(corpus: CutCorpus): { themes: DescribedTheme[]; labels: Int32Array } {
  const { vocabulary, starts, clusterable } = corpus;
  const { groups, labels } = wordingGroups(corpus);
  const themes = groups.map((places) => {
    const first = clusterable[places[0]!]!;
    const said = vocabulary.sequence.subarray(starts[first]!, starts[first + 1]!);
    return {
      forms: Array.from(new Set(said), (v) => vocabulary.forms[v]!),
      quotes: [quoteFrom(corpus, places[0]!, () => 1)],
    };
  });
  return { themes, labels };
}

function quoteFrom(corpus: CutCorpus, place: number, weightOf: (word: string) => number): Theme['quotes'][number] {
  const p = corpus.clusterable[place]!;
  const { id, text } = corpus.documents[corpus.documentOf[p]!]!;
  const piece = corpus.stretches[p]!;
  const said = Array.from(text).slice(piece.start, piece.end).join('');
  const { start, end } = bestStretch(said, tokens(said, corpus.reading), weightOf);
  return { documentId: id, start: piece.start + start, end: piece.start + end };
}

/** Places of the pieces that say most of what marks their theme, surest first, each wording and document once. */
function tellingPieces(
  corpus: CutCorpus,
  counts: WordCounts,
  fitted: FittedThemes,
  keywords: readonly ThemeKeywords[],
): number[][] {
  const scores = Float64Array.from(fitted.labels, (c, place) => {
    const [from, to] = [counts.starts[place]!, counts.starts[place + 1]!];
    let sum = 0;
    for (let j = from; j < to; j++) sum += keywords[c]!.weights.get(counts.word[j]!) ?? 0;
    return (sum / Math.sqrt(to - from + 2)) * fitted.confidences[place]!;
  });
  const ranked = Array.from(scores, (_, place) => place).sort((a, b) => scores[b]! - scores[a]! || a - b);

  const chosen = keywords.map((): number[] => []);
  const used = keywords.map(() => new Set<string | number>());
  for (const place of ranked) {
    const c = fitted.labels[place]!;
    if (chosen[c]!.length >= quotesPerTheme) continue;
    const wording = wordingOf(corpus, place);
    const document = corpus.documentOf[corpus.clusterable[place]!]!;
    if (used[c]!.has(wording) || used[c]!.has(document)) continue;
    used[c]!.add(wording).add(document);
    chosen[c]!.push(place);
  }
  return chosen;
}
