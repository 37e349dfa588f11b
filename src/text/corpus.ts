import type { ThemeDocument } from './themes-result.ts';
import type { Reading } from './tokens.ts';
import { documentsWithSharedWords, readVocabulary, type Vocabulary } from './vocabulary.ts';

/**
 * Documents in the order of their ids, read into words. `clusterable` lists those that share a word with another, by
 * their place; labels of themes run along that list.
 */
export type Corpus = {
  documents: ThemeDocument[];
  reading: Reading;
  vocabulary: Vocabulary;
  clusterable: Int32Array;
};

/** Reads documents, in an order of their own so that the order they come in changes nothing. */
export function readCorpus(documents: readonly ThemeDocument[], reading: Reading): Corpus {
  const ordered = [...documents].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const vocabulary = readVocabulary(
    ordered.map(({ text }) => text),
    reading,
  );
  return { documents: ordered, reading, vocabulary, clusterable: documentsWithSharedWords(vocabulary.counts) };
}

/** The words of a clusterable document in the order they were said, as one string: equal for equal wordings. */
export function wordingOf({ vocabulary, clusterable }: Corpus, place: number): string {
  const i = clusterable[place]!;
  return vocabulary.sequence.subarray(vocabulary.starts[i]!, vocabulary.starts[i + 1]!).join(' ');
}
