import { createHash } from 'node:crypto';
import { seal } from '../../coding/seal.ts';
import { sliceSpan } from '../../coding/spans.ts';
import type { NewTheme, SpanRow, ThemeDocument } from '../../store/analyses.ts';
import { newPublicId } from '../../store/identifiers.ts';
import type { Store } from '../../store/store.ts';
import { findThemes } from '../../text/find-themes.ts';
import type { ThemesResult } from '../../text/themes-result.ts';
import { applyCorrections } from '../../themes/apply-corrections.ts';
import { type CarriedOver, carryOver } from '../../themes/carry-over.ts';
import { documentId } from '../../themes/correction.ts';
import { isOfInterviews, type Question } from '../../themes/question.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { readSpoken } from './spoken-texts.ts';
import { packModel } from './theme-model.ts';
import { Unanswerable } from './unanswerable.ts';

export type ThemesArgs = Question & {
  themes: number | 'auto';
  seed: number;
  /** The run whose corrections are to be heeded, and how far the journal of the question goes. */
  heeds: { runId: number; upTo: number } | null;
  /** Whose vectors are to have a say; null for none. */
  maker: string | null;
};
export type FoundThemes = {
  themes: NewTheme[];
  documents: ThemeDocument[];
  model: { engineVersion: string; model: string } | null;
  result: ThemesFinding;
  inputHash: string;
  watermark: number;
  version: number | null;
};
/** What is kept of a run beside its themes; themes are named by the ids they have from run to run. */
export type ThemesFinding = {
  n: number;
  answered: number;
  uncoded: number;
  themesFound: number;
  reason: string | null;
  candidates: number[];
  engineVersion: string;
  /** The answers whose words no longer match their seal: they are left out and shown as a warning. */
  broken: number;
  groups: { label: string; themes: string[] }[];
  /** The cheapest first. */
  merges: { themes: [string, string]; cost: number }[];
  languages: { language: string; n: number; isClustered: boolean }[];
  warnings: string[];
  /** What an embeddings server had to do with it; left out where none was asked. */
  embeddings?: EmbeddingsNote;
};
/** Counts are of answers. `fault` says, as a sentence, why words alone were counted; null when vectors had a say. */
export type EmbeddingsNote = {
  host: string;
  model: string;
  mayLeave: number;
  sent: number;
  kept: number;
  fault: string | null;
};

