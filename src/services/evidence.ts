import { isSealed } from '../coding/seal.ts';
import { codePointLength, sliceSpan } from '../coding/spans.ts';
import type { QuoteSpan } from '../personas/portrait.ts';
import type { SourceText } from '../store/notes.ts';
import type { Context } from './context.ts';

/** Words that were checked letter by letter against what was kept, with a little of what stands around them. */
export type Quote = { isVerbatim: true; before: string; marked: string; after: string; source: SourceText };
/** Why a quote does not show: its source is gone, or the words are not those that were kept. */
export type NoQuote = { isVerbatim: false; reason: 'withdrawn' | 'changed' };

/** How much of the words around a quote is shown with it, in code points, cut back to whole words. */
const AROUND = 160;

/** The guard of the name: nothing is shown as a quote unless its bytes are those of a kept source. */
export function evidenceService({ store, keys }: Context) {
  async function readQuotes(studyId: number, spans: readonly QuoteSpan[]): Promise<(Quote | NoQuote)[]> {
    const sources = await store.notes.findSources(studyId, [...new Set(spans.map((span) => span.sourceId))]);
    const byVersion = new Map(sources.map((source) => [`${source.publicId} ${source.version}`, source]));
    return spans.map((span) => check(span, byVersion.get(`${span.sourceId} ${span.sourceVersion}`) ?? null));
  }

  function check(span: QuoteSpan, source: SourceText | null): Quote | NoQuote {
    if (!source || source.erasedAt !== null) return { isVerbatim: false, reason: 'withdrawn' };
    if (!isSealed(keys.text, source.text, source.textHash)) return { isVerbatim: false, reason: 'changed' };
    const marked = sliceSpan(source.text, { start: span.spanStart, end: span.spanEnd });
    if (marked === null || !isSealed(keys.text, marked, span.spanHash)) return { isVerbatim: false, reason: 'changed' };
    const length = codePointLength(source.text);
    const from = Math.max(0, span.spanStart - AROUND);
    const to = Math.min(length, span.spanEnd + AROUND);
    const before = sliceSpan(source.text, { start: from, end: span.spanStart }) ?? '';
    const after = sliceSpan(source.text, { start: span.spanEnd, end: to }) ?? '';
    return {
      isVerbatim: true,
      before: from > 0 ? `…${before.replace(/^\S+\s+/, '')}` : before,
      marked,
      after: to < length ? `${after.replace(/\s+\S+$/, '')}…` : after,
      source,
    };
  }

  return { readQuotes };
}
export type Evidence = ReturnType<typeof evidenceService>;
