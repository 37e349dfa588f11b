import { z } from 'zod';
import { Problem } from '../../model/problem.ts';
import { maskText } from '../../privacy/mask-text.ts';
import { maskedSpans } from '../../privacy/overlay.ts';
import type { InterviewNote } from '../../store/interview-notes.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { interviewIn } from './interviews.ts';
import { Id, operation, Time } from './operation.ts';
import { tagOf } from './requests.ts';

const Entry = z.string().regex(/^[A-Za-z0-9_-]{8,40}$/);
const Note = z
  .strictObject({
    id: Entry,
    source: Id.meta({ description: 'The text that it stands in; its codings name it' }),
    version: z.number().int(),
    text: z.string().meta({ description: 'With personal data masked' }),
    startMs: z.number().int().nullable().meta({ description: 'Milliseconds from the beginning of the talk' }),
    author: z.string().nullable(),
    writtenAt: Time,
    changedAt: Time,
  })
  .meta({ id: 'InterviewNote' });

const CHAPTER = 'Interview notes';
const ALL = '/studies/:study/interviews/:interview/notes';
const ONE = `${ALL}/:note`;
const words = z.string().min(1).max(20_000);

const shown = (note: InterviewNote): z.input<typeof Note> => ({
  id: note.entry,
  source: note.sourceId,
  version: Number(note.version),
  text: maskText(note.text, maskedSpans(note.text)),
  startMs: note.startMs,
  author: note.by,
  writtenAt: note.writtenAt,
  changedAt: note.changedAt,
});

/** What was written beside a talk while it lasted. */
export const noteResource = (house: House) => {
  const { interviewNotes, store } = house.verbatim;

  async function find(study: EnteredStudy, interviewId: string, entry: string) {
    const interview = await interviewIn(house, study, interviewId);
    const note = await store.interviewNotes.find(interview.id, entry);
    if (!note || note.removedAt !== null) throw new Problem('not-found', 'There is no such note in this interview');
    return { interview, note };
  }
  const tagOfNote = ({ version, text }: InterviewNote) => tagOf(JSON.stringify([Number(version), text]));

  return {
    listNotes: operation({
      method: 'GET',
      path: ALL,
      scope: 'interviews:read',
      chapter: CHAPTER,
      title: 'List the notes of an interview',
      text: 'In the order of the talk; those without a time first.',
      answer: z.strictObject({ items: z.array(Note) }),
      handle: async ({ study, params }) => {
        const { notes } = await interviewNotes.page(await interviewIn(house, study, params.interview));
        return { items: notes.map(shown) };
      },
    }),
    writeNote: operation({
      method: 'POST',
      path: ALL,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Write a note',
      text: 'Where the clock of the talk runs, the note gets its time. One that was sent before under the same id is not kept again.',
      body: z.strictObject({
        text: words,
        id: Entry.optional().meta({ description: 'Chosen by you, so that it can be sent again' }),
        backDated: z
          .union([0, 5, 10, 15, 20, 30, 60].map((seconds) => z.literal(seconds)))
          .default(0)
          .meta({ description: 'How many seconds before it was written it was said' }),
      }),
      answer: Note,
      status: 201,
      example: { body: { text: 'Hesitates when asked for the price.' } },
      handle: async ({ study, params, body, actor, created }) => {
        const interview = await interviewIn(house, study, params.interview);
        const { entry } = await interviewNotes.write(
          study,
          interview,
          { text: body.text, entry: body.id ?? null, backDated: body.backDated, atMs: null },
          actor,
        );
        created(`/interviews/${interview.publicId}/notes/${entry}`);
        return shown((await find(study, params.interview, entry)).note);
      },
    }),
    readNote: operation({
      method: 'GET',
      path: ONE,
      scope: 'interviews:read',
      chapter: CHAPTER,
      title: 'Read a note',
      answer: Note,
      handle: async ({ study, params, tag }) => {
        const { note } = await find(study, params.interview, params.note);
        tag(tagOfNote(note));
        return shown(note);
      },
    }),
    rewriteNote: operation({
      method: 'PUT',
      path: ONE,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Change a note',
      text: 'Only one that was written by whoever made the key. Codes on its words go along.',
      needsMatch: true,
      body: z.strictObject({ text: words }),
      answer: Note,
      example: { body: { text: 'Hesitates when asked for the price, then laughs.' } },
      handle: async ({ study, params, body, actor, insistMatch, tag }) => {
        const { interview, note } = await find(study, params.interview, params.note);
        insistMatch(tagOfNote(note));
        await interviewNotes.rewrite(study, interview, note.entry, body.text, actor);
        const saved = (await find(study, params.interview, params.note)).note;
        tag(tagOfNote(saved));
        return shown(saved);
      },
    }),
    removeNote: operation({
      method: 'DELETE',
      path: ONE,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Remove a note, words and all',
      text: 'Only one that was written by whoever made the key, and carries no codes.',
      handle: async ({ study, params, actor }) => {
        const { interview, note } = await find(study, params.interview, params.note);
        await interviewNotes.remove(study, interview, note.entry, actor);
        return null;
      },
    }),
  };
};
