import { INTERVIEW_STATES } from '../../model/interview-state.ts';
import { type LeftOutReason, moneyWords, readRound, roundName } from '../../model/recruiting.ts';
import { wallTime } from '../../model/zoned-time.ts';
import { showDate } from '../../render/helpers.ts';
import { type Candidate, countsToQuota, holdsTime, isHeld } from '../../services/recruiting.ts';
import type { RecruitRow, RoundRow } from '../../store/recruiting.ts';
import type { Booking } from '../../store/recruiting-bookings.ts';
import type { RecruitingLetter } from '../../store/recruiting-letters.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { studyAddress } from './frame.ts';
import { roundAddress } from './recruiting-form.ts';

/** Why somebody is not invited, of one and of several. */
export const REASONS: Record<LeftOutReason, string> = {
  invited: 'invited in this round already',
  'screened-out': 'answered the screener, and does not fit',
  'opted-out': 'asked not to be written to',
  withdrew: 'withdrew what they said in an interview',
  refused: 'did not agree to be contacted again, or took it back',
  'no-consent': 'was never asked whether they may be contacted again',
  spoken: 'spoken with already',
  arranged: 'has an interview still to come',
  cap: 'was asked something lately: the limits of the workspace leave them alone',
  'no-cell': 'is of none of the cells',
  'cell-full': 'is of a cell that has all it wants',
};

/** So many people stand on a page; those after them come when these are dealt with. */
export const LISTED_MAX = 200;

/** A time as the team reads it, in the round's zone. */
export const timeWords = (instant: string, zone: string): string =>
  `${showDate(wallTime(instant, zone).slice(0, 10))}, ${wallTime(instant, zone).slice(11)}`;

export const amountWords = ({ amountCents, currency, form }: Pick<Booking, 'amountCents' | 'currency' | 'form'>) =>
  amountCents === 0 ? '–' : `${moneyWords(amountCents, currency, 'en-GB')}, ${form}`;

/** What a booking's money has come to; nothing is due before the talk took place. */
export function moneyState(booking: Booking): 'paid' | 'returned' | 'due' | 'promised' | 'none' {
  if (booking.amountCents === 0) return 'none';
  if (booking.returnedAt !== null) return 'returned';
  if (booking.paidAt !== null) return 'paid';
  return isHeld(booking) ? 'due' : holdsTime(booking) && booking.state === 'scheduled' ? 'promised' : 'none';
}

const MONEY_WORDS = { paid: 'paid', returned: 'returned', due: 'due', promised: 'promised', none: '' } as const;
export const moneyWordsOf = (booking: Booking): string => MONEY_WORDS[moneyState(booking)];

export const nameOf = (person: RecruitRow, names: ReadonlyMap<number, string>): string => {
  const name = person.personId === null ? null : names.get(person.personId);
  return name ? `P${person.number}, ${name}` : `P${person.number}`;
};

const LETTER_WORDS: Partial<Record<RecruitingLetter['state'], string>> = {
  waiting: 'letter waits',
  sending: 'letter waits',
  sent: 'letter sent',
  refused: 'letter refused',
  failed: 'letter failed',
  unsure: 'letter in doubt',
  skipped: 'letter not sent',
};

/**
 * Everything on the page of a round.
 *
 * @param origin the address that this page was asked at; links begin with it where nobody said how people reach Verbatim
 */
