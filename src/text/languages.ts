import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { baseLanguage, smallWordsOf } from './language-words.ts';
import { plainReading, tokens } from './tokens.ts';

// The detector brings megabytes of letter statistics, so it is read in with the first answers and not before.
const load = createRequire(import.meta.url);
type Detector = { detect(text: string): { language: string; isReliable(): boolean } };

/** Scripts that only one of the languages read here is written in; Japanese also uses Han, so it comes first. */
const scripts: readonly [RegExp, string][] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, 'ja'],
  [/\p{Script=Hangul}/u, 'ko'],
  [/\p{Script=Han}/u, 'zh'],
  [/\p{Script=Thai}/u, 'th'],
  [/\p{Script=Greek}/u, 'el'],
  [/\p{Script=Hebrew}/u, 'he'],
  [/\p{Script=Armenian}/u, 'hy'],
  [/\p{Script=Georgian}/u, 'ka'],
  [/\p{Script=Tamil}/u, 'ta'],
];
const latin = /\p{Script=Latin}/gu;
const letters = /\p{L}/gu;
const ascii = /^[\x00-\x7f]*$/;

const readMax = 300;
const sampleMax = 4000;
/** A language is spoken here when this many answers, and this share of those looked at, are surely in it. */
const spoken = { answersMin: 3, shareMin: 0.01 };
const smallWordsMin = 2;
/** Where fewer answers than this share tell by themselves, what was told counts for the others. */
const telling = 0.2;

/**
 * The language of each answer: by its script, or by its letters when its small words agree, or, for answers too short to
 * tell, by the words it shares with answers whose language is sure; else what was told of it, else the commonest.
 * A language that hardly any answer is surely in is taken for a mistake.
 *
 * @param documents `language` is what was told of an answer, as a tag
 * @param told the language to take where nothing can be told
 * @returns two letters each, in the order of the documents
 *
 * @example
 * languagesOf([{ text: 'Die Preise sind zu hoch für uns' }, { text: '👍' }], 'en') // => ['de', 'de']
 */
export function languagesOf(documents: readonly { text: string; language?: string }[], told = ''): string[] {
  const texts = documents.map(({ text }) => text.slice(0, readMax));
  const toldOf = documents.map(({ language }) => baseLanguage(language ?? told) || null);
  const step = Math.max(1, Math.floor(texts.length / sampleMax));
  const sample = texts.flatMap((_, i) => (i % step === 0 ? [i] : []));
  const guesses = sample.map((i) => guessLanguage(texts[i]!));
  const known = guesses.flatMap((guess) => guess ?? []);
  const isKnown = known.length >= telling * sample.length;
  const home = mostOf(isKnown ? known : guesses.flatMap((guess, q) => guess ?? toldOf[sample[q]!] ?? [])) ?? 'en';

  const sureOf = (i: number, guess: string | null) =>
    guess && (guess === toldOf[i] || isSure(texts[i]!, guess, home)) ? guess : null;
  const sureInSample = sample.map((i, q) => sureOf(i, guesses[q]!));
  const counts = new Map<string, number>();
  sureInSample.forEach((sure, q) => {
    // Where an answer of its own tells nothing, what was told of it says which language is spoken here.
    const language = sure ?? (guesses[q] === null ? toldOf[sample[q]!] : null);
    if (language) counts.set(language, (counts.get(language) ?? 0) + 1);
  });
  const isSpoken = (language: string) =>
    (counts.get(language) ?? 0) >= Math.max(spoken.answersMin, spoken.shareMin * sample.length);
  const present = new Set([...counts.keys()].filter((language) => language === home || isSpoken(language)));
  present.add(home);
  if (present.size === 1) return texts.map(() => home);

  const sure = texts.map((text, i) => {
    const language = step === 1 ? sureInSample[i]! : sureOf(i, guessLanguage(text));
    return language && present.has(language) ? language : null;
  });
  const nearest = nearestLanguage(texts, sure);
  return sure.map((language, i) => {
    if (language) return language;
    const toldHere = toldOf[i]!;
    return nearest(texts[i]!) ?? (toldHere && present.has(toldHere) ? toldHere : home);
  });
}

/** What the letters of a text look like; null when there are none to go by. */
function guessLanguage(text: string): string | null {
  if (!ascii.test(text)) {
    const all = text.match(letters)?.length ?? 0;
    if (all === 0) return null;
    if ((text.match(latin)?.length ?? 0) * 2 < all) {
      const found = scripts.find(([script]) => script.test(text));
      if (found) return found[1];
    }
  }
  const { eld } = load(fileURLToPath(import.meta.resolve('eld/extrasmall'))) as { eld: Detector };
  const found = eld.detect(text);
  return found.language === '' || !found.isReliable() ? null : baseLanguage(found.language) || null;
}

/** Whether small words bear a guess out: more of them than of the language most answers are in. */
function isSure(text: string, guess: string, home: string): boolean {
  if (guess === home || scripts.some(([, language]) => language === guess)) return true;
  const guessed = wordSet(guess);
  const usual = wordSet(home);
  let ours = 0;
  let theirs = 0;
  for (const { form } of tokens(text, plainReading)) {
    if (guessed.has(form)) ours++;
    if (usual.has(form)) theirs++;
  }
  return ours >= smallWordsMin && ours > theirs;
}

const wordSets = new Map<string, ReadonlySet<string>>();
function wordSet(language: string): ReadonlySet<string> {
  let words = wordSets.get(language);
  if (!words) {
    words = new Set(smallWordsOf(language) ?? []);
    wordSets.set(language, words);
  }
  return words;
}

/** Finds the language whose sure answers use the words of a text most; null when none does or two do alike. */
function nearestLanguage(texts: readonly string[], sure: readonly (string | null)[]): (text: string) => string | null {
  const uses = new Map<string, Map<string, number>>();
  const totals = new Map<string, number>();
  texts.forEach((text, i) => {
    const language = sure[i];
    if (!language) return;
    for (const { form } of tokens(text, plainReading)) {
      const of = uses.get(form) ?? new Map<string, number>();
      uses.set(form, of.set(language, (of.get(language) ?? 0) + 1));
      totals.set(language, (totals.get(language) ?? 0) + 1);
    }
  });
  return (text) => {
    const scores = new Map<string, number>();
    for (const { form } of tokens(text, plainReading)) {
      const of = uses.get(form);
      if (!of) continue;
      let all = 0;
      for (const [language, n] of of) all += n / totals.get(language)!;
      for (const [language, n] of of) {
        scores.set(language, (scores.get(language) ?? 0) + n / totals.get(language)! / all);
      }
    }
    const [first, second] = [...scores].sort((a, b) => b[1] - a[1]);
    return first && first[1] > (second?.[1] ?? 0) ? first[0] : null;
  };
}

/** The commonest; of several the first in the alphabet, so that the order of the values changes nothing. */
function mostOf(values: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null;
}
