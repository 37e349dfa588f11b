import { createRequire } from 'node:module';
import meant from '../../data/words/meaning-words.json' with { type: 'json' };
import { stem } from './stem.ts';
import { englishStopWords } from './stop-words.ts';

// Lists and stemmers of other languages are read in when a text asks for them and not before.
const load = createRequire(import.meta.url);

const ownStemmers = new Set(['de', 'es', 'fr', 'it', 'nl', 'no', 'pt', 'ru', 'sv', 'uk']);
const snowballNames: Record<string, string> = {
  ar: 'arabic',
  ca: 'catalan',
  cs: 'czech',
  da: 'danish',
  eu: 'basque',
  fi: 'finnish',
  ga: 'irish',
  hu: 'hungarian',
  hy: 'armenian',
  ro: 'romanian',
  sl: 'slovene',
  ta: 'tamil',
  tr: 'turkish',
};
const lengthMin = 4;
const lengthMax = 64;
const cacheMax = 50_000;
const stopWordsRead = new Map<string, ReadonlySet<string>>();
const stemmersRead = new Map<string, (word: string) => string>();

/**
 * The two letters of a language in a tag, its Norwegian and English kinds put together.
 *
 * @example
 * baseLanguage('en-GB') // => 'en'
 */
export function baseLanguage(tag: string): string {
  const base = (/^[a-z]{2,3}(?![a-z])/i.exec(tag)?.[0] ?? '').toLowerCase();
  return base === 'nb' || base === 'nn' ? 'no' : base;
}

/**
 * Words of a language that say little about what an answer is about, in lower case; none for a language without a list.
 * Negations and words with a meaning of their own are not among them.
 *
 * @param language two letters
 */
export function stopWordsOf(language: string): ReadonlySet<string> {
  if (language === 'en') return englishStopWords;
  let words = stopWordsRead.get(language);
  if (!words) {
    const kept = new Set((meant as Record<string, string[]>)[language]);
    words = new Set((smallWordsOf(language) ?? []).filter((word) => !kept.has(word)));
    stopWordsRead.set(language, words);
  }
  return words;
}

/** The commonest words of a language, whatever they mean, by which it is told from others. */
export function smallWordsOf(language: string): readonly string[] | undefined {
  return (load('stopwords-iso/stopwords-iso.json') as Record<string, string[]>)[language];
}

/**
 * Takes the endings off the words of a language; in a language without a stemmer words stay whole.
 *
 * @param language two letters
 *
 * @example
 * stemmerOf('de')('preisen') // => 'preis'
 */
export function stemmerOf(language: string): (word: string) => string {
  if (language === 'en') return stem;
  let stemmer = stemmersRead.get(language);
  if (!stemmer) {
    stemmer = cached(rawStemmer(language));
    stemmersRead.set(language, stemmer);
  }
  return stemmer;
}

function rawStemmer(language: string): ((word: string) => string) | null {
  if (ownStemmers.has(language)) {
    const stemmer = load(`natural/lib/natural/stemmers/porter_stemmer_${language}.js`) as {
      stem(word: string): string;
      default?: { stem(word: string): string };
    };
    return (word) => (stemmer.default ?? stemmer).stem(word);
  }
  const name = snowballNames[language];
  if (name === undefined) return null;
  const { newStemmer } = load('snowball-stemmers') as {
    newStemmer(algorithm: string): { stem(word: string): string };
  };
  const stemmer = newStemmer(name);
  return (word) => stemmer.stem(word);
}

function cached(raw: ((word: string) => string) | null): (word: string) => string {
  if (!raw) return (word) => word;
  const cache = new Map<string, string>();
  return (word) => {
    if (word.length < lengthMin || word.length > lengthMax || !/^[\p{L}\p{M}]+$/u.test(word)) return word;
    let found = cache.get(word);
    if (found === undefined) {
      found = raw(word) || word;
      if (cache.size >= cacheMax) cache.clear();
      cache.set(word, found);
    }
    return found;
  };
}
