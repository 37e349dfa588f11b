import type { Request } from 'express';
import type { Form } from '../../model/answers.ts';
import { Problem } from '../../model/problem.ts';
import { readRound, roundName, slotSeries } from '../../model/recruiting.ts';
import { instantOf, wallTime } from '../../model/zoned-time.ts';
import type { RoundRow } from '../../store/recruiting.ts';
import type { Booking } from '../../store/recruiting-bookings.ts';
import type { House } from '../app.ts';
import type { Doorway, EnteredStudy, StudyVisit } from '../doorway.ts';
import { field, fieldList, formOf, queryOf } from '../form.ts';
import { head, isForForm, showForm, showPage } from './frame.ts';
import {
  formOfRound,
  freshRound,
  recruitingAddress,
  recruitingCrumbs,
  roundAddress,
  roundForm,
  roundFrom,
  withCellsTogether,
} from './recruiting-form.ts';
import { incentiveDoor } from './recruiting-incentives.ts';
import { timesFields, timesPage } from './recruiting-times.ts';
import { candidatesPage, roundPage, roundsTable } from './recruiting-view.ts';

const BASE = '/studio/:study/recruiting';
const ROUND = `${BASE}/:round`;

/** Recruiting: rounds, who is invited, times to choose from, and what participants are given. */
export function recruitingDoor(door: Doorway, house: House): void {
  const { verbatim } = house;
  const { recruiting, recruitingBooking, store } = verbatim;

  async function roundOf(study: EnteredStudy, req: Request): Promise<RoundRow> {
    const round = await store.recruiting.find(study.id, String(req.params['round']));
    if (!round) throw new Problem('not-found', 'There is no such round in this study');
    return round;
  }
  async function bookingOf(round: RoundRow, req: Request): Promise<Booking> {
    const booking = await store.recruitingBookings.find(round.id, String(req.params['booking']));
    if (!booking) throw new Problem('not-found', 'There is no such booking in this round');
    return booking;
  }
  const crumbs = (study: EnteredStudy, round: RoundRow) => [
    ...recruitingCrumbs(study),
    { label: roundName(readRound(round.settings)), href: roundAddress(study, round) },
  ];

  door.get(BASE, 'researcher', async (visit, _req, res) => {
    const { study } = visit;
    const at = recruitingAddress(study);
    const table = await roundsTable(house, study);
    await showPage(house, visit, res, 'interviews', 'studio/list', {
      head: head(
        recruitingCrumbs(study).slice(0, 2),
        'Recruiting',
        'Finding people to interview, agreeing on a time with them, and thanking them.',
        [
          { label: 'New round', href: `${at}/new`, isPrimary: true },
          { label: 'Incentives', href: `${at}/incentives`, isPrimary: false },
        ],
      ),
      table,
      isEmpty: table.rows.length === 0,
      empty: {
        title: 'No round yet',
        text: 'A round says whom you seek, for how long, and what they are given. Whoever is invited chooses a time by themselves.',
        action: { label: 'New round', href: `${at}/new` },
      },
    });
  });

  incentiveDoor(door, house);

  door.get(`${BASE}/new`, 'researcher', async (visit, _req, res) => {
    const { timeZone } = await store.offers.limits(visit.study.workspaceId);
    const form = freshRound(visit.user.id, timeZone);
    await showForm(house, visit, res, 'interviews', await roundForm(house, visit.study, null, form), form);
  });
  door.post(`${BASE}/new`, 'researcher', async (visit, req, res) => {
    const form = withCellsTogether(formOf(req));
    try {
      const round = await recruiting.add(visit.study, roundFrom(form), { userId: visit.user.id });
      res.redirect(303, roundAddress(visit.study, round));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'interviews', await roundForm(house, visit.study, null, form), form, error);
    }
  });

  door.get(ROUND, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const round = await roundOf(study, req);
    const at = roundAddress(study, round);
    const settings = readRound(round.settings);
    const [told, count] = [queryOf(req, 'told'), Number(queryOf(req, 'n')) || 0];
    await showPage(house, visit, res, 'interviews', 'studio/recruiting-round', {
      head: head(
        recruitingCrumbs(study),
        roundName(settings),
        settings.internalName && settings.internalName !== settings.publicName
          ? `Participants read “${settings.publicName}”.`
          : null,
        [
          { label: 'Invite people', href: `${at}/candidates`, isPrimary: true },
          { label: 'Add times', href: `${at}/times`, isPrimary: false },
          { label: 'Settings', href: `${at}/settings`, isPrimary: false },
        ],
      ),
      notice:
        told === 'invited' && count > 0
          ? {
              kind: 'good',
              title: `${count.toLocaleString('en-GB')} invited`,
              text:
                queryOf(req, 'how') === 'mail'
                  ? 'Letters go out by themselves; links can be copied below.'
                  : 'No letters go out for these: copy the links below and pass them on.',
              links: [],
            }
          : null,
      ...(await roundPage(house, study, round, `${req.protocol}://${req.headers.host ?? ''}`)),
    });
  });

  door.get(`${ROUND}/settings`, 'researcher', async (visit, req, res) => {
    const round = await roundOf(visit.study, req);
    const form = formOfRound(readRound(round.settings));
    await showForm(house, visit, res, 'interviews', await roundForm(house, visit.study, round, form), form);
  });
  door.post(`${ROUND}/settings`, 'researcher', async (visit, req, res) => {
    const round = await roundOf(visit.study, req);
    const form = withCellsTogether(formOf(req));
    try {
      await recruiting.save(visit.study, round, roundFrom(form));
      res.redirect(303, roundAddress(visit.study, round));
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showForm(house, visit, res, 'interviews', await roundForm(house, visit.study, round, form), form, error);
    }
  });
  door.post(`${ROUND}/state`, 'researcher', async (visit, req, res) => {
    const round = await roundOf(visit.study, req);
    await recruiting.setState(round, field(formOf(req), 'state') === 'open' ? 'open' : 'closed');
    res.redirect(303, roundAddress(visit.study, round));
  });

  door.get(`${ROUND}/candidates`, 'researcher', async (visit, req, res) => {
    const { study } = visit;
    const round = await roundOf(study, req);
    const found = await recruiting.candidates(study, round);
    const limits = await store.offers.limits(study.workspaceId);
    await showPage(house, visit, res, 'interviews', 'studio/recruiting-candidates', {
      head: head(
        crumbs(study, round),
        'Invite people',
        'Everybody who fits the round, and why some of them are not invited.',
      ),
      limits,
      obstacles: verbatim.distribution.post().obstacles,
      isOpen: round.state === 'open',
      ...candidatesPage(study, round, found),
    });
  });
  door.post(`${ROUND}/invite`, 'researcher', async (visit, req, res) => {
    const round = await roundOf(visit.study, req);
    const form = formOf(req);
    const how = field(form, 'how') === 'mail' ? 'mail' : 'link';
    if (how === 'mail' && verbatim.distribution.post().obstacles.length > 0)
      throw new Problem('conflict', 'Letters cannot be sent yet', {
        detail: `${verbatim.distribution.post().obstacles.join('. ')}. Until then, make links and pass them on`,
      });
    const count = await recruiting.invite(visit.study, round, fieldList(form, 'person'), how);
    res.redirect(303, `${roundAddress(visit.study, round)}?told=invited&n=${count}&how=${how}`);
  });

  async function showTimes(
    visit: StudyVisit,
    res: Parameters<typeof showForm>[2],
    round: RoundRow,
    form: Form,
    about: { told?: string; problem?: Problem | null } = {},
  ): Promise<void> {
    const page = timesPage(visit.study, round, crumbs(visit.study, round), about.told ?? '');
    await showForm(house, visit, res, 'interviews', page, form, about.problem ?? null);
  }
  const freshTimes = (round: RoundRow): Form => {
    const { timeZone } = readRound(round.settings);
    const tomorrow = new Date(verbatim.now().getTime() + 86_400_000).toISOString();
    const day = wallTime(tomorrow, timeZone).slice(0, 10);
    return {
      at: `${day}T10:00`,
      firstDay: day,
      lastDay: day,
      weekdays: ['1', '2', '3', '4', '5'],
      from: '09:00',
      to: '17:00',
      buffer: '15',
    };
  };
  door.get(`${ROUND}/times`, 'researcher', async (visit, req, res) => {
    const round = await roundOf(visit.study, req);
    await showTimes(visit, res, round, freshTimes(round));
  });
  door.post(`${ROUND}/times`, 'researcher', async (visit, req, res) => {
    const round = await roundOf(visit.study, req);
    const form = formOf(req);
    const { timeZone, minutes } = readRound(round.settings);
    try {
      const { starts, skipped } =
        field(form, 'do') === 'one' ? oneTime(form, timeZone) : seriesOf(form, timeZone, minutes);
      const { added, left } = await recruiting.addSlots(round, starts);
      const told = [
        `${added.toLocaleString('en-GB')} ${added === 1 ? 'time was' : 'times were'} added.`,
        ...(left > 0 ? [`${left.toLocaleString('en-GB')} lie in the past or overlap others, and were left out.`] : []),
        ...(skipped.length > 0
          ? [`The clock in ${timeZone.replaceAll('_', ' ')} never shows ${skipped.slice(0, 5).join(', ')}.`]
          : []),
      ].join(' ');
      await showTimes(visit, res, round, { ...form }, { told });
    } catch (error) {
      if (!isForForm(error)) throw error;
      await showTimes(visit, res, round, form, { problem: error });
    }
  });
  door.post(`${ROUND}/slots/:slot/remove`, 'researcher', async (visit, req, res) => {
    const round = await roundOf(visit.study, req);
    await recruiting.removeSlot(round, String(req.params['slot']));
    res.redirect(303, `${roundAddress(visit.study, round)}#times`);
  });

  door.post(`${ROUND}/bookings/:booking/cancel`, 'researcher', async (visit, req, res) => {
    const round = await roundOf(visit.study, req);
    const booking = await bookingOf(round, req);
    await recruiting.callOff(visit.study, booking, { userId: visit.user.id }, '');
    res.redirect(303, roundAddress(visit.study, round));
  });
  door.get(`${ROUND}/bookings/:booking/interview.ics`, 'researcher', async (visit, req, res) => {
    const round = await roundOf(visit.study, req);
    const file = await recruitingBooking.calendarOf(await bookingOf(round, req), round);
    res.setHeader('Content-Disposition', 'attachment; filename="interview.ics"');
    res.type(`text/calendar; charset=utf-8; method=${file.method}`).send(file.content);
  });
}

/** One time by hand. */
function oneTime(form: Form, zone: string): { starts: string[]; skipped: string[] } {
  const written = field(form, 'at').slice(0, 16);
  const instant = instantOf(written, zone);
  if (instant === null)
    throw new Problem('invalid', 'This time does not fit', {
      errors: [{ pointer: '#/at', detail: 'Enter a day and a time, such as 2026-03-09T08:00' }],
    });
  return wallTime(instant, zone) === written
    ? { starts: [instant], skipped: [] }
    : { starts: [], skipped: [written.replace('T', ' ')] };
}

/** Times at every so many minutes between two hours, on some days of the week. */
function seriesOf(form: Form, zone: string, minutes: number): { starts: string[]; skipped: string[] } {
  const errors = timesFields(form);
  if (errors.length > 0) throw new Problem('invalid', 'These times do not fit', { errors });
  return slotSeries({
    firstDay: field(form, 'firstDay'),
    lastDay: field(form, 'lastDay'),
    weekdays: fieldList(form, 'weekdays').map(Number),
    from: field(form, 'from'),
    to: field(form, 'to'),
    minutes,
    bufferMinutes: Number(field(form, 'buffer') || '0'),
    zone,
  });
}
