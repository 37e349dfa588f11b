import { expect, test } from 'vitest';
import { mulberry32 } from '../../src/stats/random.ts';
import { labelAgreement } from '../../src/text/label-agreement.ts';
import { lnGamma } from '../../src/text/ln-gamma.ts';
import { bestCut, cutTree, mergeTree } from '../../src/text/merge-tree.ts';
import { plantedCounts } from './planted-counts.ts';

const { counts, topics } = plantedCounts(90, mulberry32(1));
// Each of the three topics cut into three at random.
const labels = Int32Array.from(topics, (topic, i) => 3 * topic + (Math.floor(i / 3) % 3));

test('parts of one topic are joined first and the evidence is greatest at the topics', () => {
  const tree = mergeTree(counts, labels, 9);
  expect(tree.merges).toHaveLength(8);
  expect(bestCut(tree)).toBe(3);
  expect(labelAgreement(cutTree(tree, labels, 3), Int32Array.from(topics))).toBe(1);
});

test('a gain is the difference in evidence before and after', () => {
  const [first] = mergeTree(counts, labels, 9, 0.7).merges;
  const joined = labels.map((label) => (label === first!.gone ? first!.kept : label));
  expect(first!.gain).toBeCloseTo(evidence(joined, 0.7) - evidence(labels, 0.7), 8);
});

/** ln p(words, labels) up to what no merge changes, written down as it stands in the books. */
function evidence(themeOf: Int32Array, scale: number): number {
  let sum = 0;
  for (const theme of new Set(themeOf)) {
    const uses = new Map<number, number>();
    let size = 0;
    for (let i = 0; i < counts.documents; i++) {
      if (themeOf[i] !== theme) continue;
      size++;
      for (let j = counts.starts[i]!; j < counts.starts[i + 1]!; j++) {
        uses.set(counts.word[j]!, (uses.get(counts.word[j]!) ?? 0) + counts.count[j]!);
      }
    }
    let total = 0;
    for (const times of uses.values()) {
      total += times;
      sum += lnGamma(scale * times + 0.1) - lnGamma(0.1);
    }
    sum += lnGamma(counts.words * 0.1) - lnGamma(scale * total + counts.words * 0.1);
    sum += lnGamma(size + 0.1) - lnGamma(0.1);
  }
  return sum;
}

test('a cut has at most as many themes as asked for, numbered without gaps', () => {
  const tree = mergeTree(counts, labels, 9);
  for (let themes = 1; themes <= 12; themes++) {
    const cut = cutTree(tree, labels, themes);
    expect([...new Set(cut)]).toEqual(Array.from({ length: Math.min(9, themes) }, (_, c) => c));
  }
});

test('themes without documents take no part', () => {
  expect(
    mergeTree(
      counts,
      Int32Array.from(topics, (t) => 5 * t),
      11,
    ).merges,
  ).toHaveLength(2);
  expect(bestCut(mergeTree(counts, new Int32Array(90), 4))).toBe(1);
});
