import type { Held } from './held.ts';
import { shuffle } from './random-streams.ts';
import { documentLengths, type WordCounts } from './word-counts.ts';

/**
 * A mixture of themes, each a habit of using words. `wordsIn[v * themes + c]` counts word v in theme c, `tokensIn[c]`
 * all its words, `documentsIn[c]` its documents. `saliency[v]` says how much word v tells themes apart; 1 is average.
 */
export type Mixture = {
  themes: number;
  words: number;
  wordsIn: Int32Array;
  tokensIn: Float64Array;
  documentsIn: Int32Array;
  saliency: Float64Array;
};

/** Documents each theme is taken to have before any is seen. */
const alpha = 1;
/** Times each word is taken to have been used in each theme before any is seen. */
const beta = 0.1;
/** How many uses of a word weigh as much as the presumption about it, and what is presumed. */
const saliencyPrior = { uses: 20, value: 0.3 };
/** Hard sweeps end when no more than this share of documents moves. */
const settledShare = 0.001;
/** Odds below e^-20 are no odds. */
const oddsFloor = -20;

/**
 * Fits a Dirichlet multinomial mixture in which every document belongs to one theme and every word carries a weight
 * learnt on the way: how far the themes of its uses stray from the themes of all words, relative to the most possible.
 *
 *   score(c) = ln(documents in c + α) + Σ_v w_v Σ_{u < n_v} ln(uses of v in c + β + u) − Σ_v w_v n_v × ln(words in c + V β)
 *
 * Sampling sweeps draw a theme in proportion to e^score, hard sweeps take the best. One sweep takes time in proportion
 * to words × themes.
 *
 * @param labels the theme of each document to start from; null for a random start
 * @param held documents that stay in the theme they are given in `labels`, and themes that others never go to
 * @param random numbers in [0, 1)
 * @returns the theme of each document (some themes may end empty) and the mixture fitted
 * @see Yin and Wang (2014), KDD, 233–242, for the mixture without weights
 */
export function fitMixture(
  counts: WordCounts,
  options: {
    themes: number;
    labels: Int32Array | null;
    samplingSweeps: number;
    hardSweeps: number;
    held?: Held | null;
    random: () => number;
  },
): { labels: Int32Array; mixture: Mixture } {
  const { themes, samplingSweeps, hardSweeps, held = null, random } = options;
  const labels = options.labels
    ? Int32Array.from(options.labels)
    : Int32Array.from({ length: counts.documents }, () => Math.floor(random() * themes));
  const mixture = countMixture(counts, labels, themes);
  const tables = logTables(counts, mixture);
  const lengths = documentLengths(counts);
  const order = Int32Array.from(labels, (_, i) => i);

  for (let sweep = 0; sweep < samplingSweeps + hardSweeps; sweep++) {
    const isHard = sweep >= samplingSweeps;
    const isStartKnown = options.labels !== null || sweep >= 2;
    if (isStartKnown && sweep % 2 === 0) estimateSaliency(mixture);
    shuffle(order, random);
    const moved = sweepOnce({ counts, labels, mixture, tables, lengths, order, held, random: isHard ? null : random });
    if (isHard && moved <= counts.documents * settledShare) break;
  }
  return { labels, mixture };
}

/** The mixture that these themes of the documents make, every word of equal weight. */
export function countMixture(counts: WordCounts, labels: Int32Array, themes: number): Mixture {
  const wordsIn = new Int32Array(counts.words * themes);
  const tokensIn = new Float64Array(themes);
  const documentsIn = new Int32Array(themes);
  for (let i = 0; i < counts.documents; i++) {
    const c = labels[i]!;
    documentsIn[c]!++;
    for (let j = counts.starts[i]!; j < counts.starts[i + 1]!; j++) {
      wordsIn[counts.word[j]! * themes + c]! += counts.count[j]!;
      tokensIn[c]! += counts.count[j]!;
    }
  }
  return {
    themes,
    words: counts.words,
    wordsIn,
    tokensIn,
    documentsIn,
    saliency: new Float64Array(counts.words).fill(1),
  };
}

/** Logarithms of every count that can occur: `uses[i]` = ln(i + β), `documents[i]` = ln(i + α). */
type LogTables = { uses: Float64Array; documents: Float64Array };

