import { piecesOf, splitFromWords } from './pieces.ts';
import type { Stretch } from './quotes.ts';
import type { ThemeDocument } from './themes-result.ts';
import { type Reading, tokens } from './tokens.ts';
import { documentsWithSharedWords, readVocabulary, type Vocabulary } from './vocabulary.ts';
import { countWords, documentFrequencies, type WordCounts } from './word-counts.ts';

/** Documents in the order of their ids, read into words. */
export type Corpus = { documents: ThemeDocument[]; reading: Reading; vocabulary: Vocabulary };

/** Reads documents, in an order of their own so that the order they come in changes nothing. */
export function readCorpus(documents: readonly ThemeDocument[], reading: Reading): Corpus {
  const ordered = [...documents].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return {
    documents: ordered,
    reading,
    vocabulary: readVocabulary(
      ordered.map(({ text }) => text),
      reading,
    ),
  };
}

/**
 * A corpus cut into the pieces that themes are found in. Piece p stands in document `documentOf[p]` at `stretches[p]` and
 * has the words `starts[p]` to `starts[p + 1]` of the vocabulary's sequence. `clusterable` lists the pieces that share a
 * word with another document; labels of themes run along that list. `isSplit` says whether any document has several.
 */
export type CutCorpus = Corpus & {
  documentOf: Int32Array;
  stretches: Stretch[];
  starts: Int32Array;
  counts: WordCounts;
  clusterable: Int32Array;
  isSplit: boolean;
};

/**
 * Cuts documents into pieces.
 *
 * @param language two letters, by whose rules sentences end; null to leave every document whole
 */
export function cutCorpus(corpus: Corpus, language: string | null): CutCorpus {
  const { documents, reading, vocabulary } = corpus;
  const documentOf: number[] = [];
  const stretches: Stretch[] = [];
  const starts: number[] = [0];
  documents.forEach(({ text }, i) => {
    const [from, to] = [vocabulary.starts[i]!, vocabulary.starts[i + 1]!];
    const isLong = language !== null && to - from >= splitFromWords;
    const places = isLong ? tokens(text, reading).map(({ start }) => start) : [];
    const pieces = piecesOf(text, places, language ?? undefined);
    let next = 0;
    pieces.forEach((piece, q) => {
      while (next < places.length && places[next]! < piece.end) next++;
      documentOf.push(i);
      stretches.push(piece);
      starts.push(q === pieces.length - 1 ? to : from + next);
    });
  });
  const counts = countWords(Int32Array.from(starts), vocabulary.sequence, vocabulary.words.length);
  return {
    ...corpus,
    documentOf: Int32Array.from(documentOf),
    stretches,
    starts: Int32Array.from(starts),
    counts,
    clusterable: documentsWithSharedWords(counts, documentFrequencies(vocabulary.counts)),
    isSplit: documentOf.some((i, p) => p > 0 && documentOf[p - 1] === i),
  };
}

/** The words of a clusterable piece in the order they were said, as one string: equal for equal wordings. */
export function wordingOf({ vocabulary, starts, clusterable }: CutCorpus, place: number): string {
  const p = clusterable[place]!;
  return vocabulary.sequence.subarray(starts[p]!, starts[p + 1]!).join(' ');
}
