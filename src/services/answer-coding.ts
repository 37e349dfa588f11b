import { isSealed, seal } from '../coding/seal.ts';
import { codePointLength, type Span, sliceSpan } from '../coding/spans.ts';
import { Problem } from '../model/problem.ts';
import { maskText, type PersonalSpan } from '../privacy/mask-text.ts';
import type { AnswerFrame, GridFilter, GridRow, GridSuggestion } from '../store/answer-grid.ts';
import { allCodes } from '../store/codebook.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { Code } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import { type Codings, inShort } from './codings.ts';
import type { Actor, Context } from './context.ts';
import { maskingService } from './masking.ts';

/** A code put on an answer or taken off; on some of its words where a span is given. */
export type AnswerChange = {
  sourceId: string;
  version: number;
  code: string;
  isOn: boolean;
  span: Span | null;
};
/** A stretch of an answer as it is shown; `start` and `end` are where it stands in what was said. */
export type ShownPiece = { text: string; start: number; end: number; isMasked: boolean };
export type CodedAnswer = GridRow & {
  pieces: ShownPiece[];
  /** `words` where only some of the answer bears the code. */
  codings: { publicId: string; codeId: number; words: string | null; layer: string }[];
  suggestions: GridSuggestion[];
};

const CHANGES_MAX = 2000;

/** Coding the answers to one open question in rows. */
export function answerCodingService(context: Pick<Context, 'store' | 'keys' | 'now' | 'thread'>, codings: Codings) {
  const { store, keys, now, thread } = context;
  const masking = maskingService(context);

  /** Rows with their words as they may be shown, what they bear, and what is proposed for them. */
  async function withCodes(study: Study, rows: readonly GridRow[], viewer: number | null): Promise<CodedAnswer[]> {
    const whole = rows.filter(({ text, textHash }) => isSealed(keys.text, text, textHash));
    const sources = whole.map(({ sourceId, version, text }) => ({ publicId: sourceId, version, text }));
    const masks = await masking.spansOf(study.id, sources);
    const ids = whole.map(({ sourceId }) => sourceId);
    const put = Map.groupBy(
      await store.notes.codings(study.id, { sourceIds: ids, viewer, withOwn: true }),
      ({ sourceId }) => sourceId,
    );
    const proposed = Map.groupBy(await store.answerGrid.suggestions(study.id, ids, viewer), ({ sourceId }) => sourceId);
    return whole.map((row) => {
      const over = masks.get(`${row.sourceId} ${row.version}`) ?? [];
      const length = codePointLength(row.text);
      const own = (put.get(row.sourceId) ?? []).filter(({ sourceVersion }) => sourceVersion === row.version);
      return {
        ...row,
        pieces: shownPieces(row.text, over),
        codings: own.map(({ publicId, codeId, spanStart, spanEnd, layer }) => ({
          publicId,
          codeId: Number(codeId),
          layer,
          words:
            spanStart === 0 && spanEnd === length ? null : maskText(row.text, over, { start: spanStart, end: spanEnd }),
        })),
        suggestions: (proposed.get(row.sourceId) ?? []).filter(
          ({ codeId }) => !own.some((one) => Number(one.codeId) === Number(codeId)),
        ),
      };
    });
  }

  return {
    withCodes,
    /** How many answers a question has and how many bear which code, counted beside the server. */
    frame: (
      surveyId: number,
      item: string,
      filter: GridFilter,
      gathering: ReadonlyMap<number, ReadonlySet<number>>,
    ): Promise<AnswerFrame> =>
      thread.ask('answerFrame', { surveyId, item, filter: { ...filter, coded: 'any' }, gathering }),
    /** A page of answers with what they bear. */
    page: async (study: Study, surveyId: number, item: string, filter: GridFilter, afterId: number, limit: number) => {
      const rows = await store.answerGrid.page(surveyId, item, filter, afterId, limit + 1);
      const shown = rows.slice(0, limit);
      return {
        rows: await withCodes(study, shown, filter.viewer),
        next: rows.length > limit ? (shown.at(-1)?.responseId ?? null) : null,
      };
    },

    /**
     * Puts codes on answers and takes codes off, all in one step. What is there already is not put twice, and what is gone is
     * not taken off twice, so that two who do the same at once do it once. Whoever codes an answer blind meets their own codes
     * only; what they put on it does not count yet, and the answer is read.
     *
     * @returns how many codings came and went
     * @throws Problem `conflict` when a code or the words are no longer there, `invalid` for a code that only gathers others
     */
    mark: async (
      study: Study,
      changes: readonly AnswerChange[],
      actor: Actor,
    ): Promise<{ added: number; removed: number }> => {
      if (changes.length > CHANGES_MAX)
        throw new Problem('too-large', 'These are too many changes at once', { detail: 'Save them page by page' });
      if (changes.length === 0) return { added: 0, removed: 0 };
      const sources = new Map(
        (await store.notes.findSources(study.id, [...new Set(changes.map(({ sourceId }) => sourceId))])).map(
          (source) => [`${source.publicId} ${source.version}`, source],
        ),
      );
      const known = new Map((await store.codebook.all(study.id)).map((code) => [code.publicId, code]));
      const at = now().toISOString();
      const blind = actor
        ? await store.codingRounds.blindAnswers(
            actor.userId,
            [...sources.values()].map(({ publicId }) => publicId),
          )
        : [];
      const isBlind = new Set(blind.map(({ sourceId }) => sourceId));
      const made = await codings.step(study, actor, 'code', labelOf(changes, known, sources), async (write) => {
        const codes = new Map((await allCodes(write.db, study.id)).map((code) => [code.publicId, code]));
        let [added, removed] = [0, 0];
        for (const { sourceId, version, code: codeId, isOn, span } of changes) {
          const code = codes.get(codeId);
          if (!code || code.retiredAt !== null)
            throw new Problem('conflict', 'This code was taken out of the codebook meanwhile', {
              detail: 'Load the page again',
            });
          if (isOn && code.isCodable === 0)
            throw new Problem('invalid', `“${code.name}” only gathers codes`, {
              errors: [{ pointer: '#/code', detail: 'Choose one of the codes under it' }],
            });
          const source = sources.get(`${sourceId} ${version}`);
          if (!source || source.erasedAt !== null || source.supersededAt !== null)
            throw new Problem('conflict', 'This answer was changed or withdrawn meanwhile', {
              detail: 'Load the page again',
            });
          const place = span ?? { start: 0, end: codePointLength(source.text) };
          const words = sliceSpan(source.text, place);
          if (words === null || place.end <= place.start)
            throw new Problem('invalid', 'These words do not stand in the answer');
          let standing = write.db
            .selectFrom('codings')
            .selectAll()
            .where('codeId', '=', code.id)
            .where('sourceId', '=', sourceId)
            .where('sourceVersion', '=', version)
            .where('removedAt', 'is', null);
          standing = isBlind.has(sourceId)
            ? standing.where('coderId', '=', actor?.userId ?? null)
            : standing.where('counts', '=', 1);
          const there = await standing.execute();
          const isSame = (one: Span) => one.start === place.start && one.end === place.end;
          const same = there.filter(({ spanStart, spanEnd }) => isSame({ start: spanStart, end: spanEnd }));
          if (isOn && same.length === 0) {
            added += 1;
            await write.insert('codings', {
              studyId: study.id,
              publicId: newPublicId(),
              codeId: code.id,
              sourceId,
              sourceVersion: version,
              spanStart: place.start,
              spanEnd: place.end,
              spanHash: seal(keys.text, words),
              coderId: actor?.userId ?? null,
              layer: 'human',
              runId: null,
              createdAt: at,
              removedAt: null,
              counts: isBlind.has(sourceId) ? 0 : 1,
            });
          }
          // A code taken off an answer goes from all its words; one taken off a stretch goes from that stretch.
          for (const coding of isOn ? [] : span ? same : there) {
            removed += 1;
            await write.update('codings', coding.id, { removedAt: at, removedByHand: 1 });
          }
        }
        return { added, removed };
      });
      for (const [roundId, texts] of Map.groupBy(blind, (text) => text.roundId))
        await store.codingRounds.markRead(
          roundId,
          actor?.userId ?? 0,
          texts.map(({ sourceId }) => sourceId),
          at,
        );
      return made;
    },
  };
}
export type AnswerCoding = ReturnType<typeof answerCodingService>;

