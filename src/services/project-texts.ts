import { isSealed } from '../coding/seal.ts';
import { guidOf } from '../exchange/refi-qda/guid.ts';
import { type LaidTurn, type Layout, layOut } from '../exchange/refi-qda/layout.ts';
import { usesOf } from '../model/consent.ts';
import { Problem } from '../model/problem.ts';
import type { Audience } from '../privacy/audience.ts';
import type { PersonalSpan } from '../privacy/mask-text.ts';
import type { Interview, SourceText } from '../store/notes.ts';
import type { Context } from './context.ts';
import type { Evidence } from './evidence.ts';
import type { Masking } from './masking.ts';

/** Who is to read the words, and whether what is personal stands in them: `open` is for the study's own people alone. */
export type TextView = Audience | 'open';
export type ExchangedText = {
  kind: 'interview' | 'response';
  subjectId: string;
  guid: string;
  /** The turns in the order they are laid out, as they are kept. */
  sources: SourceText[];
  speakers: (string | null)[];
  layout: Layout;
  masked: number;
  /** How many notes were taken beside the words; they are no words of whoever was interviewed. */
  notes: number;
};
/** Why a text does not go out. */
export type NoText = 'withdrawn' | 'not agreed' | 'no words';

const placeOf = ({ publicId, version }: SourceText) => `${publicId} ${version}`;
const KINDS_LAID: readonly string[] = ['turn', 'moment', 'answer'];

/** Interviews and responses as whole texts, the way other programs read them, for one audience or another. */
export function projectTexts(
  { store, keys, now }: Context,
  { masking, evidence }: { masking: Masking; evidence: Evidence },
) {
  /** What lies over the words of each source; null where the audience may not read them. */
  async function masksFor(
    studyId: number,
    sources: readonly SourceText[],
    view: TextView,
  ): Promise<Map<string, readonly PersonalSpan[] | null>> {
    if (view === 'open') return new Map(sources.map((source) => [placeOf(source), []]));
    const found = await masking.spansOf(studyId, sources);
    return view === 'internal' ? found : evidence.hiddenOf(studyId, sources, found, view);
  }

  function lay(
    about: Pick<ExchangedText, 'kind' | 'subjectId' | 'guid'>,
    sources: readonly SourceText[],
    masks: ReadonlyMap<string, readonly PersonalSpan[] | null>,
    view: TextView,
    speakerOf: (source: SourceText) => string | null,
    participant: string | null = null,
  ): ExchangedText | NoText {
    const words = sources.filter(({ kind, text }) => KINDS_LAID.includes(kind) && text.trim() !== '');
    if (words.length === 0) return 'no words';
    for (const source of words)
      if (!isSealed(keys.text, source.text, source.textHash))
        throw new Problem('conflict', 'Some words are not those that were kept, so nothing is exported', {
          detail: `Text ${source.publicId} of ${source.subjectId}: its seal is broken. Bring back a copy from before it was changed`,
        });
    const readable = words.filter((source) => masks.get(placeOf(source)) !== null);
    if (readable.length === 0) return 'not agreed';
    const speakers = readable.map((source) =>
      view === 'client' || view === 'public'
        ? source.kind === 'answer'
          ? speakerOf(source)
          : evidence.speakerFor(source, participant)
        : speakerOf(source),
    );
    const turns = readable.map(
      (source, index): LaidTurn => ({
        kind: source.kind === 'moment' ? 'moment' : source.kind === 'answer' ? 'answer' : 'turn',
        speaker: speakers[index] ?? null,
        text: source.text,
        startMs: source.startMs === null ? null : Number(source.startMs),
        endMs: source.endMs === null ? null : Number(source.endMs),
        isDraft: source.isDraft === 1,
        masks: masks.get(placeOf(source)) ?? [],
      }),
    );
    return {
      ...about,
      sources: readable,
      speakers,
      layout: layOut(turns),
      notes: sources.filter(({ kind }) => kind === 'note').length,
      masked: turns.filter(({ masks: over }) => over.length > 0).length,
    };
  }

  return {
    guidOfInterview: (interview: Pick<Interview, 'guid' | 'publicId'>): string =>
      interview.guid ?? guidOf(interview.publicId),

    /** An interview as one text; or why it does not go out to that audience. */
    interview: async (interview: Interview, view: TextView): Promise<ExchangedText | NoText> => {
      const { studyId, publicId } = interview;
      const consents = await store.consents.latestOf(studyId, [publicId]);
      const uses = usesOf(consents.get(publicId) ?? null, now().toISOString().slice(0, 10));
      if (!uses.includes('analysis')) return 'withdrawn';
      const sources = (await store.notes.sourcesOf(studyId, publicId)).filter(({ erasedAt }) => erasedAt === null);
      const masks = await masksFor(studyId, sources, view);
      const guid = interview.guid ?? guidOf(publicId);
      const about = { kind: 'interview' as const, subjectId: publicId, guid };
      return lay(about, sources, masks, view, ({ speaker }) => speaker, interview.participant);
    },

    /** The words of a response as one text, each answer under what was asked. */
    response: async (
      subjectId: string,
      answers: readonly SourceText[],
      view: TextView,
      askedIn: (item: string) => string,
    ): Promise<ExchangedText | NoText> => {
      const studyId = answers[0]?.studyId ?? 0;
      const masks = await masksFor(studyId, answers, view);
      const about = { kind: 'response' as const, subjectId, guid: guidOf(subjectId) };
      return lay(about, answers, masks, view, ({ item }) => askedIn(item));
    },
  };
}
export type ProjectTexts = ReturnType<typeof projectTexts>;
