import { seal } from '../../coding/seal.ts';
import { QUOTES } from '../../model/feedback.ts';
import { maskText } from '../../privacy/mask-text.ts';
import { maskedSpans, type SpanVerdict } from '../../privacy/overlay.ts';
import type { TaskContext } from '../analysis-thread.ts';
import { readTexts } from './spoken-texts.ts';
import { readColumns } from './survey-columns.ts';

/** Words to be sent, masked, with how many answers say exactly them. */
export type TextToEmbed = { textHash: string; sentHash: string; sourceId: string; words: string; answers: number };
export type TextsToEmbed = {
  answers: number;
  /** Answers that may leave. */
  mayLeave: number;
  /** Those of them whose vectors are kept from before. */
  kept: number;
  /** The length of vectors that are kept; null where there are none. */
  dimensions: number | null;
  toSend: TextToEmbed[];
};

/** Models read the beginning of a text, and no further than some hundred words. */
const CHARACTERS_MAX = 2_000;

/**
 * What an embeddings server is to be asked about the answers to an item: the words of those who agreed to be quoted, with
 * masks over what is personal, in the order of the words, without those that the maker has been asked before.
 */
export async function textsToEmbedTask(
  { store, textKey }: TaskContext,
  args: { studyId: number; surveyId: number; item: string; maker: string },
): Promise<TextsToEmbed> {
  const columns = await readColumns(store, args, [args.item]);
  const { texts } = await readTexts({ store, textKey }, args, columns);
  const purposes = new Map(columns.responses.map(({ publicId, purposes: given }) => [publicId, given]));
  const leaving = texts.filter(
    ({ subjectId, text }) =>
      text.trim() !== '' && (JSON.parse(purposes.get(subjectId) ?? '[]') as string[]).includes(QUOTES),
  );
  const wordings = Map.groupBy(leaving, ({ textHash }) => textHash);
  const hidden = await hiddenByHand(store, args.studyId, leaving);
  const known = await store.textVectors.find(args.studyId, args.maker, [...wordings.keys()]);
  const all = [...wordings].map(([textHash, [first, ...others]]): TextToEmbed => {
    const { publicId, text } = first!;
    // What anybody hid in these words is hidden; what somebody called not personal stays hidden as well.
    const spans = maskedSpans(text, hidden.get(textHash));
    const words = [...maskText(text, spans)].slice(0, CHARACTERS_MAX).join('');
    return { textHash, sentHash: seal(textKey, words), sourceId: publicId, words, answers: 1 + others.length };
  });
  const toSend = all.filter(({ textHash, sentHash }) => known.get(textHash)?.sentHash !== sentHash);
  return {
    answers: texts.length,
    mayLeave: leaving.length,
    kept: leaving.length - toSend.reduce((sum, { answers }) => sum + answers, 0),
    dimensions: [...known.values()][0]?.vector.length ?? null,
    toSend,
  };
}

/** What researchers hid by hand, by the seal of the words it stands in. */
async function hiddenByHand(
  store: TaskContext['store'],
  studyId: number,
  texts: readonly { publicId: string; version: number; textHash: string }[],
): Promise<Map<string, SpanVerdict[]>> {
  const hashes = new Map(texts.map(({ publicId, version, textHash }) => [`${publicId} ${version}`, textHash]));
  const decisions = await store.masks.decisionsOf(
    studyId,
    texts.map(({ publicId }) => publicId),
  );
  const hidden = new Map<string, SpanVerdict[]>();
  for (const { sourceId, sourceVersion, spanStart, spanEnd, verdict } of decisions) {
    const textHash = hashes.get(`${sourceId} ${sourceVersion}`);
    if (textHash === undefined || verdict !== 'masked') continue;
    hidden.set(textHash, [...(hidden.get(textHash) ?? []), { start: spanStart, end: spanEnd, verdict: 'masked' }]);
  }
  return hidden;
}
