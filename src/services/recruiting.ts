import { wasHeld } from '../model/interview-state.ts';
import { Problem, type ProblemError } from '../model/problem.ts';
import {
  type CandidateFacts,
  freeOfOthers,
  type LeftOutReason,
  monthsBefore,
  type RoundSettings,
  readRound,
  RoundSettings as Settings,
  type Sought,
  type Span,
  whyLeftOut,
} from '../model/recruiting.ts';
import type { Rule } from '../model/rule.ts';
import { contactCap } from '../rules/offer.ts';
import { newPublicId, publicHalf } from '../store/identifiers.ts';
import type { RecruitRow, RoundRow } from '../store/recruiting.ts';
import type { Booking } from '../store/recruiting-bookings.ts';
import { ON_BOOKING_PAGE } from '../store/recruiting-facts.ts';
import { ruleOfPeople } from '../store/segment-rules.ts';
import type { Study } from '../store/studies.ts';
import type { SurveyRow } from '../store/surveys.ts';
import type { Consents } from './consents.ts';
import type { Actor, Context } from './context.ts';
import { INTERVIEW_MODES } from './interview-form.ts';
import type { Interviews } from './interviews.ts';
import type { OptOuts } from './opt-outs.ts';
import type { RecruitingLetters } from './recruiting-letters.ts';
import type { Segments } from './segments.ts';
import type { Targeting } from './targeting.ts';

/** Somebody who fits a round, with why they are not invited, if so. */
export type Candidate = {
  id: number;
  publicId: string;
  name: string | null;
  address: string | null;
  cell: string | null;
  /** When and in which study they were last spoken with, within the months that count. */
  spoken: { at: string; study: string } | null;
  /** Until when the limits on how often anybody is asked leave them alone. */
  cappedUntil: string | null;
  reason: LeftOutReason | null;
};
export type CellCount = { name: string; wanted: number; invited: number; booked: number; held: number };

/** Typed details are emptied so long after somebody's last booking, paid or not. */
const PURGE_AFTER_MS = 90 * 86_400_000;
const DAY_MS = 86_400_000;

/** True for a booking that holds its time: it stands, and its interview was not called off. */
export const holdsTime = ({ cancelledAt, state }: Pick<Booking, 'cancelledAt' | 'state'>): boolean =>
  cancelledAt === null && state !== 'cancelled';
export const isHeld = ({ state }: Pick<Booking, 'state'>): boolean => state === 'held' || state === 'thanked';
/** True where the participant has a place among those that are wanted: booked, or held already. */
export const countsToQuota = (booking: Pick<Booking, 'cancelledAt' | 'state'>): boolean =>
  holdsTime(booking) && booking.state !== 'no-show';

