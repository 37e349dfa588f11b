import { seal } from '../coding/seal.ts';
import { codePointLength, findSpan, type Span, sliceSpan } from '../coding/spans.ts';
import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import { codeFor, partsOf } from '../store/codebook.ts';
import type { StepWriter, Turned } from '../store/coding-journal.ts';
import { holdSubject } from '../store/held-interview.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { Coding, SourceText } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';

export type Passage = { sourceId: string; version: number; start: number | null; end: number | null; words: string };
/** A code that is there, or the name of one to be made. */
export type CodeChoice = { publicId: string | null; name: string; definition: string; direction?: string };

const readDirection = (direction: string): 'for' | 'against' | null =>
  direction === 'for' || direction === 'against' ? direction : null;

/** Enough of a passage to know it by in a list of what was done. */
export const inShort = (words: string): string => {
  const line = words.replace(/\s+/g, ' ').trim();
  const points = [...line];
  return points.length > 60 ? `${points.slice(0, 59).join('')}…` : line;
};

/** @throws Problem `conflict` when what has an id already is of another study or another person */
export function insistOwn(
  study: Pick<Study, 'id'>,
  actor: Actor,
  { studyId, by }: { studyId: number; by: number | null },
): void {
  if (Number(studyId) === Number(study.id) && by === (actor?.userId ?? null)) return;
  throw new Problem('conflict', 'This id is taken', { detail: 'Send it again under an id that was never used' });
}

