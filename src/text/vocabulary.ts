import { type Reading, tokens } from './tokens.ts';
import { countWords, documentFrequencies, selectDocuments, selectWords, type WordCounts } from './word-counts.ts';

/**
 * The words of a set of documents.
 * `words[v]` is what is counted, `forms[v]` how it was most often said; `starts` and `sequence` hold every document as
 * word numbers in the order they were said, `counts` the same without the order.
 */
export type Vocabulary = {
  words: string[];
  forms: string[];
  starts: Int32Array;
  sequence: Int32Array;
  counts: WordCounts;
};

/**
 * Reads documents into numbers.
 *
 * @param texts one per document
 * @param reading stop words and stemming
 */
export function readVocabulary(texts: readonly string[], reading: Reading): Vocabulary {
  const words: string[] = [];
  const numberOf = new Map<string, number>();
  const timesSaid = new Map<string, { word: number; times: number }>();
  const starts = new Int32Array(texts.length + 1);
  let sequence = new Int32Array(1024);
  let length = 0;

  for (let i = 0; i < texts.length; i++) {
    for (const token of tokens(texts[i]!, reading)) {
      let number = numberOf.get(token.word);
      if (number === undefined) {
        number = words.push(token.word) - 1;
        numberOf.set(token.word, number);
      }
      const said = timesSaid.get(token.form);
      if (said) said.times++;
      else timesSaid.set(token.form, { word: number, times: 1 });

      if (length === sequence.length) {
        const longer = new Int32Array(length * 2);
        longer.set(sequence);
        sequence = longer;
      }
      sequence[length++] = number;
    }
    starts[i + 1] = length;
  }
  sequence = sequence.slice(0, length);
  return {
    words,
    forms: commonestForms(words, timesSaid),
    starts,
    sequence,
    counts: countWords(starts, sequence, words.length),
  };
}

function commonestForms(words: string[], timesSaid: Map<string, { word: number; times: number }>): string[] {
  const forms = [...words];
  const most = new Int32Array(words.length);
  for (const [form, { word, times }] of timesSaid) {
    const isBetter = times > most[word]! || (times === most[word] && form < forms[word]!);
    if (!isBetter) continue;
    most[word] = times;
    forms[word] = form;
  }
  return forms;
}

/**
 * Documents that use at least one word that two documents use, in ascending order.
 *
 * @param frequencies in how many documents each word occurs; those of `counts` unless these are pieces of documents
 */
export function documentsWithSharedWords(
  counts: WordCounts,
  frequencies: Int32Array = documentFrequencies(counts),
): Int32Array {
  const found = new Int32Array(counts.documents);
  let size = 0;
  for (let i = 0; i < counts.documents; i++) {
    let isShared = false;
    for (let j = counts.starts[i]!; j < counts.starts[i + 1]! && !isShared; j++) {
      isShared = frequencies[counts.word[j]!]! >= 2;
    }
    if (isShared) found[size++] = i;
  }
  return found.slice(0, size);
}

const rareWordsMatterBelow = 2000;
const commonShareMax = 0.5;

/**
 * What themes are made from: the chosen documents over the words worth counting. In large sets a word must occur
 * twice; a word in more than half of the documents tells nothing apart and goes, unless it is all that some document
 * says.
 *
 * @param counts all documents over all words
 * @param chosen documents that share words with others
 * @returns counts of the chosen documents, and for each of their words its number in the vocabulary
 */
export function usefulCounts(counts: WordCounts, chosen: Int32Array): { counts: WordCounts; kept: Int32Array } {
  const selected = selectDocuments(counts, chosen);
  const frequencies = documentFrequencies(selected);
  const frequencyMin = chosen.length >= rareWordsMatterBelow ? 2 : 1;
  const frequencyMax = Math.max(frequencyMin, commonShareMax * chosen.length);
  const keep = Uint8Array.from(frequencies, (f) => (f >= frequencyMin && f <= frequencyMax ? 1 : 0));

  for (let i = 0; i < selected.documents; i++) {
    const ofDocument = selected.word.subarray(selected.starts[i]!, selected.starts[i + 1]!);
    if (ofDocument.some((v) => keep[v] === 1)) continue;
    for (const v of ofDocument) if (frequencies[v]! >= frequencyMin) keep[v] = 1;
  }
  return selectWords(selected, keep);
}