/** Recruiting: whom a study wants to interview, who of them is invited, when, and what they are given. */
export function recruitingService(
  { store, logs, now }: Context,
  {
    segments,
    targeting,
    optOuts,
    interviews,
    consents,
    letters,
    wake,
    report,
  }: {
    segments: Segments;
    targeting: Targeting;
    optOuts: OptOuts;
    interviews: Interviews;
    consents: Pick<Consents, 'record'>;
    letters: RecruitingLetters;
    /** Tells the post office that there is something to send. */
    wake: () => void;
    report: (error: unknown) => void;
  },
) {
  const at = () => now().toISOString();
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();

  async function ruleOf(study: Study, segmentPublicId: string): Promise<Rule> {
    const segment = await store.segments.find(study.id, segmentPublicId);
    if (!segment)
      throw new Problem('conflict', 'A segment that this round asks for is not there any more', {
        detail: 'Open the round’s settings and choose another',
      });
    return ruleOfPeople(segment) ?? { segment: segment.publicId };
  }

  async function surveyOf(study: Study, publicId: string): Promise<SurveyRow> {
    const survey = await store.surveys.find(study.id, publicId);
    if (!survey)
      throw new Problem('conflict', 'A survey that this round asks for is not there any more', {
        detail: 'Open the round’s settings and choose another',
      });
    return survey;
  }

  const admittedBy = async (study: Study, rule: Rule): Promise<{ id: number; publicId: string }[]> =>
    (await segments.count(study, rule, null)).admitted;

  async function peopleSought(study: Study, sought: Sought): Promise<{ id: number; publicId: string }[]> {
    if (sought.of === 'segment') return admittedBy(study, await ruleOf(study, sought.segment));
    const everybody = await store.people.canonical(study.workspaceId);
    if (sought.of === 'everybody') return everybody;
    const standing = await store.contacts.standing((await surveyOf(study, sought.survey)).id);
    return everybody.filter(({ id }) => standing.get(id) === 'completed');
  }

  /** Of everybody the cell they are of: the first that has them. */
  async function cellsOf(study: Study, { cells }: RoundSettings): Promise<Map<number, string>> {
    const found = new Map<number, string>();
    for (const { name, segment } of cells)
      for (const { id } of await admittedBy(study, await ruleOf(study, segment)))
        if (!found.has(id)) found.set(id, name);
    return found;
  }

  /** Who answered the screener so that it does not fit. */
  async function screenedOut(study: Study, { screener }: RoundSettings): Promise<Set<number>> {
    if (screener === null) return new Set();
    const standing = await store.contacts.standing((await surveyOf(study, screener.survey)).id);
    const fit = new Set((await admittedBy(study, await ruleOf(study, screener.segment))).map(({ id }) => id));
    return new Set([...standing].flatMap(([id, come]) => (come === 'started' || fit.has(id) ? [] : [id])));
  }

  async function cellCounts(round: RoundRow, { cells }: RoundSettings): Promise<CellCount[]> {
    const people = await store.recruiting.people(round.id);
    const cellOf = new Map(people.map(({ id, cell }) => [id, cell]));
    const bookings = (await store.recruitingBookings.ofRound(round.id)).filter(countsToQuota);
    return cells.map(({ name, wanted }) => {
      const own = bookings.filter(({ participantId }) => cellOf.get(participantId) === name);
      const held = own.filter(isHeld).length;
      return {
        name,
        wanted,
        invited: people.filter(({ cell }) => cell === name).length,
        booked: own.length - held,
        held,
      };
    });
  }

  /** Everybody who fits a round, with what stands against inviting them; those who can be invited come first. */
  async function candidates(study: Study, round: RoundRow): Promise<Candidate[]> {
    await logs.settle();
    const settings = readRound(round.settings);
    const time = now().getTime();
    const limits = await store.offers.limits(study.workspaceId);
    const since = new Date(time - Math.max(limits.coolDownDays, limits.withinDays) * DAY_MS).toISOString();
    const contacted = await store.recruitingFacts.contacts(study.workspaceId, since);
    const recontact = await store.recruitingFacts.recontact(study.workspaceId, at().slice(0, 10));
    const spokenWith = await store.recruitingFacts.spokenWith(study.workspaceId);
    const contacts = await store.contacts.contacts(study.workspaceId);
    const optedOut = await store.contacts.optedOut(study.workspaceId);
    const outside = await screenedOut(study, settings);
    const cells = await cellsOf(study, settings);
    const counts = await cellCounts(round, settings);
    const full = new Set(counts.flatMap(({ name, wanted, booked, held }) => (booked + held >= wanted ? [name] : [])));
    const invited = new Set<number>();
    for (const { personId } of await store.recruiting.people(round.id))
      if (personId !== null) for (const id of await store.people.sameAs(personId)) invited.add(id);
    const earliest = monthsBefore(at(), settings.spoken.months);
    const people = await peopleSought(study, settings.sought);
    const names = new Map<number, string>();
    for (let from = 0; from < people.length; from += 500)
      for (const [id, value] of await store.people.identities(people.slice(from, from + 500).map(({ id }) => id)))
        names.set(id, value);
    const found = people.map(({ id, publicId }): Candidate => {
      const contact = contacts.get(id);
      const talks = spokenWith.get(id) ?? [];
      const spoken = talks.find((talk) => wasHeld(talk.state) && talk.at >= earliest.slice(0, 10));
      const cap = contactCap(contacted.get(id) ?? [], time, limits);
      const facts: CandidateFacts = {
        isInvited: invited.has(id),
        isScreenedOut: outside.has(id),
        hasOptedOut:
          optedOut.people.has(id) || (contact?.address ? optedOut.seals.has(optOuts.sealOf(contact.address)) : false),
        hasWithdrawn: recontact.get(id) === 'withdrew',
        recontact: recontact.has(id) ? recontact.get(id) === 'agreed' : null,
        spokenAt: spoken?.at ?? null,
        isArranged: talks.some((talk) => !wasHeld(talk.state)),
        isCapped: cap !== null,
        cell: cells.get(id) ?? null,
      };
      return {
        id,
        publicId,
        name: contact?.name ?? names.get(id) ?? null,
        address: contact?.address ?? null,
        cell: facts.cell,
        spoken: spoken ? { at: spoken.at, study: spoken.study } : null,
        cappedUntil: cap ? new Date(cap.until).toISOString() : null,
        reason: whyLeftOut(facts, settings, full),
      };
    });
    return found.sort((a, b) => Number(a.reason !== null) - Number(b.reason !== null));
  }

  async function check(study: Study, input: unknown): Promise<RoundSettings> {
    const read = Settings.safeParse(input);
    const errors: ProblemError[] = read.success
      ? []
      : read.error.issues.map(({ path, message }) => ({ pointer: `#/${path.join('-')}`, detail: message }));
    if (read.success) {
      const { sought, screener, cells, mode, researchers, observers } = read.data;
      const known = new Set((await store.segments.list(study.id)).map(({ publicId }) => publicId));
      const colleagues = new Set((await store.interviewLog.colleagues(study)).map(({ id }) => id));
      const surveys = new Set((await store.surveys.list(study.id)).map(({ publicId }) => publicId));
      const wrong = (pointer: string) => errors.push({ pointer, detail: 'Choose one of those listed' });
      if (sought.of === 'segment' && !known.has(sought.segment)) wrong('#/sought');
      if (sought.of === 'survey' && !surveys.has(sought.survey)) wrong('#/sought');
      if (screener && !known.has(screener.segment)) wrong('#/screener-segment');
      if (screener && !surveys.has(screener.survey)) wrong('#/screener-survey');
      cells.forEach(({ segment }, index) => {
        if (!known.has(segment)) wrong(`#/cells-${index}-segment`);
      });
      if (!INTERVIEW_MODES.some((one) => one === mode)) wrong('#/mode');
      if (!researchers.every((id) => colleagues.has(id))) wrong('#/researchers');
      if (!observers.every((id) => colleagues.has(id))) wrong('#/observers');
      if (errors.length === 0) return read.data;
    }
    throw new Problem('invalid', 'There is something to look at', { errors });
  }

  /** The interview of a booking, made or moved so that it is when the booking says. */
  async function arrange(study: Study, round: RoundRow, participant: RecruitRow, booking: Booking, slotAt: string) {
    const settings = readRound(round.settings);
    const interview = booking.interview === null ? null : await store.notes.findInterview(study.id, booking.interview);
    if (interview) {
      await interviews.setState(
        study,
        interview,
        { state: 'scheduled', scheduledAt: slotAt, zone: booking.zone, note: 'changed by the participant' },
        null,
      );
      return;
    }
    const colleagues = new Set((await store.interviewLog.colleagues(study)).map(({ id }) => id));
    const planned = await interviews.plan(
      study,
      {
        participant: `P${participant.number}`,
        title: `${settings.publicName}: P${participant.number}`.slice(0, 200),
        personId: participant.personId,
        scheduledAt: slotAt,
        zone: booking.zone,
        lengthMinutes: settings.minutes,
        mode: settings.mode,
        place: settings.place,
        researcherIds: settings.researchers.filter((id) => colleagues.has(id)),
        observerIds: settings.observers.filter((id) => colleagues.has(id)),
      },
      null,
    );
    if ('errors' in planned)
      throw new Problem('conflict', 'The interview could not be arranged', {
        detail: planned.errors.map(({ detail }) => detail).join('. '),
      });
    await store.recruitingBookings.setInterview(booking.id, planned.interview.id);
    await consents.record(
      study,
      planned.interview,
      {
        purposes: settings.uses,
        text: `agreed when booking “${settings.publicName}”`,
        givenOn: at().slice(0, 10),
        givenHow: ON_BOOKING_PAGE,
        expiresOn: '',
      },
      null,
    );
  }

  const purge = (): Promise<number> =>
    store.recruitingBookings.purgeOlderThan(new Date(now().getTime() - PURGE_AFTER_MS).toISOString(), at());

  /** Whether a round leaves somebody out because of a talk they had, or are to have, in whichever study. */
  async function isSpokenFor(study: Study, { spoken }: RoundSettings, personId: number): Promise<boolean> {
    const talks = (await store.recruitingFacts.spokenWith(study.workspaceId)).get(personId) ?? [];
    const earliest = monthsBefore(at(), spoken.months).slice(0, 10);
    return talks.some((talk) => !wasHeld(talk.state) || (spoken.how === 'exclude' && talk.at >= earliest));
  }

  return {
    candidates,
    isSpokenFor,
    cellCounts,
    arrange,
    check,
    linkOf: letters.linkOf,
    /** @throws Problem `invalid` naming every field that does not fit */
    add: async (study: Study, input: unknown, actor: Actor): Promise<RoundRow> =>
      store.recruiting.add(study.id, JSON.stringify(await check(study, input)), actor?.userId ?? null, at()),
    /** @throws Problem `invalid` naming every field that does not fit */
    save: async (study: Study, round: RoundRow, input: unknown): Promise<void> =>
      store.recruiting.save(round.id, JSON.stringify(await check(study, input))),
    setState: (round: RoundRow, state: 'open' | 'closed'): Promise<void> => store.recruiting.setState(round.id, state),

    /**
     * Invites people who fit, by mail or with links to pass on. Whether they still fit is looked at anew; what stands
     * against somebody by now, or against a letter to them, leaves them out.
     *
     * @returns how many were invited
     * @throws Problem `conflict` where nobody is left, or the round is closed
     */
    invite: async (
      study: Study,
      round: RoundRow,
      publicIds: readonly string[],
      how: 'mail' | 'link',
    ): Promise<number> => {
      if (round.state !== 'open')
        throw new Problem('conflict', 'This round is closed', { detail: 'Open it again, then invite people' });
      const wanted = new Set(publicIds);
      const bounced = new Set((await store.contacts.bounces(study.workspaceId)).map(({ addressSeal }) => addressSeal));
      const mayWrite = ({ address }: Candidate) => address !== null && !bounced.has(optOuts.sealOf(address));
      const chosen = (await candidates(study, round)).filter(
        (one) => one.reason === null && wanted.has(one.publicId) && (how === 'link' || mayWrite(one)),
      );
      const people = chosen.map(({ id, cell }) => {
        const publicId = newPublicId();
        const tokenHash = publicHalf(letters.tokenOf(publicId));
        return { publicId, tokenHash, personId: id, responseId: null, how, cell, language: null };
      });
      const added = await store.recruiting.addPeople(round.id, people, at());
      if (added.length === 0)
        throw new Problem('conflict', 'There is nobody to invite', {
          detail:
            how === 'mail'
              ? 'Tick people who can be invited and have an e-mail address that letters reach'
              : 'Tick people who can be invited',
        });
      const { screener } = readRound(round.settings);
      const survey = screener && (await store.surveys.find(study.id, screener.survey));
      const published = survey && (await store.surveys.findPublished(survey.slug));
      if (published) {
        const ids = new Set(added.map(({ personId }) => personId));
        await targeting.invite(
          published,
          chosen.filter(({ id }) => ids.has(id)),
        );
      }
      if (how === 'mail') {
        await store.recruitingLetters.add(
          added.map(({ id }) => ({
            participantId: id,
            bookingId: null,
            kind: 'invitation' as const,
            mark: 'invitation',
            dueAt: at(),
          })),
        );
        wake();
      }
      return added.length;
    },

    /** Adds times; those that overlap others are left out. Gives how many were added and how many were not. */
    addSlots: async (round: RoundRow, starts: readonly string[]): Promise<{ added: number; left: number }> => {
      const { minutes } = readRound(round.settings);
      const spans = starts.map(
        (startsAt): Span => ({ startsAt, endsAt: new Date(Date.parse(startsAt) + minutes * 60_000).toISOString() }),
      );
      const free = freeOfOthers(spans, await store.recruiting.slots(round.id)).filter(
        ({ startsAt }) => startsAt > at(),
      );
      const added = await store.recruiting.addSlots(round.id, free, at());
      return { added, left: starts.length - added };
    },
    /** @throws Problem `conflict` for a time that somebody has booked */
    removeSlot: async (round: RoundRow, publicId: string): Promise<void> => {
      if (!(await store.recruiting.removeSlot(round.id, publicId, at())))
        throw new Problem('conflict', 'This time cannot be taken away', {
          detail: 'Somebody has booked it, or it is gone already. Call their interview off first',
        });
    },

    /**
     * Calls an interview off: its time is free again, and the participant is told by mail where that can be.
     *
     * @throws Problem `conflict` when the interview is in a state that cannot be called off any more
     */
    callOff: async (study: Study, booking: Booking, actor: Actor, note: string): Promise<void> => {
      if (!holdsTime(booking)) return;
      const interview =
        booking.interview === null ? null : await store.notes.findInterview(study.id, booking.interview);
      if (interview) await interviews.setState(study, interview, { state: 'cancelled', note }, actor);
      if (!(await store.recruitingBookings.cancel(booking.id, at()))) return;
      await letters.tell(booking, 'cancelled');
      wake();
    },

    /**
     * Keeps that a participant was paid, or that it came back, with a reference for the books. All they typed to be paid
     * by and written to is emptied in the same moment.
     *
     * @throws Problem `invalid` for a reference that is too long, `conflict` for what was settled before or is not owed
     */
    settle: async (booking: Booking, as: 'paid' | 'returned', reference: string): Promise<void> => {
      const words = reference.replaceAll(/\s+/g, ' ').trim();
      if ([...words].length > 200)
        throw new Problem('invalid', 'The reference is too long', {
          errors: [{ pointer: '#/reference', detail: 'Keep it under 200 letters' }],
        });
      if (booking.amountCents === 0 || !(await store.recruitingBookings.settle(booking, as, words, at())))
        throw new Problem('conflict', 'This is settled already, or there is nothing to pay', {
          detail: 'Look at the list again',
        });
    },

    purge,
    /** Empties old details once a day; only the owner of the folder does. */
    open: (): void => {
      const sweep = () => {
        sweeping = purge().then(() => {}, report);
      };
      sweep();
      timer = setInterval(sweep, DAY_MS);
      timer.unref();
    },
    close: async (): Promise<void> => {
      clearInterval(timer);
      await sweeping;
    },
  };
}
export type Recruiting = ReturnType<typeof recruitingService>;
