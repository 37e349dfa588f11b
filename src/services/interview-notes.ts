import { seal } from '../coding/seal.ts';
import { cleanText } from '../model/clean-text.ts';
import { coverage, type Guide, questionIds } from '../model/guide.ts';
import { wasHeld } from '../model/interview-state.ts';
import { Problem } from '../model/problem.ts';
import { newPublicId, sourceId } from '../store/identifiers.ts';
import type { GuideMark, InterviewNote } from '../store/interview-notes.ts';
import type { Interview } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';
import type { Corrections } from './corrections.ts';
import type { Interviews } from './interviews.ts';

/** How many seconds before it was written something was said, as note-takers choose it. */
export const BACK_DATING_SECONDS = [0, 5, 10, 15, 20, 30, 60] as const;
export const BACK_DATED_USUALLY_SECONDS = 15;
/** A longer talk is a clock that nobody stopped. */
const TALK_MAX_MS = 24 * 3_600_000;

/** The clock of a talk. `elapsedMs` is null before it began. */
export type TalkClock = { elapsedMs: number | null; isRunning: boolean };

export type NewNote = {
  text: string;
  /** Made by the page for this note, so that it can be sent again; null for a note that is sent once. */
  entry: string | null;
  /** Seconds. */
  backDated: number;
  /** Where the talk stood when the note was begun, in milliseconds; null for now. */
  atMs: number | null;
};

