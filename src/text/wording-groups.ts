import { type CutCorpus, wordingOf } from './corpus.ts';

/** Whether the clusterable pieces come in at least so many different wordings. Stops as soon as that is known. */
export function hasWordings(corpus: CutCorpus, atLeast: number): boolean {
  const wordings = new Set<string>();
  for (let place = 0; place < corpus.clusterable.length && wordings.size < atLeast; place++) {
    wordings.add(wordingOf(corpus, place));
  }
  return wordings.size >= atLeast;
}

/**
 * Clusterable pieces in exactly the same words.
 *
 * @returns places of the pieces of each group of two or more, largest group first, and the group of each place or −1
 */
export function wordingGroups(corpus: CutCorpus): { groups: number[][]; labels: Int32Array } {
  const byWording = new Map<string, number[]>();
  for (let place = 0; place < corpus.clusterable.length; place++) {
    const wording = wordingOf(corpus, place);
    const group = byWording.get(wording);
    if (group) group.push(place);
    else byWording.set(wording, [place]);
  }

  const groups = [...byWording.values()].filter((group) => group.length >= 2);
  groups.sort((a, b) => b.length - a.length || a[0]! - b[0]!);
  const labels = new Int32Array(corpus.clusterable.length).fill(-1);
  groups.forEach((group, c) => {
    for (const place of group) labels[place] = c;
  });
  return { groups, labels };
}
