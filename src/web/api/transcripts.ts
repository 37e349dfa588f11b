import { z } from 'zod';
import { codePointLength } from '../../coding/spans.ts';
import { TEXT_LIMITS } from '../../model/clean-text.ts';
import { maskText } from '../../privacy/mask-text.ts';
import type { SourceText } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { interviewIn } from './interviews.ts';
import { Id, listOf, operation, PageQuery } from './operation.ts';
import { tagOf } from './requests.ts';

const Turn = z
  .strictObject({
    source: Id.meta({ description: 'The text that it stands in; its codings name it' }),
    version: z.number().int().meta({ description: 'Rises with each correction' }),
    position: z.number().int(),
    speaker: z.string().nullable(),
    text: z.string().meta({ description: 'As it was said, with personal data masked' }),
    length: z.number().int().meta({ description: 'Of the words that are kept, in code points, without masks' }),
    masks: z
      .array(z.strictObject({ start: z.number().int(), end: z.number().int(), kind: z.string() }))
      .meta({ description: 'Where masks lie over the words that are kept, in code points' }),
    startMs: z.number().int().nullable().meta({ description: 'Milliseconds from the beginning of the talk' }),
    endMs: z.number().int().nullable(),
    isDraft: z.boolean().meta({ description: 'Written down by a machine and corrected by nobody' }),
  })
  .meta({ id: 'Turn' });

const CHAPTER = 'Transcripts';
const ONE = '/studies/:study/interviews/:interview/transcript';
/** A transcript of the longest kind, each of its letters in four bytes. */
const BYTES_MAX = TEXT_LIMITS.transcript * 4;

/** What was said in interviews, turn by turn. */
export const transcriptResource = (house: House) => {
  const { verbatim } = house;
  const { transcripts, store } = verbatim;

  const turnsOf = async (study: EnteredStudy, id: string) => {
    const interview = await interviewIn(house, study, id);
    const turns = (await verbatim.codingDesk.texts(study, interview)).filter(({ kind }) => kind === 'turn');
    return { interview, turns };
  };
  async function shown(study: EnteredStudy, turns: readonly SourceText[]): Promise<z.input<typeof Turn>[]> {
    const masks = await verbatim.masking.spansOf(study.id, turns);
    return turns.map((turn) => {
      const own = masks.get(`${turn.publicId} ${turn.version}`) ?? [];
      return {
        source: turn.publicId,
        version: Number(turn.version),
        position: Number(turn.position),
        speaker: turn.speaker,
        text: maskText(turn.text, own),
        length: codePointLength(turn.text),
        masks: own.map(({ start, end, kind }) => ({ start, end, kind })),
        startMs: turn.startMs === null ? null : Number(turn.startMs),
        endMs: turn.endMs === null ? null : Number(turn.endMs),
        isDraft: Number(turn.isDraft) === 1,
      };
    });
  }

  return {
    readTurns: operation({
      method: 'GET',
      path: ONE,
      scope: 'interviews:read',
      chapter: CHAPTER,
      title: 'Read the turns of an interview',
      query: PageQuery,
      answer: listOf(Turn),
      handle: async ({ study, params, part, tag }) => {
        const { turns } = await turnsOf(study, params.interview);
        const all = await shown(study, turns);
        // Of the whole transcript, whichever part is read: what is put in its place takes the place of all.
        tag(tagOf(JSON.stringify(all)));
        const { rows, next } = part(all, ({ position }) => position);
        return { items: rows, next };
      },
    }),
    putTranscript: operation({
      method: 'PUT',
      path: ONE,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Bring a transcript in',
      text: 'WebVTT, SRT, JSON, TSV or plain text, as recorders and meeting programs export it. Turns that stand there are replaced, and what was coded on them is taken off. With If-Match: * whatever stands there.',
      needsMatch: true,
      body: z.strictObject({
        name: z.string().min(1).max(200).default('transcript.txt').meta({ description: 'Of the file' }),
        text: z.string().min(1).max(TEXT_LIMITS.transcript),
        isMachine: z.boolean().default(false).meta({ description: 'A machine wrote it down and nobody looked at it' }),
      }),
      answer: z.strictObject({ turns: z.number().int(), speakers: z.array(z.string()), warnings: z.array(z.string()) }),
      bytesMax: BYTES_MAX,
      example: {
        body: {
          name: 'talk.vtt',
          text: 'WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n<v Interviewer>What happened that day?\n\n00:00:05.000 --> 00:00:09.000\n<v P07>The bill came, and it was too dear.\n',
        },
      },
      handle: async ({ study, params, body, actor, insistMatch, tag }) => {
        const { interview, turns } = await turnsOf(study, params.interview);
        insistMatch(tagOf(JSON.stringify(await shown(study, turns))));
        const file = { name: body.name, bytes: Buffer.from(body.text, 'utf8'), pointer: '#/body/text' };
        const draft = await transcripts.stage(study, interview, file, actor);
        try {
          const { parsed, choices, speakers, warnings } = transcripts.preview(draft, interview);
          const { about: _, ...mapping } = choices;
          const brought = await transcripts.bringIn(
            study,
            interview,
            { parsed, choices: mapping, draftId: draft.id, isMachine: body.isMachine, replaced: turns.length },
            actor,
          );
          tag(tagOf(JSON.stringify(await shown(study, (await turnsOf(study, params.interview)).turns))));
          return { turns: brought.turns, speakers: speakers.map(({ name }) => name), warnings };
        } catch (error) {
          const left = await store.transcripts.findDraft(study.id, draft.publicId, verbatim.now().toISOString());
          if (left) await transcripts.forget(left);
          throw error;
        }
      },
    }),
    markTranscriptCorrected: operation({
      method: 'POST',
      path: `${ONE}/corrected`,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Say that somebody corrected what a machine wrote down',
      handle: async ({ study, params }) => {
        await transcripts.markCorrected(await interviewIn(house, study, params.interview));
        return null;
      },
    }),
  };
};
