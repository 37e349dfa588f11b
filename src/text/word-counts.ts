/**
 * How often each document uses each word, as a sparse matrix in compressed rows.
 * Document i owns the entries `starts[i]` to `starts[i + 1]` (exclusive) of `word` and `count`.
 */
export type WordCounts = {
  documents: number;
  words: number;
  starts: Int32Array;
  word: Int32Array;
  count: Int32Array;
};

/**
 * Counts the words of documents given as one long sequence of word numbers.
 *
 * @param starts where each document begins in `sequence`, with the total length at the end
 * @param sequence word numbers, 0 to words − 1, in the order they were said
 * @param words how many different words there are
 *
 * @example
 * countWords(Int32Array.of(0, 3), Int32Array.of(0, 1, 0), 2).count // => Int32Array [2, 1]
 */
export function countWords(starts: Int32Array, sequence: Int32Array, words: number): WordCounts {
  const documents = starts.length - 1;
  const rowStarts = new Int32Array(documents + 1);
  const word = new Int32Array(sequence.length);
  const count = new Int32Array(sequence.length);
  const entryOf = new Int32Array(words).fill(-1);
  let entries = 0;

  for (let i = 0; i < documents; i++) {
    const first = entries;
    for (let j = starts[i]!; j < starts[i + 1]!; j++) {
      const v = sequence[j]!;
      if (entryOf[v]! < first) {
        entryOf[v] = entries;
        word[entries++] = v;
      }
      count[entryOf[v]!]!++;
    }
    rowStarts[i + 1] = entries;
  }
  return { documents, words, starts: rowStarts, word: word.slice(0, entries), count: count.slice(0, entries) };
}

/** In how many documents each word occurs. */
export function documentFrequencies(counts: WordCounts): Int32Array {
  const frequencies = new Int32Array(counts.words);
  for (const v of counts.word) frequencies[v]!++;
  return frequencies;
}

/** How many words each document has, repeats included. */
export function documentLengths(counts: WordCounts): Int32Array {
  const lengths = new Int32Array(counts.documents);
  for (let i = 0; i < counts.documents; i++) {
    for (let j = counts.starts[i]!; j < counts.starts[i + 1]!; j++) lengths[i]! += counts.count[j]!;
  }
  return lengths;
}

/** Mean number of words of the documents that have any; 0 when none has. */
export function meanLength(counts: WordCounts): number {
  let filled = 0;
  let total = 0;
  for (const length of documentLengths(counts)) {
    if (length > 0) filled++;
    total += length;
  }
  return filled === 0 ? 0 : total / filled;
}

/** How many documents of mean length have about so many entries together, but no fewer than 500. */
export function documentsWithin(counts: WordCounts, entries: number): number {
  const perDocument = counts.word.length / Math.max(1, counts.documents);
  return Math.max(500, Math.floor(entries / Math.max(1, perDocument)));
}

/**
 * Some of the documents, in the order given, over the same words.
 *
 * @param chosen document numbers
 */
export function selectDocuments(counts: WordCounts, chosen: Int32Array): WordCounts {
  const starts = new Int32Array(chosen.length + 1);
  for (let i = 0; i < chosen.length; i++) {
    starts[i + 1] = starts[i]! + counts.starts[chosen[i]! + 1]! - counts.starts[chosen[i]!]!;
  }
  const word = new Int32Array(starts[chosen.length]!);
  const count = new Int32Array(word.length);
  for (let i = 0; i < chosen.length; i++) {
    const [from, to] = [counts.starts[chosen[i]!]!, counts.starts[chosen[i]! + 1]!];
    word.set(counts.word.subarray(from, to), starts[i]!);
    count.set(counts.count.subarray(from, to), starts[i]!);
  }
  return { documents: chosen.length, words: counts.words, starts, word, count };
}

/**
 * The same documents over some of the words, which are numbered anew without gaps.
 *
 * @param keep one entry per word, 0 to leave it out
 * @returns the smaller counts, and for each kept word its former number
 */
export function selectWords(counts: WordCounts, keep: Uint8Array): { counts: WordCounts; kept: Int32Array } {
  const numberOf = new Int32Array(counts.words).fill(-1);
  let words = 0;
  for (let v = 0; v < counts.words; v++) if (keep[v]) numberOf[v] = words++;
  const kept = new Int32Array(words);
  for (let v = 0; v < counts.words; v++) if (keep[v]) kept[numberOf[v]!] = v;

  const starts = new Int32Array(counts.documents + 1);
  const word = new Int32Array(counts.word.length);
  const count = new Int32Array(counts.word.length);
  let entries = 0;
  for (let i = 0; i < counts.documents; i++) {
    for (let j = counts.starts[i]!; j < counts.starts[i + 1]!; j++) {
      const v = numberOf[counts.word[j]!]!;
      if (v < 0) continue;
      word[entries] = v;
      count[entries++] = counts.count[j]!;
    }
    starts[i + 1] = entries;
  }
  const { documents } = counts;
  return {
    counts: { documents, words, starts, word: word.slice(0, entries), count: count.slice(0, entries) },
    kept,
  };
}
