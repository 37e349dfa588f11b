import type { Random } from '../../src/stats/random.ts';
import { countWords, type WordCounts } from '../../src/text/word-counts.ts';

/**
 * Documents of three themes in turn: each uses six of the ten words of its theme (numbers 10 t to 10 t + 9) and one of
 * five words that all themes share (numbers 30 to 34).
 */
export function plantedCounts(documents: number, random: Random): { counts: WordCounts; topics: number[] } {
  const topics = Array.from({ length: documents }, (_, i) => i % 3);
  const said = topics.flatMap((topic) => [
    ...Array.from({ length: 6 }, () => 10 * topic + Math.floor(10 * random())),
    30 + Math.floor(5 * random()),
  ]);
  const starts = Int32Array.from({ length: documents + 1 }, (_, i) => 7 * i);
  return { counts: countWords(starts, Int32Array.from(said), 35), topics };
}
