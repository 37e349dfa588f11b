import { usesOf } from '../../model/consent.ts';
import type { QuoteSpan } from '../../personas/portrait.ts';
import type { NoQuote, Quote } from '../../services/evidence.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { interviewAddress } from './interview-place.ts';
import { quoteView } from './quote-view.ts';

export type QuoteView = ReturnType<typeof quoteView>;
/** Why words are not shown: `blind` while whoever reads codes them blind. */
export type Unshown = { isVerbatim: false; reason: NoQuote['reason'] | 'blind' };
export type ReadSpan = { quote: Quote | Unshown; view: QuoteView | null };

/** Which stretch of words a span is, and under which seal: one that was altered is not taken for one that was not. */
export const spanKey = ({ sourceId, sourceVersion, spanStart, spanEnd, spanHash }: QuoteSpan) =>
  `${sourceId} ${sourceVersion} ${spanStart} ${spanEnd} ${spanHash}`;

/**
 * Reads every quote of a sheet at once, each checked against what was kept. A sheet is handed on, so that only those are
 * quoted who agree to it today, and nothing of what its reader codes blind just now.
 *
 * @param reader the id of whoever reads it
 * @returns what a span reads as, by span
 */
export async function readSpans(
  { verbatim }: House,
  study: EnteredStudy,
  spans: readonly QuoteSpan[],
  segmentClass: string | null,
  reader: number,
): Promise<(span: QuoteSpan) => ReadSpan> {
  const unique = [...new Map(spans.map((span) => [spanKey(span), span])).values()];
  const read = await verbatim.evidence.readQuotes(study.id, unique);
  const subjects = new Set(read.flatMap((quote) => (quote.isVerbatim ? [quote.source.subjectId] : [])));
  const today = verbatim.now().toISOString().slice(0, 10);
  const consents = await verbatim.store.consents.latestOf(study.id, [...subjects]);
  const hidden = await verbatim.store.codingRounds.hiddenSources(study.id, reader);
  const mayQuote = (subject: string) => usesOf(consents.get(subject) ?? null, today).includes('quotes');
  const found = new Map(
    unique.map((span, index): [string, ReadSpan] => {
      const quote = read[index]!;
      if (hidden.has(span.sourceId))
        return [spanKey(span), { quote: { isVerbatim: false, reason: 'blind' }, view: null }];
      if (!quote.isVerbatim) return [spanKey(span), { quote, view: null }];
      if (!mayQuote(quote.source.subjectId))
        return [spanKey(span), { quote: { isVerbatim: false, reason: 'not-agreed' }, view: null }];
      return [
        spanKey(span),
        { quote, view: quoteView(quote, { study: study.role === 'viewer' ? null : study, segmentClass }) },
      ];
    }),
  );
  return (span) => found.get(spanKey(span)) ?? { quote: { isVerbatim: false, reason: 'withdrawn' }, view: null };
}

/** What became of quotes that no longer show, in sentences; words that are quoted twice count once. */
export function missingLines(read: readonly ReadSpan[]): string[] {
  const count = (reason: Unshown['reason']) =>
    [...new Set(read)].filter(({ quote }) => !quote.isVerbatim && quote.reason === reason).length;
  const say = (n: number, one: string, many: string, why: string) =>
    n === 0 ? [] : [`${n} ${n === 1 ? one : many} ${why}`];
  return [
    ...say(count('withdrawn'), 'quote has', 'quotes have', 'left this persona: the words were deleted.'),
    ...say(count('changed'), 'quote is', 'quotes are', 'not shown: the words are not those that were kept.'),
    ...say(count('not-agreed'), 'quote is', 'quotes are', 'not shown: whoever said it does not agree to be quoted.'),
    ...say(count('blind'), 'quote is', 'quotes are', 'not shown to you: you code these words blind just now.'),
  ];
}

export type Moment = { address: string; kind: 'audio' | 'video'; label: string };

/** The moments of recordings in which words were said, by the public id of their source; of words that have a place in time. */
export async function momentsOf(
  { verbatim }: House,
  study: EnteredStudy,
  read: readonly ReadSpan[],
): Promise<Map<string, Moment>> {
  const moments = new Map<string, Moment>();
  if (study.role === 'viewer') return moments;
  for (const { quote } of read) {
    if (!quote.isVerbatim || quote.source.kind !== 'turn' || quote.source.startMs === null) continue;
    const { source } = quote;
    const id = await verbatim.store.media.interviewIdOf(source.subjectId);
    const [recording] = id === null ? [] : await verbatim.store.media.listOf(id);
    if (!recording) continue;
    const [from, to] = [source.startMs, source.endMs].map((ms) => (ms === null ? '' : String(Math.floor(ms / 1000))));
    moments.set(source.publicId, {
      address: `${interviewAddress(study, { publicId: source.subjectId })}/media/${recording.publicId}#t=${from}${to === '' ? '' : `,${Number(to) + 1}`}`,
      kind: recording.mediaType.startsWith('video/') ? 'video' : 'audio',
      label: clock(source.startMs ?? 0),
    });
  }
  return moments;
}

const clock = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};
