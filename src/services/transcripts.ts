import { seal } from '../coding/seal.ts';
import { codePointLength } from '../coding/spans.ts';
import { cueStretches, type Turn } from '../coding/turns.ts';
import { joinCues, joinKeepingCues } from '../exchange/transcripts/join-cues.ts';
import type { ParsedTranscript } from '../exchange/transcripts/transcript.ts';
import { type FoundSpeaker, findSpeakers, judgeTurns, lengthOf } from '../exchange/transcripts/transcript-checks.ts';
import { joiningBy, type TranscriptChoices, usualChoices } from '../exchange/transcripts/transcript-choices.ts';
import { type WrittenFormat, writeTranscript } from '../exchange/transcripts/write-transcript.ts';
import { cleanText, TEXT_LIMITS } from '../model/clean-text.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import { maskText } from '../privacy/mask-text.ts';
import { newPublicId, sourceId } from '../store/identifiers.ts';
import type { Interview, NewSourceText } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { NewCues } from '../store/transcript-cues.ts';
import { StaleTranscript, type TranscriptDraft } from '../store/transcripts.ts';
import type { Actor, Context } from './context.ts';
import { INTERVIEW_MODES, isDay } from './interview-form.ts';
import type { Interviews } from './interviews.ts';
import type { Masking } from './masking.ts';

/** A draft nobody came back to is let go after this long. */
const DRAFT_DAYS = 7;
const DAY_MS = 86_400_000;
const SAMPLE_TURNS = 6;
/** More names than this in one file are no speakers. */
export const SPEAKERS_MOST = 60;
export const MACHINE_DRAFT = 'uncorrected draft by a machine';

/** Whom an interview was with, where a transcript is to become one of its own. */
export type NewInterviewForm = { participant: string; title: string; heldOn: string; mode: string; mayQuote: boolean };

/** What was chosen for a draft, and whom it was with where it is to become an interview of its own. */
export type DraftChoices = TranscriptChoices & { about: NewInterviewForm | null };

export type TranscriptPreview = {
  parsed: ParsedTranscript;
  choices: DraftChoices;
  speakers: FoundSpeaker[];
  turns: number;
  /** Milliseconds; null where the file tells no times. */
  lengthMs: number | null;
  sample: Turn[];
  warnings: string[];
};

