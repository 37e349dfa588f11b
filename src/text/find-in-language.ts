import { autoNumber, type NumberCandidate } from './auto-number.ts';
import { type Corpus, type CutCorpus, cutCorpus, readCorpus } from './corpus.ts';
import { type DescribedTheme, describeThemes, themesOfEqualWording } from './describe-themes.ts';
import { type FittedThemes, fitThemes } from './fit-themes.ts';
import { foldSpellings } from './fold-spellings.ts';
import type { Held } from './held.ts';
import { isOneThemed } from './piece-agreement.ts';
import { type ReadingPlan, readingOf } from './readings.ts';
import { type Directions, normaliseRows } from './spherical-k-means.ts';
import { subThemes } from './sub-themes.ts';
import { relateThemes, type ThemeRelations, themeDistances } from './theme-relations.ts';
import type { LanguageModel, ThemeDocument } from './themes-result.ts';
import { usefulCounts } from './vocabulary.ts';
import type { WordCounts } from './word-counts.ts';
import { hasWordings } from './wording-groups.ts';

/** More themes than this are never looked for: nobody reads them, and the work grows with their number. */
export const themesMax = 250;

const clusterableMin = 12;
const wordingsMin = 4;
const knownWordsMin = 2;

/** What a researcher decided about documents, by their ids: themes they stay in, the first for all, and themes barred. */
export type Decisions = {
  kept: ReadonlyMap<string, readonly string[]>;
  barred: ReadonlyMap<string, readonly string[]>;
};

/** A theme as it was found; `heldId` is the id of a theme whose documents were kept in it. */
export type FoundTheme = DescribedTheme & {
  heldId: string | null;
  repeatability: number;
  subThemes: { forms: string[] }[];
};

/** Themes of one language. `theme`, `subTheme` and `confidence` are those of each piece of the corpus, −1 for none. */
export type LanguageFindings = {
  corpus: CutCorpus;
  themes: FoundTheme[];
  theme: Int32Array;
  subTheme: Int32Array;
  confidence: Float64Array;
  relations: ThemeRelations;
  distances: Float64Array | null;
  candidates: NumberCandidate[];
  reason: string | null;
  model: Omit<LanguageModel, 'themes'> | null;
};

export type LanguageOptions = {
  plan: ReadingPlan;
  themes: number | 'auto';
  seed: number;
  decisions: Decisions;
  vectors: ReadonlyMap<string, Float32Array> | null;
  onProgress: (step: string, done: number) => void;
};

/** Finds themes in documents of one language; see `findThemes`. */
export function findInLanguage(documents: readonly ThemeDocument[], options: LanguageOptions): LanguageFindings {
  const { plan, onProgress } = options;
  onProgress('reading words', 0);
  const read = readCorpus(documents, readingOf(plan));
  const { vocabulary, folded } = foldSpellings(read.vocabulary);
  const planThen = { ...plan, folded };
  const corpus = folded.length > 0 ? { ...read, vocabulary, reading: readingOf(planThen) } : read;
  const cut = cutCorpus(corpus, plan.language);
  onProgress('reading words', 0.05);
  if (documentsIn(cut) < clusterableMin || !hasWordings(cut, wordingsMin)) return groupWordings(cut);
  return fitCorpus(corpus, cut, planThen, options);
}

/** How many documents have a clusterable piece. */
const documentsIn = ({ documentOf, clusterable }: CutCorpus): number =>
  new Set(Array.from(clusterable, (p) => documentOf[p])).size;

function groupWordings(corpus: CutCorpus): LanguageFindings {
  const { themes, labels } = themesOfEqualWording(corpus);
  const pieces = corpus.counts.documents;
  const theme = new Int32Array(pieces).fill(-1);
  corpus.clusterable.forEach((p, place) => {
    theme[p] = labels[place]!;
  });
  return {
    corpus,
    themes: themes.map((described) => ({ ...described, heldId: null, repeatability: 1, subThemes: [] })),
    theme,
    subTheme: new Int32Array(pieces).fill(-1),
    confidence: Float64Array.from(theme, (c) => (c < 0 ? 0 : 1)),
    relations: { merges: [], groupOf: null },
    distances: null,
    candidates: [],
    reason: whyOnlyWordings(corpus),
    model: null,
  };
}

