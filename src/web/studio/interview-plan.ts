import type { Response } from 'express';
import type { Form } from '../../model/answers.ts';
import { type InterviewState, isInterviewState, wasHeld } from '../../model/interview-state.ts';
import { Problem, type ProblemError } from '../../model/problem.ts';
import { instantOf, isTimeZone, wallTime } from '../../model/zoned-time.ts';
import { INTERVIEW_MODES, type InterviewPlan } from '../../services/interview-form.ts';
import type { Interview } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, formOf, queryOf } from '../form.ts';
import { buttons, type FieldView, type fieldMaker, head, isForForm, showForm, studyAddress } from './frame.ts';
import { interviewAddress, interviewCrumbs, interviewOf, interviewsAddress } from './interview-place.ts';

type Make = ReturnType<typeof fieldMaker>;
type Values = Readonly<Record<string, string | string[]>>;

/** Interviews to come: planned, arranged, changed, and what became of them. */
export function interviewPlanDoor(door: Doorway, house: House): void {
  const { store, interviews, guides } = house.verbatim;

  /** What a form says of an interview, and where its time does not read. */
  async function readPlan(study: EnteredStudy, form: Form): Promise<{ plan: InterviewPlan; errors: ProblemError[] }> {
    const text = (name: string) => field(form, name).trim();
    const { scheduledAt, zone, errors } = readAppointment(form, await zoneOf(study));
    const many = (name: string) => [form[name] ?? []].flat().map(Number).filter(Number.isSafeInteger);
    return {
      errors,
      plan: {
        participant: field(form, 'participant'),
        title: field(form, 'title'),
        scheduledAt,
        zone,
        lengthMinutes: text('lengthMinutes') === '' ? null : Number(text('lengthMinutes')),
        mode: text('mode'),
        place: field(form, 'place'),
        guide: text('guide'),
        researcherIds: many('researchers'),
        observerIds: many('observers'),
      },
    };
  }
  /** Where the last talk was arranged; else the workspace's own, or this server's where it has none. */
  const zoneOf = async (study: EnteredStudy): Promise<string> => {
    const last = (await store.notes.interviews(study.id))
      .filter(({ zone }) => zone !== null)
      .reduce<Interview | null>((found, one) => (found === null || one.id > found.id ? one : found), null);
    if (last?.zone) return last.zone;
    const { timeZone } = await store.offers.limits(study.workspaceId);
    return timeZone === 'UTC' ? Intl.DateTimeFormat().resolvedOptions().timeZone : timeZone;
  };

  async function choices(study: EnteredStudy) {
    const colleagues = (await store.interviewLog.colleagues(study)).map(({ id, name }) => ({
      value: String(id),
      label: name,
    }));
    return { colleagues, guides: await guides.list(study) };
  }
  type Choices = Awaited<ReturnType<typeof choices>>;

  const arrangement = (make: Make, isRequired = false): FieldView[] => [
    make.text('day', 'Day', { type: 'date', isShort: true, isRequired }),
    make.text('time', 'Time', { type: 'time', isShort: true, isRequired }),
    make.select(
      'zone',
      'Time zone of that time',
      ['UTC', ...Intl.supportedValuesOf('timeZone')].map((name) => ({ value: name, label: name.replaceAll('_', ' ') })),
      { hint: 'Where the participant’s clock hangs' },
    ),
  ];
  const details = (
    make: Make,
    { colleagues, guides: known }: Choices,
    kept: { value: string; label: string } | null,
  ) => [
    make.text('lengthMinutes', 'Length in minutes', { isShort: true }),
    make.select(
      'mode',
      'How do you speak?',
      INTERVIEW_MODES.map((mode) => ({ value: mode, label: mode })),
      { isRequired: true },
    ),
    make.text('place', 'Where', { hint: 'A link, a telephone number or a room' }),
    ...(known.length > 0 || kept
      ? [
          make.select('guide', 'Guide', [
            { value: '', label: 'None' },
            ...(kept && !known.some(({ publicId }) => publicId === kept.value) ? [kept] : []),
            ...known.map(({ publicId, title }) => ({ value: publicId, label: title })),
          ]),
        ]
      : []),
    make.boxes('researchers', 'Who leads it', colleagues),
    make.boxes('observers', 'Who observes', colleagues),
    make.text('title', 'Title', { hint: 'Left empty, it is named after the participant' }),
  ];

  const planPage = (study: EnteredStudy, known: Choices) => ({
    head: head(
      [
        { label: study.name, href: studyAddress(study) },
        { label: 'Interviews', href: interviewsAddress(study) },
      ],
      'Plan an interview',
      'Only the participant is needed. Everything else can follow.',
    ),
    action: `${interviewsAddress(study)}/plan`,
    fields: (make: Make) => [
      make.text('participant', 'Whom do you want to speak with?', {
        isRequired: true,
        hint: 'A number or a made-up name, such as P07',
      }),
      make.text('person', 'Their id', { hint: 'If this workspace knows them: the id that stands among People' }),
      ...arrangement(make),
      ...details(make, known, null),
    ],
    buttons: buttons('Plan it', { label: 'Cancel', href: interviewsAddress(study) }),
  });

  const show = (
    visit: StudyVisit,
    res: Response,
    page: Parameters<typeof showForm>[4],
    values: Values,
    errors: ProblemError[],
  ) =>
    showForm(
      house,
      visit,
      res,
      'interviews',
      page,
      values,
      errors.length > 0 ? new Problem('invalid', 'There is something to look at', { errors }) : null,
    );

  door.get('/studio/:study/interviews/plan', 'researcher', async (visit, req, res) => {
    const values = {
      mode: 'by video',
      zone: await zoneOf(visit.study),
      researchers: [String(visit.user.id)],
      guide: queryOf(req, 'guide'),
      participant: queryOf(req, 'participant').slice(0, 200),
      person: queryOf(req, 'person').slice(0, 300),
    };
    await show(visit, res, planPage(visit.study, await choices(visit.study)), values, []);
  });
  door.post('/studio/:study/interviews/plan', 'researcher', async (visit, req, res) => {
    const form = formOf(req);
    const { plan, errors } = await readPlan(visit.study, form);
    const planned =
      errors.length > 0
        ? { errors }
        : await interviews.plan(visit.study, { ...plan, person: field(form, 'person') }, { userId: visit.user.id });
    if ('interview' in planned) return res.redirect(303, interviewAddress(visit.study, planned.interview));
    await show(visit, res, planPage(visit.study, await choices(visit.study)), form, planned.errors);
  });

  const at = '/studio/:study/interviews/:interview';
  async function detailsPage(study: EnteredStudy, interview: Interview) {
    const known = await choices(study);
    const followed = await guides.followedBy(interview);
    const kept = followed
      ? { value: followed.publicId, label: `${followed.title} (version ${followed.version}, as followed)` }
      : interview.guide === ''
        ? null
        : { value: interview.guide, label: interview.guide };
    const isPast = wasHeld(interview.state);
    return {
      head: head(interviewCrumbs(study, interview), 'Details'),
      action: `${interviewAddress(study, interview)}/details`,
      fields: (make: Make) => [
        make.text('participant', 'Participant', { isRequired: true }),
        ...(isPast ? [make.text('heldOn', 'Held on', { type: 'date', isShort: true, isRequired: true })] : []),
        ...details(make, known, kept),
      ],
      buttons: buttons('Save', { label: 'Cancel', href: interviewAddress(study, interview) }),
    };
  }
  door.get(`${at}/details`, 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(house, visit.study, req);
    const team = (await store.interviewLog.teams(visit.study.id)).get(Number(interview.id)) ?? [];
    const ids = (role: 'researcher' | 'observer') =>
      team.filter((one) => one.role === role).map(({ userId }) => String(userId));
    const followed = await guides.followedBy(interview);
    const values = {
      participant: interview.participant,
      title: interview.title,
      heldOn: interview.heldOn,
      lengthMinutes: interview.lengthMinutes === null ? '' : String(interview.lengthMinutes),
      mode: interview.mode,
      place: interview.place,
      guide: followed?.publicId ?? interview.guide,
      researchers: ids('researcher'),
      observers: ids('observer'),
    };
    await show(visit, res, await detailsPage(visit.study, interview), values, []);
  });
  door.post(`${at}/details`, 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(house, visit.study, req);
    const form = formOf(req);
    const { plan } = await readPlan(visit.study, form);
    const { scheduledAt, zone } = interview;
    const heldOn = wasHeld(interview.state) ? field(form, 'heldOn') : '';
    const faults = await interviews.revise(visit.study, interview, { ...plan, scheduledAt, zone, heldOn });
    if (faults === null) return res.redirect(303, interviewAddress(visit.study, interview));
    await show(visit, res, await detailsPage(visit.study, interview), form, faults);
  });

  async function appointmentValues(study: EnteredStudy, { scheduledAt, zone }: Interview) {
    if (scheduledAt === null || zone === null) return { day: '', time: '', zone: await zoneOf(study) };
    const shown = wallTime(scheduledAt, zone);
    return { day: shown.slice(0, 10), time: shown.slice(11), zone };
  }

  const stepPage = (study: EnteredStudy, interview: Interview, state: InterviewState) => ({
    head: head(interviewCrumbs(study, interview), STEP_TITLES[state]),
    action: `${interviewAddress(study, interview)}/state`,
    fields: (make: Make) => [
      make.hidden('state'),
      ...(state === 'scheduled' ? arrangement(make, true) : []),
      ...(state === 'scheduled' ? [make.text('lengthMinutes', 'Length in minutes', { isShort: true })] : []),
      ...(state === 'scheduled' ? [make.text('place', 'Where', { hint: 'A link, a telephone number or a room' })] : []),
      make.text('note', 'Note', { hint: NOTE_HINTS[state] ?? '' }),
    ],
    buttons: buttons('Save', { label: 'Cancel', href: interviewAddress(study, interview) }),
  });
  const stateOf = (written: string): InterviewState => {
    if (!isInterviewState(written)) throw new Problem('not-found', 'There is no such state of an interview');
    return written;
  };
  door.get(`${at}/state`, 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(house, visit.study, req);
    const state = stateOf(queryOf(req, 'to'));
    const values = {
      state,
      ...(await appointmentValues(visit.study, interview)),
      lengthMinutes: interview.lengthMinutes === null ? '' : String(interview.lengthMinutes),
      place: interview.place,
    };
    await show(visit, res, stepPage(visit.study, interview, state), values, []);
  });
  door.post(`${at}/state`, 'researcher', async (visit, req, res) => {
    const interview = await interviewOf(house, visit.study, req);
    const form = formOf(req);
    const state = stateOf(field(form, 'state'));
    const isScheduled = state === 'scheduled';
    const { errors, ...appointment } = isScheduled ? readAppointment(form, await zoneOf(visit.study)) : { errors: [] };
    const length = field(form, 'lengthMinutes').trim();
    try {
      if (errors.length > 0) throw new Problem('invalid', 'There is something to look at', { errors });
      await interviews.setState(
        visit.study,
        interview,
        {
          state,
          ...appointment,
          note: field(form, 'note'),
          ...(isScheduled ? { place: field(form, 'place') } : {}),
          ...(isScheduled && length !== '' ? { lengthMinutes: Number(length) } : {}),
        },
        { userId: visit.user.id },
      );
      res.redirect(303, interviewAddress(visit.study, interview));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'interviews', stepPage(visit.study, interview, state), form, error);
    }
  });
}

