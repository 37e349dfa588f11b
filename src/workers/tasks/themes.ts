import { createHash } from 'node:crypto';
import { seal } from '../../coding/seal.ts';
import { sliceSpan } from '../../coding/spans.ts';
import type { NewTheme, SpanRow, ThemeDocument } from '../../store/analyses.ts';
import { findThemes } from '../../text/find-themes.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { readColumns, type SurveyColumns } from './survey-columns.ts';
import { Unanswerable } from './unanswerable.ts';

export type ThemesArgs = { studyId: number; surveyId: number; item: string; themes: number | 'auto'; seed: number };
export type FoundThemes = {
  themes: NewTheme[];
  documents: ThemeDocument[];
  result: {
    n: number;
    answered: number;
    uncoded: number;
    themesFound: number;
    reason: string | null;
    candidates: number[];
    engineVersion: string;
    /** The answers whose words no longer match their seal: they are left out and shown as a warning. */
    broken: number;
  };
  inputHash: string;
  watermark: number;
  version: number;
};

/** Finds themes in the answers to one open question, with quotes that are exact slices of them. */
export async function themesTask({ store, textKey, onProgress }: TaskContext, args: ThemesArgs): Promise<FoundThemes> {
  onProgress('Reading answers', 0.02);
  const columns = await readColumns(store, args, [args.item]);
  const { texts, broken } = await readTexts({ store, textKey }, args, columns);
  if (texts.length === 0) throw new Unanswerable('Nobody has answered this question in words yet');
  const language = majority(columns.responses.map((response) => response.language));
  const found = findThemes(
    texts.map(({ text }, index) => ({ id: placeOf(index), text })),
    { themes: args.themes, seed: args.seed, language, onProgress: (step, done) => onProgress(step, 0.05 + 0.9 * done) },
  );
  const byId = new Map(texts.map((text, index) => [placeOf(index), text]));
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
    })),
    documents: found.documents.map((document) => ({
      sourceId: byId.get(document.id)?.publicId ?? '',
      sourceVersion: byId.get(document.id)?.version ?? 0,
      theme: document.theme,
      confidence: document.confidence,
    })),
    result: {
      n: columns.responses.length,
      answered: texts.length,
      uncoded: found.uncoded,
      themesFound: found.themesFound,
      reason: found.reason ?? null,
      candidates: found.candidates.map((candidate) => candidate.themes),
      engineVersion: found.engineVersion,
      broken,
    },
    inputHash: createHash('sha256')
      .update(JSON.stringify(texts.map(({ publicId, version, textHash }) => [publicId, version, textHash])))
      .digest('base64url'),
    watermark: columns.watermark,
    version: columns.version,
  };
}

const placeOf = (index: number): string => String(index).padStart(9, '0');
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function readTexts(
  { store, textKey }: Pick<TaskContext, 'store' | 'textKey'>,
  args: ThemesArgs,
  columns: SurveyColumns,
) {
  const wanted = new Map<string, number>();
  for (const value of columns.column(args.item)) {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) wanted.set(value.source, value.version);
  }
  const sources = await store.notes.findSources(args.studyId, [...wanted.keys()]);
  const current = sources.filter(
    (source) => source.version === wanted.get(source.publicId) && source.erasedAt === null,
  );
  // By their words: the same answers then give the same themes, in whatever order and under whatever ids they came.
  const texts = current
    .filter((source) => seal(textKey, source.text) === source.textHash)
    .sort((a, b) => compare(a.text, b.text) || compare(a.publicId, b.publicId));
  return { texts, broken: current.length - texts.length };
}

function majority(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'en';
}
