import { consensus } from './consensus.ts';
import { crossLabels, labelsUsed, marginsOf } from './label-agreement.ts';
import { fitMember, latentDirections, type MemberKind } from './members.ts';
import { classify, countMixture, fitMixture, type Mixture } from './mixture.ts';
import { randomStream, sampleWithoutRepetition } from './random-streams.ts';
import {
  documentFrequencies,
  documentsWithin,
  meanLength,
  selectDocuments,
  selectWords,
  type WordCounts,
} from './word-counts.ts';

/**
 * Themes as numbers. `labels` gives the theme of each document, largest theme first and none empty; `confidences` run
 * from 0 to 1 and rank documents, they are no probabilities; `repeatabilities` say of each theme how alike the
 * members' nearest groups are (mean Jaccard, 0 to 1), `agreements` how many members put its documents there (0 to 1).
 */
export type FittedThemes = {
  labels: Int32Array;
  confidences: Float64Array;
  repeatabilities: Float64Array;
  agreements: Float64Array;
  mixture: Mixture;
};

/** Documents used to find themes, fewer when themes are many or documents long; the others are placed afterwards. */
const training = { documentsTimesThemes: 250_000, min: 4000, max: 10_000, entries: 400_000 };
/** Below either of these documents are too short or too few for the mixture alone. */
const thin = { lengthMean: 2.5, documentsPerTheme: 4 };
/** A theme this large, and this much larger than expected, is a heap of leftovers. */
const collapsed = { share: 0.4, timesExpected: 4 };

/**
 * Finds a given number of themes as the consensus of eight members (nine when answers are very short or few).
 *
 * @param counts documents with at least one word each
 * @param themes how many to look for, 1 to the number of documents
 * @param seed the seed of the run; equal input and seed give equal numbers
 * @param onStep told what is done and the share of the whole, 0 to 1
 */
export function fitThemes(
  counts: WordCounts,
  { themes, seed, onStep }: { themes: number; seed: number; onStep: (step: string, done: number) => void },
): FittedThemes {
  const isThin = meanLength(counts) < thin.lengthMean || counts.documents < thin.documentsPerTheme * themes;
  const affordable = Math.max(training.min, Math.min(training.max, Math.round(training.documentsTimesThemes / themes)));
  const size = Math.min(affordable, documentsWithin(counts, training.entries));
  const sample = sampleWithoutRepetition(counts.documents, size, randomStream(seed, 1));
  const isSampled = sample.length < counts.documents;
  // Words rare within the sample would only widen the smoothing.
  const known = isSampled ? wordsWithin(counts, sample) : counts;
  const trained = isSampled ? selectDocuments(known, sample) : counts;

  const kinds: MemberKind[] = isThin ? ['directions', 'microThemes', 'bottleneck'] : ['directions', 'microThemes'];
  const memberCount = isThin ? 9 : 8;
  const directions = latentDirections(trained, randomStream(seed, 2));
  const fittedMembers: Int32Array[] = [];
  for (let e = 0; e < memberCount; e++) {
    const kind = kinds[e % kinds.length]!;
    fittedMembers.push(fitMember(trained, directions, { kind, themes, random: randomStream(seed, 100 + e) }));
    onStep(`member ${e + 1} of ${memberCount}`, (0.8 * (e + 1)) / memberCount);
  }
  const members = withoutCollapsed(fittedMembers, kinds);
  const agreed = consensus(trained, members, { themes, isRefined: !isThin, random: randomStream(seed, 3) });
  onStep('consensus', 0.9);

  const random = randomStream(seed, 4);
  const final = (documents: WordCounts, labels: Int32Array, hardSweeps: number) =>
    fitMixture(documents, { themes, labels, samplingSweeps: 0, hardSweeps, random });
  let fitted = final(trained, agreed, isThin && !isSampled ? 0 : 3);
  if (isSampled) fitted = final(counts, classify(known, fitted.mixture).labels, 2);
  const ordered = orderBySize(counts, fitted);
  onStep('placing answers', 1);
  return { ...ordered, ...judge(counts, ordered, members, sample) };
}

/**
 * Leaves out members that put most documents into one theme where members that start from directions see many. It
 * happens where short and long answers are mixed: the short ones share so few words that joining all of them costs least.
 */
export function withoutCollapsed(members: readonly Int32Array[], kinds: readonly MemberKind[]): Int32Array[] {
  const shares = members.map(largestShare);
  const expected = Math.max(...shares.filter((_, e) => kinds[e % kinds.length] === 'directions'));
  return members.filter((_, e) => shares[e]! < collapsed.share || shares[e]! < collapsed.timesExpected * expected);
}

