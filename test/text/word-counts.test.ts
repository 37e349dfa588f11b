import { expect, test } from 'vitest';
import {
  countWords,
  documentFrequencies,
  documentLengths,
  documentsWithin,
  meanLength,
  selectDocuments,
  selectWords,
} from '../../src/text/word-counts.ts';

// Three documents: "a b a", nothing, "c b".
const counts = countWords(Int32Array.of(0, 3, 3, 5), Int32Array.of(0, 1, 0, 2, 1), 3);

test('repeats are counted once per document', () => {
  expect([...counts.starts]).toEqual([0, 2, 2, 4]);
  expect([...counts.word]).toEqual([0, 1, 2, 1]);
  expect([...counts.count]).toEqual([2, 1, 1, 1]);
});

test('frequencies count documents, lengths count words', () => {
  expect([...documentFrequencies(counts)]).toEqual([1, 2, 1]);
  expect([...documentLengths(counts)]).toEqual([3, 0, 2]);
});

test('the mean length leaves empty documents out', () => {
  expect(meanLength(counts)).toBe(2.5);
  expect(meanLength(countWords(Int32Array.of(0, 0), new Int32Array(0), 0))).toBe(0);
});

test('documents can be taken in any order', () => {
  const chosen = selectDocuments(counts, Int32Array.of(2, 0));
  expect([...chosen.starts]).toEqual([0, 2, 4]);
  expect([...chosen.word]).toEqual([2, 1, 0, 1]);
  expect([...chosen.count]).toEqual([1, 1, 2, 1]);
});

test('words that go leave no gap in the numbers', () => {
  const { counts: fewer, kept } = selectWords(counts, Uint8Array.of(0, 1, 1));
  expect([...kept]).toEqual([1, 2]);
  expect(fewer.words).toBe(2);
  expect([...fewer.starts]).toEqual([0, 1, 1, 3]);
  expect([...fewer.word]).toEqual([0, 1, 0]);
});

test('the longer documents are, the fewer fit within a given number of entries', () => {
  const short = countWords(Int32Array.of(0, 2, 4), Int32Array.of(0, 1, 0, 1), 2);
  expect(documentsWithin(short, 3000)).toBe(1500);
  expect(documentsWithin(short, 10)).toBe(500);
  expect(documentsWithin(countWords(Int32Array.of(0), new Int32Array(0), 0), 3000)).toBe(3000);
});
