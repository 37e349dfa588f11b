import type { Random } from '../stats/random.ts';
import { shuffle } from './random-streams.ts';
import { documentLengths, type WordCounts } from './word-counts.ts';

const settledShare = 0.002;

/**
 * Groups documents so that the group tells as much as possible about the words: every document in turn is taken out and
 * put where the least of that information is lost (sequential information bottleneck).
 *
 * @param groups how many, at least 1
 * @param starts random starts, the best of which counts
 * @param sweepsMax rounds at most in each start
 * @param random numbers in [0, 1)
 * @returns the group of each document; no group is emptied on the way
 * @see Slonim, Friedman and Tishby (2002), SIGIR, 129–136
 */
export function informationBottleneck(
  counts: WordCounts,
  { groups, starts, sweepsMax, random }: { groups: number; starts: number; sweepsMax: number; random: Random },
): Int32Array {
  let best = new Int32Array(0);
  let bestInformation = -Infinity;
  for (let start = 0; start < starts; start++) {
    const { labels, information } = oneStart(counts, groups, sweepsMax, random);
    if (information > bestInformation) [best, bestInformation] = [labels, information];
  }
  return best;
}

function oneStart(counts: WordCounts, groups: number, sweepsMax: number, random: Random) {
  const lengths = documentLengths(counts);
  const xLogX = xLogXTable(counts, lengths);
  const labels = Int32Array.from(lengths, () => Math.floor(random() * groups));
  const wordsIn = new Int32Array(counts.words * groups);
  const tokensIn = new Int32Array(groups);
  const documentsIn = new Int32Array(groups);
  const order = Int32Array.from(lengths, (_, i) => i);
  const scores = new Float64Array(groups);

  for (let i = 0; i < counts.documents; i++) put(i, labels[i]!, 1);
  for (let sweep = 0; sweep < sweepsMax; sweep++) {
    shuffle(order, random);
    let moved = 0;
    for (const i of order) if (replace(i)) moved++;
    if (moved <= counts.documents * settledShare) break;
  }

  let information = 0;
  for (const uses of wordsIn) information += xLogX[uses]!;
  for (const tokens of tokensIn) information -= xLogX[tokens]!;
  return { labels, information };

  function put(i: number, c: number, sign: 1 | -1) {
    for (let j = counts.starts[i]!; j < counts.starts[i + 1]!; j++) {
      wordsIn[counts.word[j]! * groups + c]! += sign * counts.count[j]!;
    }
    tokensIn[c]! += sign * lengths[i]!;
    documentsIn[c]! += sign;
  }

  function replace(i: number): boolean {
    const before = labels[i]!;
    if (documentsIn[before] === 1 || lengths[i] === 0) return false;
    put(i, before, -1);
    for (let c = 0; c < groups; c++) scores[c] = xLogX[tokensIn[c]!]! - xLogX[tokensIn[c]! + lengths[i]!]!;
    for (let j = counts.starts[i]!; j < counts.starts[i + 1]!; j++) {
      const row = counts.word[j]! * groups;
      const repeats = counts.count[j]!;
      for (let c = 0; c < groups; c++) {
        const uses = wordsIn[row + c]!;
        scores[c]! += xLogX[uses + repeats]! - xLogX[uses]!;
      }
    }
    let after = before;
    for (let c = 0, most = -Infinity; c < groups; c++) {
      if (scores[c]! > most) {
        most = scores[c]!;
        after = c;
      }
    }
    put(i, after, 1);
    labels[i] = after;
    return after !== before;
  }
}

function xLogXTable(counts: WordCounts, lengths: Int32Array): Float64Array {
  let total = 0;
  for (const length of lengths) total += length;
  let repeatsMax = 1;
  for (const count of counts.count) if (count > repeatsMax) repeatsMax = count;
  return Float64Array.from({ length: total + repeatsMax + 1 }, (_, x) => (x === 0 ? 0 : x * Math.log(x)));
}
