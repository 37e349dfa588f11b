import { autoNumber } from './auto-number.ts';
import { type Corpus, readCorpus } from './corpus.ts';
import { describeThemes, themesOfEqualWording } from './describe-themes.ts';
import { fitThemes } from './fit-themes.ts';
import type { Theme, ThemeDocument, ThemesResult } from './themes-result.ts';
import { englishReading, plainReading, type Reading } from './tokens.ts';
import { usefulCounts } from './vocabulary.ts';
import { hasWordings } from './wording-groups.ts';

/** Changes whenever the same documents and seed may give another result. */
export const themeEngineVersion = '1';

/** More themes than this are never looked for: nobody reads them, and the work grows with their number. */
export const themesMax = 250;

const clusterableMin = 12;
const wordingsMin = 4;

/**
 * `language` is a tag such as 'en' or 'en-GB': English loses stop words and endings, any other language keeps words whole.
 * `stopWords`, in lower case, replaces the list. `onProgress` hears each step and the share done, 0 to 1.
 */
export type FindThemesOptions = {
  themes: number | 'auto';
  seed: number;
  language?: string;
  stopWords?: Iterable<string>;
  onProgress?: (step: string, done: number) => void;
};

/**
 * Finds what free-text answers have in common, without being told what to look for: the consensus of eight
 * saliency-weighted Dirichlet multinomial mixtures that start from different places. The same documents and seed give
 * the same result to the last digit, in whatever order the documents come.
 *
 * It counts words and sees neither synonyms nor negation. Below a few hundred answers themes are tentative.
 *
 * @param documents their ids must differ; texts may be empty
 * @returns themes and where each document belongs, and in words why there are fewer themes than asked for
 * @throws {RangeError} for equal ids, for a number of themes that is not whole or below 1, for a seed that is not whole
 *
 * @example
 * findThemes([], { themes: 'auto', seed: 1 }).reason // => 'There are no answers.'
 */
export function findThemes(documents: readonly ThemeDocument[], options: FindThemesOptions): ThemesResult {
  requireSound(documents, options);
  const { seed, themes: asked, onProgress = () => {} } = options;
  onProgress('reading words', 0);
  const corpus = readCorpus(documents, readingOf(options));
  onProgress('reading words', 0.05);
  if (corpus.clusterable.length < clusterableMin || !hasWordings(corpus, wordingsMin)) {
    const { themes, labels } = themesOfEqualWording(corpus);
    const confidences = new Float64Array(labels.length).fill(1);
    onProgress('done', 1);
    return { ...frame(corpus, options, themes, labels, confidences), reason: whyOnlyWordings(corpus) };
  }

  const { counts, kept } = usefulCounts(corpus.vocabulary.counts, corpus.clusterable);
  const { themes: wanted, candidates } =
    asked === 'auto'
      ? autoNumber(counts, seed, (done) => onProgress('number of themes', 0.05 + 0.2 * done))
      : { themes: asked, candidates: [] };
  const begun = asked === 'auto' ? 0.25 : 0.05;
  const fitted = fitThemes(counts, {
    themes: Math.min(wanted, themesMax, counts.documents),
    seed,
    onStep: (step, done) => onProgress(step, begun + (0.95 - begun) * done),
  });
  const themes = describeThemes(corpus, counts, kept, fitted);
  onProgress('done', 1);
  return {
    ...frame(corpus, options, themes, fitted.labels, fitted.confidences),
    ...(asked !== 'auto' && themes.length < asked ? { reason: whyFewer(asked, themes.length) } : {}),
    candidates,
    model: {
      engineVersion: themeEngineVersion,
      themes: themes.map(({ id }) => id),
      words: Array.from(kept, (v) => corpus.vocabulary.words[v]!),
      reading: { stopWords: [...corpus.reading.stopWords].sort(), stemmed: corpus.reading.stemmed },
      mixture: fitted.mixture,
      agreements: fitted.agreements,
    },
  };
}

function requireSound(documents: readonly ThemeDocument[], { themes, seed }: FindThemesOptions): void {
  if (themes !== 'auto' && !(Number.isSafeInteger(themes) && themes >= 1)) {
    throw new RangeError("findThemes requires 'auto' or a whole number of themes from 1 on");
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError('findThemes requires a whole number as its seed');
  if (new Set(documents.map(({ id }) => id)).size < documents.length) {
    throw new RangeError('findThemes requires documents with different ids');
  }
}

function readingOf({ language = 'en', stopWords }: FindThemesOptions): Reading {
  const reading = /^en(?![a-z])/i.test(language) ? englishReading : plainReading;
  return stopWords ? { ...reading, stopWords: new Set(stopWords) } : reading;
}

/** A result whose themes were found in whatever way; without candidates or a model as yet. */
function frame(
  corpus: Corpus,
  { themes: themesRequested, seed }: FindThemesOptions,
  themes: Theme[],
  labels: Int32Array,
  confidences: Float64Array,
): ThemesResult {
  const documents = corpus.documents.map(({ id }): ThemesResult['documents'][number] => {
    return { id, theme: null, confidence: 0 };
  });
  let uncoded = documents.length;
  corpus.clusterable.forEach((i, place) => {
    const theme = themes[labels[place]!];
    if (!theme) return;
    documents[i] = { id: documents[i]!.id, theme: theme.id, confidence: confidences[place]! };
    uncoded--;
  });
  return {
    engineVersion: themeEngineVersion,
    seed,
    n: documents.length,
    themesRequested,
    themesFound: themes.length,
    uncoded,
    themes,
    documents,
    candidates: [],
    model: null,
  };
}

function whyFewer(asked: number, found: number): string {
  return `${asked} themes were asked for, but only ${found} could be told apart.`;
}

function whyOnlyWordings({ documents, vocabulary, clusterable }: Corpus): string {
  if (documents.length === 0) return 'There are no answers.';
  if (vocabulary.words.length === 0) return 'None of the answers holds a word to work with.';
  if (clusterable.length === 0) return 'No two answers share a word, so there are no themes to find.';
  if (clusterable.length < clusterableMin) {
    return 'Too few answers share words to find themes; only answers in the same words were put together.';
  }
  return 'The answers come in so few different wordings that they were grouped by wording.';
}
