import { seal } from '../coding/seal.ts';
import { codePointLength, findSpan, type Span, sliceSpan } from '../coding/spans.ts';
import { cleanText } from '../model/clean-text.ts';
import { Problem } from '../model/problem.ts';
import type { StepWriter, Turned } from '../store/coding-journal.ts';
import { newPublicId } from '../store/identifiers.ts';
import type { Code, Coding, SourceText } from '../store/notes.ts';
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
   * @throws Problem `invalid` when the words do not stand there, `conflict` when they were corrected meanwhile
   */
  async function codeParts(
    study: Pick<Study, 'id'>,
    passages: readonly Passage[],
    code: CodeChoice,
    actor: Actor,
    how: { ids?: readonly string[]; counts?: boolean } = {},
  ): Promise<Coding[]> {
    const known = how.ids?.[0] === undefined ? null : await store.notes.findCoding(study.id, how.ids[0]);
    if (known !== null && known.coderId === (actor?.userId ?? null)) return [known];
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
      const definition = cleanText(code.definition, 'note').text.trim();
      const put = chosen?.retiredAt === null ? chosen : await codeFor(write, study.id, called, definition, at);
      const made: Coding[] = [];
      for (const [index, { source, span, words }] of parts.entries())
        made.push(
          await write.insert('codings', {
            studyId: study.id,
            publicId: how.ids?.[index] ?? newPublicId(),
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
     * Moves where a coding begins and ends, within its text.
     *
     * @param was where it stood when the move began; null moves it from wherever it stands
     * @throws Problem `conflict` when somebody moved it meanwhile
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

    uncode: async (study: Pick<Study, 'id'>, codingPublicId: string, actor: Actor): Promise<void> => {
      const coding = await findCoding(study, codingPublicId);
      await step(study, actor, 'uncode', `“${await codeOf(coding)}” taken away`, (write) =>
        write.update('codings', coding.id, { removedAt: now().toISOString(), removedByHand: 1 }),
      );
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

/** The code of a name, made within the step or taken up again; one that stands is taken as it is. */
export async function codeFor(
  write: StepWriter,
  studyId: number,
  name: string,
  definition: string,
  at: string,
): Promise<Code> {
  const known = await write.db
    .selectFrom('codes')
    .selectAll()
    .where('studyId', '=', studyId)
    .where('name', '=', name)
    .executeTakeFirst();
  if (known?.retiredAt === null) return known;
  if (known) return (await write.update('codes', known.id, { retiredAt: null, mergedInto: null })) ?? known;
  return write.insert('codes', {
    studyId,
    publicId: newPublicId(),
    parentId: null,
    name,
    definition,
    createdAt: at,
    retiredAt: null,
  });
}
