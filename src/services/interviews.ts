import { seal } from '../coding/seal.ts';
import { readTurns } from '../exchange/transcripts/read-transcript.ts';
import { cleanText, type TextKind } from '../model/clean-text.ts';
import { INTERVIEW_STATES, type InterviewState, nextStates } from '../model/interview-state.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import { newPublicId, sourceId } from '../store/identifiers.ts';
import type { Interview, NewSourceText } from '../store/notes.ts';
import type { Study } from '../store/studies.ts';
import type { Actor, Context } from './context.ts';
import {
  type Appointment,
  appointmentFaults,
  dayOf,
  INTERVIEW_MODES,
  type InterviewPlan,
  isDay,
  planFaults,
  teamOf,
  textReader,
} from './interview-form.ts';

export type InterviewForm = {
  title: string;
  participant: string;
  /** The id by which programs know them, so that rules can ask for what they spoke of; empty for nobody in particular. */
  person?: string;
  heldOn: string;
  mode: string;
  /** The public id of a guide of the study, or the title of one that is kept elsewhere. */
  guide: string;
  moment: string;
  transcript: string;
  mayQuote: boolean;
};

/** What a planned interview needs is its participant; everything else may follow. */
export type NewPlan = Partial<InterviewPlan> & {
  participant: string;
  /** Whom it is with, by the id programs know them by, or by the number of the person. */
  person?: string;
  personId?: number | null;
};

/** What somebody says an interview became; an appointment belongs to `scheduled`. */
export type StateChange = Partial<Appointment> & {
  state: InterviewState;
  lengthMinutes?: number | null;
  place?: string;
  note?: string;
};

const UNKNOWN_PERSON: ProblemError = {
  pointer: '#/person',
  detail: 'Nobody is known by this id: check it, or leave it empty',
};

const EMPTY_PLAN: Omit<InterviewPlan, 'participant' | 'researcherIds'> = {
  title: '',
  scheduledAt: null,
  zone: null,
  lengthMinutes: null,
  mode: 'by video',
  place: '',
  guide: '',
  observerIds: [],
};

