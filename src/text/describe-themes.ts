import { type Corpus, wordingOf } from './corpus.ts';
import type { FittedThemes } from './fit-themes.ts';
import { type ThemeKeywords, themeKeywords } from './keywords.ts';
import { bestStretch } from './quotes.ts';
import type { Theme } from './themes-result.ts';
import { tokens } from './tokens.ts';
import type { WordCounts } from './word-counts.ts';
import { wordingGroups } from './wording-groups.ts';

const solidFrom = 0.6;
const usableFrom = 0.4;
const quotesPerTheme = 8;
const wordsInLabel = 3;
const wordsShown = 6;

/**
 * Gives themes their names, words and quotes.
 *
 * @param counts the clusterable documents over the words themes were made from
 * @param kept for each of those words its number in the vocabulary of the corpus
 */
export function describeThemes(corpus: Corpus, counts: WordCounts, kept: Int32Array, fitted: FittedThemes): Theme[] {
  const { vocabulary } = corpus;
  const keywords = themeKeywords(counts, fitted.labels, fitted.mixture.themes);
  const telling = tellingDocuments(corpus, counts, fitted, keywords);
  return keywords.map(({ words, weights }, c) => {
    const weightOf = new Map([...weights].map(([v, weight]) => [vocabulary.words[kept[v]!]!, weight]));
    return nameTheme(corpus, {
      number: c + 1,
      forms: words.map((v) => vocabulary.forms[kept[v]!]!),
      size: fitted.mixture.documentsIn[c]!,
      repeatability: fitted.repeatabilities[c]!,
      quotes: telling[c]!.map((place) => quoteFrom(corpus, place, (word) => weightOf.get(word) ?? 0)),
    });
  });
}

/**
 * Themes for answers too few or too alike to find any: those in the same words belong together, nothing else is claimed.
 *
 * @returns the themes, largest first, and the theme of each clusterable document by its place in that list, or −1
 */
export function themesOfEqualWording(corpus: Corpus): { themes: Theme[]; labels: Int32Array } {
  const { vocabulary, clusterable } = corpus;
  const { groups, labels } = wordingGroups(corpus);
  const themes = groups.map((places, c) => {
    const first = clusterable[places[0]!]!;
    const said = vocabulary.sequence.subarray(vocabulary.starts[first]!, vocabulary.starts[first + 1]!);
    return nameTheme(corpus, {
      number: c + 1,
      forms: Array.from(new Set(said), (v) => vocabulary.forms[v]!),
      size: places.length,
      repeatability: 1,
      quotes: [quoteFrom(corpus, places[0]!, () => 1)],
    });
  });
  return { themes, labels };
}

function nameTheme(
  { documents }: Corpus,
  found: { number: number; forms: string[]; size: number; repeatability: number; quotes: Theme['quotes'] },
): Theme {
  const { number, forms, size, repeatability, quotes } = found;
  return {
    id: `t${number}`,
    label: forms.slice(0, wordsInLabel).join(', '),
    words: forms.slice(0, wordsShown),
    size,
    share: size / documents.length,
    repeatability,
    band: repeatability >= solidFrom ? 'solid' : repeatability >= usableFrom ? 'usable' : 'review',
    quotes,
  };
}

function quoteFrom({ documents, clusterable, reading }: Corpus, place: number, weightOf: (word: string) => number) {
  const { id, text } = documents[clusterable[place]!]!;
  return { documentId: id, ...bestStretch(text, tokens(text, reading), weightOf) };
}

/** Places of the documents that say most of what marks their theme, surest first, each wording once. */
function tellingDocuments(
  corpus: Corpus,
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
  const wordings = keywords.map(() => new Set<string>());
  for (const place of ranked) {
    const c = fitted.labels[place]!;
    if (chosen[c]!.length >= quotesPerTheme) continue;
    const wording = wordingOf(corpus, place);
    if (wordings[c]!.has(wording)) continue;
    wordings[c]!.add(wording);
    chosen[c]!.push(place);
  }
  return chosen;
}
