import { clear, flagged, type Judgement, unjudged } from './judgement.ts';
import { isKeyboardWalk, keyboardRuns } from './keyboard-runs.ts';
import { isVowel, oddPairs } from './letter-pairs.ts';
import { shortWords } from './short-words.ts';

export type GibberishOptions = {
  /** Flagged when at least this share of the letters stands in words that look typed at random; 0.5 unless told. */
  shareMin?: number;
  /** Words of the study that are to pass (product names), in lower case and without accents; none unless told. */
  knownWords?: ReadonlySet<string>;
};

const nonLetters = /[^\p{L}\p{M}\p{N}]+/gu;
// Addresses, handles and tags are not made of words.
const notWord = /@|:\/\/|www\.|#|\p{L}\.\p{L}{2}/iu;
const unfolded: Record<string, string> = { ß: 'ss', ł: 'l', ø: 'o', æ: 'ae', œ: 'oe', đ: 'd', ð: 'd', þ: 'th', ı: 'i' };
const ascii = /^[\x00-\x7f]*$/;
const wordMax = 64;

/**
 * Whether a short answer looks typed at random: “asdfgh”, “kjshdfkj”, “aaaaaa”, “x”.
 *
 * Word by word, without a dictionary of any language: runs along keyboard rows, one character over and over, two
 * letters taking turns (low entropy), no vowels or only vowels, letters that do not stand side by side in English,
 * German, French, Spanish, Italian, Portuguese, Dutch or Polish, and, when it is all that was written, one or two
 * letters that are no word. Abbreviations in capitals, numbers, addresses and handles pass; so does laughter. Half of
 * the letters have to be such words. Made-up words that can be pronounced pass too, and random letters in a text of
 * ordinary length are not looked for. Takes time in proportion to the text.
 *
 * @returns `unjudged` when most letters are not Latin; `clear` for an empty text, which is no answer
 *
 * @example
 * judgeGibberish('kjshdf lkjwer').outcome // => 'flagged'
 * judgeGibberish('n/a').outcome // => 'clear'
 * judgeGibberish('все хорошо').outcome // => 'unjudged'
 */
export function judgeGibberish(text: string, options: GibberishOptions = {}): Judgement {
  const { shareMin = 0.5, knownWords = new Set<string>() } = options;
  const trimmed = text.trim();
  if (trimmed === '') return clear;
  if (/^([^\p{L}\p{N}])\1{4,}$/u.test(trimmed)) return flagged('Is one character over and over.');

  const letters = trimmed.match(/\p{L}+/gu)?.join('') ?? '';
  if (letters !== '' && !ascii.test(letters) && letters.replace(/\P{Script=Latin}/gu, '').length * 2 < letters.length) {
    return unjudged('Not written in Latin letters, for which alone this check is made.');
  }
  const words = wordsOf(trimmed);
  if (letters === '') return words.some(isDigitWalk) ? flagged('Is digits in the order of the keyboard.') : clear;

  if (words.length === 1) {
    const reason = tooShort(words[0]!, knownWords);
    if (reason !== null) return flagged(reason);
  }
  let odd = 0;
  let all = 0;
  const reasons = new Map<string, string>();
  for (const word of joinSingles(words)) {
    const folded = fold(word);
    all += word.length;
    const reason = knownWords.has(folded) ? null : oddity(word, folded);
    if (reason === null) continue;
    odd += word.length;
    if (!reasons.has(reason) && reasons.size < 3) reasons.set(reason, word.slice(0, 20));
  }
  if (odd === 0 || odd < shareMin * all) return clear;
  return flagged(`Looks typed at random: ${[...reasons].map(([reason, word]) => `“${word}” ${reason}`).join('; ')}.`);
}