/** What happens while an interview lasts: its clock, notes by several people at once, and which questions were asked. */
export function interviewNoteService(
  { store, keys, now }: Context,
  { corrections, interviews }: { corrections: Corrections; interviews: Interviews },
) {
  const clockOf = ({ talkStartedAt, talkEndedAt }: Interview): TalkClock => {
    if (talkStartedAt === null) return { elapsedMs: null, isRunning: false };
    const until = talkEndedAt === null ? now().getTime() : Date.parse(talkEndedAt);
    return {
      elapsedMs: Math.min(Math.max(until - Date.parse(talkStartedAt), 0), TALK_MAX_MS),
      isRunning: talkEndedAt === null,
    };
  };

  function readText(typed: string): string {
    const { text, length, isTooLong } = cleanText(typed, 'answer');
    const refuse = (detail: string): never => {
      throw new Problem('invalid', 'The note was not saved', { errors: [{ pointer: '#/text', detail }] });
    };
    if (text.trim() === '') refuse('Enter what you heard or saw');
    if (isTooLong) refuse(`This has ${length} characters, which is too long. Make two notes of it`);
    return text.trim();
  }

  async function mustHold(interview: Interview): Promise<void> {
    if (await store.interviewLog.isWithdrawn(interview))
      throw new Problem('conflict', 'This interview was withdrawn', {
        detail: 'Whoever was interviewed took their consent back: nothing more is kept of it',
      });
  }

  /** @throws Problem `not-found`, or `forbidden` for what somebody else wrote */
  async function own(interview: Interview, entry: string, actor: Actor): Promise<InterviewNote> {
    const note = await store.interviewNotes.find(interview.id, entry);
    if (!note || note.removedAt !== null)
      throw new Problem('not-found', 'This note is no longer there', { detail: 'Somebody removed it meanwhile' });
    if (note.writtenBy !== (actor?.userId ?? null))
      throw new Problem('forbidden', 'Only who wrote a note may change it', {
        detail: 'Write one of your own beside it',
      });
    return note;
  }

  /** Puts other words in the place of those that stand, codes and all. */
  async function replace(study: Study, source: { publicId: string; version: number }, text: string, actor: Actor) {
    const { edits, lost } = await corrections.preview(study, source.publicId, source.version, text);
    if (lost.length > 0)
      throw new Problem('conflict', 'Codes stand on words that would go', {
        detail: `Take ${lost.length === 1 ? 'the code' : 'the codes'} “${lost.map(({ code }) => code).join('”, “')}” off first, or leave these words`,
      });
    await corrections.correct(study, source.publicId, source.version, edits, 'Changed by who wrote it', actor);
  }

  return {
    clockOf,

    /**
     * Keeps a note at its time in the talk. One that was sent before, with the same `entry`, is not kept again.
     *
     * @throws Problem `invalid` for no words or too many, `conflict` for an interview that was withdrawn
     */
    write: async (study: Study, interview: Interview, note: NewNote, actor: Actor): Promise<{ entry: string }> => {
      await mustHold(interview);
      const text = readText(note.text);
      const entry = note.entry !== null && /^[A-Za-z0-9_-]{8,40}$/.test(note.entry) ? note.entry : newPublicId();
      const backDated = BACK_DATING_SECONDS.find((seconds) => seconds === note.backDated) ?? BACK_DATED_USUALLY_SECONDS;
      const { elapsedMs } = clockOf(interview);
      const begunMs = note.atMs === null ? elapsedMs : Math.min(note.atMs, elapsedMs ?? 0);
      const startMs = elapsedMs === null || begunMs === null ? null : Math.max(begunMs - backDated * 1000, 0);
      const author = actor && (await store.interviewLog.colleagues(study)).find(({ id }) => id === actor.userId);
      const at = now().toISOString();
      await store.interviewNotes.add(
        interview,
        {
          studyId: study.id,
          publicId: sourceId('note', interview.publicId, entry),
          version: 1,
          kind: 'note',
          subjectId: interview.publicId,
          item: entry,
          speaker: author?.name ?? null,
          text,
          textHash: seal(keys.text, text),
          replaced: text.split('\uFFFD').length - 1,
          createdAt: at,
          startMs,
          endMs: null,
        },
        { entry, writtenBy: actor?.userId ?? null, at },
      );
      return { entry };
    },

    /**
     * Changes one's own note; its time stays, and codes go along.
     *
     * @throws Problem `invalid`, `not-found`, `forbidden`, or `conflict` where a code would lose its words
     */
    rewrite: async (study: Study, interview: Interview, entry: string, typed: string, actor: Actor): Promise<void> => {
      const note = await own(interview, entry, actor);
      const text = readText(typed);
      if (text === note.text) return;
      await replace(study, { publicId: note.sourceId, version: note.version }, text, actor);
      await store.interviewNotes.touch(interview.id, entry, now().toISOString());
    },

    /**
     * Removes one's own note, words and all.
     *
     * @throws Problem `not-found`, `forbidden`, or `conflict` for a note that carries codes
     */
    remove: async (study: Study, interview: Interview, entry: string, actor: Actor): Promise<void> => {
      const note = await own(interview, entry, actor);
      const codes = await store.notes.codings(study.id, { sourceIds: [note.sourceId] });
      if (codes.length > 0)
        throw new Problem('conflict', 'This note carries codes', {
          detail: 'Take them off where the interview is coded, then remove the note',
        });
      await store.interviewNotes.remove(interview.id, note, now().toISOString());
    },

    /**
     * Starts, stops or continues the clock that all note-takers share. A talk that has ended was held.
     *
     * @throws Problem `conflict` where somebody else did meanwhile
     */
    setTalk: async (
      study: Study,
      interview: Interview,
      step: 'start' | 'stop' | 'continue',
      actor: Actor,
    ): Promise<void> => {
      await mustHold(interview);
      const { isRunning, elapsedMs } = clockOf(interview);
      const at = now().toISOString();
      const fits =
        step === 'start' ? elapsedMs === null : step === 'stop' ? isRunning : elapsedMs !== null && !isRunning;
      const talk = {
        startedAt: step === 'start' ? at : interview.talkStartedAt,
        endedAt: step === 'stop' ? at : null,
      };
      if (!fits || !(await store.interviewNotes.setTalk(interview, talk)))
        throw new Problem('conflict', 'The clock was set by somebody else meanwhile', {
          detail: 'It is shown here as it stands now',
        });
      if (step === 'stop' && !wasHeld(interview.state)) {
        const standing = await store.notes.findInterview(study.id, interview.publicId);
        if (standing && !wasHeld(standing.state) && standing.state !== 'cancelled')
          await interviews.setState(study, standing, { state: 'held' }, actor);
      }
    },

    /** Says that a question of the guide was asked, or that it was not. @throws Problem `not-found` for another's question */
    tick: async (
      interview: Interview,
      guide: Guide,
      question: string,
      isAsked: boolean,
      actor: Actor,
    ): Promise<void> => {
      if (!questionIds(guide).includes(question))
        throw new Problem('not-found', 'There is no such question in the guide of this interview');
      if (!isAsked) return store.interviewNotes.unmark(interview.id, question);
      await mustHold(interview);
      const { elapsedMs } = clockOf(interview);
      const madeBy = actor?.userId ?? null;
      await store.interviewNotes.mark({
        interviewId: interview.id,
        question,
        atMs: elapsedMs,
        madeBy,
        madeAt: now().toISOString(),
      });
    },

    /** The notes of an interview in the order of the talk, and what was asked. */
    page: async (interview: Interview): Promise<{ notes: InterviewNote[]; asked: GuideMark[] }> => ({
      notes: inOrder(await store.interviewNotes.list(interview.id)),
      asked: await store.interviewNotes.marks(interview.id),
    }),

    /** How much of its guide an interview covered; null where it follows none of the study's. */
    covered: async (interview: Interview, guide: Guide | null) => {
      if (!guide) return null;
      const asked = (await store.interviewNotes.marks(interview.id)).map(({ question }) => question);
      return coverage(guide, asked);
    },

    /**
     * Keeps what somebody says of the moment it began. Changing it makes a new version, and codes on it go along.
     *
     * @throws Problem `invalid` for too many words, `conflict` where a code would lose its words or words were withdrawn
     */
    setMoment: async (study: Study, interview: Interview, typed: string, actor: Actor): Promise<void> => {
      await mustHold(interview);
      const cleaned = cleanText(typed, 'note');
      const text = cleaned.text.trim();
      if (text === '' || cleaned.isTooLong)
        throw new Problem('invalid', 'The moment was not saved', {
          errors: [
            {
              pointer: '#/moment',
              detail: cleaned.isTooLong
                ? `This has ${cleaned.length} characters, which is too long. Shorten it`
                : 'Enter what they told of the day it began',
            },
          ],
        });
      const standing = (await store.notes.sourcesOf(study.id, interview.publicId)).find(
        ({ kind, supersededAt, erasedAt }) => kind === 'moment' && supersededAt === null && erasedAt === null,
      );
      if (standing) {
        if (standing.text !== text) await replace(study, standing, text, actor);
        return;
      }
      await store.interviewLog.addMoment({
        studyId: study.id,
        publicId: sourceId('moment', interview.publicId, 'moment'),
        version: 1,
        kind: 'moment',
        subjectId: interview.publicId,
        item: 'moment',
        position: 0,
        speaker: interview.participant,
        text,
        textHash: seal(keys.text, text),
        replaced: text.split('\uFFFD').length - 1,
        createdAt: now().toISOString(),
      });
    },
  };
}
export type InterviewNotes = ReturnType<typeof interviewNoteService>;

/** By their time in the talk; those without one come first, as they were written. */
const inOrder = (notes: readonly InterviewNote[]): InterviewNote[] =>
  notes.toSorted((a, b) => (a.startMs ?? -1) - (b.startMs ?? -1));
