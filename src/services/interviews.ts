import { seal } from '../coding/seal.ts';
import { readTurns } from '../coding/turns.ts';
import { cleanText, type TextKind } from '../model/clean-text.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import { newPublicId, sourceId } from '../store/identifiers.ts';
import type { Interview, NewSourceText } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';

export type InterviewForm = {
  title: string;
  participant: string;
  /** The id by which programs know them, so that rules can ask for what they spoke of; empty for nobody in particular. */
  person?: string;
  heldOn: string;
  mode: string;
  guide: string;
  moment: string;
  transcript: string;
  mayQuote: boolean;
};

const UNKNOWN_PERSON: ProblemError = {
  pointer: '#/person',
  detail: 'Nobody is known by this id: check it, or leave it empty',
};

export const INTERVIEW_MODES = ['in person', 'by phone', 'by video', 'in writing'] as const;

/** True for a day that the calendar has. */
function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** Interviews: logged, linked to whom they were with, and withdrawn. */
export function interviewService({ store, keys, now }: Context) {
  function read(form: InterviewForm): {
    clean: Record<'title' | 'participant' | 'guide' | 'moment' | 'transcript', { text: string; replaced: number }>;
    errors: ProblemError[];
  } {
    const errors: ProblemError[] = [];
    const take = (
      name: 'title' | 'participant' | 'guide' | 'moment' | 'transcript',
      kind: TextKind,
      missing: string | null,
    ) => {
      const cleaned = cleanText(form[name], kind);
      if (cleaned.isTooLong)
        errors.push({
          pointer: `#/${name}`,
          detail: `This has ${cleaned.length} characters, which is too long. Shorten it`,
        });
      else if (missing !== null && cleaned.text.trim() === '') errors.push({ pointer: `#/${name}`, detail: missing });
      return cleaned;
    };
    const clean = {
      title: take('title', 'name', null),
      participant: take('participant', 'name', 'Enter who was interviewed: a number or a made-up name will do'),
      guide: take('guide', 'line', null),
      moment: take('moment', 'note', null),
      transcript: take('transcript', 'transcript', 'Paste the transcript, or write your notes'),
    };
    if (!isDay(form.heldOn))
      errors.push({ pointer: '#/heldOn', detail: 'Enter the day as year-month-day, such as 2026-03-09' });
    if (!INTERVIEW_MODES.some((mode) => mode === form.mode))
      errors.push({ pointer: '#/mode', detail: 'Choose how you spoke' });
    return { clean, errors };
  }

  /** The person with an id, who may be known by several; null for no id. */
  async function personWith(study: Study, id: string): Promise<number | null | 'unknown'> {
    const userId = id.trim();
    return userId === '' ? null : ((await store.facts.personBehind(study.workspaceId, { userId })) ?? 'unknown');
  }

  const participationOf = async (study: Study, personId: number | null, at: string): Promise<number | null> =>
    personId === null ? null : ((await store.people.participate(study.id, [personId], at)).get(personId) ?? null);

  return {
    /** Logs an interview: its words are cut into turns and kept whole. */
    log: async (
      study: Study,
      form: InterviewForm,
      actor: Actor,
    ): Promise<{ interview: Interview } | { errors: ProblemError[] }> => {
      const { clean, errors } = read(form);
      const person = await personWith(study, form.person ?? '');
      if (person === 'unknown') errors.push(UNKNOWN_PERSON);
      if (errors.length > 0 || person === 'unknown') return { errors };
      const publicId = newPublicId();
      const createdAt = now().toISOString();
      const participationId = await participationOf(study, person, createdAt);
      const source = (
        kind: 'turn' | 'moment',
        item: string,
        position: number,
        text: string,
        speaker: string | null,
      ): NewSourceText => ({
        studyId: study.id,
        publicId: sourceId(kind, publicId, item),
        version: 1,
        kind,
        subjectId: publicId,
        item,
        position,
        speaker,
        text,
        textHash: seal(keys.text, text),
        replaced: text.split('\uFFFD').length - 1,
        createdAt,
      });
      const turns = readTurns(clean.transcript.text);
      const sources = turns.map((turn, index) => source('turn', String(index + 1), index + 1, turn.text, turn.speaker));
      if (clean.moment.text.trim() !== '')
        sources.unshift(source('moment', 'moment', 0, clean.moment.text.trim(), clean.participant.text.trim()));
      const interview = await store.notes.addInterview(
        {
          studyId: study.id,
          publicId,
          title: clean.title.text.trim() || `Interview with ${clean.participant.text.trim()}`,
          participant: clean.participant.text.trim(),
          participationId,
          heldOn: form.heldOn,
          mode: form.mode,
          guide: clean.guide.text.trim(),
          maySpeak: form.mayQuote ? 1 : 0,
          createdBy: actor?.userId ?? null,
          createdAt,
        },
        sources,
        {
          purposes: form.mayQuote ? ['analysis', 'quotes'] : ['analysis'],
          textVersion: 'noted by the researcher',
          language: 'en',
        },
      );
      return { interview };
    },

    /**
     * Says whose interview it was, by the id programs know them by, or with an empty one that it was nobody's in
     * particular. From then on its codes are what rules find that person by, and nobody else.
     *
     * @throws Problem `invalid` for an id that nobody has
     */
    link: async (study: Study, interview: Interview, id: string): Promise<void> => {
      const person = await personWith(study, id);
      if (person === 'unknown')
        throw new Problem('invalid', 'Nobody is known by this id', { errors: [UNKNOWN_PERSON] });
      await store.notes.linkInterview(interview.id, await participationOf(study, person, now().toISOString()));
    },

    /** Takes back what somebody interviewed agreed to: the words are emptied for good, and enter nothing any more. */
    withdraw: (interview: Interview): Promise<void> => store.notes.withdrawInterview(interview, now().toISOString()),
  };
}
export type Interviews = ReturnType<typeof interviewService>;
