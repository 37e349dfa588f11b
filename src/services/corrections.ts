import { applyEdits, areEdits, type Edit, isTouched, mapSpan } from '../coding/offset-map.ts';
import { seal } from '../coding/seal.ts';
import { codePointLength, type Span, sliceSpan } from '../coding/spans.ts';
import { wordDiff } from '../coding/word-diff.ts';
import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import { type FollowSpan, StaleCorrection } from '../store/corrections.ts';
import type { SourceText } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';

export const CORRECTION_REASON_MAX = 500;

/** A coding that a correction touches or loses, in the words it had and has. */
export type FollowedCoding = {
  publicId: string;
  code: string;
  before: string;
  /** Null where nothing of its words is left. */
  after: string | null;
};
export type CorrectionPreview = {
  edits: Edit[];
  /** Codes of which no word changes wherever they stand. */
  untouched: number;
  moved: FollowedCoding[];
  lost: FollowedCoding[];
};

/** Corrections of transcripts and notes: what was written down wrongly, never what somebody answered. */
export function correctionService({ store, keys, now }: Context) {
  /** The version that stands of a text that may be corrected. @throws Problem `not-found`, `conflict` */
  async function standing(study: Pick<Study, 'id'>, sourceId: string, version: number): Promise<SourceText> {
    const source = await store.notes.findSource(study.id, sourceId, version);
    if (!source || source.erasedAt !== null) throw new Problem('not-found', 'The words are no longer there');
    if (source.kind === 'answer')
      throw new Problem('invalid', 'An answer stays as it was written', {
        detail: 'Whoever gave it can correct it with their receipt',
      });
    if (source.supersededAt !== null) throw changedMeanwhile();
    return source;
  }

  const followed = (text: string, edits: readonly Edit[]): FollowSpan => {
    const corrected = applyEdits(text, edits);
    return (span: Span) => {
      const to = mapSpan(span, edits);
      const words = to && sliceSpan(corrected, to);
      // White space that is left over of words that went carries no code.
      if (!to || words === null || words.trim() === '') return null;
      return { spanStart: to.start, spanEnd: to.end, spanHash: seal(keys.text, words) };
    };
  };

  async function look(source: SourceText, edits: readonly Edit[]): Promise<CorrectionPreview> {
    const corrected = applyEdits(source.text, edits);
    const follow = followed(source.text, edits);
    const preview: CorrectionPreview = { edits: [...edits], untouched: 0, moved: [], lost: [] };
    const untouched = new Set<string>();
    for (const { publicId, codeName, spanStart, spanEnd } of await store.corrections.codingsOn(source)) {
      const span = { start: spanStart, end: spanEnd };
      const to = follow(span);
      const before = sliceSpan(source.text, span) ?? '';
      if (!to) preview.lost.push({ publicId, code: codeName, before, after: null });
      else if (!isTouched(span, edits)) untouched.add(codeName);
      else {
        const after = sliceSpan(corrected, { start: to.spanStart, end: to.spanEnd });
        preview.moved.push({ publicId, code: codeName, before, after });
      }
    }
    for (const { code } of [...preview.moved, ...preview.lost]) untouched.delete(code);
    preview.untouched = untouched.size;
    return preview;
  }

  /** Words typed in the place of a text. @throws Problem `invalid` when there are none, too many, or the same */
  function readWords(source: SourceText, typed: string): Edit[] {
    const cleaned = cleanText(typed, 'transcript');
    const refuse = (detail: string): never => {
      throw new Problem('invalid', 'There is something to look at', { errors: [{ pointer: '#/text', detail }] });
    };
    if (cleaned.text.trim() === '') refuse('Enter the words as they were said');
    if (cleaned.isTooLong) refuse(`This has ${cleaned.length} characters, which is too long. Shorten it`);
    const edits = wordDiff(source.text, cleaned.text);
    if (edits.length === 0) refuse('These are the words that stand there already. Change them, or cancel');
    return edits;
  }

  return {
    standing,

    /**
     * What a correction would change: which words, which codings go along, and which lose their words.
     *
     * @throws Problem `invalid` for words that cannot be kept, `conflict` when they were corrected meanwhile
     */
    preview: async (
      study: Pick<Study, 'id'>,
      sourceId: string,
      version: number,
      typed: string,
    ): Promise<CorrectionPreview> => {
      const source = await standing(study, sourceId, version);
      return look(source, readWords(source, typed));
    },

    /**
     * Puts a corrected version in the place of the one that stands, with all that points into it.
     *
     * @param edits in code points of the version that stands
     * @param lost the public ids of the codings that are known to lose their words
     * @throws Problem `invalid` for edits or a reason that do not fit; `conflict` when the words were corrected meanwhile,
     *   or others lose their code than those known
     */
    correct: async (
      study: Pick<Study, 'id'>,
      sourceId: string,
      version: number,
      edits: readonly Edit[],
      reason: string,
      actor: Actor,
      lost: readonly string[] = [],
    ): Promise<{ version: number; moved: number }> => {
      const source = await standing(study, sourceId, version);
      if (edits.length === 0 || !areEdits(edits, codePointLength(source.text)))
        throw new Problem('invalid', 'These edits do not fit the words that stand there');
      const why = cleanText(reason, 'line').text.trim();
      if (codePointLength(why) > CORRECTION_REASON_MAX)
        throw new Problem('invalid', 'There is something to look at', {
          errors: [{ pointer: '#/reason', detail: `Shorten the reason to ${CORRECTION_REASON_MAX} characters` }],
        });
      const text = applyEdits(source.text, edits);
      const place =
        source.kind === 'turn' ? `turn ${source.position}` : source.kind === 'note' ? 'a note' : 'the moment';
      try {
        return await store.corrections.apply(
          {
            source,
            text,
            textHash: seal(keys.text, text),
            edits,
            reason: why,
            label: `Words of ${place} corrected`,
            lost,
            actorId: actor?.userId ?? null,
          },
          followed(source.text, edits),
          (span) => isTouched(span, edits),
          now().toISOString(),
        );
      } catch (error) {
        if (!(error instanceof StaleCorrection)) throw error;
        if (error.what === 'text') throw changedMeanwhile();
        throw new Problem('conflict', 'Codes were put here or taken away meanwhile', {
          detail: 'Look at what would be lost, and save again',
        });
      }
    },

    /** The versions of a text and what was corrected from one to the next, the latest first, and codings that were lost. */
    history: async (study: Pick<Study, 'id'>, sourceId: string) => {
      const versions = await store.notes.versionsOf(study.id, sourceId);
      const patches = await store.corrections.patchesOf(study.id, sourceId);
      const named = await store.corrections.codingsNamed(
        study.id,
        patches.flatMap(({ lost }) => lost),
      );
      return {
        versions,
        patches: patches.map((patch) => ({
          ...patch,
          before: versions.find(({ version }) => version === patch.fromVersion)?.text ?? '',
          lost: patch.lost.flatMap((id) => named.find(({ publicId }) => publicId === id) ?? []),
        })),
      };
    },
  };
}
export type Corrections = ReturnType<typeof correctionService>;

const changedMeanwhile = () =>
  new Problem('conflict', 'Somebody corrected these words meanwhile', {
    detail: 'What stands there now is shown below, beside what you typed. Take over what is right, and save again',
  });