function logTables(counts: WordCounts, mixture: Mixture): LogTables {
  const { themes, words, wordsIn } = mixture;
  let usesMax = 0;
  for (let v = 0; v < words; v++) {
    let uses = 0;
    for (let c = 0; c < themes; c++) uses += wordsIn[v * themes + c]!;
    if (uses > usesMax) usesMax = uses;
  }
  let documentsMax = 0;
  for (const documents of mixture.documentsIn) documentsMax += documents;
  let repeatsMax = 1;
  for (const count of counts.count) if (count > repeatsMax) repeatsMax = count;
  return {
    uses: Float64Array.from({ length: usesMax + repeatsMax + 1 }, (_, i) => Math.log(i + beta)),
    documents: Float64Array.from({ length: documentsMax + 1 }, (_, i) => Math.log(i + alpha)),
  };
}

function estimateSaliency({ themes, words, wordsIn, tokensIn, saliency }: Mixture): void {
  let total = 0;
  for (const tokens of tokensIn) total += tokens;
  let entropy = 0;
  for (const tokens of tokensIn) if (tokens > 0) entropy -= (tokens / total) * Math.log(tokens / total);
  if (entropy < 1e-9) entropy = 1e-9;

  let weighted = 0;
  for (let v = 0; v < words; v++) {
    const from = v * themes;
    let uses = 0;
    for (let c = 0; c < themes; c++) uses += wordsIn[from + c]!;
    let divergence = 0;
    for (let c = 0; c < themes; c++) {
      const here = wordsIn[from + c]!;
      if (here > 0) divergence += (here / uses) * Math.log(((here / uses) * total) / tokensIn[c]!);
    }
    const raw = Math.max(0, divergence) / entropy;
    const prior = saliencyPrior;
    saliency[v] = (uses * raw + prior.uses * prior.value) / (uses + prior.uses);
    weighted += saliency[v]! * uses;
  }
  const mean = weighted / total;
  if (mean > 0) for (let v = 0; v < words; v++) saliency[v]! /= mean;
}

/** Takes each document out, scores it against every theme and puts it back; returns how many moved. */
function sweepOnce(state: {
  counts: WordCounts;
  labels: Int32Array;
  mixture: Mixture;
  tables: LogTables;
  lengths: Int32Array;
  order: Int32Array;
  held: Held | null;
  random: (() => number) | null;
}): number {
  const { counts, labels, mixture, tables, lengths, order, held, random } = state;
  const { themes, wordsIn, tokensIn, documentsIn, saliency } = mixture;
  const { starts, word, count } = counts;
  const smoothing = mixture.words * beta;
  const logTokens = Float64Array.from(tokensIn, (tokens) => Math.log(tokens + smoothing));
  const scores = new Float64Array(themes);
  let moved = 0;

  for (let q = 0; q < order.length; q++) {
    const i = order[q]!;
    const length = lengths[i]!;
    if (length === 0 || (held && held.fixed[i]! >= 0)) continue;
    const [from, to] = [starts[i]!, starts[i + 1]!];
    const before = labels[i]!;

    documentsIn[before]!--;
    tokensIn[before]! -= length;
    logTokens[before] = Math.log(tokensIn[before]! + smoothing);
    for (let j = from; j < to; j++) wordsIn[word[j]! * themes + before]! -= count[j]!;

    scoreThemes(scores, mixture, tables, logTokens, counts, from, to, saliency);
    if (held) barThemes(scores, held.barred.get(i));
    const after = random === null ? indexOfLargest(scores) : drawTheme(scores, random);

    if (after !== before) moved++;
    labels[i] = after;
    documentsIn[after]!++;
    tokensIn[after]! += length;
    logTokens[after] = Math.log(tokensIn[after]! + smoothing);
    for (let j = from; j < to; j++) wordsIn[word[j]! * themes + after]! += count[j]!;
  }
  return moved;
}

