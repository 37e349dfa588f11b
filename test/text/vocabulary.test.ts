import { expect, test } from 'vitest';
import { englishReading } from '../../src/text/tokens.ts';
import { documentsWithSharedWords, readVocabulary, usefulCounts } from '../../src/text/vocabulary.ts';

const read = (texts: string[]) => readVocabulary(texts, englishReading);

test('words of one stem are one word, shown as it is said most often', () => {
  const { words, forms } = read(['connected', 'connecting connecting', 'connection']);
  expect(words).toEqual(['connect']);
  expect(forms).toEqual(['connecting']);
});

test('of forms said equally often the first in the alphabet is shown', () => {
  expect(read(['prints printing']).forms).toEqual(read(['printing prints']).forms);
});

test('documents keep their words in the order they were said', () => {
  const { starts, sequence, words } = read(['slow staff slow', '', 'staff']);
  expect([...starts]).toEqual([0, 3, 3, 4]);
  expect(Array.from(sequence, (v) => words[v])).toEqual(['slow', 'staff', 'slow', 'staff']);
});

test('a document that shares no word is not among those to group', () => {
  expect([...documentsWithSharedWords(read(['slow staff', 'qwertz', '', 'staff']).counts)]).toEqual([0, 3]);
});

test('a word most documents say goes, unless it is all that one says', () => {
  const texts = ['price slow', 'price staff', 'price slow', 'price staff'];
  const kept = (all: string[]) => {
    const { counts, words } = read(all);
    return Array.from(usefulCounts(counts, documentsWithSharedWords(counts)).kept, (v) => words[v]);
  };
  expect(kept(texts).sort()).toEqual(['slow', 'staff']);
  expect(kept([...texts, 'price']).sort()).toEqual(['price', 'slow', 'staff']);
});
