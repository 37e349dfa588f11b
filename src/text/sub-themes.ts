import { consensus } from './consensus.ts';
import { themeKeywords } from './keywords.ts';
import { bestCut, cutTree, mergeTree } from './merge-tree.ts';
import { classify, countMixture, fitMixture } from './mixture.ts';
import { randomStream, sampleWithoutRepetition } from './random-streams.ts';
import { usefulCounts } from './vocabulary.ts';
import { selectDocuments, type WordCounts } from './word-counts.ts';

/** Parts of a theme: the part of each of its pieces, −1 where there are no parts, and the words that mark each part. */
export type FoundSubThemes = { labels: Int32Array; words: number[][] };

const documentsMin = 40;
const sampleMax = 1000;
const starts = 3;
const microThemesMax = 30;
const subThemesMax = 6;
/** A part smaller than this is no part worth a name. */
const partMin = 5;

/**
 * Parts of a theme whose pieces share more than the theme: many small parts are found three times and joined while that
 * gains evidence, down to six at most; what the three agree on counts.
 *
 * @param counts all pieces over the words themes were made from
 * @param members the pieces of the theme
 * @param documents how many documents they stand in; below 40 there are no parts
 */
export function subThemes(
  counts: WordCounts,
  members: Int32Array,
  { documents, seed }: { documents: number; seed: number },
): FoundSubThemes {
  const none = { labels: new Int32Array(members.length).fill(-1), words: [] };
  if (documents < documentsMin) return none;
  // A word that most of the theme say tells its parts apart no more.
  const { counts: own, kept } = usefulCounts(counts, members);
  const sample = selectDocuments(own, sampleWithoutRepetition(own.documents, sampleMax, randomStream(seed, 0)));
  const micro = Math.max(2, Math.min(Math.ceil(sample.documents / 8), microThemesMax));
  const trees = Array.from({ length: starts }, (_, start) => {
    const random = randomStream(seed, 1 + start);
    const options = { themes: micro, labels: null, samplingSweeps: 6, hardSweeps: 2, random };
    const { labels } = fitMixture(sample, options);
    return { labels, tree: mergeTree(sample, labels, micro) };
  });
  const numbers = trees.map(({ tree }) => bestCut(tree)).sort((a, b) => a - b);
  const themes = Math.min(numbers[starts >> 1]!, subThemesMax);
  if (themes < 2) return none;

  const cuts = trees.map(({ labels, tree }) => cutTree(tree, labels, themes));
  const agreed = consensus(sample, cuts, { themes, isRefined: true, random: randomStream(seed, 9) });
  const mixture = countMixture(sample, agreed, themes);
  const placed = withoutSmall(own, classify(own, mixture).labels, themes);
  if (placed.themes < 2) return none;
  const words = themeKeywords(own, placed.labels, placed.themes).map((found) => found.words.map((v) => kept[v]!));
  return { labels: placed.labels, words };
}

/** Parts from the largest on; pieces of those too small go to the part that suits them best. */
function withoutSmall(counts: WordCounts, labels: Int32Array, themes: number): { labels: Int32Array; themes: number } {
  const sizes = new Int32Array(themes);
  for (const label of labels) sizes[label]!++;
  const large = Array.from(sizes, (_, c) => c).filter((c) => sizes[c]! >= partMin);
  large.sort((a, b) => sizes[b]! - sizes[a]! || labels.indexOf(a) - labels.indexOf(b));
  if (large.length < 2) return { labels, themes: large.length };
  const numbered = labels.map((label) => large.indexOf(label));
  if (!numbered.includes(-1)) return { labels: numbered, themes: large.length };
  const settled = numbered.map((label) => Math.max(0, label));
  const best = classify(counts, countMixture(counts, settled, large.length)).labels;
  return { labels: numbered.map((label, i) => (label < 0 ? best[i]! : label)), themes: large.length };
}