/** What a step is called in the list of what was done. */
function labelOf(
  changes: readonly AnswerChange[],
  codes: ReadonlyMap<string, Code>,
  sources: ReadonlyMap<string, { text: string }>,
): string {
  const [first] = changes;
  if (!first || changes.length > 1) return `Codes on ${changes.length} answers`;
  const name = codes.get(first.code)?.name ?? 'a code';
  const text = sources.get(`${first.sourceId} ${first.version}`)?.text ?? '';
  const words = inShort((first.span && sliceSpan(text, first.span)) ?? text);
  return first.isOn ? `“${name}” on “${words}”` : `“${name}” off “${words}”`;
}

/** A text cut where masks lie over it, so that places in what is shown can be told from places in what was said. */
export function shownPieces(text: string, masks: readonly PersonalSpan[]): ShownPiece[] {
  const length = codePointLength(text);
  const pieces: ShownPiece[] = [];
  const add = (start: number, end: number, isMasked: boolean) => {
    if (end > start) pieces.push({ text: maskText(text, isMasked ? masks : [], { start, end }), start, end, isMasked });
  };
  let next = 0;
  for (const { start, end } of [...masks].sort((a, b) => a.start - b.start)) {
    if (start < next) continue;
    add(next, start, false);
    add(start, Math.min(end, length), true);
    next = Math.min(end, length);
  }
  add(next, length, false);
  return pieces;
}