function largestShare(labels: Int32Array): number {
  const sizes = new Int32Array(labelsUsed(labels));
  for (const label of labels) sizes[label]!++;
  return Math.max(...sizes) / labels.length;
}

function wordsWithin(counts: WordCounts, sample: Int32Array): WordCounts {
  const keep = Uint8Array.from(documentFrequencies(selectDocuments(counts, sample)), (f) => (f >= 2 ? 1 : 0));
  return keep.includes(1) ? selectWords(counts, keep).counts : counts;
}

/**
 * Numbers themes from the largest on. What a single document says is shared by nobody: it joins the theme that suits it
 * best, unless all stand alone.
 */
function orderBySize(
  counts: WordCounts,
  { labels, mixture }: { labels: Int32Array; mixture: Mixture },
): { labels: Int32Array; mixture: Mixture } {
  const { documentsIn, wordsIn, words } = mixture;
  const sizeMin = Math.min(2, Math.max(...documentsIn));
  const old = Array.from(documentsIn, (_, c) => c).filter((c) => documentsIn[c]! >= sizeMin);
  old.sort((a, b) => documentsIn[b]! - documentsIn[a]! || labels.indexOf(a) - labels.indexOf(b));
  const numberOf = new Int32Array(mixture.themes).fill(-1);
  old.forEach((c, number) => {
    numberOf[c] = number;
  });

  const themes = old.length;
  const moved = new Int32Array(words * themes);
  for (let v = 0; v < words; v++) {
    for (let c = 0; c < themes; c++) moved[v * themes + c] = wordsIn[v * mixture.themes + old[c]!]!;
  }
  const ordered: Mixture = {
    themes,
    words,
    wordsIn: moved,
    tokensIn: Float64Array.from(old, (c) => mixture.tokensIn[c]!),
    documentsIn: Int32Array.from(old, (c) => documentsIn[c]!),
    saliency: mixture.saliency,
  };
  const numbered = labels.map((c) => numberOf[c]!);
  if (!numbered.includes(-1)) return { labels: numbered, mixture: ordered };

  const joined = classify(counts, ordered).labels;
  const complete = numbered.map((c, i) => (c < 0 ? joined[i]! : c));
  return orderBySize(counts, {
    labels: complete,
    mixture: { ...countMixture(counts, complete, themes), saliency: mixture.saliency },
  });
}

/** How sure each document and how repeatable each theme is, by the odds of the mixture and the votes of the members. */
function judge(
  counts: WordCounts,
  { labels, mixture }: { labels: Int32Array; mixture: Mixture },
  members: readonly Int32Array[],
  sample: Int32Array,
) {
  const sampled = Int32Array.from(sample, (i) => labels[i]!);
  const agreement = new Float64Array(sample.length);
  const repeatabilities = new Float64Array(mixture.themes);
  for (const member of members) {
    const table = crossLabels(member, sampled);
    const { ofRows, ofColumns } = marginsOf(table);
    const nearest = new Int32Array(table.rows);
    for (let c = 0; c < table.columns; c++) {
      let best = 0;
      for (let row = 0; row < table.rows; row++) {
        const cell = table.cells[row * table.columns + c]!;
        const union = ofRows[row]! + ofColumns[c]! - cell;
        if (union > 0) best = Math.max(best, cell / union);
        if (cell > table.cells[row * table.columns + nearest[row]!]!) nearest[row] = c;
      }
      repeatabilities[c]! += best / members.length;
    }
    for (let q = 0; q < sampled.length; q++)
      if (nearest[member[q]!] === sampled[q]) agreement[q]! += 1 / members.length;
  }

  const { posteriors } = classify(counts, mixture, labels);
  const agreements = meanPerTheme(agreement, sampled, labelsUsed(labels));
  const confidences = Float64Array.from(posteriors, (posterior, i) => posterior * agreements[labels[i]!]!);
  for (let q = 0; q < sample.length; q++)
    confidences[sample[q]!] = Math.min(1, posteriors[sample[q]!]! * agreement[q]!);
  return { confidences, repeatabilities, agreements };
}

function meanPerTheme(values: Float64Array, labels: Int32Array, themes: number): Float64Array {
  const sums = new Float64Array(themes);
  const sizes = new Float64Array(themes);
  for (let q = 0; q < labels.length; q++) {
    sums[labels[q]!]! += values[q]!;
    sizes[labels[q]!]!++;
  }
  return sums.map((sum, c) => (sizes[c]! > 0 ? Math.min(1, sum / sizes[c]!) : 0));
}
