import type { Request } from 'express';
import { INTERVIEW_STATES, type InterviewState, isInterviewState } from '../../model/interview-state.ts';
import { wallTime } from '../../model/zoned-time.ts';
import { showDate } from '../../render/helpers.ts';
import type { Interview } from '../../store/notes.ts';
import type { House } from '../app.ts';
import type { Doorway, StudyVisit } from '../doorway.ts';
import { queryOf } from '../form.ts';
import { roundNotice } from './agreement-place.ts';
import { fieldMaker, head, showPage, studyAddress } from './frame.ts';
import { interviewAddress, interviewsAddress } from './interview-place.ts';
import { fitsFilter, segmentChoices, segmentsLine } from './interviewee-view.ts';

const SHOWN = 100;
const FILTERS = ['state', 'segment', 'guide', 'researcher', 'from', 'until'] as const;
/** In the order in which a study goes through them. */
const STATES = Object.keys(INTERVIEW_STATES) as InterviewState[];
const ORDERS = {
  latest: 'The latest first',
  earliest: 'The earliest first',
  participant: 'By participant',
  state: 'By state',
};
type Order = keyof typeof ORDERS;

/** The time of an interview as the participant's clock shows it; a day where no time was arranged. */
export function whenOf({ scheduledAt, zone, heldOn, state }: Interview): string {
  if (scheduledAt === null || zone === null) return heldOn === '' ? 'No time yet' : showDate(heldOn);
  const shown = wallTime(scheduledAt, zone);
  if (heldOn !== '' && heldOn !== shown.slice(0, 10) && state !== 'scheduled') return showDate(heldOn);
  return `${showDate(shown.slice(0, 10))}, ${shown.slice(11)} (${zone.replaceAll('_', ' ')})`;
}