/** Interviews: planned, held, logged, linked to whom they were with, and withdrawn. */
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

  /** A guide of the study, in the version that is newest now; a title that is no guide's is kept as it is. */
  async function guideOf(study: Study, named: string): Promise<{ guideId: number | null; guide: string }> {
    const wanted = named.trim();
    if (wanted === '') return { guideId: null, guide: '' };
    const row = (await store.guides.list(study.id)).find(
      ({ publicId, title }) => publicId === wanted || title === wanted,
    );
    return row ? { guideId: row.id, guide: row.title } : { guideId: null, guide: wanted };
  }

  async function readPlan(study: Study, plan: InterviewPlan) {
    const colleagues = await store.interviewLog.colleagues(study);
    const errors = planFaults(plan, (userId) => colleagues.some(({ id }) => id === userId));
    const take = textReader(errors);
    const participant = take(
      'participant',
      plan.participant,
      'name',
      'Enter whom you want to speak with: a number or a made-up name will do',
    );
    const title = take('title', plan.title, 'name') || `Interview with ${participant}`;
    const place = take('place', plan.place, 'line');
    const guide = await guideOf(study, take('guide', plan.guide, 'line'));
    const { scheduledAt, zone, lengthMinutes, mode } = plan;
    const columns = { participant, title, place, ...guide, scheduledAt, zone, lengthMinutes, mode };
    return { errors, columns, team: teamOf(plan) };
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
      const turns = readTurns(clean.transcript.text);
      if (turns.length === 0 && errors.length === 0)
        errors.push({ pointer: '#/transcript', detail: 'There are names and no words: enter what was said' });
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
          ...(await guideOf(study, clean.guide.text)),
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
     * Plans an interview: the participant is invited, or a time is arranged already.
     *
     * @returns what does not fit, by the name of its field, where something does not
     */
    plan: async (
      study: Study,
      { person = '', personId = null, ...form }: NewPlan,
      actor: Actor,
    ): Promise<{ interview: Interview } | { errors: ProblemError[] }> => {
      const plan: InterviewPlan = { ...EMPTY_PLAN, researcherIds: actor ? [actor.userId] : [], ...form };
      const { errors, columns, team } = await readPlan(study, plan);
      const found = personId ?? (await personWith(study, person));
      if (found === 'unknown') errors.push(UNKNOWN_PERSON);
      if (errors.length > 0 || found === 'unknown') return { errors };
      const at = now().toISOString();
      const state = plan.scheduledAt === null ? 'invited' : 'scheduled';
      const madeBy = actor?.userId ?? null;
      const interview = await store.interviewLog.plan(
        {
          ...columns,
          studyId: study.id,
          publicId: newPublicId(),
          participationId: await participationOf(study, found, at),
          heldOn: dayOf(plan),
          maySpeak: 0,
          state,
          createdBy: madeBy,
          createdAt: at,
        },
        team,
        { state, note: '', madeBy, madeAt: at },
      );
      return { interview };
    },

    /**
     * Says what an interview became, with when and by whom: invited, scheduled, held, thanked, a no-show, or cancelled.
     *
     * @throws Problem `invalid` for a time or note that does not fit, `conflict` for a state it cannot go to from where it
     *   is, or that it is no longer in, and for an interview that was withdrawn
     */
    setState: async (study: Study, interview: Interview, change: StateChange, actor: Actor): Promise<Interview> => {
      await store.withdrawals.mustHold(study.id, { kind: 'interview', id: interview.publicId });
      const errors: ProblemError[] = [];
      const take = textReader(errors);
      const note = take('note', change.note ?? '', 'line');
      const place = change.place === undefined ? interview.place : take('place', change.place, 'line');
      const appointment = {
        scheduledAt: change.scheduledAt ?? interview.scheduledAt,
        zone: change.zone ?? interview.zone,
      };
      errors.push(...appointmentFaults(appointment));
      if (change.state === 'scheduled' && appointment.scheduledAt === null)
        errors.push({ pointer: '#/day', detail: 'Enter the day and the time you agreed on' });
      if (errors.length > 0) throw new Problem('invalid', 'There is something to look at', { errors });
      const isOpen = nextStates(interview.state, await store.interviewLog.hasWords(interview)).includes(change.state);
      const at = now().toISOString();
      const day = dayOf(appointment);
      const today = at.slice(0, 10);
      const heldOn = { scheduled: day, held: day !== '' && day < today ? day : today }[change.state as string];
      const moved =
        isOpen &&
        (await store.interviewLog.step(
          interview,
          {
            ...(change.state === 'scheduled' ? appointment : {}),
            heldOn: heldOn ?? interview.heldOn,
            place,
            lengthMinutes: change.lengthMinutes ?? interview.lengthMinutes,
          },
          { state: change.state, note, madeBy: actor?.userId ?? null, madeAt: at },
        ));
      if (!moved) {
        const standing = (await store.notes.findInterview(study.id, interview.publicId)) ?? interview;
        throw new Problem('conflict', 'This is not what it can become', {
          detail: `The interview is ${INTERVIEW_STATES[standing.state].toLowerCase()} by now. Look at its page, and choose again`,
        });
      }
      return moved;
    },

    /**
     * Changes what is noted of an interview, before or after it is held.
     *
     * @returns what does not fit, by the name of its field; null where it was saved
     * @throws Problem `conflict` for an interview that was withdrawn
     */
    revise: async (
      study: Study,
      interview: Interview,
      plan: InterviewPlan & { heldOn: string },
    ): Promise<ProblemError[] | null> => {
      await store.withdrawals.mustHold(study.id, { kind: 'interview', id: interview.publicId });
      const { errors, columns, team } = await readPlan(study, plan);
      if (plan.heldOn !== '' && !isDay(plan.heldOn))
        errors.push({ pointer: '#/heldOn', detail: 'Enter the day as year-month-day, such as 2026-03-09' });
      if (errors.length > 0) return errors;
      // The version that was followed stays, unless another guide is chosen.
      const followed = interview.guideId === null ? null : await store.guides.findById(interview.guideId);
      const kept =
        followed?.publicId === plan.guide.trim() ? { guideId: interview.guideId, guide: interview.guide } : {};
      const heldOn = plan.heldOn || dayOf(plan) || interview.heldOn;
      await store.interviewLog.change(interview.id, { ...columns, ...kept, heldOn }, team);
      return null;
    },

    /**
     * Says whose interview it was, by the id programs know them by, or with an empty one that it was nobody's in
     * particular. From then on its codes are what rules find that person by, and nobody else.
     *
     * @throws Problem `invalid` for an id that nobody has, `conflict` for an interview that was withdrawn
     */
    link: async (study: Study, interview: Interview, id: string): Promise<void> => {
      await store.withdrawals.mustHold(study.id, { kind: 'interview', id: interview.publicId });
      const person = await personWith(study, id);
      if (person === 'unknown')
        throw new Problem('invalid', 'Nobody is known by this id', { errors: [UNKNOWN_PERSON] });
      await store.notes.linkInterview(interview.id, await participationOf(study, person, now().toISOString()));
    },
  };
}
export type Interviews = ReturnType<typeof interviewService>;
