import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { holdInterview } from './held-interview.ts';
import type { Interview, NewSourceText } from './notes.ts';
import type { Tables } from './tables.ts';

/** A note with its words; `text` is empty once it was removed. */
export type InterviewNote = {
  entry: string;
  sourceId: string;
  version: number;
  text: string;
  startMs: number | null;
  writtenBy: number | null;
  by: string | null;
  writtenAt: string;
  changedAt: string;
  revision: number;
  removedAt: string | null;
};
export type GuideMark = Selectable<Tables['guideMarks']> & { by: string | null };

/** What is written while an interview lasts, and which questions of its guide were asked. */
export function interviewNoteStore(db: Kysely<Tables>) {
  /** Counts a change; the row stays locked until the transaction ends, so that several writers take turns. */
  const bump = async (trx: Transaction<Tables>, interviewId: number): Promise<number> =>
    Number(
      (
        await trx
          .updateTable('interviews')
          .set({ notesRevision: sql<number>`notes_revision + 1` })
          .where('id', '=', interviewId)
          .returning('notesRevision')
          .executeTakeFirstOrThrow()
      ).notesRevision,
    );

  const notes = () =>
    db
      .selectFrom('interviewNotes')
      .innerJoin('sourceTexts', (on) =>
        on.onRef('sourceTexts.publicId', '=', 'interviewNotes.sourceId').on('sourceTexts.supersededAt', 'is', null),
      )
      .leftJoin('users', 'users.id', 'interviewNotes.writtenBy')
      .select([
        'interviewNotes.entry',
        'interviewNotes.sourceId',
        'sourceTexts.version',
        'sourceTexts.text',
        'sourceTexts.startMs',
        'interviewNotes.writtenBy',
        'users.name as by',
        'interviewNotes.writtenAt',
        'interviewNotes.changedAt',
        'interviewNotes.revision',
        'interviewNotes.removedAt',
      ]);
  const asNote = (row: InterviewNote): InterviewNote => ({
    ...row,
    startMs: row.startMs === null ? null : Number(row.startMs),
    writtenBy: row.writtenBy === null ? null : Number(row.writtenBy),
  });
  const find = async (interviewId: number, entry: string): Promise<InterviewNote | null> => {
    const row = await notes()
      .where('interviewNotes.interviewId', '=', interviewId)
      .where('interviewNotes.entry', '=', entry)
      .executeTakeFirst();
    return row ? asNote(row) : null;
  };

  return {
    find,
    /**
     * Keeps a note; one whose entry is there already is not kept again.
     *
     * @throws Problem `conflict` for an interview that was withdrawn
     */
    add: async (
      interview: Interview,
      source: Omit<NewSourceText, 'position'>,
      note: { entry: string; writtenBy: number | null; at: string },
    ): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await holdInterview(trx, interview.publicId);
        const revision = await bump(trx, interview.id);
        const known = await trx
          .selectFrom('interviewNotes')
          .select('id')
          .where('interviewId', '=', interview.id)
          .where('entry', '=', note.entry)
          .executeTakeFirst();
        if (known) return;
        const { last } = await trx
          .selectFrom('sourceTexts')
          .select(({ fn }) => fn.max('position').as('last'))
          .where('subjectId', '=', interview.publicId)
          .where('kind', '=', 'note')
          .executeTakeFirstOrThrow();
        await trx
          .insertInto('sourceTexts')
          .values({ ...source, position: Number(last ?? 0) + 1, erasedAt: null })
          .execute();
        await trx
          .insertInto('interviewNotes')
          .values({
            interviewId: interview.id,
            sourceId: source.publicId,
            entry: note.entry,
            writtenBy: note.writtenBy,
            writtenAt: note.at,
            changedAt: note.at,
            revision,
            removedAt: null,
          })
          .execute();
      }),
    /** Says that a note was changed, so that pages that are open learn of it. */
    touch: (interviewId: number, entry: string, at: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const revision = await bump(trx, interviewId);
        await trx
          .updateTable('interviewNotes')
          .set({ changedAt: at, revision })
          .where('interviewId', '=', interviewId)
          .where('entry', '=', entry)
          .execute();
      }),
    /** Empties a note, every version of it; its place stays as a tombstone. */
    remove: (interviewId: number, note: InterviewNote, at: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        const revision = await bump(trx, interviewId);
        await trx
          .updateTable('sourceTexts')
          .set({ text: '', erasedAt: at })
          .where('publicId', '=', note.sourceId)
          .where('erasedAt', 'is', null)
          .execute();
        await trx
          .updateTable('interviewNotes')
          .set({ removedAt: at, changedAt: at, revision })
          .where('interviewId', '=', interviewId)
          .where('entry', '=', note.entry)
          .execute();
      }),
    /** Notes in the order of their times, those without one by when they were written. */
    list: async (interviewId: number): Promise<InterviewNote[]> =>
      (
        await notes()
          .where('interviewNotes.interviewId', '=', interviewId)
          .where('interviewNotes.removedAt', 'is', null)
          .where('sourceTexts.erasedAt', 'is', null)
          .orderBy('interviewNotes.id')
          .execute()
      ).map(asNote),
    /** Notes that were written, changed or removed after a revision. */
    since: async (interviewId: number, revision: number): Promise<InterviewNote[]> =>
      (
        await notes()
          .where('interviewNotes.interviewId', '=', interviewId)
          .where('interviewNotes.revision', '>', revision)
          .orderBy('interviewNotes.id')
          .execute()
      ).map(asNote),
    /** Starts, stops or continues the clock of a talk, unless somebody did so since it was looked at. */
    setTalk: (interview: Interview, talk: { startedAt: string | null; endedAt: string | null }): Promise<boolean> =>
      db.transaction().execute(async (trx) => {
        const changed = await trx
          .updateTable('interviews')
          .set({ talkStartedAt: talk.startedAt, talkEndedAt: talk.endedAt })
          .where('id', '=', interview.id)
          .where('talkStartedAt', interview.talkStartedAt === null ? 'is' : '=', interview.talkStartedAt)
          .where('talkEndedAt', interview.talkEndedAt === null ? 'is' : '=', interview.talkEndedAt)
          .returning('id')
          .executeTakeFirst();
        if (changed) await bump(trx, interview.id);
        return changed !== undefined;
      }),
    /** Which questions were asked, by the id they have in the guide. Who ticked first stays. */
    marks: async (interviewId: number): Promise<GuideMark[]> =>
      (
        await db
          .selectFrom('guideMarks')
          .leftJoin('users', 'users.id', 'guideMarks.madeBy')
          .selectAll('guideMarks')
          .select('users.name as by')
          .where('interviewId', '=', interviewId)
          .orderBy('madeAt')
          .execute()
      ).map((mark) => ({ ...mark, atMs: mark.atMs === null ? null : Number(mark.atMs) })),
    mark: (mark: Selectable<Tables['guideMarks']>): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx
          .insertInto('guideMarks')
          .values(mark)
          .onConflict((on) => on.columns(['interviewId', 'question']).doNothing())
          .execute();
        await bump(trx, mark.interviewId);
      }),
    unmark: (interviewId: number, question: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await trx
          .deleteFrom('guideMarks')
          .where('interviewId', '=', interviewId)
          .where('question', '=', question)
          .execute();
        await bump(trx, interviewId);
      }),
  };
}