/** Transcripts: read, looked at, and only then brought in as the turns of an interview. */
export function transcriptService(
  { store, keys, now, thread }: Pick<Context, 'store' | 'keys' | 'now' | 'thread'>,
  { interviews, masking }: { interviews: Pick<Interviews, 'setState'>; masking: Pick<Masking, 'spansOf'> },
) {
  /** Keeps what was read as a draft that is looked at; nothing else is written. */
  async function keepDraft(
    study: Pick<Study, 'id'>,
    interview: Interview | null,
    { name, parsed, isMachine }: { name: string; parsed: ParsedTranscript; isMachine: boolean },
    actor: Actor,
  ): Promise<TranscriptDraft> {
    const at = now();
    await store.transcripts.forgetExpired(at.toISOString());
    const speakers = findSpeakers(parsed.cues);
    return store.transcripts.addDraft({
      studyId: study.id,
      interviewId: interview?.id ?? null,
      publicId: newPublicId(),
      fileName: cleanText(name, 'line').text.slice(0, 200),
      parsed: JSON.stringify(parsed),
      choices: JSON.stringify({
        ...usualChoices(parsed, speakers, interview?.participant ?? ''),
        about: interview ? null : { participant: '', title: '', heldOn: '', mode: 'by video', mayQuote: false },
      } satisfies DraftChoices),
      isMachine: isMachine ? 1 : 0,
      createdBy: actor?.userId ?? null,
      createdAt: at.toISOString(),
      expiresAt: new Date(at.getTime() + DRAFT_DAYS * DAY_MS).toISOString(),
    });
  }

  function preview(draft: TranscriptDraft, interview: Interview | null): TranscriptPreview {
    const parsed = JSON.parse(draft.parsed) as ParsedTranscript;
    const choices = JSON.parse(draft.choices) as DraftChoices;
    const participant = interview?.participant ?? choices.about?.participant ?? '';
    const speakers = findSpeakers(parsed.cues);
    const turns = joinCues(parsed, joiningBy(choices, participant));
    const judged = judgeTurns(turns);
    const warnings = [...parsed.warnings, ...(judged === null ? [] : [judged])];
    if (speakers.length > SPEAKERS_MOST)
      warnings.push(`${speakers.length} names were found, which are hardly all speakers. Look at the first of them`);
    return {
      parsed,
      choices,
      speakers,
      turns: turns.length,
      lengthMs: lengthOf(turns),
      sample: turns.slice(0, SAMPLE_TURNS),
      warnings,
    };
  }

  function sourcesOf(
    study: Pick<Study, 'id'>,
    interview: Pick<Interview, 'publicId'>,
    turns: readonly Turn[],
    { prefix, isDraft, at }: { prefix: string; isDraft: boolean; at: string },
  ): NewSourceText[] {
    let length = 0;
    const sources = turns.map((turn, index): NewSourceText => {
      const clean = cleanText(turn.text, 'transcript');
      length += clean.length;
      const item = `${prefix}${index + 1}`;
      return {
        studyId: study.id,
        publicId: sourceId('turn', interview.publicId, item),
        version: 1,
        kind: 'turn',
        subjectId: interview.publicId,
        item,
        position: index + 1,
        speaker: turn.speaker === null ? null : cleanText(turn.speaker, 'name').text.slice(0, 200),
        text: clean.text,
        textHash: seal(keys.text, clean.text),
        replaced: clean.text.split('\uFFFD').length - 1,
        createdAt: at,
        startMs: turn.startMs,
        endMs: turn.endMs,
        isDraft: isDraft ? 1 : 0,
      };
    });
    if (length > TEXT_LIMITS.transcript)
      throw new Problem('invalid', 'This transcript is too long', {
        detail: `It has ${length.toLocaleString('en-GB')} characters; the most an interview holds is ${TEXT_LIMITS.transcript.toLocaleString('en-GB')}. Cut it into parts`,
      });
    return sources;
  }

  async function write(make: () => Promise<{ publicId: string }>): Promise<{ publicId: string }> {
    try {
      return await make();
    } catch (error) {
      if (error instanceof StaleTranscript)
        throw new Problem('conflict', 'Somebody was quicker', {
          detail:
            'The transcript was brought in already, or the turns of this interview changed since this page was made. Nothing was written: look at the interview',
        });
      throw error;
    }
  }

  const isWithdrawn = (interview: Interview) => store.interviewLog.isWithdrawn(interview);

  return {
    /**
     * Reads a file or pasted words and keeps what was read for a look.
     *
     * @throws Problem `invalid` beside the field of the file, saying what to do
     */
    stage: async (
      study: Pick<Study, 'id'>,
      interview: Interview | null,
      { name, bytes, pointer }: { name: string; bytes: Uint8Array; pointer: string },
      actor: Actor,
    ): Promise<TranscriptDraft> => {
      if (interview && (await isWithdrawn(interview)))
        throw new Problem('conflict', 'Whoever was interviewed took their consent back', {
          detail: 'Nothing can be brought in any more',
        });
      const read = await thread.ask('readTranscript', { name, bytes: new Uint8Array(bytes) });
      if ('fault' in read)
        throw new Problem('invalid', read.fault, {
          errors: [{ pointer, detail: `${read.fault}. ${read.advice}` }],
        });
      return keepDraft(study, interview, { name, parsed: read.parsed, isMachine: false }, actor);
    },
    keepDraft,
    preview,
    /** Keeps what was chosen; true when it differs from what was chosen before. */
    choose: async (draft: TranscriptDraft, choices: DraftChoices): Promise<boolean> => {
      const written = JSON.stringify(choices);
      if (written === draft.choices) return false;
      await store.transcripts.choose(draft.id, written);
      return true;
    },
    forget: (draft: TranscriptDraft): Promise<void> => store.transcripts.forgetDraft(draft.id),

    /** What stands in an interview already, and what would become of it. */
    standing: async (
      interview: Interview,
    ): Promise<{ turns: number; codings: number; drafts: number; isTimed: boolean }> => {
      const turns = await store.transcripts.turnsOf(interview);
      return {
        turns: turns.length,
        codings: turns.length === 0 ? 0 : await store.transcripts.countCodings(interview),
        drafts: turns.filter(({ isDraft }) => isDraft === 1).length,
        isTimed: turns.some(({ startMs }) => startMs !== null),
      };
    },

    /**
     * Brings a transcript in as the turns of an interview, sealed one by one. An interview that has turns keeps them unless
     * it was said that these take their place: then they stay only for quotes that were made of them, and what was coded
     * on them is taken off.
     *
     * @param interview null for one that is made with it
     * @param replaced how many turns it was said are replaced; 0 for none
     * @throws Problem `invalid` for what does not fit, `conflict` where turns stand there and were not to be replaced
     */
    bringIn: async (
      study: Pick<Study, 'id'>,
      interview: Interview | null,
      {
        parsed,
        choices,
        draftId = null,
        isMachine = false,
        replaced = 0,
        about = null,
      }: {
        parsed: ParsedTranscript;
        choices: TranscriptChoices;
        draftId?: number | null;
        isMachine?: boolean;
        replaced?: number;
        about?: NewInterviewForm | null;
      },
      actor: Actor,
    ): Promise<{ publicId: string; turns: number }> => {
      const at = now().toISOString();
      const participant = interview?.participant ?? about?.participant.trim() ?? '';
      const joined = joinKeepingCues(parsed, joiningBy(choices, participant));
      const turns = joined.map(({ turn }) => turn);
      if (turns.length === 0)
        throw new Problem('invalid', 'Nothing is left to bring in', { detail: 'Keep at least one who speaks' });
      const actorId = actor?.userId ?? null;
      const cuesOf = (sources: readonly NewSourceText[]): NewCues[] =>
        sources.map(({ studyId, publicId, version }, index) => ({
          studyId,
          publicId,
          version,
          cues: joined[index]?.cues ?? [],
        }));
      if (interview) {
        if (await isWithdrawn(interview))
          throw new Problem('conflict', 'Whoever was interviewed took their consent back', {
            detail: 'Nothing can be brought in any more',
          });
        const before = (await store.notes.sourcesOf(study.id, interview.publicId)).some(({ kind }) => kind === 'turn');
        const prefix = before ? `${newPublicId().slice(0, 8)}.` : '';
        const sources = sourcesOf(study, interview, turns, { prefix, isDraft: isMachine, at });
        const { publicId } = await write(() =>
          store.transcripts.bringIn(
            { draftId, into: { interview }, turns: sources, cues: cuesOf(sources), replaced, actorId },
            at,
          ),
        );
        if (interview.state === 'invited' || interview.state === 'scheduled')
          await interviews.setState(study as Study, interview, { state: 'held' }, actor);
        return { publicId, turns: sources.length };
      }
      const errors = aboutFaults(about);
      if (!about || errors.length > 0) throw new Problem('invalid', 'Say whom you spoke with and when', { errors });
      const publicId = newPublicId();
      const sources = sourcesOf(study, { publicId }, turns, { prefix: '', isDraft: isMachine, at });
      const title = cleanText(about.title, 'name').text.trim();
      await write(() =>
        store.transcripts.bringIn(
          {
            draftId,
            into: {
              made: {
                studyId: study.id,
                publicId,
                title: title || `Interview with ${participant}`,
                participant: cleanText(participant, 'name').text,
                participationId: null,
                heldOn: about.heldOn,
                mode: about.mode,
                guide: '',
                maySpeak: about.mayQuote ? 1 : 0,
                createdBy: actorId,
                createdAt: at,
              },
              consent: {
                purposes: about.mayQuote ? ['analysis', 'quotes'] : ['analysis'],
                textVersion: 'noted by the researcher',
                language: 'en',
              },
            },
            turns: sources,
            cues: cuesOf(sources),
            replaced: 0,
            actorId,
          },
          at,
        ),
      );
      return { publicId, turns: sources.length };
    },

    /** Says that a machine's draft was read and corrected; from then on it is marked as one nowhere. */
    markCorrected: (interview: Interview): Promise<boolean> => store.transcripts.markCorrected(interview),

    /**
     * What was said in an interview for other programs, with what is personal masked as on the study's pages, and marked
     * where a machine wrote it and nobody corrected it: as captions where the format is one of captions, else turn by turn.
     */
    written: async (interview: Interview, format: WrittenFormat): Promise<string> => {
      const turns = await store.transcripts.turnsOf(interview);
      if (format !== 'txt' && turns.every(({ startMs }) => startMs === null))
        throw new Problem('conflict', 'This transcript has no times', {
          detail: 'Captions need to know when each turn was said. Take it as plain text',
        });
      const masks = await masking.spansOf(interview.studyId, turns);
      const isDraft = turns.some((turn) => turn.isDraft === 1);
      const cues = format === 'txt' ? null : await store.transcriptCues.of(turns);
      return writeTranscript(
        turns.flatMap(({ publicId, version, speaker, startMs, endMs, text }): Turn[] => {
          const place = `${publicId} ${version}`;
          const over = masks.get(place) ?? [];
          const own = cues?.get(place);
          if (own)
            return cueStretches(own, codePointLength(text)).map((cue) => ({
              speaker,
              startMs: cue.startMs,
              endMs: cue.endMs,
              text: maskText(text, over, cue),
            }));
          return [
            {
              speaker,
              startMs: startMs === null ? null : Number(startMs),
              endMs: endMs === null ? null : Number(endMs),
              text: maskText(text, over),
            },
          ];
        }),
        format,
        isDraft ? `This is an ${MACHINE_DRAFT}.` : '',
      );
    },
  };
}
export type Transcripts = ReturnType<typeof transcriptService>;

function aboutFaults(about: NewInterviewForm | null): ProblemError[] {
  const errors: ProblemError[] = [];
  if ((about?.participant ?? '').trim() === '')
    errors.push({
      pointer: '#/participant',
      detail: 'Enter who was interviewed: a number or a made-up name will do',
    });
  if (cleanText(about?.participant ?? '', 'name').isTooLong || cleanText(about?.title ?? '', 'name').isTooLong)
    errors.push({ pointer: '#/participant', detail: 'Shorten the names to 200 characters' });
  if (!isDay(about?.heldOn ?? ''))
    errors.push({ pointer: '#/heldOn', detail: 'Enter the day as year-month-day, such as 2026-03-09' });
  if (!INTERVIEW_MODES.some((mode) => mode === about?.mode))
    errors.push({ pointer: '#/mode', detail: 'Choose how you spoke' });
  return errors;
}
