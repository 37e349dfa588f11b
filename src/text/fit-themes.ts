import { consensus } from './consensus.ts';
import { type Held, respectHeld, selectHeld } from './held.ts';
import { crossLabels, labelsUsed, marginsOf } from './label-agreement.ts';
import { fitMember, latentDirections, type MemberKind } from './members.ts';
import { classify, countMixture, fitMixture, type Mixture } from './mixture.ts';
import { randomStream, sampleWithoutRepetition } from './random-streams.ts';
import type { Directions } from './spherical-k-means.ts';
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
 * `heldAs` gives for each theme the number it is held by, or −1.
 */
export type FittedThemes = {
  labels: Int32Array;
  confidences: Float64Array;
  repeatabilities: Float64Array;
  agreements: Float64Array;
  heldAs: Int32Array;
  mixture: Mixture;
};

/**
 * `vectors` are directions of the same documents from elsewhere; `held` what a researcher decided. `onStep` is told what
 * is done and the share of the whole, 0 to 1.
 */
export type FitOptions = {
  themes: number;
  seed: number;
  vectors?: Directions | null;
  held?: Held | null;
  onStep: (step: string, done: number) => void;
};

/** Documents used to find themes, fewer when themes are many or documents long; the others are placed afterwards. */
const training = { documentsTimesThemes: 250_000, min: 4000, max: 10_000, entries: 400_000 };
/** Below either of these documents are too short or too few for the mixture alone. */
const thin = { lengthMean: 2.5, documentsPerTheme: 4 };
/** A theme this large, and this much larger than expected, is a heap of leftovers. */
const collapsed = { share: 0.4, timesExpected: 4 };

/**
 * Finds a given number of themes as the consensus of eight members (nine when answers are very short or few, half as many
 * again with vectors).
 *
 * @param counts documents with at least one word each
 * @param themes how many to look for, 1 to the number of documents, and no fewer than are held
 * @param seed the seed of the run; equal input and seed give equal numbers
 */
export function fitThemes(
  counts: WordCounts,
  { themes, seed, vectors = null, held = null, onStep }: FitOptions,
): FittedThemes {
  const isThin = meanLength(counts) < thin.lengthMean || counts.documents < thin.documentsPerTheme * themes;
  const sample = trainingSample(counts, themes, seed, held);
  const isSampled = sample.length < counts.documents;
  // Words rare within the sample would only widen the smoothing.
  const known = isSampled ? wordsWithin(counts, sample) : counts;
  const trained = isSampled ? selectDocuments(known, sample) : counts;
  const heldThere = held && isSampled ? selectHeld(held, sample) : held;
  const vectorsThere = vectors && isSampled ? selectDirections(vectors, sample) : vectors;

  const kinds: MemberKind[] = ['directions', 'microThemes'];
  if (isThin) kinds.push('bottleneck');
  if (vectors) kinds.push('vectors');
  const memberCount = membersPerKind(kinds.length) * kinds.length;
  const directions = latentDirections(trained, randomStream(seed, 2));
  const fittedMembers: Int32Array[] = [];
  for (let e = 0; e < memberCount; e++) {
    const kind = kinds[e % kinds.length]!;
    const options = { kind, themes, vectors: vectorsThere, held: heldThere, random: randomStream(seed, 100 + e) };
    fittedMembers.push(fitMember(trained, directions, options));
    onStep(`member ${e + 1} of ${memberCount}`, (0.8 * (e + 1)) / memberCount);
  }
  const members = withoutCollapsed(fittedMembers, kinds);
  const random = randomStream(seed, 4);
  const agreed = consensus(trained, members, {
    themes,
    isRefined: !isThin,
    held: heldThere,
    random: randomStream(seed, 3),
  });
  onStep('consensus', 0.9);

  const final = (documents: WordCounts, labels: Int32Array, hardSweeps: number, heldNow: Held | null) =>
    fitMixture(documents, { themes, labels, samplingSweeps: 0, hardSweeps, held: heldNow, random });
  let fitted = final(trained, agreed, isThin && !isSampled ? 0 : 3, heldThere);
  if (isSampled) {
    const placed = classify(known, fitted.mixture, null, held).labels;
    fitted = final(counts, held ? respectHeld(placed, held, themes) : placed, 2, held);
  }
  const ordered = orderBySize(counts, { ...fitted, heldAs: heldNumbers(themes, held) }, held);
  onStep('placing answers', 1);
  return { ...ordered, ...judge(counts, ordered, members, sample) };
}

