import { isSealed } from '../../coding/seal.ts';
import { codePointLength } from '../../coding/spans.ts';
import type { PortraitQuote, QuoteSpan } from '../../personas/portrait.ts';
import type { SourceText } from '../../store/notes.ts';
import { documentOf } from '../../themes/correction.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { QUOTE_LENGTH_MAX } from './portrait-exemplars.ts';
import type { ThemeRun } from './table-columns.ts';

const QUOTES_MAX = 5;
const OF_THEME_MAX = 2;
/** A claim keeps so many of the quotes that speak for it. */
const OF_CLAIM_MAX = 4;

/** Quotes of those who agreed: the ones that stand on the sheet, and those of each theme. */
export type ThemeQuotes = { chosen: PortraitQuote[]; byTheme: Map<string, QuoteSpan[]> };

/**
 * Quotes from members who agreed to be quoted: the most telling of each theme, those of telling themes first. No answer is
 * quoted twice on the sheet.
 *
 * @param telling themes by how much they set the segment apart
 * @param quotable public ids of the responses that may be quoted
 */
export async function quotesOfThemes(
  { store, textKey }: Pick<TaskContext, 'store' | 'textKey'>,
  studyId: number,
  runs: readonly ThemeRun[],
  telling: readonly string[],
  quotable: ReadonlySet<string>,
): Promise<ThemeQuotes> {
  const chosen: PortraitQuote[] = [];
  const byTheme = new Map<string, QuoteSpan[]>();
  const taken = new Set<string>();
  const rank = (id: string): number => (telling.includes(id) ? telling.indexOf(id) : telling.length);
  for (const run of runs) {
    const state = await store.themes.state(run);
    const documents = state.documents.flatMap(({ id, themes: own }) => {
      const place = documentOf(id);
      return place && own[0] ? [{ ...place, own, confidence: own[0].confidence }] : [];
    });
    documents.sort((a, b) => b.confidence - a.confidence || (a.sourceId < b.sourceId ? -1 : 1));
    const sources = new Map(
      (
        await store.notes.findSources(
          studyId,
          documents.map((document) => document.sourceId),
        )
      ).map((source) => [`${source.publicId} ${source.version}`, source]),
    );
    for (const theme of state.themes.toSorted((a, b) => rank(a.id) - rank(b.id))) {
      const picked = await store.themes.quotes(run, state, theme.id);
      const whole = documents
        .filter(({ own }) => own[0]?.theme === theme.id)
        .map(({ sourceId, version }) => ({ sourceId, sourceVersion: version, slice: null }));
      const own: QuoteSpan[] = [];
      for (const { sourceId, sourceVersion, slice } of [
        ...picked.map((quote) => ({ ...quote, slice: quote })),
        ...whole,
      ]) {
        if (own.length >= OF_CLAIM_MAX + QUOTES_MAX) break;
        const span = spanIn(sources.get(`${sourceId} ${sourceVersion}`), slice, textKey, quotable);
        if (span && !own.some((one) => one.sourceId === span.sourceId)) own.push(span);
      }
      byTheme.set(theme.id, own.slice(0, OF_CLAIM_MAX));
      const fresh = own.filter(({ sourceId }) => !taken.has(sourceId)).slice(0, OF_THEME_MAX);
      for (const span of fresh.slice(0, QUOTES_MAX - chosen.length)) {
        chosen.push({ span, theme: theme.id });
        taken.add(span.sourceId);
      }
    }
  }
  return { chosen, byTheme };
}

/** A stretch of an answer, or all of it where that is short; null where it may not be quoted or is not what was kept. */
export function spanIn(
  source: SourceText | undefined,
  slice: Pick<QuoteSpan, 'spanStart' | 'spanEnd' | 'spanHash'> | null,
  textKey: Uint8Array,
  quotable: ReadonlySet<string>,
): QuoteSpan | null {
  if (!source || source.erasedAt !== null || source.supersededAt !== null || !quotable.has(source.subjectId))
    return null;
  if (!isSealed(textKey, source.text, source.textHash)) return null;
  const length = codePointLength(source.text);
  if (slice === null && (length > QUOTE_LENGTH_MAX || source.text.trim() === '')) return null;
  const { spanStart, spanEnd, spanHash } = slice ?? { spanStart: 0, spanEnd: length, spanHash: source.textHash };
  return { sourceId: source.publicId, sourceVersion: source.version, spanStart, spanEnd, spanHash };
}