/** Why one word looks typed at random, or null. */
function oddity(word: string, folded: string): string | null {
  if (!/^[a-z]+$/.test(folded)) return null;
  const plain = collapse(folded);
  const isAbbreviation = word.length <= 5 && word === word.toUpperCase();
  if (shortWords.has(folded) || (plain.length > 1 && shortWords.has(plain)) || isLaughter(folded)) return null;
  if (isKeyboardWalk(folded) && !(isAbbreviation && folded.length < 4)) return 'runs along a keyboard row';
  if (isAbbreviation) return null;
  if (folded.length >= 4 && plain.length === 1) return 'is one letter over and over';
  if (plain.length >= 6 && entropy(plain) < 1.1) return 'is two letters taking turns';

  const vowels = countVowels(plain);
  if (plain.length >= 5 && vowels === 0) return 'has no vowel';
  if (plain.length >= 6 && vowels === plain.length) return 'has only vowels';
  const pairs = oddPairs(folded);
  const isCrowded = pairs >= 2 && pairs >= 0.34 * (folded.length - 1);
  const isHard = pairs >= 1 && folded.length >= 6 && vowels < 0.2 * plain.length;
  const isShortMash = folded.length === 4 && vowels === 0 && pairs >= 2;
  return (folded.length >= 5 && (isCrowded || isHard)) || isShortMash
    ? 'has letters side by side that no word has'
    : null;
}

/** Why a text of one short word is no word, or null. */
function tooShort(word: string, knownWords: ReadonlySet<string>): string | null {
  const folded = fold(word);
  if (!/^[a-z]{1,3}$/.test(folded) || word === word.toUpperCase()) return null;
  if (shortWords.has(folded) || knownWords.has(folded)) return null;
  if (folded.length < 3) return 'Is one or two letters that are no word.';
  const isMash = keyboardRuns(folded, 3).length > 0 && (!isVowel(folded[1]!) || !isVowel(folded[2]!));
  const isRowOnly = /^[asdfghjkl]{3}$|^[zxcvbnm]{3}$|^[qw][we][er]$/.test(folded) && isMash;
  if (/^(.)\1\1$/.test(folded)) return 'Is one letter over and over.';
  return isRowOnly ? 'Is three keys in a row.' : null;
}

function wordsOf(text: string): string[] {
  const plain = text.split(/\s+/).filter((part) => !notWord.test(part));
  const words = plain.flatMap((part) => part.replace(/['’]/g, '').split(nonLetters));
  return words.flatMap((word) => (word === '' ? [] : [word.slice(0, wordMax)]));
}

/** “a s d f g” is read as one word. */
function joinSingles(words: readonly string[]): readonly string[] {
  const isSpaced = words.length >= 4 && words.every((word) => word.length === 1);
  return isSpaced ? [words.join('').slice(0, wordMax)] : words;
}

function fold(word: string): string {
  const lower = word.toLowerCase();
  if (/^[a-z0-9]*$/.test(lower)) return lower;
  return lower
    .replace(/[ßłøæœđðþı]/g, (letter) => unfolded[letter]!)
    .normalize('NFD')
    .replace(/\p{M}+/gu, '');
}

/** Stretched words (“sooooo”) as they are without it. */
function collapse(word: string): string {
  return /(.)\1\1/.test(word) ? word.replace(/(.)\1{2,}/g, '$1') : word;
}

/** “haha”, “jajaja”, “lalala”, “blabla”, “kkkk”, “rsrs”, “xoxo”, and stretched interjections (“hmmm”, “aaah”). */
function isLaughter(word: string): boolean {
  if (/^[bmw]?[hjx]*(?:[aeiou]+[hjx]+)+[aeiou]*$/.test(word)) return new Set(word).size <= 4;
  if (/^(?:la|na|bla|ta|da|rs|xo|lol|k|bo|bu|no|yo|ya)+h?s?$|^(?:lo)+l$/.test(word)) return true;
  return /^[a-z]{0,2}([hkmxz])\1+$/.test(word);
}

function isDigitWalk(word: string): boolean {
  return word.length >= 5 && /^\d+$/.test(word) && keyboardRuns(word, 5).join('').length >= 0.8 * word.length;
}

/** Shannon's entropy of the letters, in bits. */
function entropy(word: string): number {
  const counts = new Map<string, number>();
  for (const letter of word) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const n of counts.values()) bits -= (n / word.length) * Math.log2(n / word.length);
  return bits;
}

function countVowels(word: string): number {
  let vowels = 0;
  for (const letter of word) if (isVowel(letter)) vowels++;
  return vowels;
}