/** Eight members of two kinds, nine or twelve of more. */
const membersPerKind = (kinds: number): number => (kinds === 2 ? 4 : 3);

/** Documents that are held take part whatever chance says, as long as they leave room for others. */
function trainingSample(counts: WordCounts, themes: number, seed: number, held: Held | null): Int32Array {
  const affordable = Math.max(training.min, Math.min(training.max, Math.round(training.documentsTimesThemes / themes)));
  const size = Math.min(affordable, documentsWithin(counts, training.entries));
  const random = randomStream(seed, 1);
  const sample = sampleWithoutRepetition(counts.documents, size, random);
  if (!held || sample.length === counts.documents) return sample;

  const chosen = new Set(sample);
  const perTheme = new Int32Array(held.themes);
  const perThemeMax = Math.max(1, Math.floor(size / (2 * Math.max(1, held.themes))));
  held.fixed.forEach((theme, i) => {
    if (theme >= 0 && perTheme[theme]!++ < perThemeMax) chosen.add(i);
  });
  return Int32Array.from(chosen).sort();
}

function selectDirections({ values, dimensions }: Directions, chosen: Int32Array): Directions {
  const selected = new Float64Array(chosen.length * dimensions);
  chosen.forEach((i, place) => {
    selected.set(values.subarray(i * dimensions, (i + 1) * dimensions), place * dimensions);
  });
  return { values: selected, dimensions };
}

function heldNumbers(themes: number, held: Held | null): Int32Array {
  return Int32Array.from({ length: themes }, (_, c) => (held && c < held.themes ? c : -1));
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

type Numbered = { labels: Int32Array; mixture: Mixture; heldAs: Int32Array };

/**
 * Numbers themes from the largest on. What a single document says is shared by nobody: it joins the theme that suits it
 * best, unless all stand alone or the theme is held.
 */
function orderBySize(counts: WordCounts, { labels, mixture, heldAs }: Numbered, held: Held | null): Numbered {
  const { documentsIn, wordsIn, words } = mixture;
  const sizeMin = Math.min(2, Math.max(...documentsIn));
  const old = Array.from(documentsIn, (_, c) => c).filter(
    (c) => documentsIn[c]! >= sizeMin || (heldAs[c]! >= 0 && documentsIn[c]! > 0),
  );
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
  const heldThen = Int32Array.from(old, (c) => heldAs[c]!);
  const numbered = labels.map((c) => numberOf[c]!);
  if (!numbered.includes(-1)) return { labels: numbered, mixture: ordered, heldAs: heldThen };

  const joined = classify(counts, ordered, null, held && renumberBarred(held, heldThen)).labels;
  const complete = numbered.map((c, i) => (c < 0 ? joined[i]! : c));
  const mixtureThen = { ...countMixture(counts, complete, themes), saliency: mixture.saliency };
  return orderBySize(counts, { labels: complete, mixture: mixtureThen, heldAs: heldThen }, held);
}

/** Barred themes by the numbers that themes have now. */
function renumberBarred(held: Held, heldAs: Int32Array): Held {
  const barred = new Map<number, number[]>();
  for (const [i, themes] of held.barred) {
    barred.set(
      i,
      themes.map((theme) => heldAs.indexOf(theme)).filter((theme) => theme >= 0),
    );
  }
  return { ...held, barred };
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
