import type { SparseMatrix } from '../text/sparse-svd.ts';
import { type Reading, tokens } from '../text/tokens.ts';
import { countWords, selectWords, type WordCounts } from '../text/word-counts.ts';

/** A feature must occur in so many of the texts that are learned from. */
const TEXTS_MIN = 2;

/**
 * What a text is read for.
 * `reading` says how its words are taken; words that carry little by themselves (not, without, for) stay in, since they
 * turn the meaning of the next. `characters` adds stretches of so many characters within words, from and to, which
 * helps with misspelt words and with languages whose words have many endings.
 */
export type FeatureOptions = { reading: Reading; characters?: { from: number; to: number } | null };

/**
 * Counts what texts say: words, pairs of neighbouring words, and, where asked, stretches of characters.
 *
 * @param texts one per document
 *
 * @example
 * const reading = { stopWords: new Set(), stem: (form) => form };
 * countFeatures(['no time', 'time'], { reading }).words // => 3
 */
export function countFeatures(texts: readonly string[], { reading, characters = null }: FeatureOptions): WordCounts {
  const numberOf = new Map<string, number>();
  const starts = new Int32Array(texts.length + 1);
  const sequence: number[] = [];
  const say = (feature: string) => {
    let number = numberOf.get(feature);
    if (number === undefined) {
      number = numberOf.size;
      numberOf.set(feature, number);
    }
    sequence.push(number);
  };

  for (const [place, text] of texts.entries()) {
    let before: string | null = null;
    for (const { word, form } of tokens(text, reading)) {
      say(word);
      if (before !== null) say(`${before} ${word}`);
      before = word;
      if (characters) for (const stretch of stretches(form, characters)) say(stretch);
    }
    starts[place + 1] = sequence.length;
  }
  return countWords(starts, Int32Array.from(sequence), numberOf.size);
}

/** Stretches of characters within a word and its two edges; marked so that none is taken for a word. */
function stretches(form: string, { from, to }: { from: number; to: number }): string[] {
  const points = ['\u0002', ...form, '\u0003'];
  const found: string[] = [];
  for (let size = from; size <= to; size++)
    for (let start = 0; start + size <= points.length; start++)
      found.push(`\u0001${points.slice(start, start + size).join('')}`);
  return found;
}

/**
 * Weighs features by how often a text has them and how few of the texts learned from do, every row at length 1.
 * What occurs in fewer than two of those is left out, so that no row outside them has any say in what is learned.
 *
 *   weight = (1 + ln count) × ln((texts + 1) / (texts with the feature + 1/2))
 *
 * @param learned the rows that are learned from
 * @returns all rows over the features that are left
 * @see Salton and Buckley (1988), Information Processing & Management 24(5), 513–523
 */
export function weighFeatures(counts: WordCounts, learned: Int32Array): SparseMatrix {
  const texts = new Int32Array(counts.words);
  for (const row of learned)
    for (let j = counts.starts[row]!; j < counts.starts[row + 1]!; j++) texts[counts.word[j]!]!++;
  const { counts: useful, kept } = selectWords(
    counts,
    Uint8Array.from(texts, (count) => Number(count >= TEXTS_MIN)),
  );
  const rarity = Float64Array.from(kept, (feature) => Math.log((learned.length + 1) / (texts[feature]! + 0.5)));
  const value = new Float64Array(useful.word.length);
  for (let row = 0; row < useful.documents; row++) {
    let squares = 0;
    for (let j = useful.starts[row]!; j < useful.starts[row + 1]!; j++) {
      value[j] = (1 + Math.log(useful.count[j]!)) * rarity[useful.word[j]!]!;
      squares += value[j]! ** 2;
    }
    const length = Math.sqrt(squares) || 1;
    for (let j = useful.starts[row]!; j < useful.starts[row + 1]!; j++) value[j]! /= length;
  }
  return { rows: useful.documents, columns: useful.words, starts: useful.starts, column: useful.word, value };
}