type Fit = {
  corpus: CutCorpus;
  counts: WordCounts;
  kept: Int32Array;
  heldIds: string[];
  fitted: FittedThemes;
  candidates: NumberCandidate[];
};

function fitCorpus(corpus: Corpus, cut: CutCorpus, plan: ReadingPlan, options: LanguageOptions): LanguageFindings {
  const { onProgress } = options;
  const pieces = cut.isSplit && isOneThemed(cut, options.seed) ? cutCorpus(corpus, null) : cut;
  const fit = fitPieces(pieces, options, (step, done) => onProgress(step, 0.1 + 0.75 * done));
  onProgress('words and quotes', 0.86);
  const { counts, kept, heldIds, fitted, candidates } = fit;
  const described = describeThemes(fit.corpus, counts, kept, fitted);
  onProgress('sub-themes', 0.9);
  const parts = partsOf(fit, options.seed);
  onProgress('likeness of themes', 0.96);
  return {
    corpus: fit.corpus,
    themes: described.map((theme, c) => ({
      ...theme,
      heldId: heldIds[fitted.heldAs[c]!] ?? null,
      repeatability: fitted.repeatabilities[c]!,
      subThemes: parts.forms[c]!.map((forms) => ({ forms })),
    })),
    ...placePieces(fit, parts.labels),
    relations: relateThemes(counts, fitted.labels, fitted.mixture.themes),
    distances: themeDistances(fitted.mixture),
    candidates,
    reason: null,
    model: {
      words: Array.from(kept, (v) => corpus.vocabulary.words[v]!),
      reading: plan,
      mixture: fitted.mixture,
      agreements: fitted.agreements,
    },
  };
}

function fitPieces(
  corpus: CutCorpus,
  { themes: asked, seed, decisions, vectors }: LanguageOptions,
  onStep: (step: string, done: number) => void,
): Fit {
  const { counts, kept } = usefulCounts(corpus.counts, corpus.clusterable);
  const ids = corpus.clusterable.length === 0 ? [] : Array.from(corpus.clusterable, (p) => idOf(corpus, p));
  const heldIds = [...new Set(ids.flatMap((id) => decisions.kept.get(id)?.[0] ?? []))].sort();
  const isAuto = asked === 'auto';
  const { themes: wanted, candidates } = isAuto
    ? autoNumber(counts, seed, (done) => onStep('number of themes', 0.25 * done))
    : { themes: asked, candidates: [] };
  const themes = Math.min(Math.max(wanted, heldIds.length), Math.max(themesMax, heldIds.length), counts.documents);
  const begun = isAuto ? 0.25 : 0;
  const fitted = fitThemes(counts, {
    themes,
    seed,
    vectors: directionsOf(vectors, ids),
    held: heldOf(ids, heldIds, decisions, themes),
    onStep: (step, done) => onStep(step, begun + (1 - begun) * done),
  });
  return { corpus, counts, kept, heldIds, fitted, candidates };
}

const idOf = (corpus: CutCorpus, piece: number): string => corpus.documents[corpus.documentOf[piece]!]!.id;

function heldOf(
  ids: readonly string[],
  heldIds: readonly string[],
  { kept, barred }: Decisions,
  themes: number,
): Held | null {
  if (heldIds.length === 0) return null;
  const numberOf = new Map(heldIds.map((id, number) => [id, number]));
  const barredThere = new Map<number, number[]>();
  ids.forEach((id, place) => {
    const numbers = (barred.get(id) ?? []).flatMap((theme) => numberOf.get(theme) ?? []);
    // One that may go nowhere is placed as if it might go anywhere, and taken out afterwards.
    if (numbers.length > 0 && numbers.length < themes) barredThere.set(place, numbers);
  });
  const fixed = Int32Array.from(ids, (id) => numberOf.get(kept.get(id)?.[0] ?? '') ?? -1);
  return { themes: heldIds.length, fixed, barred: barredThere };
}