/** All interviews of a study, from those invited to those thanked. */
export function interviewListDoor(door: Doorway, house: House): void {
  const { store, interviewees } = house.verbatim;

  async function list(visit: StudyVisit, req: Request) {
    const { study } = visit;
    const all = await store.notes.interviews(study.id);
    const asked = Object.fromEntries(FILTERS.map((name) => [name, queryOf(req, name).trim().slice(0, 300)])) as Record<
      (typeof FILTERS)[number],
      string
    >;
    const segments = await interviewees.segmentsOf(study, all);
    const teams = await store.interviewLog.teams(study.id);
    const leads = (interview: Interview) =>
      (teams.get(Number(interview.id)) ?? []).filter(({ role }) => role === 'researcher');
    const choices = segmentChoices(await interviewees.standing(study));
    const options = {
      segment: [...choices, ...(choices.length > 0 ? [{ value: 'not-typed', label: 'Not typed' }] : [])],
      guide: [...new Set(all.map(({ guide }) => guide).filter(Boolean))]
        .sort()
        .map((guide) => ({ value: guide, label: guide })),
      researcher: [...new Map(all.flatMap(leads).map(({ userId, name }) => [userId, name]))].map(([userId, name]) => ({
        value: String(userId),
        label: name,
      })),
    };
    // What an address asks for and nothing here has is passed over.
    for (const name of ['segment', 'guide', 'researcher'] as const)
      if (!options[name].some(({ value }) => value === asked[name])) asked[name] = '';
    for (const name of ['from', 'until'] as const) if (!/^\d{4}-\d\d-\d\d$/.test(asked[name])) asked[name] = '';
    if (!isInterviewState(asked.state)) asked.state = '';
    const fits = (interview: Interview) =>
      fitsFilter(asked.segment, segments.get(interview.id)) &&
      (asked.guide === '' || interview.guide === asked.guide) &&
      (asked.researcher === '' || leads(interview).some(({ userId }) => String(userId) === asked.researcher)) &&
      (asked.from === '' || interview.heldOn >= asked.from) &&
      (asked.until === '' || (interview.heldOn !== '' && interview.heldOn <= asked.until));
    const inEveryState = all.filter(fits);
    const found = inEveryState.filter(({ state }) => asked.state === '' || state === asked.state);
    const order = Object.hasOwn(ORDERS, queryOf(req, 'order')) ? (queryOf(req, 'order') as Order) : 'latest';
    return { all, asked, order, segments, leads, options, inEveryState, found: found.toSorted(compare[order]) };
  }

  door.get('/studio/:study/interviews', 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const { all, asked, order, segments, leads, options, inEveryState, found } = await list(visit, req);
    const from = Math.min(Number(/^\d{1,6}$/.exec(queryOf(req, 'after'))?.[0] ?? 0), found.length);
    const address = (change: Record<string, string>) => {
      const query = new URLSearchParams(
        Object.entries({ ...asked, order: order === 'latest' ? '' : order, ...change }).filter(
          ([, value]) => value !== '',
        ),
      ).toString();
      return `${interviewsAddress(study)}${query === '' ? '' : `?${query}`}`;
    };
    const counts = Map.groupBy(inEveryState, ({ state }) => state);
    const hasSegments = options.segment.length > 0;
    const isFiltered = FILTERS.some((name) => asked[name] !== '');
    const make = fieldMaker({ ...asked, order }, []);
    const any = [{ value: '', label: 'Any' }];
    await showPage(house, visit, res, 'interviews', 'studio/interviews', {
      head: head([{ label: study.name, href: studyAddress(study) }], 'Interviews', null, [
        { label: 'Plan an interview', href: `${interviewsAddress(study)}/plan`, isPrimary: true },
        { label: 'Log an interview', href: `${interviewsAddress(study)}/new`, isPrimary: false },
        { label: 'Recruiting', href: `${studyAddress(study)}/recruiting`, isPrimary: false },
        { label: 'Guides', href: `${studyAddress(study)}/guides`, isPrimary: false },
      ]),
      action: interviewsAddress(study),
      state: asked.state,
      tabs: [
        { label: 'All', count: inEveryState.length, href: address({ state: '' }), isCurrent: asked.state === '' },
        ...STATES.filter((state) => counts.has(state) || asked.state === state).map((state) => ({
          label: INTERVIEW_STATES[state],
          count: counts.get(state)?.length ?? 0,
          href: address({ state }),
          isCurrent: asked.state === state,
        })),
      ],
      isFiltering: FILTERS.some((name) => name !== 'state' && asked[name] !== '') || order !== 'latest',
      fields: [
        ...(hasSegments ? [make.select('segment', 'They are in the segment', [...any, ...options.segment])] : []),
        ...(options.guide.length > 0 ? [make.select('guide', 'Guide', [...any, ...options.guide])] : []),
        ...(options.researcher.length > 0
          ? [make.select('researcher', 'Led by', [...any, ...options.researcher])]
          : []),
        make.text('from', 'From', { type: 'date' }),
        make.text('until', 'Until', { type: 'date' }),
        make.select(
          'order',
          'Order',
          Object.entries(ORDERS).map(([value, label]) => ({ value, label })),
        ),
      ],
      isFiltered,
      asked: await roundNotice(house, visit),
      found: `${found.length === 1 ? 'One interview' : `${found.length} interviews`}${isFiltered ? ` of ${all.length}` : ''}`,
      table: {
        caption: 'Interviews of this study',
        isCaptionHidden: true,
        isStacked: true,
        columns: ['Interview', 'With', 'When', 'State', 'How', 'Led by', ...(hasSegments ? ['Segment'] : [])].map(
          (label) => ({ label, isNumber: false }),
        ),
        rows: found.slice(from, from + SHOWN).map((interview) => ({
          cells: [
            { text: interview.title, href: interviewAddress(study, interview) },
            { text: interview.participant, href: null },
            { text: whenOf(interview), href: null },
            { text: INTERVIEW_STATES[interview.state], href: null },
            { text: interview.mode, href: null },
            {
              text:
                leads(interview)
                  .map(({ name }) => name)
                  .join(', ') || 'nobody noted',
              href: null,
            },
            ...(hasSegments ? [{ text: segmentsLine(segments.get(interview.id)), href: null }] : []),
          ].map((cell) => ({ ...cell, isNumber: false })),
        })),
      },
      more: [
        ...(from > 0 ? [{ label: 'Back to the first', href: address({ after: '' }) }] : []),
        ...(found.length > from + SHOWN
          ? [
              {
                label: `The next ${Math.min(SHOWN, found.length - from - SHOWN)}`,
                href: address({ after: String(from + SHOWN) }),
              },
            ]
          : []),
      ],
      isEmpty: all.length === 0,
      empty: {
        title: 'No interview yet',
        text: 'Plan one, with a guide to talk along and notes while you talk; or log one that was held, with its transcript or notes.',
        action: { label: 'Plan an interview', href: `${interviewsAddress(study)}/plan` },
      },
    });
  });
}

const text = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true });
/** What has no day yet is still to come. */
const day = ({ heldOn, scheduledAt, state }: Interview): string =>
  (state === 'scheduled' ? scheduledAt : heldOn) || '9999';
const compare: Record<Order, (one: Interview, other: Interview) => number> = {
  latest: (one, other) => (day(one) === day(other) ? other.id - one.id : day(one) < day(other) ? 1 : -1),
  earliest: (one, other) => (day(one) === day(other) ? one.id - other.id : day(one) < day(other) ? -1 : 1),
  participant: (one, other) => text(one.participant, other.participant) || one.id - other.id,
  state: (one, other) => STATES.indexOf(one.state) - STATES.indexOf(other.state) || compare.latest(one, other),
};