export async function roundPage({ verbatim, publicUrl }: House, study: EnteredStudy, round: RoundRow, origin: string) {
  const { store, recruiting, distribution } = verbatim;
  const settings = readRound(round.settings);
  const at = roundAddress(study, round);
  const people = await store.recruiting.people(round.id);
  const bookings = await store.recruitingBookings.ofRound(round.id);
  const letters = await store.recruitingLetters.ofRound(round.id);
  const teams = await store.interviewLog.teams(study.id);
  const names = await store.people.identities(people.flatMap(({ personId }) => personId ?? []));
  const latest = new Map(bookings.toSorted((a, b) => a.id - b.id).map((booking) => [booking.participantId, booking]));
  const invitation = new Map(
    letters.filter(({ kind }) => kind === 'invitation').map((letter) => [letter.participantId, letter]),
  );
  const holder = new Map(bookings.filter(holdsTime).map((booking) => [booking.slotId, booking]));
  const personById = new Map(people.map((person) => [person.id, person]));
  const now = verbatim.now().toISOString();
  const counted = bookings.filter(countsToQuota);
  const held = counted.filter(isHeld).length;
  const cells = await recruiting.cellCounts(round, settings);
  const mayWrite = study.role !== 'viewer';
  const observersOf = ({ interviewId }: Booking): string =>
    (teams.get(interviewId ?? 0) ?? [])
      .filter(({ role }) => role === 'observer')
      .map(({ name }) => name)
      .join(', ');
  return {
    at,
    isOpen: round.state === 'open',
    mayWrite,
    obstacles: distribution.post().obstacles,
    zone: settings.timeZone.replaceAll('_', ' '),
    facts: [
      { label: 'Invited', value: people.length.toLocaleString('en-GB'), note: null },
      { label: 'Booked', value: (counted.length - held).toLocaleString('en-GB'), note: null },
      { label: 'Held', value: held.toLocaleString('en-GB'), note: `of ${settings.wanted} wanted` },
    ],
    cells: {
      caption: 'Cells',
      isStacked: true,
      columns: [
        { label: 'Cell', isNumber: false },
        ...['Wanted', 'Invited', 'Booked', 'Held'].map((label) => ({ label, isNumber: true })),
      ],
      rows: cells.map(({ name, ...counts }) => ({
        cells: [
          { text: name, href: null, isNumber: false },
          ...[counts.wanted, counts.invited, counts.booked, counts.held].map((n) => ({
            text: n.toLocaleString('en-GB'),
            href: null,
            isNumber: true,
          })),
        ],
      })),
    },
    hasCells: cells.length > 0,
    people: people.map((person) => {
      const booking = latest.get(person.id) ?? null;
      const letter = invitation.get(person.id);
      const stands = booking !== null && holdsTime(booking);
      const state = booking?.state ?? null;
      return {
        name: nameOf(person, names),
        cell: person.cell ?? '',
        how:
          person.how === 'screener'
            ? 'by the screener'
            : person.how === 'link'
              ? 'by link'
              : ((letter && LETTER_WORDS[letter.state]) ?? 'by mail'),
        reason: letter?.reason ?? '',
        link: mayWrite ? `${publicUrl === null ? origin : ''}${recruiting.linkOf(person)}` : '',
        interview: booking?.interview ? `${studyAddress(study)}/interviews/${booking.interview}` : '',
        scheduled: booking === null ? '' : stands ? timeWords(booking.startsAt, settings.timeZone) : 'cancelled',
        held:
          booking === null || !stands
            ? ''
            : isHeld(booking)
              ? 'yes'
              : state === 'no-show'
                ? INTERVIEW_STATES['no-show'].toLowerCase()
                : '',
        thanked:
          booking === null
            ? ''
            : [state === 'thanked' ? 'yes' : '', moneyWordsOf(booking)].filter((word) => word !== '').join(', '),
        observers: booking === null ? '' : observersOf(booking),
        calendar: stands ? `${at}/bookings/${booking.publicId}/interview.ics` : '',
        cancel: stands && state === 'scheduled' && mayWrite ? `${at}/bookings/${booking.publicId}/cancel` : '',
      };
    }),
    slots: (await store.recruiting.slots(round.id))
      .filter(({ startsAt, id }) => startsAt > now || holder.has(id))
      .map((slot) => {
        const booking = holder.get(slot.id);
        const person = booking && personById.get(booking.participantId);
        return {
          when: timeWords(slot.startsAt, settings.timeZone),
          ends: wallTime(slot.endsAt, settings.timeZone).slice(11),
          who: person ? nameOf(person, names) : '',
          remove: booking || !mayWrite ? '' : `${at}/slots/${slot.publicId}/remove`,
        };
      }),
  };
}

/** Rounds of a study as a table. */
export async function roundsTable({ verbatim }: House, study: EnteredStudy) {
  const rows = [];
  for (const round of await verbatim.store.recruiting.rounds(study.id)) {
    const settings = readRound(round.settings);
    const counted = (await verbatim.store.recruitingBookings.ofRound(round.id)).filter(countsToQuota);
    const held = counted.filter(isHeld).length;
    const people = await verbatim.store.recruiting.people(round.id);
    const count = (n: number) => ({ text: n.toLocaleString('en-GB'), href: null, isNumber: true });
    rows.push({
      cells: [
        { text: roundName(settings), href: roundAddress(study, round), isNumber: false },
        { text: round.state === 'open' ? 'open' : 'closed', href: null, isNumber: false },
        count(settings.wanted),
        count(people.length),
        count(counted.length - held),
        count(held),
      ],
    });
  }
  return {
    caption: 'Rounds',
    isCaptionHidden: true,
    isStacked: true,
    columns: [
      { label: 'Round', isNumber: false },
      { label: 'State', isNumber: false },
      ...['Wanted', 'Invited', 'Booked', 'Held'].map((label) => ({ label, isNumber: true })),
    ],
    rows,
  };
}

/** Who fits, who can be invited, and how many are left out for which reason. */
export function candidatesPage(study: EnteredStudy, round: RoundRow, found: readonly Candidate[]) {
  const settings = readRound(round.settings);
  const fit = found.filter(({ reason }) => reason === null);
  const out = found.filter(({ reason }) => reason !== null);
  const counts = new Map<LeftOutReason, number>();
  for (const { reason } of out) if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const shown = (candidate: Candidate) => ({
    id: candidate.publicId,
    name: candidate.name ?? candidate.publicId.slice(0, 8),
    href: `${studyAddress(study)}/people/${candidate.publicId}`,
    cell: candidate.cell ?? '',
    address: candidate.address === null ? 'no address' : 'has an address',
    warning: candidate.spoken
      ? `spoken with on ${showDate(candidate.spoken.at.slice(0, 10))}, ${candidate.spoken.study}`
      : '',
    reason:
      candidate.reason === null
        ? ''
        : [
            REASONS[candidate.reason],
            ...(candidate.reason === 'cap' && candidate.cappedUntil
              ? [`until ${showDate(candidate.cappedUntil.slice(0, 10))}`]
              : []),
            ...(candidate.reason === 'spoken' && candidate.spoken
              ? [`on ${showDate(candidate.spoken.at.slice(0, 10))}, ${candidate.spoken.study}`]
              : []),
          ].join(' '),
  });
  return {
    action: `${roundAddress(study, round)}/invite`,
    all: found.length,
    fitCount: fit.length,
    fit: fit.slice(0, LISTED_MAX).map(shown),
    moreFit: Math.max(0, fit.length - LISTED_MAX),
    hasCells: settings.cells.length > 0,
    counts: [...counts].map(([reason, count]) => `${REASONS[reason]}: ${count.toLocaleString('en-GB')}`),
    out: out.slice(0, LISTED_MAX).map(shown),
    outCount: out.length,
    moreOut: Math.max(0, out.length - LISTED_MAX),
  };
}
