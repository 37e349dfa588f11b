import { isSealed } from '../coding/seal.ts';
import { codePointLength, sliceSpan } from '../coding/spans.ts';
import type { QuoteSpan } from '../personas/portrait.ts';
import { maskText, type PersonalSpan } from '../privacy/mask-text.ts';
import type { SourceText } from '../store/notes.ts';
import type { Context } from './context.ts';
import { maskingService } from './masking.ts';

/**
 * Words that were checked letter by letter against what was kept, with a little of what stands around them. What of a
 * person stands in them is masked; the check is made without masks.
 */
export type Quote = { isVerbatim: true; before: string; marked: string; after: string; source: SourceText };
/** Why a quote does not show: its source is gone, or the words are not those that were kept. */
export type NoQuote = { isVerbatim: false; reason: 'withdrawn' | 'changed' };

/** How much of the words around a quote is shown with it, in code points, cut back to whole words. */
const AROUND = 160;

/** The guard of the name: nothing is shown as a quote unless its bytes are those of a kept source. */
export function evidenceService({ store, keys, now }: Context) {
  const masking = maskingService({ store, now });

  async function readQuotes(studyId: number, spans: readonly QuoteSpan[]): Promise<(Quote | NoQuote)[]> {
    const sources = await store.notes.findSources(studyId, [...new Set(spans.map((span) => span.sourceId))]);
    const byVersion = new Map(sources.map((source) => [`${source.publicId} ${source.version}`, source]));
    const masks = await masking.spansOf(studyId, sources);
    return spans.map((span) => {
      const place = `${span.sourceId} ${span.sourceVersion}`;
      return check(span, byVersion.get(place) ?? null, masks.get(place) ?? []);
    });
  }

  function check(span: QuoteSpan, source: SourceText | null, masks: readonly PersonalSpan[]): Quote | NoQuote {
    if (!source || source.erasedAt !== null) return { isVerbatim: false, reason: 'withdrawn' };
    if (!isSealed(keys.text, source.text, source.textHash)) return { isVerbatim: false, reason: 'changed' };
    const marked = sliceSpan(source.text, { start: span.spanStart, end: span.spanEnd });
    if (marked === null || !isSealed(keys.text, marked, span.spanHash)) return { isVerbatim: false, reason: 'changed' };
    const length = codePointLength(source.text);
    const from = Math.max(0, span.spanStart - AROUND);
    const to = Math.min(length, span.spanEnd + AROUND);
    const shown = (start: number, end: number) => (end > start ? maskText(source.text, masks, { start, end }) : '');
    const before = shown(from, span.spanStart);
    const after = shown(span.spanEnd, to);
    return {
      isVerbatim: true,
      before: from > 0 ? `…${before.replace(/^\S+\s+/, '')}` : before,
      marked: shown(span.spanStart, span.spanEnd),
      after: to < length ? `${after.replace(/\s+\S+$/, '')}…` : after,
      source,
    };
  }

  return { readQuotes };
}
export type Evidence = ReturnType<typeof evidenceService>;