/** The codes that researchers put on words: each step of it can be taken back and done again. */
export function codingService({ store, keys, now }: Context) {
  const step = <Value>(
    study: Pick<Study, 'id'>,
    actor: Actor,
    kind: string,
    label: string,
    make: (write: StepWriter) => Promise<Value>,
  ): Promise<Value> =>
    store.codingJournal.step(
      { studyId: study.id, actorId: actor?.userId ?? null, kind, label },
      now().toISOString(),
      make,
    );

  /** The words of a source that a passage names. @throws Problem when they do not stand there */
  async function readPassage(
    study: Pick<Study, 'id'>,
    passage: Passage,
  ): Promise<{ source: SourceText; span: Span; words: string }> {
    const source = await store.notes.findSource(study.id, passage.sourceId, passage.version);
    if (!source || source.erasedAt !== null) throw new Problem('not-found', 'The words are no longer there');
    if (source.supersededAt !== null)
      throw new Problem('conflict', 'These words were corrected meanwhile', {
        detail: 'Load the page again: it shows them as they stand now',
      });
    const words = cleanText(passage.words, 'transcript').text.trim();
    const span =
      passage.start !== null && passage.end !== null
        ? { start: passage.start, end: passage.end }
        : words === ''
          ? { start: 0, end: codePointLength(source.text) }
          : findSpan(source.text, words);
    const marked = span && sliceSpan(source.text, span);
    if (!span || marked === null) {
      throw new Problem('invalid', 'These words do not stand in the turn chosen', {
        errors: [
          {
            pointer: '#/words',
            detail: 'Copy the words exactly as they stand there, or leave this empty to code the whole turn',
          },
        ],
      });
    }
    return { source, span, words: marked };
  }

  async function findCoding(study: Pick<Study, 'id'>, publicId: string): Promise<Coding> {
    const coding = await store.notes.findCoding(study.id, publicId);
    if (!coding) throw new Problem('not-found', 'This passage is no longer coded');
    return coding;
  }

  const codeOf = async (coding: Coding): Promise<string> =>
    (await store.notes.codeById(coding.codeId))?.name ?? 'a code that is gone';

  /**
   * Puts a code on words: given by their place, or by the words themselves as they stand in a turn. A passage that runs
   * over several turns is given part by part.
   *
   * @param how `ids`: what the parts are to be called, so that what is sent twice is coded once; `counts`: false while
   *   the code is a blind coder's own
   * @returns what was made; of what was sent before under the same ids, what still stands
   * @throws Problem `invalid` when the words do not stand there, `conflict` when they were corrected meanwhile or an id
   *   is that of somebody else's coding
   */
  async function codeParts(
    study: Pick<Study, 'id'>,
    passages: readonly Passage[],
    code: CodeChoice,
    actor: Actor,
    how: { ids?: readonly string[]; counts?: boolean } = {},
  ): Promise<Coding[]> {
    const ids = (how.ids ?? []).slice(0, passages.length);
    if (new Set(ids).size < ids.length) throw new Problem('invalid', 'Each part of a passage needs an id of its own');
    const known = await store.notes.codingsCalled(ids);
    for (const { studyId, coderId } of known) insistOwn(study, actor, { studyId, by: coderId });
    if (known.length > 0) return known.filter(({ removedAt }) => removedAt === null);
    const parts = await Promise.all(passages.map((passage) => readPassage(study, passage)));
    const [first] = parts;
    if (!first) throw new Problem('invalid', 'Choose words first');
    const chosen = code.publicId === null ? null : await store.notes.findCode(study.id, code.publicId);
    const name = cleanText(code.name, 'name');
    if ((!chosen || chosen.retiredAt !== null) && (name.text.trim() === '' || name.isTooLong)) {
      throw new Problem('invalid', 'Name the code', {
        errors: [
          { pointer: '#/name', detail: 'Choose a code, or enter a name of at most 200 characters for a new one' },
        ],
      });
    }
    const at = now().toISOString();
    const called = chosen?.name ?? name.text.trim();
    const passage = parts.length > 1 ? newPublicId() : null;
    return step(study, actor, 'code', `“${called}” on “${inShort(first.words)}”`, async (write) => {
      for (const id of new Set(parts.map(({ source }) => source.publicId)))
        await holdSubject(write.db, study.id, { kind: 'source', id });
      const definition = cleanText(code.definition, 'note').text.trim();
      const put = chosen?.retiredAt === null ? chosen : await codeFor(write, study.id, called, definition, at);
      const made: Coding[] = [];
      for (const [index, { source, span, words }] of parts.entries())
        made.push(
          await write.insert('codings', {
            studyId: study.id,
            publicId: ids[index] ?? newPublicId(),
            codeId: put.id,
            sourceId: source.publicId,
            sourceVersion: source.version,
            spanStart: span.start,
            spanEnd: span.end,
            spanHash: seal(keys.text, words),
            coderId: actor?.userId ?? null,
            layer: 'human',
            runId: null,
            createdAt: at,
            removedAt: null,
            direction: readDirection(code.direction ?? ''),
            passage,
            counts: how.counts === false ? 0 : 1,
          }),
        );
      return made;
    });
  }

  /** Puts a code on one passage. @throws Problem as `codeParts` does */
  async function code(
    study: Pick<Study, 'id'>,
    passage: Passage,
    chosen: CodeChoice,
    actor: Actor,
    how: { counts?: boolean } = {},
  ): Promise<Coding> {
    const [coding] = await codeParts(study, [passage], chosen, actor, how);
    if (!coding) throw new Error('A passage was coded and no coding was made');
    return coding;
  }

  return {
    step,
    readPassage,
    code,
    codeParts,

    /**
     * Moves where a coding begins and ends, within its text. One that runs over several turns moves at its ends: where it
     * begins in its first part, where it ends in its last.
     *
     * @param was where it stood when the move began; null moves it from wherever it stands
     * @throws Problem `conflict` when somebody moved it meanwhile, or where a passage goes on in the turn beside
     */
    moveTo: async (
      study: Pick<Study, 'id'>,
      codingPublicId: string,
      span: Span,
      actor: Actor,
      was: Span | null = null,
    ): Promise<void> => {
      const coding = await findCoding(study, codingPublicId);
      const { words } = await readPassage(study, {
        sourceId: coding.sourceId,
        version: coding.sourceVersion,
        ...span,
        words: '',
      });
      await step(study, actor, 'move', `“${await codeOf(coding)}” now on “${inShort(words)}”`, async (write) => {
        await holdSubject(write.db, study.id, { kind: 'source', id: coding.sourceId });
        const stands = await write.db
          .selectFrom('codings')
          .select(['spanStart', 'spanEnd'])
          .where('id', '=', coding.id)
          .executeTakeFirst();
        const isAt = (place: Span) => stands?.spanStart === place.start && stands.spanEnd === place.end;
        if (was !== null && !isAt(was) && !isAt(span))
          throw new Problem('conflict', 'Somebody else moved this boundary meanwhile', {
            detail: 'It is shown as it stands now. Move it again if it is still not where it should be',
          });
        const parts = await partsOf(write.db, coding);
        const isAway = (place: number, part: Coding | undefined) =>
          place !== 0 && Number(part?.id) !== Number(coding.id);
        if (
          isAway(span.start - (stands?.spanStart ?? 0), parts[0]) ||
          isAway(span.end - (stands?.spanEnd ?? 0), parts.at(-1))
        )
          throw new Problem('conflict', 'A passage over several turns is moved at its ends', {
            detail: 'Move where it begins in its first turn, and where it ends in its last',
          });
        return write.update('codings', coding.id, {
          spanStart: span.start,
          spanEnd: span.end,
          spanHash: seal(keys.text, words),
        });
      });
    },

    /** Says which way the words of a coding speak of what its code names; empty for neither. */
    direct: async (
      study: Pick<Study, 'id'>,
      codingPublicId: string,
      direction: string,
      actor: Actor,
    ): Promise<void> => {
      const coding = await findCoding(study, codingPublicId);
      await step(study, actor, 'direct', `Which way words speak of “${await codeOf(coding)}”`, (write) =>
        write.update('codings', coding.id, { direction: readDirection(direction) }),
      );
    },

    /** Marks a coding as an example of its code, or as important. */
    mark: async (
      study: Pick<Study, 'id'>,
      codingPublicId: string,
      marks: { isExample?: boolean; isImportant?: boolean },
      actor: Actor,
    ): Promise<void> => {
      const coding = await findCoding(study, codingPublicId);
      await step(study, actor, 'mark', `A mark on “${await codeOf(coding)}”`, (write) =>
        write.update('codings', coding.id, {
          ...(marks.isExample === undefined ? {} : { isExample: marks.isExample ? 1 : 0 }),
          ...(marks.isImportant === undefined ? {} : { isImportant: marks.isImportant ? 1 : 0 }),
        }),
      );
    },

    /** Takes a code away from words; from all of a passage, where it runs over several turns. */
    uncode: async (study: Pick<Study, 'id'>, codingPublicId: string, actor: Actor): Promise<void> => {
      const coding = await findCoding(study, codingPublicId);
      const removedAt = now().toISOString();
      await step(study, actor, 'uncode', `“${await codeOf(coding)}” taken away`, async (write) => {
        for (const { id } of await partsOf(write.db, coding))
          await write.update('codings', id, { removedAt, removedByHand: 1 });
      });
    },

    /** Takes back the last thing that somebody did while coding in a study. */
    undo: (study: Pick<Study, 'id'>, actor: Actor, asked: number | null = null): Promise<Turned> =>
      store.codingJournal.undo(study.id, actor?.userId ?? null, now().toISOString(), asked),
    /** Does again what they took back last. */
    redo: (study: Pick<Study, 'id'>, actor: Actor, asked: number | null = null): Promise<Turned> =>
      store.codingJournal.redo(study.id, actor?.userId ?? null, now().toISOString(), asked),
  };
}
export type Codings = ReturnType<typeof codingService>;