/** @throws {RangeError} for vectors of different lengths */
function directionsOf(vectors: ReadonlyMap<string, Float32Array> | null, ids: readonly string[]): Directions | null {
  const dimensions = ids.map((id) => vectors?.get(id)?.length ?? 0).find((length) => length > 0);
  if (!vectors || dimensions === undefined) return null;
  const values = new Float64Array(ids.length * dimensions);
  let found = 0;
  ids.forEach((id, place) => {
    const vector = vectors.get(id);
    if (!vector) return;
    if (vector.length !== dimensions) throw new RangeError('findThemes requires vectors of one length');
    values.set(vector, place * dimensions);
    found++;
  });
  if (found * 2 < ids.length) return null;
  const directions = { values, dimensions };
  normaliseRows(directions);
  return directions;
}

/** Sub-themes of each theme: the forms that mark them, and for each clusterable piece the number of its own or −1. */
function partsOf({ corpus, counts, kept, fitted }: Fit, seed: number): { forms: string[][][]; labels: Int32Array } {
  const labels = new Int32Array(corpus.clusterable.length).fill(-1);
  const members = Array.from({ length: fitted.mixture.themes }, (): number[] => []);
  fitted.labels.forEach((c, place) => members[c]!.push(place));
  const forms = members.map((places, c) => {
    const documents = new Set(places.map((place) => corpus.documentOf[corpus.clusterable[place]!]!)).size;
    const found = subThemes(counts, Int32Array.from(places), { documents, seed: seed + 1009 * (c + 1) });
    places.forEach((place, q) => {
      labels[place] = found.labels[q]!;
    });
    return found.words.map((words) => words.map((v) => corpus.vocabulary.forms[kept[v]!]!));
  });
  return { forms, labels };
}

/** Where each piece belongs; one that says too little goes with the surest piece of its document. */
function placePieces({ corpus, counts, fitted }: Fit, parts: Int32Array) {
  const pieces = corpus.counts.documents;
  const theme = new Int32Array(pieces).fill(-1);
  const subTheme = new Int32Array(pieces).fill(-1);
  const confidence = new Float64Array(pieces);
  const known = new Int32Array(pieces);
  corpus.clusterable.forEach((p, place) => {
    theme[p] = fitted.labels[place]!;
    subTheme[p] = parts[place]!;
    confidence[p] = fitted.confidences[place]!;
    known[p] = counts.starts[place + 1]! - counts.starts[place]!;
  });
  for (let from = 0; from < pieces; ) {
    let to = from + 1;
    while (to < pieces && corpus.documentOf[to] === corpus.documentOf[from]) to++;
    let surest = -1;
    for (let p = from; p < to; p++) {
      if (known[p]! >= knownWordsMin && (surest < 0 || confidence[p]! > confidence[surest]!)) surest = p;
    }
    for (let p = from; p < to && surest >= 0; p++) {
      if (known[p]! >= knownWordsMin) continue;
      theme[p] = theme[surest]!;
      subTheme[p] = subTheme[surest]!;
      confidence[p] = confidence[surest]!;
    }
    from = to;
  }
  return { theme, subTheme, confidence };
}

function whyOnlyWordings(corpus: CutCorpus): string {
  const { documents, vocabulary, clusterable } = corpus;
  if (documents.length === 0) return 'There are no answers.';
  if (vocabulary.words.length === 0) return 'None of the answers holds a word to work with.';
  if (clusterable.length === 0) return 'No two answers share a word, so there are no themes to find.';
  if (documentsIn(corpus) < clusterableMin) {
    return 'Too few answers share words to find themes; only answers in the same words were put together.';
  }
  return 'The answers come in so few different wordings that they were grouped by wording.';
}
