import { createHmac } from 'node:crypto';
import { isInterviewer } from '../coding/coded-texts.ts';
import { isSealed } from '../coding/seal.ts';
import { codePointLength, sliceSpan } from '../coding/spans.ts';
import { usesOf } from '../model/consent.ts';
import { foldText } from '../model/fold-text.ts';
import type { QuoteSpan } from '../personas/portrait.ts';
import { type Audience, hiddenFrom } from '../privacy/audience.ts';
import { maskText, type PersonalSpan } from '../privacy/mask-text.ts';
import { pseudonym } from '../privacy/pseudonym.ts';
import type { SourceText } from '../store/notes.ts';
import type { Context } from './context.ts';
import { maskingService } from './masking.ts';

/**
 * Words that were checked letter by letter against what was kept, with a little of what stands around them. What of a
 * person stands in them is masked; the check is made without masks.
 */
export type Quote = {
  isVerbatim: true;
  before: string;
  marked: string;
  after: string;
  source: SourceText;
  /** Who said it, as these readers may know them; null where nobody is named. */
  speaker: string | null;
  /** The number of its response or interview in the study; null for whoever may not tell one from another. */
  number: number | null;
};
/**
 * Why a quote does not show: its source is gone, the words are not those that were kept, or whoever said them did not agree
 * that this audience reads them.
 */
export type NoQuote = { isVerbatim: false; reason: 'withdrawn' | 'changed' | 'not-agreed' };
/** For whom quotes are read; without it they are for the study's own pages, with a plain mask over all that is personal. */
export type QuoteOptions = { audience?: Audience };

/** How much of the words around a quote is shown with it, in code points, cut back to whole words. */
const AROUND = 160;

/** The guard of the name: nothing is shown as a quote unless its bytes are those of a kept source. */
export function evidenceService({ store, keys, now }: Context) {
  const masking = maskingService({ store, now });

  async function readQuotes(
    studyId: number,
    spans: readonly QuoteSpan[],
    { audience }: QuoteOptions = {},
  ): Promise<(Quote | NoQuote)[]> {
    const sources = await store.notes.findSources(studyId, [...new Set(spans.map((span) => span.sourceId))]);
    const byVersion = new Map(sources.map((source) => [placeOf(source), source]));
    const masks = await masking.spansOf(studyId, sources);
    const hidden = audience ? await hiddenOf(studyId, sources, masks, audience) : masks;
    const numbers = audience === undefined ? await numbersOf(studyId, sources) : new Map<string, number>();
    const speakers = audience === undefined ? await hiddenSpeakers(studyId, sources) : new Set<string>();
    const called = (source: SourceText): string | null =>
      (audience !== undefined && audience !== 'internal') || speakers.has(speakerOf(source))
        ? speakerFor(source)
        : source.speaker;
    return spans.map((span) => {
      const place = `${span.sourceId} ${span.sourceVersion}`;
      const over = hidden.get(place) ?? null;
      const checked = check(span, byVersion.get(place) ?? null, over ?? []);
      const quote = checked.isVerbatim
        ? { ...checked, speaker: called(checked.source), number: numbers.get(checked.source.subjectId) ?? null }
        : checked;
      return quote.isVerbatim && over === null ? { isVerbatim: false, reason: 'not-agreed' } : quote;
    });
  }

  async function numbersOf(studyId: number, sources: readonly SourceText[]): Promise<Map<string, number>> {
    const [answers, said] = [true, false].map((isAnswer) =>
      sources.filter(({ kind }) => (kind === 'answer') === isAnswer).map(({ subjectId }) => subjectId),
    ) as [string[], string[]];
    return new Map([
      ...(answers.length > 0 ? await store.orderNumbers.ofResponses(studyId, answers) : []),
      ...(said.length > 0 ? await store.orderNumbers.ofInterviews(studyId, said) : []),
    ]);
  }

  /** Whose names, or words of them, were hidden by hand in what was said around them. */
  async function hiddenSpeakers(studyId: number, sources: readonly SourceText[]): Promise<Set<string>> {
    const named = sources.filter(({ speaker, kind }) => speaker !== null && kind !== 'answer');
    const words = new Map<string, Set<string>>();
    for (const { subjectId, text, spanStart, spanEnd } of await store.masks.hiddenIn(studyId, [
      ...new Set(named.map(({ subjectId }) => subjectId)),
    ])) {
      const own = words.get(subjectId) ?? new Set();
      own.add(foldText(sliceSpan(text, { start: spanStart, end: spanEnd }) ?? '').trim());
      words.set(subjectId, own);
    }
    return new Set(
      named
        .filter(({ subjectId, speaker }) => {
          const own = words.get(subjectId);
          const name = foldText(speaker ?? '').trim();
          return own !== undefined && (own.has(name) || name.split(/\s+/).some((part) => own.has(part)));
        })
        .map(speakerOf),
    );
  }

  /** What is hidden from an audience, text by text, names behind pseudonyms; null where it may not read them. */
  async function hiddenOf(
    studyId: number,
    sources: readonly SourceText[],
    masks: ReadonlyMap<string, PersonalSpan[]>,
    audience: Audience,
  ): Promise<Map<string, PersonalSpan[] | null>> {
    const consents = await store.consents.latestOf(studyId, [...new Set(sources.map(({ subjectId }) => subjectId))]);
    const today = now().toISOString().slice(0, 10);
    const key = pseudonymKey(studyId);
    return new Map(
      sources.map((source) => {
        const found = masks.get(placeOf(source)) ?? [];
        const uses = usesOf(consents.get(source.subjectId) ?? null, today);
        const over = hiddenFrom(audience, { kind: source.kind, found, uses });
        return [placeOf(source), over?.map((span) => renamed(key, source.text, span)) ?? null];
      }),
    );
  }

  const pseudonymKey = (studyId: number): Buffer =>
    createHmac('sha256', keys.pseudonyms).update(`study ${studyId}`).digest();

  /**
   * Who spoke, as an audience other than the study's own researchers reads it; null where nobody is named.
   *
   * @param participant who was interviewed, where that is known: whoever else is called by the part of an interviewer is
   *   called so still
   */
  const speakerFor = (
    source: Pick<SourceText, 'studyId' | 'speaker'>,
    participant: string | null = null,
  ): string | null =>
    source.speaker === null || (participant !== null && source.speaker !== participant && isInterviewer(source.speaker))
      ? source.speaker
      : pseudonym(pseudonymKey(source.studyId), 'name', source.speaker);

  function check(
    span: QuoteSpan,
    source: SourceText | null,
    masks: readonly PersonalSpan[],
  ): Omit<Quote, 'speaker' | 'number'> | NoQuote {
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

  return { readQuotes, hiddenOf, speakerFor, pseudonymKey };
}
export type Evidence = ReturnType<typeof evidenceService>;

const speakerOf = ({ subjectId, speaker }: SourceText) => `${subjectId} ${speaker}`;
const placeOf = ({ publicId, version }: SourceText) => `${publicId} ${version}`;

const renamed = (key: Buffer, text: string, span: PersonalSpan): PersonalSpan => {
  const instead = pseudonym(key, span.kind, sliceSpan(text, span) ?? '');
  return instead === null ? span : { ...span, instead };
};
