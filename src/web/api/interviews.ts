import { z } from 'zod';
import { INTERVIEW_STATES, type InterviewState } from '../../model/interview-state.ts';
import { Problem } from '../../model/problem.ts';
import { INTERVIEW_MODES } from '../../services/interview-form.ts';
import type { Interview } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { Id, listOf, operation, pageQuery, Time } from './operation.ts';

const States = z.enum(Object.keys(INTERVIEW_STATES) as [InterviewState, ...InterviewState[]]);
const Mode = z.enum(INTERVIEW_MODES);
const Appointment = {
  scheduledAt: z.iso.datetime({ offset: true }).optional(),
  zone: z.string().max(60).optional().meta({ description: 'The time zone in which the time is said' }),
  lengthMinutes: z.number().int().min(1).optional(),
  place: z.string().max(1_000).optional().meta({ description: 'A link, a telephone number or a room' }),
};
const InterviewAnswer = z
  .strictObject({
    id: Id,
    title: z.string(),
    participant: z.string().meta({ description: 'A number or a made-up name' }),
    state: States,
    scheduledAt: Time.nullable(),
    zone: z.string().nullable(),
    lengthMinutes: z.number().int().nullable(),
    heldOn: z.string().nullable().meta({ description: 'The day, year-month-day; null where none is arranged' }),
    mode: z.string(),
    place: z.string(),
    guide: z.string().meta({ description: 'The title of the guide that is followed; empty for none' }),
    createdAt: Time,
  })
  .meta({ id: 'Interview' });
const WholeInterview = InterviewAnswer.extend({
  isWithdrawn: z.boolean(),
  uses: z.array(z.string()).meta({ description: 'What the participant agreed to, as it holds today' }),
  team: z.array(z.strictObject({ name: z.string(), role: z.enum(['researcher', 'observer']) })),
  turns: z.number().int(),
  codings: z.number().int(),
  steps: z.array(z.strictObject({ state: States, note: z.string(), madeAt: Time })),
}).meta({ id: 'WholeInterview' });

const CHAPTER = 'Interviews';
const ALL = '/studies/:study/interviews';
const ONE = `${ALL}/:interview`;

/** @throws Problem `not-found` */
export async function interviewIn({ verbatim }: House, study: EnteredStudy, id: string): Promise<Interview> {
  const interview = await verbatim.store.notes.findInterview(study.id, id);
  if (!interview) throw new Problem('not-found', 'There is no such interview in this study');
  return interview;
}

const shown = (interview: Interview): z.input<typeof InterviewAnswer> => ({
  id: interview.publicId,
  title: interview.title,
  participant: interview.participant,
  state: interview.state,
  scheduledAt: interview.scheduledAt,
  zone: interview.zone,
  lengthMinutes: interview.lengthMinutes === null ? null : Number(interview.lengthMinutes),
  heldOn: interview.heldOn === '' ? null : interview.heldOn,
  mode: interview.mode,
  place: interview.place,
  guide: interview.guide,
  createdAt: interview.createdAt,
});

/** Talks with people: planned, held, and what became of them. */
export const interviewResource = (house: House) => {
  const { store, interviews, consents, transcripts } = house.verbatim;

  async function whole(study: EnteredStudy, id: string): Promise<z.input<typeof WholeInterview>> {
    const interview = await interviewIn(house, study, id);
    const { turns, codings } = await transcripts.standing(interview);
    const team = (await store.interviewLog.teams(study.id)).get(Number(interview.id)) ?? [];
    return {
      ...shown(interview),
      isWithdrawn: await store.interviewLog.isWithdrawn(interview),
      uses: [...(await consents.holds(study, interview))],
      team: team.map(({ name, role }) => ({ name, role })),
      turns,
      codings: Number(codings),
      steps: (await store.interviewLog.steps(interview.id)).map(({ state, note, madeAt }) => ({ state, note, madeAt })),
    };
  }

  return {
    listInterviews: operation({
      method: 'GET',
      path: ALL,
      scope: 'interviews:read',
      chapter: CHAPTER,
      title: 'List interviews',
      query: z.strictObject({ ...pageQuery, state: States.optional() }),
      answer: listOf(InterviewAnswer),
      example: { query: { state: 'held' } },
      handle: async ({ study, query, part }) => {
        const all = await store.notes.interviews(study.id);
        const { rows, next } = part(
          all.filter(({ state }) => query.state === undefined || state === query.state),
          ({ id }) => Number(id),
        );
        return { items: rows.map(shown), next };
      },
    }),
    planInterview: operation({
      method: 'POST',
      path: ALL,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Plan an interview',
      text: 'Without a time the participant is invited; with one it is scheduled. Whoever made the key leads it.',
      body: z.strictObject({
        participant: z.string().min(1).max(200).meta({ description: 'A number or a made-up name, such as P07' }),
        person: z.string().max(300).optional().meta({ description: 'The id that your programs know them by' }),
        title: z.string().max(200).optional(),
        mode: Mode.default('by video'),
        guide: z.string().max(200).optional().meta({ description: 'The id or the title of a guide of the study' }),
        ...Appointment,
      }),
      answer: WholeInterview,
      status: 201,
      example: {
        body: { participant: 'P07', scheduledAt: '2026-03-09T13:30:00Z', zone: 'Europe/Berlin', lengthMinutes: 45 },
      },
      handle: async ({ study, body, actor, created }) => {
        const { participant, mode, person, title, guide, scheduledAt, zone, lengthMinutes, place } = body;
        const planned = await interviews.plan(
          study,
          {
            participant,
            mode,
            person: person ?? '',
            title: title ?? '',
            guide: guide ?? '',
            scheduledAt: scheduledAt === undefined ? null : new Date(scheduledAt).toISOString(),
            zone: zone ?? null,
            lengthMinutes: lengthMinutes ?? null,
            place: place ?? '',
          },
          actor,
        );
        if ('errors' in planned)
          throw new Problem('invalid', 'This interview cannot be planned so', { errors: planned.errors });
        created(`/interviews/${planned.interview.publicId}`);
        return whole(study, planned.interview.publicId);
      },
    }),
    readInterview: operation({
      method: 'GET',
      path: ONE,
      scope: 'interviews:read',
      chapter: CHAPTER,
      title: 'Read an interview',
      answer: WholeInterview,
      handle: ({ study, params }) => whole(study, params.interview),
    }),
    setInterviewState: operation({
      method: 'POST',
      path: `${ONE}/state`,
      scope: 'interviews:write',
      chapter: CHAPTER,
      title: 'Say what became of an interview',
      text: 'A time belongs to one that is scheduled. Of which something was said cannot become one that never took place.',
      body: z.strictObject({ state: States, note: z.string().max(1_000).optional(), ...Appointment }),
      answer: WholeInterview,
      example: { body: { state: 'held' } },
      handle: async ({ study, params, body, actor }) => {
        const interview = await interviewIn(house, study, params.interview);
        const { state, note, scheduledAt, zone, lengthMinutes, place } = body;
        await interviews.setState(
          study,
          interview,
          {
            state,
            ...(scheduledAt === undefined ? {} : { scheduledAt: new Date(scheduledAt).toISOString() }),
            ...(zone === undefined ? {} : { zone }),
            ...(lengthMinutes === undefined ? {} : { lengthMinutes }),
            ...(place === undefined ? {} : { place }),
            ...(note === undefined ? {} : { note }),
          },
          actor,
        );
        return whole(study, params.interview);
      },
    }),
  };
};
