import { seal } from '../coding/seal.ts';
import { codePointLength, findSpan, sliceSpan } from '../coding/spans.ts';
import { readTurns } from '../coding/turns.ts';
import { cleanText, type TextKind } from '../model/clean-text.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import { isUniqueViolation } from '../store/dialect.ts';
import { newPublicId, sourceId } from '../store/identifiers.ts';
import type { Code, Coding, Interview, NewSourceText } from '../store/notes.ts';
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

/** A code's name and definition as they are kept. @throws Problem `invalid` naming what does not fit */
function readCode(form: { name: string; definition: string }): { name: string; definition: string } {
  const name = cleanText(form.name, 'name');
  const definition = cleanText(form.definition, 'note');
  if (name.text.trim() === '' || name.isTooLong)
    throw new Problem('invalid', 'The code needs a name', {
      errors: [{ pointer: '#/name', detail: 'Enter a name of at most 200 characters' }],
    });
  if (definition.isTooLong)
    throw new Problem('invalid', 'The definition is too long', {
      errors: [{ pointer: '#/definition', detail: 'Shorten it to 20,000 characters' }],
    });
  return { name: name.text.trim(), definition: definition.text.trim() };
}

const readDirection = (direction: string): 'for' | 'against' | null =>
  direction === 'for' || direction === 'against' ? direction : null;

/** Interviews, and the codes that researchers put on what was said in them. */
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

    /**
     * Puts a code on words: given by their place, or by the words themselves as they stand in a turn.
     *
     * @throws Problem `invalid` when the words do not stand there
     */
    code: async (
      study: Study,
      passage: { sourceId: string; version: number; start: number | null; end: number | null; words: string },
      code: { publicId: string | null; name: string; definition: string; direction?: string },
      actor: Actor,
    ): Promise<Coding> => {
      const source = await store.notes.findSource(study.id, passage.sourceId, passage.version);
      if (!source || source.erasedAt !== null) throw new Problem('not-found', 'The words are no longer there');
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
      const chosen = code.publicId === null ? null : await store.notes.findCode(study.id, code.publicId);
      const name = cleanText(code.name, 'name');
      if (!chosen && (name.text.trim() === '' || name.isTooLong)) {
        throw new Problem('invalid', 'Name the code', {
          errors: [
            { pointer: '#/name', detail: 'Choose a code, or enter a name of at most 200 characters for a new one' },
          ],
        });
      }
      const at = now().toISOString();
      const put =
        chosen ??
        (await store.notes.codeNamed(study.id, name.text.trim(), cleanText(code.definition, 'note').text.trim(), at));
      return store.notes.addCoding({
        studyId: study.id,
        codeId: put.id,
        sourceId: source.publicId,
        sourceVersion: source.version,
        spanStart: span.start,
        spanEnd: span.end,
        spanHash: seal(keys.text, marked),
        coderId: actor?.userId ?? null,
        layer: 'human',
        runId: null,
        createdAt: at,
        direction: readDirection(code.direction ?? ''),
      });
    },

    /** Says which way the words of a coding speak of what its code names; empty for neither. */
    direct: async (study: Study, codingPublicId: string, direction: string): Promise<void> => {
      if (!(await store.notes.setDirection(study.id, codingPublicId, readDirection(direction))))
        throw new Problem('not-found', 'This passage is no longer coded');
    },

    uncode: async (study: Study, codingPublicId: string): Promise<void> => {
      if (!(await store.notes.removeCoding(study.id, codingPublicId, now().toISOString())))
        throw new Problem('not-found', 'This passage is no longer coded');
    },

    /** Adds a code before anything is coded with it; one of that name is taken as it is. */
    addCode: (study: Study, form: { name: string; definition: string }): Promise<Code> => {
      const { name, definition } = readCode(form);
      return store.notes.codeNamed(study.id, name, definition, now().toISOString());
    },

    defineCode: async (
      study: Study,
      codePublicId: string,
      form: { name: string; definition: string },
    ): Promise<void> => {
      const code = await store.notes.findCode(study.id, codePublicId);
      if (!code) throw new Problem('not-found', 'There is no such code in this study');
      const { name, definition } = readCode(form);
      try {
        await store.notes.defineCode(code.id, name, definition);
      } catch (error) {
        if (isUniqueViolation(error))
          throw new Problem('conflict', 'Another code has this name already', {
            errors: [{ pointer: '#/name', detail: 'Choose another name' }],
          });
        throw error;
      }
    },
  };
}
export type Interviews = ReturnType<typeof interviewService>;