/** Writes the score of one document, entries `from` to `to` of the counts, in every theme. */
function scoreThemes(
  scores: Float64Array,
  { themes, wordsIn, documentsIn }: Mixture,
  { uses, documents }: LogTables,
  logTokens: Float64Array,
  { word, count }: Pick<WordCounts, 'word' | 'count'>,
  from: number,
  to: number,
  saliency: Float64Array,
): void {
  let weight = 0;
  for (let j = from; j < to; j++) weight += saliency[word[j]!]! * count[j]!;
  for (let c = 0; c < themes; c++) scores[c] = documents[documentsIn[c]!]! - weight * logTokens[c]!;
  for (let j = from; j < to; j++) {
    const row = word[j]! * themes;
    const wordWeight = saliency[word[j]!]!;
    const repeats = count[j]!;
    if (repeats === 1) {
      for (let c = 0; c < themes; c++) scores[c]! += wordWeight * uses[wordsIn[row + c]!]!;
      continue;
    }
    for (let c = 0; c < themes; c++) {
      const here = wordsIn[row + c]!;
      let sum = 0;
      for (let u = 0; u < repeats; u++) sum += uses[here + u]!;
      scores[c]! += wordWeight * sum;
    }
  }
}

function barThemes(scores: Float64Array, barred: readonly number[] | undefined): void {
  if (barred) for (const c of barred) scores[c] = -Infinity;
}

function indexOfLargest(scores: Float64Array): number {
  let best = 0;
  for (let c = 1; c < scores.length; c++) if (scores[c]! > scores[best]!) best = c;
  return best;
}

function drawTheme(scores: Float64Array, random: () => number): number {
  const largest = scores[indexOfLargest(scores)]!;
  let total = 0;
  for (let c = 0; c < scores.length; c++) {
    const above = scores[c]! - largest;
    const odds = above < oddsFloor ? 0 : Math.exp(above);
    scores[c] = odds;
    total += odds;
  }
  let left = random() * total;
  for (let c = 0; c < scores.length; c++) {
    left -= scores[c]!;
    if (left <= 0) return c;
  }
  return scores.length - 1;
}

/**
 * The theme in which each document scores best under a fitted mixture, and how surely.
 *
 * @param counts documents over the words the mixture was fitted on
 * @param labels ask for the certainty of these themes instead of the best ones
 * @param held themes that some documents never go to
 * @returns themes, and their share of the total odds, 0 to 1; a document without words gets the commonest theme
 */
export function classify(
  counts: WordCounts,
  mixture: Mixture,
  labels: Int32Array | null = null,
  held: Held | null = null,
): { labels: Int32Array; posteriors: Float64Array } {
  const tables = logTables(counts, mixture);
  const logTokens = Float64Array.from(mixture.tokensIn, (tokens) => Math.log(tokens + mixture.words * beta));
  const scores = new Float64Array(mixture.themes);
  const chosen = new Int32Array(counts.documents);
  const posteriors = new Float64Array(counts.documents);
  for (let i = 0; i < counts.documents; i++) {
    const [from, to] = [counts.starts[i]!, counts.starts[i + 1]!];
    scoreThemes(scores, mixture, tables, logTokens, counts, from, to, mixture.saliency);
    if (held) barThemes(scores, held.barred.get(i));
    const best = indexOfLargest(scores);
    const theme = labels ? labels[i]! : best;
    let total = 0;
    for (let c = 0; c < scores.length; c++) total += Math.exp(scores[c]! - scores[best]!);
    chosen[i] = theme;
    posteriors[i] = Math.exp(scores[theme]! - scores[best]!) / total;
  }
  return { labels: chosen, posteriors };
}

/**
 * The theme in which a single new document scores best, without preparing tables for many.
 *
 * @param words numbers of the words it uses, among those the mixture was fitted on, without repeats
 * @param uses how often it uses each
 * @returns the theme and its share of the total odds, 0 to 1
 */
export function classifyOne(
  mixture: Mixture,
  words: Int32Array,
  uses: Int32Array,
): { theme: number; posterior: number } {
  const { themes, wordsIn, tokensIn, documentsIn, saliency } = mixture;
  const scores = Float64Array.from(documentsIn, (documents) => Math.log(documents + alpha));
  for (let j = 0; j < words.length; j++) {
    const weight = saliency[words[j]!]!;
    for (let c = 0; c < themes; c++) {
      const here = wordsIn[words[j]! * themes + c]! + beta;
      const total = Math.log(tokensIn[c]! + mixture.words * beta);
      for (let u = 0; u < uses[j]!; u++) scores[c]! += weight * (Math.log(here + u) - total);
    }
  }
  const theme = indexOfLargest(scores);
  let odds = 0;
  for (const score of scores) odds += Math.exp(score - scores[theme]!);
  return { theme, posterior: 1 / odds };
}