export const STEP_TITLES: Record<InterviewState, string> = {
  invited: 'They are invited again',
  scheduled: 'A time is arranged',
  held: 'It was held',
  thanked: 'They were thanked',
  'no-show': 'They did not show',
  cancelled: 'It is cancelled',
};
const NOTE_HINTS: Partial<Record<InterviewState, string>> = {
  cancelled: 'Who cancelled, and why',
  'no-show': 'What you tried to reach them',
  thanked: 'What they were given',
};

/** A day and a time as the clock of a place shows them, as an instant. Both empty is none. */
function readAppointment(form: Form, usualZone: string) {
  const [day, time] = [field(form, 'day').trim(), field(form, 'time').trim().slice(0, 5)];
  const zone = field(form, 'zone').trim() || usualZone;
  const none = { scheduledAt: null, zone: null };
  if (day === '' && time === '') return { ...none, errors: [] };
  if (!isTimeZone(zone)) return { ...none, errors: [{ pointer: '#/zone', detail: 'Choose a time zone of the list' }] };
  if (day === '') return { ...none, errors: [{ pointer: '#/day', detail: 'Enter the day as well' }] };
  if (time === '') return { ...none, errors: [{ pointer: '#/time', detail: 'Enter the time as well' }] };
  const scheduledAt = instantOf(`${day}T${time}`, zone);
  if (scheduledAt === null)
    return {
      ...none,
      errors: [{ pointer: '#/day', detail: 'Enter a day such as 2026-03-09, and a time such as 14:30' }],
    };
  return { scheduledAt, zone, errors: [] };
}
