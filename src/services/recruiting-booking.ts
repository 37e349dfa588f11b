import { cleanText } from '../model/clean-text.ts';
import { readAddress } from '../model/contact.ts';
import { Problem } from '../model/problem.ts';
import { type RoundSettings, readRound } from '../model/recruiting.ts';
import { isTimeZone } from '../model/zoned-time.ts';
import { compileRules } from '../rules/decide.ts';
import { answerKey, type FactValue } from '../rules/subject.ts';
import { isPublicId, newPublicId, publicHalf } from '../store/identifiers.ts';
import { personFacts } from '../store/person-facts.ts';
import type { RecruitRow, RoundRow, SlotRow } from '../store/recruiting.ts';
import type { Booking, Refused } from '../store/recruiting-bookings.ts';
import { ruleOfPeople } from '../store/segment-rules.ts';
import type { Study } from '../store/studies.ts';
import type { Context } from './context.ts';
import type { OpenPage } from './fieldwork.ts';
import { countsToQuota, holdsTime, isHeld, type Recruiting } from './recruiting.ts';
import type { RecruitingLetters } from './recruiting-letters.ts';
import type { Targeting } from './targeting.ts';

/** What a participant meets: times to choose from, or what stands in the way. */
export type BookingStanding = 'open' | 'booked' | 'over' | 'off' | 'full' | 'closed' | 'screener' | 'screened-out';
export type OpenBooking = {
  study: Study;
  round: RoundRow;
  settings: RoundSettings;
  participant: RecruitRow;
  /** The booking that stands, or the last one that was called off. */
  booking: Booking | null;
  standing: BookingStanding;
  /** Times that can be taken just now. */
  slots: SlotRow[];
  /** Whether one's own time can still be changed or called off. */
  mayChange: boolean;
  /** Until when it can; null without a booking that stands. */
  changeUntil: string | null;
  /** Where the questions are that come first; null where none do. */
  screenerLink: string | null;
  /** Whether an address is known to write to without one being typed. */
  hasAddress: boolean;
};
export type BookingForm = {
  slot: string;
  zone: string;
  agrees: boolean;
  email: string;
  payout: string;
  language: string;
};
export type BookingFault = {
  field: 'slot' | 'agree' | 'email' | 'payout' | 'sure';
  word: 'bookChoose' | 'bookAgreeFirst' | 'emailError' | 'tooLong' | 'bookCancelFirst';
};

const HOUR_MS = 3_600_000;

