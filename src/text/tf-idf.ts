import type { SparseMatrix } from './sparse-svd.ts';
import { documentFrequencies, type WordCounts } from './word-counts.ts';

/**
 * Weighs the words of each document by how often it says them and how few documents do, every document at length 1.
 *
 *   weight = (1 + ln count) × ln((documents + 1) / (documents with the word + 1/2)),  then divided by the row's length
 *
 * @returns documents × words; a document without words is a row without entries
 * @see Salton and Buckley (1988), Information Processing & Management 24(5), 513–523
 */
export function tfIdf(counts: WordCounts): SparseMatrix {
  const rarity = Float64Array.from(documentFrequencies(counts), (f) => Math.log((counts.documents + 1) / (f + 0.5)));
  const value = new Float64Array(counts.word.length);
  for (let i = 0; i < counts.documents; i++) {
    let squares = 0;
    for (let j = counts.starts[i]!; j < counts.starts[i + 1]!; j++) {
      const weight = (1 + Math.log(counts.count[j]!)) * rarity[counts.word[j]!]!;
      value[j] = weight;
      squares += weight * weight;
    }
    const length = Math.sqrt(squares) || 1;
    for (let j = counts.starts[i]!; j < counts.starts[i + 1]!; j++) value[j]! /= length;
  }
  return { rows: counts.documents, columns: counts.words, starts: counts.starts, column: counts.word, value };
}
