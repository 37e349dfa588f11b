import { type MergeTree, mergeTree } from './merge-tree.ts';
import type { Mixture } from './mixture.ts';
import type { WordCounts } from './word-counts.ts';

const groupsFromThemes = 21;
const groupsMin = 8;
const groupsMax = 12;
const mergesMax = 10;

/** How the themes of one language stand to each other: pairs worth joining, cheapest first, and the group of each. */
export type ThemeRelations = { merges: { themes: [number, number]; cost: number }[]; groupOf: Int32Array | null };

/**
 * Which themes lose least when joined, and, where there are more than twenty, eight to twelve groups of them: the cut of
 * the tree of merges with the most evidence among those.
 *
 * @param labels the theme of each piece
 */
export function relateThemes(counts: WordCounts, labels: Int32Array, themes: number): ThemeRelations {
  const tree = mergeTree(counts, labels, themes);
  const merges: ThemeRelations['merges'] = [];
  for (let a = 0; a < themes; a++) {
    for (let b = a + 1; b < themes; b++) merges.push({ themes: [a, b], cost: -tree.pairs[a * themes + b]! });
  }
  merges.sort((x, y) => x.cost - y.cost || x.themes[0] - y.themes[0] || x.themes[1] - y.themes[1]);
  return {
    merges: merges.slice(0, mergesMax),
    groupOf: themes < groupsFromThemes ? null : groupThemes(tree, themes),
  };
}

function groupThemes({ merges }: MergeTree, themes: number): Int32Array {
  let wanted = groupsMax;
  let evidence = 0;
  let most = -Infinity;
  for (const merge of merges) {
    evidence += merge.gain;
    if (merge.left > groupsMax || merge.left < groupsMin || evidence <= most) continue;
    most = evidence;
    wanted = merge.left;
  }
  const into = Int32Array.from({ length: themes }, (_, c) => c);
  for (const { kept, gone, left } of merges) {
    if (left < wanted) break;
    for (let c = 0; c < themes; c++) if (into[c] === gone) into[c] = kept;
  }
  const roots = [...new Set(into)];
  return into.map((root) => roots.indexOf(root));
}

/**
 * How far themes are from each other in their words, by Hellinger's distance: 0 for the same habit of words, 1 for no word
 * in common. Words count by how much they tell themes apart.
 *
 * @returns themes × themes
 */
export function themeDistances({ themes, words, wordsIn, saliency }: Mixture): Float64Array {
  const totals = new Float64Array(themes);
  for (let v = 0; v < words; v++) {
    for (let c = 0; c < themes; c++) totals[c]! += saliency[v]! * wordsIn[v * themes + c]!;
  }
  const shared = new Float64Array(themes * themes);
  const used: number[] = [];
  for (let v = 0; v < words; v++) {
    used.length = 0;
    for (let c = 0; c < themes; c++) if (wordsIn[v * themes + c]! > 0) used.push(c);
    for (const a of used) {
      const root = Math.sqrt((saliency[v]! * wordsIn[v * themes + a]!) / totals[a]!);
      for (const b of used) {
        if (b < a) {
          shared[a * themes + b]! += root * Math.sqrt((saliency[v]! * wordsIn[v * themes + b]!) / totals[b]!);
        }
      }
    }
  }
  const distances = new Float64Array(themes * themes);
  for (let a = 0; a < themes; a++) {
    for (let b = 0; b < a; b++) {
      const distance = Math.sqrt(Math.max(0, 1 - shared[a * themes + b]!));
      distances[a * themes + b] = distance;
      distances[b * themes + a] = distance;
    }
  }
  return distances;
}