/** Finds themes in what was said to one question, with quotes that are exact slices of it. */
export async function themesTask({ store, textKey, onProgress }: TaskContext, args: ThemesArgs): Promise<FoundThemes> {
  onProgress('Reading what was said', 0.02);
  const { texts, broken, n, languages: spoken, watermark, version } = await readSpoken({ store, textKey }, args);
  if (texts.length === 0)
    throw new Unanswerable(
      isOfInterviews(args)
        ? 'No interview that may be analysed has a turn of somebody interviewed'
        : 'Nobody has answered this question in words yet',
    );
  const places = new Map(texts.map(({ publicId, version }, index) => [documentId(publicId, version), placeOf(index)]));
  const heeded = await readHeeded(store, args, places);
  const vectors = args.maker === null ? null : await readVectors(store, args.studyId, args.maker, texts);
  const found = findThemes(
    texts.map(({ text, subjectId }, index) => {
      const language = spoken.get(subjectId);
      return { id: placeOf(index), text, ...(language === undefined ? {} : { language }) };
    }),
    {
      themes: args.themes,
      seed: args.seed,
      language: majority([...spoken.values()]),
      ...heeded,
      ...(vectors && { vectors }),
      onProgress: (step, done) => onProgress(step, 0.05 + 0.9 * done),
    },
  );
  const byId = new Map(texts.map((text, index) => [placeOf(index), text]));
  const known = new Set(heeded.kept.map(({ theme }) => theme));
  const lineages = new Map(found.themes.map(({ id }) => [id, known.has(id) ? id : newPublicId()]));
  const lineageOf = (id: string): string => lineages.get(id) ?? '';
  const span = (quote: { documentId: string; start: number; end: number }): SpanRow[] => {
    const source = byId.get(quote.documentId);
    const words = source && sliceSpan(source.text, quote);
    return source && words !== null && words !== undefined
      ? [
          {
            sourceId: source.publicId,
            sourceVersion: source.version,
            spanStart: quote.start,
            spanEnd: quote.end,
            spanHash: seal(textKey, words),
          },
        ]
      : [];
  };
  const subThemeOf = subThemesOf(found);
  return {
    themes: found.themes.map((theme, position) => ({
      key: theme.id,
      position,
      label: theme.label,
      words: JSON.stringify(theme.words),
      size: theme.size,
      share: theme.share,
      repeatability: theme.repeatability,
      band: theme.band,
      quotes: theme.quotes.flatMap(span),
      lineage: lineageOf(theme.id),
      isCarriedOn: known.has(theme.id),
      subThemes: theme.subThemes,
      language: theme.language,
      groupNumber: theme.group,
      placeX: theme.place[0],
      placeY: theme.place[1],
    })),
    documents: found.documents.map((document) => ({
      sourceId: byId.get(document.id)?.publicId ?? '',
      sourceVersion: byId.get(document.id)?.version ?? 0,
      theme: document.theme,
      confidence: document.confidence,
      subTheme: document.theme === null ? null : subThemeOf(document.id, document.theme),
      further: document.themes
        .filter(({ theme }) => theme !== document.theme)
        .map(({ theme, confidence }) => ({ theme, subTheme: subThemeOf(document.id, theme), confidence })),
    })),
    model: found.model && { engineVersion: found.engineVersion, model: packModel(found.model, lineageOf, textKey) },
    result: {
      n,
      answered: texts.length,
      uncoded: found.uncoded,
      themesFound: found.themesFound,
      reason: found.reason === undefined ? null : inWordsOf(args, found.reason),
      candidates: found.candidates.map((candidate) => candidate.themes),
      engineVersion: found.engineVersion,
      broken,
      groups: found.groups.map(({ label, themes }) => ({ label, themes: themes.map(lineageOf) })),
      merges: found.merges.map(({ themes: [one, other], cost }) => ({
        themes: [lineageOf(one), lineageOf(other)],
        cost,
      })),
      languages: found.languages,
      warnings: found.warnings.map((warning) => inWordsOf(args, warning)),
    },
    inputHash: createHash('sha256')
      .update(JSON.stringify(texts.map(({ publicId, version, textHash }) => [publicId, version, textHash])))
      .digest('base64url'),
    watermark,
    version,
  };
}

/** What the researcher's corrections mean for this run, of answers that are still there in the same words. */
async function readHeeded(
  store: Store,
  { heeds, ...question }: ThemesArgs,
  places: ReadonlyMap<string, string>,
): Promise<CarriedOver> {
  if (!heeds) return { kept: [], barred: [], sameWords: [], leftOutWords: [] };
  const journal = (await store.themes.journal(question)).filter(({ number }) => number <= heeds.upTo);
  const carried = carryOver(applyCorrections(await store.themes.found(heeds.runId), journal), journal);
  const there = (list: CarriedOver['kept']) =>
    list.flatMap(({ documentId: id, theme }) => {
      const place = places.get(id);
      return place === undefined ? [] : [{ documentId: place, theme }];
    });
  return { ...carried, kept: there(carried.kept), barred: there(carried.barred) };
}

/** In which sub-theme an answer speaks of a theme: that of its surest piece. */
function subThemesOf(found: ThemesResult): (document: string, theme: string) => string | null {
  const surest = new Map<string, ThemesResult['pieces'][number]>();
  for (const piece of found.pieces) {
    if (piece.theme === null || piece.subTheme === null) continue;
    const key = `${piece.documentId} ${piece.theme}`;
    if (piece.confidence > (surest.get(key)?.confidence ?? -1)) surest.set(key, piece);
  }
  return (document, theme) => surest.get(`${document} ${theme}`)?.subTheme ?? null;
}

/** The engine speaks of answers, whatever it is given. */
const inWordsOf = (question: Question, text: string): string =>
  isOfInterviews(question) ? text.replaceAll('answers', 'turns') : text;

const placeOf = (index: number): string => String(index).padStart(9, '0');

/** What a maker made of the answers, by the places they have in the run. */
async function readVectors(
  store: Store,
  studyId: number,
  maker: string,
  texts: readonly { textHash: string }[],
): Promise<Map<string, Float32Array>> {
  const byHash = await store.textVectors.find(studyId, maker, [...new Set(texts.map(({ textHash }) => textHash))]);
  return new Map(
    texts.flatMap(({ textHash }, index) => {
      const known = byHash.get(textHash);
      return known ? [[placeOf(index), known.vector] as const] : [];
    }),
  );
}

function majority(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'en';
}
