import { open as openFile, stat } from 'node:fs/promises';
import { saidWhen } from '../coding/said-when.ts';
import { codePointLength } from '../coding/spans.ts';
import { CUTTABLE, cutSound, type SoundCut } from '../exchange/cut-sound.ts';
import { usesOf } from '../model/consent.ts';
import type { Portrait, QuoteSpan } from '../personas/portrait.ts';
import { spansOf } from '../personas/spans-of.ts';
import { readWords } from '../reports/evidence-words.ts';
import type { SheetVersion } from '../reports/portrait-changes.ts';
import { publicHalf } from '../store/identifiers.ts';
import type { MediaFile } from '../store/media.ts';
import type { SourceText } from '../store/notes.ts';
import type { Persona, PersonaVersion } from '../store/personas.ts';
import type { Context } from './context.ts';
import type { Evidence, Quote } from './evidence.ts';
import type { Insights, ReadClaim } from './insights.ts';
import { maskingService } from './masking.ts';
import type { Media } from './media.ts';
import type { OpenShare } from './shares.ts';
import type { ToldPersonas } from './told-personas.ts';

/** Nobody listens to more of a talk than this for one quote. */
const MOMENT_MS_MOST = 120_000;

/** A stretch of a recording that a reader may hear. */
type Moment = { file: MediaFile; fromMs: number; toMs: number };
export type ReaderSheet = {
  version: PersonaVersion;
  /** As this audience may read it. */
  portrait: Portrait;
  words: Record<string, string>;
  /** Null where the words may not be shown to this audience, or are gone. */
  quoteOf: (span: QuoteSpan) => Quote | null;
  /** The name of the moment behind a quote; null where there is none to hear. */
  momentOf: (span: QuoteSpan) => string | null;
  /** What it claims because of insights, with what this audience may read of the words behind them. */
  claimed: ReadClaim[];
  /** Words stood here that this audience does not read. */
  isMissingWords: boolean;
};

const keyOf = ({ sourceId, sourceVersion, spanStart, spanEnd }: QuoteSpan): string =>
  publicHalf(JSON.stringify([sourceId, sourceVersion, spanStart, spanEnd]));

