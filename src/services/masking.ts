import { findSpan, type Span, sliceSpan } from '../coding/spans.ts';
import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import { HIDDEN_KINDS, type PersonalKind, type PersonalSpan } from '../privacy/mask-text.ts';
import { maskedSpans, type SpanVerdict } from '../privacy/overlay.ts';
import type { MaskDecision } from '../store/masks.ts';
import type { SourceText } from '../store/notes.ts';
import type { Actor, Context } from './context.ts';

type Text = { publicId: string; version: number; text: string };
export const REASON_LETTERS_MAX = 500;
/** Words that stand more often than this in one text tell nobody apart. */
const PLACES_MAX = 50;

const keyOf = ({ publicId, version }: { publicId: string; version: number }) => `${publicId} ${version}`;

/** The masks that lie over what people said: what of a person is found, less and more what researchers decided. */
export function maskingService({ store, now }: Pick<Context, 'store' | 'now'>) {
  async function decisionsOf(studyId: number, texts: readonly Text[]): Promise<Map<string, MaskDecision[]>> {
    const decisions = await store.masks.decisionsOf(studyId, [...new Set(texts.map(({ publicId }) => publicId))]);
    return Map.groupBy(decisions, ({ sourceId, sourceVersion }) => `${sourceId} ${sourceVersion}`);
  }

  return {
    /** What is masked in each text, by `id version`. */
    spansOf: async (studyId: number, texts: readonly Text[]): Promise<Map<string, PersonalSpan[]>> => {
      const decisions = await decisionsOf(studyId, texts);
      return new Map(
        texts.map((one) => [keyOf(one), maskedSpans(one.text, decisions.get(keyOf(one))?.map(verdictOf))]),
      );
    },
    decisionsOf,

    /**
     * Keeps what somebody decided of a span: that it is not personal, or that it is to be hidden.
     *
     * @param span places in code points, or words, which are then meant wherever they stand
     * @param kind what a span hidden by hand is, where somebody says so
     * @throws Problem `invalid` when nothing stands there, or words too often; `not-found` when the words are gone
     */
    decide: async (
      source: SourceText,
      span: Span | { words: string },
      verdict: 'open' | 'masked',
      actor: Actor,
      kind: PersonalKind | null = null,
    ): Promise<void> => {
      if (source.erasedAt !== null) throw new Problem('not-found', 'The words are no longer there');
      const refuse = (title: string, detail: string): never => {
        throw new Problem('invalid', title, { errors: [{ pointer: '#/words', detail }] });
      };
      const places = 'words' in span ? placesOf(source.text, span.words.trim()) : [span];
      if (places.length === 0 || places.some((place) => sliceSpan(source.text, place) === null))
        return refuse('These words do not stand in the answer', 'Copy the words exactly as they stand in the answer');
      if (places.length > PLACES_MAX)
        return refuse(
          'These words stand in the answer too often',
          `They stand there more than ${PLACES_MAX} times. Copy more of the words around them`,
        );
      for (const { start, end } of places)
        await store.masks.decide(
          {
            studyId: source.studyId,
            sourceId: source.publicId,
            sourceVersion: source.version,
            spanStart: start,
            spanEnd: end,
            verdict,
            kind,
          },
          actor?.userId ?? null,
          now().toISOString(),
        );
    },
    /** Takes a decision about one of the sources back. @throws Problem `not-found` when it does not hold any more */
    undo: async (studyId: number, sources: readonly SourceText[], decision: string, actor: Actor): Promise<void> => {
      const ids = sources.map(({ publicId }) => publicId);
      if (!(await store.masks.undo(studyId, ids, decision, actor?.userId ?? null, now().toISOString())))
        throw new Problem('not-found', 'This decision does not hold any more');
    },

    /** Notes that somebody looked at words without masks. */
    viewed: (
      place: { studyId: number; surveyId: number | null },
      subject: string,
      reason: string,
      actor: Actor,
    ): Promise<void> =>
      store.masks.disclose({
        ...place,
        kind: 'view',
        subject,
        reason,
        userId: actor?.userId ?? null,
        at: now().toISOString(),
      }),
    /** Notes that a file without masks is taken out. @throws Problem `invalid` without a reason */
    exported: async (
      place: { studyId: number; surveyId: number | null },
      format: string,
      reason: string,
      actor: Actor,
    ): Promise<void> => {
      const said = cleanText(reason, 'note').text.trim();
      if (said === '' || said.length > REASON_LETTERS_MAX)
        throw new Problem('invalid', 'Say why personal data is to stand in the file', {
          errors: [
            { pointer: '#/reason', detail: `Enter a reason of at most ${REASON_LETTERS_MAX} characters; it is kept` },
          ],
        });
      await store.masks.disclose({
        ...place,
        kind: 'export',
        subject: format,
        reason: said,
        userId: actor?.userId ?? null,
        at: now().toISOString(),
      });
    },
  };
}
export type Masking = ReturnType<typeof maskingService>;

/** Every place of some words, and one more than may be. */
function placesOf(text: string, words: string): Span[] {
  const places: Span[] = [];
  for (let place = findSpan(text, words); place && places.length <= PLACES_MAX; ) {
    places.push(place);
    place = findSpan(text, words, places.length);
  }
  return places;
}

const verdictOf = ({ spanStart, spanEnd, verdict, kind }: MaskDecision): SpanVerdict => ({
  start: spanStart,
  end: spanEnd,
  verdict: verdict === 'open' ? 'open' : 'masked',
  kind: HIDDEN_KINDS.find((one) => one === kind) ?? null,
});