/** Booking a time for an interview: what whoever holds a personal link can do, without signing in. */
export function recruitingBookingService(
  context: Context,
  {
    recruiting,
    letters,
    targeting,
    wake,
  }: { recruiting: Recruiting; letters: RecruitingLetters; targeting: Targeting; wake: () => void },
) {
  const { store, logs, now } = context;
  const facts = personFacts(store, now);
  const at = () => now().toISOString();
  const later = (hours: number) => new Date(now().getTime() + hours * HOUR_MS).toISOString();

  /** Whether somebody who is known answered the screener, and so that it fits; null where they have not answered it. */
  async function screened(study: Study, settings: RoundSettings, participant: RecruitRow): Promise<boolean | null> {
    const { screener } = settings;
    if (screener === null || participant.responseId !== null) return true;
    const survey = await store.surveys.find(study.id, screener.survey);
    if (!survey || participant.personId === null) return null;
    await logs.settle();
    if (!(await store.responses.hasCompleted(survey.id, await store.people.sameAs(participant.personId)))) return null;
    return (await targeting.isIn(study.id, screener.segment, participant.personId)) === true;
  }

  async function screenerLink(study: Study, { screener }: RoundSettings, { personId }: RecruitRow) {
    const survey = screener && (await store.surveys.find(study.id, screener.survey));
    const person = personId === null ? null : await store.contacts.personById(personId);
    return survey && person
      ? `/s/${survey.slug}/for/${targeting.invitationToken(survey.publicId, person.publicId)}`
      : null;
  }

  async function open(token: string): Promise<OpenBooking> {
    const participant = isPublicId(token) ? await store.recruiting.personByToken(publicHalf(token)) : null;
    const round = participant && (await store.recruiting.findById(participant.roundId));
    const study = round && (await store.studies.find(round.studyId));
    if (!participant || !round || !study)
      throw new Problem('not-found', 'This personal link is not known', {
        detail: 'A letter may be missing at its end',
        words: 'linkUnknown',
      });
    const settings = readRound(round.settings);
    const all = await store.recruitingBookings.ofRound(round.id);
    const booking = await store.recruitingBookings.latestOf(participant.id);
    const stands = booking !== null && holdsTime(booking);
    const taken = new Set(all.filter(holdsTime).map(({ slotId }) => slotId));
    const earliest = later(settings.noticeHours);
    const slots = (await store.recruiting.slots(round.id)).filter(
      ({ id, startsAt }) => startsAt >= earliest && startsAt > at() && !taken.has(id),
    );
    // An interview that is not there yet is made when its time is chosen again.
    const isToCome = booking?.state === 'scheduled' || booking?.state === null;
    const changeUntil = stands
      ? new Date(Date.parse(booking.startsAt) - settings.changeHours * HOUR_MS).toISOString()
      : null;
    const same = participant.personId === null ? [] : await store.people.sameAs(participant.personId);
    const contact =
      same.length === 0 ? null : (await store.contacts.contacts(study.workspaceId, same)).get(same[0] ?? 0);
    const base = {
      study,
      round,
      settings,
      participant,
      booking,
      slots,
      changeUntil,
      mayChange: changeUntil !== null && changeUntil > at() && isToCome,
      screenerLink: await screenerLink(study, settings, participant),
      hasAddress: contact?.address !== null && contact?.address !== undefined,
    };
    const standing = async (): Promise<BookingStanding> => {
      const isPast = stands && !isToCome;
      if (booking?.interview && !isPast && (await store.interviewLog.isWithdrawn({ publicId: booking.interview })))
        return 'off';
      if (stands) return isToCome && booking.startsAt > at() ? 'booked' : 'over';
      if (round.state !== 'open') return 'closed';
      const fits = await screened(study, settings, participant);
      if (fits === false) return 'screened-out';
      if (fits === null) return 'screener';
      return isFull(all, settings, participant, await store.recruiting.people(round.id)) ? 'full' : 'open';
    };
    return { ...base, standing: await standing() };
  }

  function isFull(
    bookings: readonly Booking[],
    { wanted, cells }: RoundSettings,
    { cell }: Pick<RecruitRow, 'cell'>,
    people: readonly RecruitRow[],
  ): boolean {
    const counted = bookings.filter(countsToQuota);
    if (counted.length >= wanted) return true;
    const own = cells.find(({ name }) => name === cell);
    if (!own) return false;
    const inCell = new Set(people.filter((one) => one.cell === cell).map(({ id }) => id));
    return counted.filter(({ participantId }) => inCell.has(participantId)).length >= own.wanted;
  }

  /** The rounds of a study that a finished response to their screener leads into, as long as they are open. */
  async function roundsOf(
    opened: OpenPage,
  ): Promise<{ round: RoundRow; settings: RoundSettings; survey: { publicId: string; slug: string } }[]> {
    const { response } = opened;
    if (response.isTest || !['completed', 'screened-out'].includes(response.state)) return [];
    const rounds = (await store.recruiting.rounds(response.studyId)).filter(({ state }) => state === 'open');
    if (rounds.length === 0) return [];
    const survey = await store.surveys.standing(response.surveyId);
    return rounds.flatMap((round) => {
      const settings = readRound(round.settings);
      return settings.screener?.survey === survey.publicId ? [{ round, settings, survey }] : [];
    });
  }

  /** Whether a rule holds for what somebody has just answered, and for what else is known of them. */
  async function holds(
    opened: OpenPage,
    segmentPublicId: string,
    slug: string,
    personId: number | null,
  ): Promise<boolean> {
    const { response, walk } = opened;
    const segment = await store.segments.find(response.studyId, segmentPublicId);
    const study = await store.studies.find(response.studyId);
    if (!segment || !study) return false;
    const rule = ruleOfPeople(segment) ?? { segment: segment.publicId };
    const answers = new Map<string, FactValue>();
    for (const [item, answer] of walk.live) {
      if (answer.state !== 'answered' || (typeof answer.value === 'object' && !Array.isArray(answer.value))) continue;
      answers.set(item, answer.value).set(answerKey(item, slug), answer.value);
    }
    const base = await facts.subject({ workspaceId: study.workspaceId, studyId: study.id }, personId, [rule]);
    const [truth] = compileRules([rule]).decide({
      ...base,
      fact: (kind, name) => (kind === 'answer' && answers.has(name) ? answers.get(name) : base.fact(kind, name)),
    });
    return truth === true;
  }

  const personOf = async ({ response }: OpenPage): Promise<number | null> =>
    response.participationId === null ? null : await store.people.personOf(response.participationId);

  /** Who somebody is in a round already: by this response, or by name. */
  async function knownIn(round: RoundRow, { response }: OpenPage, personIds: readonly number[]) {
    const found = await store.recruiting.personOfResponse(round.id, response.responseId);
    if (found || personIds.length === 0) return found;
    const people = await store.recruiting.people(round.id);
    return people.find(({ personId }) => personId !== null && personIds.includes(personId)) ?? null;
  }

  /**
   * The round that a finished response may book in, and as whom; `none` where it fits none or they were spoken with
   * already, null where it is no screener.
   */
  async function leadsTo(opened: OpenPage): Promise<{ round: RoundRow; known: RecruitRow | null } | 'none' | null> {
    const rounds = await roundsOf(opened);
    if (rounds.length === 0) return null;
    if (opened.response.state !== 'completed') return 'none';
    const personId = await personOf(opened);
    const own = personId === null ? [] : await store.people.sameAs(personId);
    const study = await store.studies.find(opened.response.studyId);
    for (const { round, settings, survey } of rounds) {
      if (!study || !settings.screener) continue;
      if (!(await holds(opened, settings.screener.segment, survey.slug, personId))) continue;
      const known = await knownIn(round, opened, own);
      if (known || own[0] === undefined || !(await recruiting.isSpokenFor(study, settings, own[0])))
        return { round, known };
    }
    return 'none';
  }

  async function cellFor(opened: OpenPage, settings: RoundSettings, slug: string, personId: number | null) {
    for (const { name, segment } of settings.cells) if (await holds(opened, segment, slug, personId)) return name;
    return null;
  }

  function readForm(form: BookingForm, { settings, participant }: OpenBooking) {
    const faults: BookingFault[] = [];
    const email = form.email.trim() === '' ? null : readAddress(form.email);
    const payout = cleanText(form.payout, 'line');
    if (!isPublicId(form.slot)) faults.push({ field: 'slot', word: 'bookChoose' });
    if (form.email.trim() !== '' && email === null) faults.push({ field: 'email', word: 'emailError' });
    if (payout.isTooLong || [...payout.text].length > 300) faults.push({ field: 'payout', word: 'tooLong' });
    if (!form.agrees) faults.push({ field: 'agree', word: 'bookAgreeFirst' });
    return {
      faults,
      details: {
        email: email ?? participant.email,
        payout: settings.incentive.payoutAsk === '' ? null : payout.text.trim() || participant.payout,
        language: form.language || participant.language,
      },
    };
  }

  return {
    open,
    leadsTo,

    /**
     * Lets somebody who has just answered a screener into its round; doing it again leads to the same place.
     *
     * @returns the token of their booking page; null where the answers do not lead there
     */
    enter: async (opened: OpenPage): Promise<string | null> => {
      const found = await leadsTo(opened);
      if (found === null || found === 'none') return null;
      const { round, known } = found;
      if (known) return letters.tokenOf(known.publicId);
      const settings = readRound(round.settings);
      const { response, language } = opened;
      const { responseId } = response;
      const personId = await personOf(opened);
      const own = personId === null ? [] : await store.people.sameAs(personId);
      const { slug } = await store.surveys.standing(response.surveyId);
      const publicId = newPublicId();
      await store.recruiting.addPeople(
        round.id,
        [
          {
            publicId,
            tokenHash: publicHalf(letters.tokenOf(publicId)),
            personId: own[0] ?? null,
            responseId,
            how: 'screener',
            cell: await cellFor(opened, settings, slug, personId),
            language,
          },
        ],
        at(),
      );
      const added = await store.recruiting.personOfResponse(round.id, responseId);
      return added ? letters.tokenOf(added.publicId) : null;
    },

    /** Takes a time, in the place of the one they had. */
    book: async (
      token: string,
      form: BookingForm,
    ): Promise<
      | { outcome: 'booked' | 'changed' | 'same' }
      | { outcome: 'faults'; faults: BookingFault[] }
      | { outcome: Refused | 'not-now' }
    > => {
      const opened = await open(token);
      const { study, round, settings, participant, standing } = opened;
      if (standing !== 'open' && standing !== 'booked') return { outcome: 'not-now' };
      const { faults, details } = readForm(form, opened);
      if (faults.length > 0) return { outcome: 'faults', faults };
      const zone = isTimeZone(form.zone) ? form.zone : settings.timeZone;
      const cell = settings.cells.find(({ name }) => name === participant.cell) ?? null;
      const { amountCents, currency, form: incentiveForm } = settings.incentive;
      const claimed = await store.recruitingBookings.claim(
        {
          roundId: round.id,
          slot: form.slot,
          participantId: participant.id,
          earliest: later(settings.noticeHours),
          latestChange: later(settings.changeHours),
          wanted: settings.wanted,
          cell,
          consentText: settings.consent,
          zone,
          promised: { amountCents, currency, form: incentiveForm },
        },
        at(),
      );
      if (typeof claimed === 'string') return { outcome: claimed };
      const slot = (await store.recruiting.slots(round.id)).find(({ publicId }) => publicId === form.slot);
      const { booking, was } = claimed;
      // Who only presses again has it already.
      const isSame = booking.interviewId !== null && slot?.startsAt === was;
      await store.recruiting.saveDetails(participant.id, details);
      if (isSame) return { outcome: 'same' };
      try {
        await recruiting.arrange(study, round, participant, booking, slot?.startsAt ?? booking.startsAt);
      } catch (error) {
        // A time without an interview is held for nobody.
        if (booking.interviewId === null) await store.recruitingBookings.cancel(booking.id, at());
        throw error;
      }
      const arranged = (await store.recruitingBookings.findById(booking.id)) ?? booking;
      await letters.tell(arranged, was === null ? 'booked' : 'changed');
      wake();
      return { outcome: was === null ? 'booked' : 'changed' };
    },

    /**
     * Calls one's own interview off; `too-late` also where there is none.
     *
     * @param isSure false until they said that they want to
     */
    cancel: async (token: string, isSure: boolean): Promise<'cancelled' | 'too-late' | 'not-sure'> => {
      const { study, booking, mayChange } = await open(token);
      if (!mayChange || booking === null) return 'too-late';
      if (!isSure) return 'not-sure';
      await recruiting.callOff(study, booking, null, 'cancelled by the participant');
      return 'cancelled';
    },

    /** The calendar file of one's booking; null without one. */
    calendar: async (token: string) => {
      const { booking, settings } = await open(token);
      return booking === null || isHeld(booking) ? null : letters.calendar(booking, settings, 'participant');
    },
    calendarOf: (booking: Booking, round: RoundRow) =>
      letters.calendar(booking, readRound(round.settings), 'researcher'),
  };
}
export type RecruitingBooking = ReturnType<typeof recruitingBookingService>;
