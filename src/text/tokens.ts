import { stem } from './stem.ts';
import { englishStopWords } from './stop-words.ts';

/**
 * How words are read: which forms are left out, how endings are taken off, and which stems are read as others. `elided`
 * is what falls away before a word, as in l'employé. `renamed` lists for the first stem of a phrase the stems that must follow it and the word it is read as; a phrase of one is usual.
 */
export type Reading = {
  stopWords: ReadonlySet<string>;
  stem: (form: string) => string;
  elided?: RegExp;
  leftOut?: ReadonlySet<string>;
  renamed?: ReadonlyMap<string, readonly Renaming[]>;
};
export type Renaming = { rest: readonly string[]; word: string };

/**
 * One word of a text.
 * `word` is what is counted (the stem), `form` how it was said, in lower case; `start` and `end` are its place in the
 * original text in code points, `end` exclusive.
 */
export type Token = { word: string; form: string; start: number; end: number };

/** English answers: the shipped stop words, Porter's stems. */
export const englishReading: Reading = { stopWords: englishStopWords, stem };

/** Every other language: all words, whole. */
export const plainReading: Reading = { stopWords: new Set(), stem: (form) => form };

// A word keeps inner apostrophes (don't) and trailing + and # (c++, c#). Marks belong to the letter before them.
const wordSource = String.raw`[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:['’][\p{L}\p{M}]+)*[+#]*`;
// A flag, or a pictograph with its tones and joined companions; arrows and legal signs are punctuation here.
const pictographSource = String.raw`(?![©®\u2000-\u21FF])\p{ExtPict}[\uFE0F\p{Emoji_Modifier}]*`;
const emojiSource = String.raw`\p{RI}{2}|${pictographSource}(?:\u200D${pictographSource})*`;
const tokenPattern = new RegExp(`(${wordSource})|${emojiSource}`, 'gu');
// The same for texts in ASCII, which are most and can be read several times as fast.
const asciiPattern = /([A-Za-z0-9]+(?:'[A-Za-z]+)*[+#]*)/g;

const unspacedScript =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const singleLatin = /^[\p{Script=Latin}0-9]$/u;
const ascii = /^[\x00-\x7f]*$/;
const emojiVariation = /[\uFE0F\p{Emoji_Modifier}]/gu;
const lengthMax = 64;
const unspacedWords = new Intl.Segmenter('en', { granularity: 'word' });

/**
 * The words of a text, in order.
 *
 * Words are compared in lower case and compatibility form (NFKC); a possessive 's falls away; single Latin letters and
 * digits are left out; scripts written without spaces are cut by dictionary; an emoji is a word, whatever its skin
 * tone. Words longer than 64 code units are cut there. Takes time in proportion to the text.
 *
 * @param reading stop words and stemming; English unless told otherwise
 * @returns empty for a text with nothing to count
 *
 * @example
 * tokens("Anna's dogs don't like C++").map((token) => token.word) // => ['anna', 'dog', "don't", 'like', 'c++']
 */
export function tokens(text: string, reading: Reading = englishReading): Token[] {
  const found: Token[] = [];
  const isAscii = ascii.test(text);
  const placeOf = isAscii ? (unit: number) => unit : codePointPlaces(text);

  for (const match of text.matchAll(isAscii ? asciiPattern : tokenPattern)) {
    const matched = match[0];
    if (match[1] === undefined) addEmoji(matched, match.index);
    else if (!ascii.test(matched) && unspacedScript.test(matched)) {
      for (const part of unspacedWords.segment(matched)) {
        if (part.isWordLike) addWord(part.segment, match.index + part.index);
      }
    } else addWord(matched, match.index);
  }
  return reading.renamed ? rename(found, reading.renamed) : found;

  function addWord(said: string, index: number) {
    const form = reading.elided ? formOf(said).replace(reading.elided, '') : formOf(said);
    if (singleLatin.test(form) || reading.stopWords.has(form)) return;
    const word = reading.stem(form);
    if (reading.leftOut?.has(word)) return;
    found.push({ word, form, start: placeOf(index), end: placeOf(index + said.length) });
  }

  function addEmoji(said: string, index: number) {
    const form = said.replace(emojiVariation, '');
    if (reading.stopWords.has(form) || reading.leftOut?.has(form)) return;
    found.push({ word: form, form, start: placeOf(index), end: placeOf(index + said.length) });
  }
}

/** Reads words and phrases as those they stand for; a phrase becomes one token from its first word to its last. */
function rename(found: readonly Token[], renamed: ReadonlyMap<string, readonly Renaming[]>): Token[] {
  const read: Token[] = [];
  for (let i = 0; i < found.length; i++) {
    const token = found[i]!;
    const fits = renamed.get(token.word)?.find(({ rest }) => rest.every((word, q) => found[i + 1 + q]?.word === word));
    if (!fits) {
      read.push(token);
      continue;
    }
    const parts = found.slice(i, i + 1 + fits.rest.length);
    read.push({ ...token, word: fits.word, form: parts.map(({ form }) => form).join(' '), end: parts.at(-1)!.end });
    i += fits.rest.length;
  }
  return read;
}

function formOf(said: string): string {
  const plain = ascii.test(said)
    ? said
    : said
        .slice(0, lengthMax * 4)
        .normalize('NFKC')
        .toWellFormed()
        .replaceAll('’', "'");
  const lower = plain.toLowerCase();
  const whole = lower.endsWith("'s") ? lower.slice(0, -2) : lower;
  return whole.length > lengthMax ? whole.slice(0, lengthMax).toWellFormed() : whole;
}

/** Turns ascending places in code units into places in code points, counting each stretch once. */
function codePointPlaces(text: string): (unit: number) => number {
  let units = 0;
  let points = 0;
  return (unit) => {
    for (; units < unit; units++) {
      const code = text.charCodeAt(units);
      const isSecondHalf =
        code >= 0xdc00 && code <= 0xdfff && units > 0 && (text.charCodeAt(units - 1) & 0xfc00) === 0xd800;
      if (!isSecondHalf) points++;
    }
    return points;
  };
}