/** Personas as readers of a shared link see them: for their audience, checked against what was kept each time. */
export function readerSheetService(
  { store, now }: Context,
  {
    toldPersonas,
    evidence,
    insights,
    media,
  }: { toldPersonas: ToldPersonas; evidence: Evidence; insights: Insights; media: Media },
) {
  const masking = maskingService({ store, now });

  const spansIn = (portrait: Portrait, claimed: readonly ReadClaim[]): QuoteSpan[] => [
    ...spansOf(portrait),
    ...claimed.flatMap((claim) => claim.evidence),
  ];

  /**
   * What may be heard of the words quoted, by the name of the quote: of those who agreed to being recorded and to sharing
   * outside, where a caption tells when it was said and nothing said in it is hidden from anybody. A voice cannot be masked.
   */
  async function momentsOf(
    { share, study }: OpenShare,
    quotes: readonly { span: QuoteSpan; source: SourceText }[],
  ): Promise<Map<string, Moment>> {
    const moments = new Map<string, Moment>();
    const turns = share.isPlaying === 1 ? quotes.filter(({ source }) => source.kind === 'turn') : [];
    if (turns.length === 0) return moments;
    const sources = [...new Map(turns.map(({ source }) => [placeOf(source), source])).values()];
    const consents = await store.consents.latestOf(study.id, [...new Set(sources.map(({ subjectId }) => subjectId))]);
    const hidden = await masking.spansOf(study.id, sources);
    const cues = await store.transcriptCues.of(sources);
    const today = now().toISOString().slice(0, 10);
    const files = new Map<string, MediaFile | null>();
    for (const { span, source } of turns) {
      const uses = usesOf(consents.get(source.subjectId) ?? null, today);
      if (!uses.includes('share') || !uses.includes('recording')) continue;
      const said = saidWhen(
        {
          cues: cues.get(placeOf(source)) ?? [],
          startMs: source.startMs === null ? null : Number(source.startMs),
          endMs: source.endMs === null ? null : Number(source.endMs),
          length: codePointLength(source.text),
        },
        { start: span.spanStart, end: span.spanEnd },
      );
      if (!said || said.toMs - said.fromMs > MOMENT_MS_MOST) continue;
      if ((hidden.get(placeOf(source)) ?? []).some(({ start, end }) => start < said.end && end > said.start)) continue;
      if (!files.has(source.subjectId)) files.set(source.subjectId, await soundOf(source.subjectId));
      const file = files.get(source.subjectId);
      if (file) moments.set(keyOf(span), { file, fromMs: said.fromMs, toMs: said.toMs });
    }
    return moments;
  }

  /** The recording that plays beside a transcript, where a stretch can be cut from it. */
  async function soundOf(interview: string): Promise<MediaFile | null> {
    const id = await store.media.interviewIdOf(interview);
    const [file] = id === null ? [] : await store.media.listOf(id);
    return file && CUTTABLE.has(file.mediaType) ? file : null;
  }

  async function read(opened: OpenShare, persona: Persona) {
    const { share, study } = opened;
    const told = await toldPersonas.of(study, await store.personas.versionsOf(persona.id), share.audience);
    if (!told) return null;
    const { version, portrait } = told;
    const claimed = await insights.claimsOf(study, persona, { audience: share.audience });
    const spans = [...new Map(spansIn(portrait, claimed).map((span) => [keyOf(span), span])).values()];
    const quotes = await evidence.readQuotes(study.id, spans, { audience: share.audience });
    const shown = spans.flatMap((span, index) => {
      const quote = quotes[index];
      return quote?.isVerbatim ? [{ span, quote, source: quote.source }] : [];
    });
    return { version, portrait, claimed, spans, shown, moments: await momentsOf(opened, shown) };
  }

  return {
    /** A persona as it is now; null where no version of it was drawn. */
    read: async (opened: OpenShare, persona: Persona): Promise<ReaderSheet | null> => {
      const found = await read(opened, persona);
      if (!found) return null;
      const { version, portrait, claimed, spans, shown, moments } = found;
      const byKey = new Map(shown.map(({ span, quote }) => [`${keyOf(span)} ${span.spanHash}`, quote]));
      return {
        version,
        portrait,
        words: readWords(version.words),
        quoteOf: (span) => byKey.get(`${keyOf(span)} ${span.spanHash}`) ?? null,
        momentOf: (span) => (moments.has(keyOf(span)) ? keyOf(span) : null),
        claimed,
        isMissingWords: shown.length < spans.length,
      };
    },

    /**
     * A version that this link may have shown, as its audience may read it: the one that was the newest when the link was
     * made, or a later one. Null for any other number.
     */
    earlier: async (opened: OpenShare, persona: Persona, number: number): Promise<SheetVersion | null> => {
      const versions = await store.personas.versionsOf(persona.id);
      const first = versions.find(({ createdAt }) => createdAt <= opened.share.createdAt) ?? versions.at(-1);
      const version = versions.find((one) => Number(one.number) === number);
      if (!version || !first || Number(version.number) < Number(first.number)) return null;
      return {
        name: version.name,
        lede: version.lede,
        portrait: await toldPersonas.portraitOf(opened.study, version, opened.share.audience),
        words: readWords(version.words),
      };
    },

    /**
     * The sound behind a quote that stands on the sheet now, cut from its recording.
     *
     * @param name what the sheet calls the moment
     * @returns null where there is nothing to hear
     */
    hear: async (opened: OpenShare, persona: Persona, name: string): Promise<SoundCut | null> => {
      const moment = (await read(opened, persona))?.moments.get(name);
      if (!moment) return null;
      const place = media.placeOf(moment.file);
      const { size } = await stat(place);
      const file = await openFile(place, 'r');
      try {
        return await cutSound(
          {
            size,
            read: async (offset, length) => {
              const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
              const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
              return bytes.subarray(0, bytesRead);
            },
          },
          moment.fromMs,
          moment.toMs,
        );
      } finally {
        await file.close();
      }
    },
  };
}
export type ReaderSheets = ReturnType<typeof readerSheetService>;

const placeOf = ({ publicId, version }: SourceText): string => `${publicId} ${version}`;
