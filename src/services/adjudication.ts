import { allMarked, isDisagreement, itemsOf, type RoundItem, type TakenRound } from '../coding/round-marks.ts';
import { isSealed, seal } from '../coding/seal.ts';
import { codePointLength, findSpan, type Span, sliceSpan } from '../coding/spans.ts';
import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import { joined } from '../stats/unitizing-alpha.ts';
import { ROUND_KIND, type StepWriter, type Turned } from '../store/coding-journal.ts';
import type { CodingRound, RoundDecision } from '../store/coding-rounds.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { SourceText } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import { type Codings, inShort } from './codings.ts';
import type { Actor, Context } from './context.ts';
import { maskingService } from './masking.ts';

export type DecisionForm = {
  sourceId: string;
  code: string;
  /** As one of the coders did, whatever any of them marked, not at all, or something else. */
  choice: 'coder' | 'all' | 'none' | 'other';
  coder: number | null;
  /** For something else: the words, empty for all of them, and another code, empty for the same. */
  words: string;
  otherCode: string;
};

/** An item of a round with what was decided of it. */
export type DecidedItem = RoundItem & { decision: RoundDecision | null };
export type RoundProgress = {
  disagreements: number;
  decided: number;
  alike: number;
  takenOver: number;
  isSettled: boolean;
};

/**
 * What is decided where coders disagree: it makes codings of a layer of its own, which count, while those of the coders
 * are kept and count no more. What was measured stays as it was.
 */
