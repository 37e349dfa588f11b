import { labelAgreement } from './label-agreement.ts';
import { bestCut, cutTree, mergeTree } from './merge-tree.ts';
import { fitMixture } from './mixture.ts';
import { randomStream, sampleWithoutRepetition } from './random-streams.ts';
import {
  documentFrequencies,
  documentsWithin,
  meanLength,
  selectDocuments,
  selectWords,
  type WordCounts,
} from './word-counts.ts';

/** A number of themes that would suit, and how well three runs agree on it (adjusted Rand index; null when not asked). */
export type NumberCandidate = { themes: number; stability: number | null };

const sampleMax = { documents: 4000, entries: 150_000 };
const rareWordsGoFrom = 2000;
const runs = 3;
const microThemesMax = 150;
const themesMin = 3;
/** Words that count as independent in one answer. A longer answer is scaled down to each of these in turn. */
const effectiveLengths = [8, 11, 15, Number.POSITIVE_INFINITY];
const stabilityMin = 0.7;
const stabilityShareMin = 0.9;

/**
 * How many themes the documents speak for: many small themes are found three times and joined for as long as that gains
 * evidence. Where answers are long their words are not independent, so the evidence is weighed for several effective
 * lengths and a finer number is taken only when the three runs agree on it.
 *
 * @param counts documents with words, at least 2
 * @param seed the seed of the run
 * @param onStep told the share done, 0 to 1
 * @returns the number, at least 3, and every candidate from coarse to fine
 */
export function autoNumber(
  counts: WordCounts,
  seed: number,
  onStep: (done: number) => void = () => {},
): { themes: number; candidates: NumberCandidate[] } {
  const sample = sampleOf(counts, seed);
  const micro = Math.max(2, Math.min(Math.ceil(sample.documents / 4), microThemesMax));
  const starts: Int32Array[] = [];
  for (let run = 0; run < runs; run++) {
    const random = randomStream(seed, 200 + run);
    const options = { themes: micro, labels: null, samplingSweeps: 8, hardSweeps: 2, random };
    starts.push(fitMixture(sample, options).labels);
    onStep(((run + 1) / runs) * 0.6);
  }

  const levels = countScales(meanLength(sample)).map((scale) => {
    const trees = starts.map((labels) => mergeTree(sample, labels, micro, scale));
    const wanted = Math.max(themesMin, ...trees.map(bestCut));
    return { themes: Math.max(themesMin, Math.min(wanted, sample.documents >> 2)), trees };
  });
  if (levels.length === 1)
    return { themes: levels[0]!.themes, candidates: [{ themes: levels[0]!.themes, stability: null }] };

  const candidates = levels.map(({ themes, trees }, level) => {
    const cuts = trees.map((tree, run) => {
      const labels = cutTree(tree, starts[run]!, themes);
      const random = randomStream(seed, 210 + run);
      return fitMixture(sample, { themes, labels, samplingSweeps: 0, hardSweeps: 3, random }).labels;
    });
    onStep(0.6 + (0.4 * (level + 1)) / levels.length);
    return { themes, stability: meanAgreement(cuts) };
  });
  return { themes: chosenNumber(candidates), candidates: distinct(candidates) };
}

function sampleOf(counts: WordCounts, seed: number): WordCounts {
  const size = Math.min(sampleMax.documents, documentsWithin(counts, sampleMax.entries));
  const chosen = sampleWithoutRepetition(counts.documents, size, randomStream(seed, 199));
  const sample = selectDocuments(counts, chosen);
  const frequencyMin = sample.documents >= rareWordsGoFrom ? 2 : 1;
  const keep = Uint8Array.from(documentFrequencies(sample), (f) => (f >= frequencyMin ? 1 : 0));
  // Smoothing grows with the number of words, so words outside the sample must not be counted.
  return keep.includes(1) ? selectWords(sample, keep).counts : sample;
}

function countScales(length: number): number[] {
  const scales = effectiveLengths.map((effective) => Math.min(1, effective / length));
  return scales.filter((scale, i) => i === 0 || scale !== scales[i - 1]);
}

function meanAgreement(labelings: readonly Int32Array[]): number {
  let total = 0;
  let count = 0;
  for (let a = 0; a < labelings.length; a++) {
    for (let b = 0; b < a; b++) {
      total += labelAgreement(labelings[a]!, labelings[b]!);
      count++;
    }
  }
  return total / count;
}

function chosenNumber(candidates: readonly { themes: number; stability: number }[]): number {
  const most = Math.max(...candidates.map((candidate) => candidate.stability));
  let { themes } = candidates[0]!;
  for (const candidate of candidates.slice(1)) {
    const isStable = candidate.stability >= stabilityMin && candidate.stability >= stabilityShareMin * most;
    if (isStable && candidate.themes > themes) themes = candidate.themes;
  }
  return themes;
}

function distinct(candidates: readonly NumberCandidate[]): NumberCandidate[] {
  return candidates.filter((candidate, i) => candidates.findIndex(({ themes }) => themes === candidate.themes) === i);
}