export function adjudicationService({ store, keys, now }: Context, codings: Codings) {
  const masking = maskingService({ store, now });

  async function decidedItems(round: CodingRound, taken: TakenRound): Promise<DecidedItem[]> {
    const decisions = new Map(
      (await store.codingRounds.decisions(round.id)).map((one) => [`${one.sourceId} ${one.codeId}`, one]),
    );
    return itemsOf(taken).map((item) => ({
      ...item,
      decision: decisions.get(`${taken.texts[item.text]!.sourceId} ${taken.codes[item.code]!.id}`) ?? null,
    }));
  }

  function progressOf(items: readonly DecidedItem[], { unit }: TakenRound): RoundProgress {
    const open = items.filter((item) => isDisagreement(item, unit));
    const alike = items.filter((item) => !isDisagreement(item, unit));
    const [decided, takenOver] = [open, alike].map((those) => those.filter(({ decision }) => decision !== null).length);
    return {
      disagreements: open.length,
      decided: decided!,
      alike: alike.length,
      takenOver: takenOver!,
      isSettled: decided === open.length && takenOver === alike.length,
    };
  }

  function takenOf(round: CodingRound): TakenRound {
    if (round.taken === null)
      throw new Problem('conflict', 'This round is still being coded', {
        detail: 'It can be decided on once all coders are done',
      });
    return JSON.parse(round.taken) as TakenRound;
  }

  /** The words as they stand, which must be those that were kept. */
  function readable(source: SourceText | undefined): SourceText {
    if (!source) throw new Problem('not-found', 'The words are no longer there', { detail: 'They were withdrawn' });
    if (!isSealed(keys.text, source.text, source.textHash))
      throw new Problem('conflict', 'The words are not those that were kept', { detail: 'Check the data folder' });
    return source;
  }

  /**
   * Where passages that were marked when the round was opened stand now: where the words were corrected since, where the
   * coder's own codings moved to.
   */
  async function placesNow(
    taken: TakenRound,
    item: RoundItem,
    source: SourceText,
    coders: readonly number[],
  ): Promise<Span[]> {
    if (source.version === taken.texts[item.text]!.version)
      return joined(coders.flatMap((coder) => item.marked[coder] ?? []));
    const rows = await ownRows(taken, item, source.studyId);
    const wanted = new Set(coders.map((coder) => taken.coders[coder]!.userId));
    const moved = rows.filter((row) => wanted.has(row.coderId) && row.sourceVersion === source.version);
    if (moved.length === 0)
      throw new Problem('conflict', 'These words were corrected meanwhile', {
        detail: 'Choose the words as they stand now',
      });
    return joined(moved.map((row) => ({ start: row.spanStart, end: row.spanEnd })));
  }

  const ownRows = (taken: TakenRound, item: RoundItem, studyId: number) =>
    store.codingRounds.codings(studyId, [taken.texts[item.text]!.sourceId], {
      coderIds: taken.coders.map(({ userId }) => userId),
      codeIds: [taken.codes[item.code]!.id],
    });

  type Making = {
    round: CodingRound;
    sourceId: string;
    codeId: number;
    choice: RoundDecision['choice'];
    coderId: number | null;
    made: { codeId: number; source: SourceText; spans: readonly Span[] } | null;
    replaced: readonly number[];
    before: RoundDecision | null;
    actor: Actor;
  };

  async function write(on: StepWriter, { round, before, replaced, made, actor, ...decision }: Making): Promise<void> {
    const at = now().toISOString();
    if (before) {
      await on.update('codingDecisions', before.id, { removedAt: at });
      for (const publicId of before.codings) {
        const coding = await on.db
          .selectFrom('codings')
          .select('id')
          .where('publicId', '=', publicId)
          .where('removedAt', 'is', null)
          .executeTakeFirst();
        if (coding) await on.update('codings', Number(coding.id), { removedAt: at, removedByHand: 1 });
      }
    }
    for (const id of replaced) await on.update('codings', id, { counts: 0 });
    const ids: string[] = [];
    for (const span of made?.spans ?? []) {
      const publicId = newPublicId();
      ids.push(publicId);
      await on.insert('codings', {
        studyId: round.studyId,
        publicId,
        codeId: made!.codeId,
        sourceId: made!.source.publicId,
        sourceVersion: made!.source.version,
        spanStart: span.start,
        spanEnd: span.end,
        spanHash: seal(keys.text, sliceSpan(made!.source.text, span) ?? ''),
        coderId: actor?.userId ?? null,
        layer: 'consensus',
        runId: null,
        createdAt: at,
        removedAt: null,
        counts: 1,
      });
    }
    await on.insert('codingDecisions', {
      studyId: round.studyId,
      roundId: round.id,
      ...decision,
      codings: JSON.stringify(ids),
      decidedBy: actor?.userId ?? null,
      decidedAt: at,
      removedAt: null,
    });
  }

  return {
    decidedItems,
    progressOf,

    /** The words of sources as they stand, with their masks; those that are gone, or are not what was kept, are not there. */
    words: async (study: Study, sourceIds: readonly string[]) => {
      const sources = (await store.codingRounds.standing(study.id, sourceIds)).filter(({ text, textHash }) =>
        isSealed(keys.text, text, textHash),
      );
      const masks = await masking.spansOf(study.id, sources);
      return new Map(
        sources.map((source) => [
          source.publicId,
          { source, masks: masks.get(`${source.publicId} ${source.version}`) ?? [] },
        ]),
      );
    },

    /**
     * Decides on a text and a code on which coders disagree, or decides anew.
     *
     * @throws Problem `invalid` for words that do not stand there or a choice that is none; `conflict` while the round is
     *   being coded; `not-found` when the words are gone
     */
    decide: async (study: Study, round: CodingRound, form: DecisionForm, actor: Actor): Promise<void> => {
      const taken = takenOf(round);
      const item = (await decidedItems(round, taken)).find(
        ({ text, code }) => taken.texts[text]!.sourceId === form.sourceId && taken.codes[code]!.publicId === form.code,
      );
      if (!item) throw new Problem('not-found', 'There is nothing to decide here', { detail: 'Go back to the round' });
      const refuse = (pointer: string, detail: string): never => {
        throw new Problem('invalid', 'This cannot be decided yet', { errors: [{ pointer, detail }] });
      };
      const source = readable((await store.codingRounds.standing(study.id, [form.sourceId]))[0]);
      const code = taken.codes[item.code]!;
      let put = code.id;
      let called = code.name;
      let spans: Span[] = [];
      const coder = taken.coders.findIndex(({ userId }) => userId === form.coder);
      if (form.choice === 'coder') {
        if (coder < 0) return refuse('#/choice', 'Choose whose coding stands');
        if ((item.marked[coder] ?? []).length > 0) spans = await placesNow(taken, item, source, [coder]);
      } else if (form.choice === 'all') {
        spans = await placesNow(taken, item, source, taken.coders.keys().toArray());
      } else if (form.choice === 'other') {
        if (form.otherCode !== '' && form.otherCode !== code.publicId) {
          const other = await store.notes.findCode(study.id, form.otherCode);
          if (!other || other.retiredAt !== null || other.isCodable === 0)
            return refuse('#/otherCode', 'Choose a code of this study');
          put = Number(other.id);
          called = other.name;
        }
        const words = cleanText(form.words, 'transcript').text.trim();
        const span = words === '' ? { start: 0, end: codePointLength(source.text) } : findSpan(source.text, words);
        if (!span)
          return refuse('#/words', 'Copy the words exactly as they stand there, or leave this empty for all of them');
        spans = [span];
      } else if (form.choice !== 'none') return refuse('#/choice', 'Choose what stands');
      const rows = await ownRows(taken, item, study.id);
      const words = spans[0] ? sliceSpan(source.text, spans[0]) : null;
      await codings.step(
        study,
        actor,
        ROUND_KIND,
        words === null ? `“${called}” left out by consensus` : `“${called}” by consensus on “${inShort(words)}”`,
        (on) =>
          write(on, {
            round,
            sourceId: form.sourceId,
            codeId: code.id,
            choice: form.choice,
            coderId: form.choice === 'coder' ? form.coder : null,
            made: spans.length > 0 ? { codeId: put, source, spans } : null,
            replaced: rows.map(({ id }) => id),
            before: item.decision,
            actor,
          }),
      );
    },

    /**
     * Takes over everything on which coders agree, in one step: what they marked, whether to the letter or not. What only
     * one of them has read, and codes that the round does not compare, count from then on as they were coded.
     *
     * @returns how many passages were taken over
     */
    takeOver: async (study: Study, round: CodingRound, actor: Actor): Promise<number> => {
      const taken = takenOf(round);
      const items = (await decidedItems(round, taken)).filter(
        (item) => !isDisagreement(item, taken.unit) && item.decision === null,
      );
      const ids = taken.texts.map(({ sourceId }) => sourceId);
      const standing = new Map((await store.codingRounds.standing(study.id, ids)).map((one) => [one.publicId, one]));
      const everyCode = (await store.notes.codes(study.id)).map(({ id }) => Number(id));
      const rows = await store.codingRounds.codings(study.id, ids, {
        coderIds: taken.coders.map(({ userId }) => userId),
        codeIds: [...new Set([...everyCode, ...taken.codes.map(({ id }) => id)])],
      });
      const rowsOf = Map.groupBy(rows, ({ sourceId, codeId }) => `${sourceId} ${codeId}`);
      const compared = new Set(taken.codes.map(({ id }) => id));
      const decided = await store.codingRounds.decidedPlaces(study.id);
      let count = 0;
      await codings.step(study, actor, ROUND_KIND, `What all agree on in “${round.name}”`, async (on) => {
        for (const item of items) {
          const text = taken.texts[item.text]!;
          const code = taken.codes[item.code]!;
          const own = rowsOf.get(`${text.sourceId} ${code.id}`) ?? [];
          const source = standing.get(text.sourceId);
          if (item.kind === 'single') {
            for (const row of own) await on.update('codings', row.id, { counts: 1 });
          }
          const spans =
            source?.version === text.version
              ? allMarked(item)
              : joined(
                  own
                    .filter((row) => row.sourceVersion === source?.version)
                    .map((row) => ({ start: row.spanStart, end: row.spanEnd })),
                );
          const isMade =
            item.kind !== 'single' && source !== undefined && isSealed(keys.text, source.text, source.textHash);
          await write(on, {
            round,
            sourceId: text.sourceId,
            codeId: code.id,
            choice: 'alike',
            coderId: null,
            made: isMade && spans.length > 0 ? { codeId: code.id, source, spans } : null,
            replaced: item.kind === 'single' ? [] : own.map(({ id }) => id),
            before: null,
            actor,
          });
          count += 1;
        }
        // What nobody compares would wait for ever.
        for (const row of rows)
          if (row.counts === 0 && !compared.has(row.codeId) && !decided.has(`${row.sourceId} ${row.codeId}`))
            await on.update('codings', row.id, { counts: 1 });
      });
      return count;
    },

    /** What would be taken back next, if it was a decision; null else. */
    undoable: (study: Study, actor: Actor): Promise<{ id: number; label: string } | null> =>
      store.codingJournal.lastDecision(study.id, actor?.userId ?? null),
    /** Takes back the last decision of somebody, where it is the last that they did. @throws Problem `conflict` otherwise */
    undo: async (study: Study, actor: Actor): Promise<Turned> => {
      const last = await store.codingJournal.lastDecision(study.id, actor?.userId ?? null);
      if (!last)
        throw new Problem('conflict', 'There is no decision of yours to take back', {
          detail:
            'What you did last was something else: take that back on the page where you code, or decide anew here',
        });
      return store.codingJournal.undo(study.id, actor?.userId ?? null, now().toISOString(), last.id, true);
    },
  };
}
export type Adjudication = ReturnType<typeof adjudicationService>;
