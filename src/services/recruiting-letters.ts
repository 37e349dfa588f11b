import { createHmac } from 'node:crypto';
import { calendarFile } from '../exchange/calendar.ts';
import { composeLetter } from '../model/mailing.ts';
import { dueReminder, nextReminderAt, type RoundSettings, readRound } from '../model/recruiting.ts';
import type { RespondentTexts, TextKey } from '../render/respondent-texts.ts';
import type { RecruitRow } from '../store/recruiting.ts';
import type { Booking } from '../store/recruiting-bookings.ts';
import type { RecruitingLetter } from '../store/recruiting-letters.ts';
import type { Context } from './context.ts';
import type { OptOuts } from './opt-outs.ts';
import { type AnyTray, type Composed, domainOf, type PostSettings, trayOf } from './post-office.ts';

const SUBJECTS: Record<Exclude<RecruitingLetter['kind'], 'invitation'>, TextKey> = {
  booked: 'bookDone',
  changed: 'bookChanged',
  cancelled: 'bookCancelled',
  reminder: 'bookReminder',
};

/** Letters about interviews: invitations, what was arranged, reminders. They go out by the post office of all letters. */
export function recruitingLetterService(
  { store, keys, now }: Context,
  {
    publicUrl,
    post,
    optOuts,
    texts,
  }: { publicUrl: string | null; post: PostSettings | null; optOuts: OptOuts; texts: RespondentTexts },
) {
  const at = () => now().toISOString();

  /** A personal link can be shown again at any time, because it is computed; the database knows only its hash. */
  const tokenOf = (participantPublicId: string): string =>
    createHmac('sha256', keys.invitation)
      .update(`book ${participantPublicId}`)
      .digest()
      .subarray(0, 16)
      .toString('base64url');
  const linkOf = ({ publicId }: Pick<RecruitRow, 'publicId'>): string => `${publicUrl ?? ''}/book/${tokenOf(publicId)}`;

  /** The address to write to: the one they typed, else the one that is known of them. */
  async function reach(workspaceId: number, { email, personId }: RecruitRow) {
    const same = personId === null ? [] : await store.people.sameAs(personId);
    const contact = same.length === 0 ? null : (await store.contacts.contacts(workspaceId, same)).get(same[0] ?? 0);
    const person = same.length === 0 ? null : await store.contacts.personById(same[0] ?? 0);
    return {
      person,
      name: contact?.name ?? null,
      language: contact?.language ?? null,
      address: email ?? contact?.address ?? null,
    };
  }

  /**
   * A booking as a calendar has it; its number has risen if anything of it changed. Participants' files lead to their
   * page, where it is known how people reach Verbatim.
   */
  async function calendar(booking: Booking, settings: RoundSettings, reader: 'participant' | 'researcher') {
    const participant =
      reader === 'researcher' || publicUrl === null ? null : await store.recruiting.personById(booking.participantId);
    const isCancelled = booking.cancelledAt !== null || booking.state === 'cancelled';
    const minutes = booking.minutes || settings.minutes;
    const endsAt = new Date(Date.parse(booking.startsAt) + minutes * 60_000).toISOString();
    const { publicName: title, description: text } = settings;
    const place = booking.place || settings.place;
    const told = JSON.stringify([booking.startsAt, endsAt, title, text, place, isCancelled]);
    const from = post && /^(.*?)\s*<([^<>]+)>\s*$/.exec(post.from);
    return {
      method: isCancelled ? ('CANCEL' as const) : ('PUBLISH' as const),
      content: calendarFile({
        uid: `${booking.publicId}@${domainOf(post?.from ?? '')}`,
        sequence: await store.recruitingBookings.sequence(booking.id, told),
        stamp: at(),
        startsAt: booking.startsAt,
        endsAt,
        title,
        text,
        place,
        isCancelled,
        url: participant ? linkOf(participant) : null,
        organizer: post ? { name: from?.[1]?.replaceAll('"', '') || title, email: from?.[2] ?? post.from } : null,
      }),
    };
  }

  /** Why a letter about a booking is not to go after all; null when it is. */
  function outdated(letter: RecruitingLetter, booking: Booking | null): string | null {
    if (booking === null) return 'there is nothing left to send';
    const isOff = booking.cancelledAt !== null || booking.state === 'cancelled';
    if (letter.kind === 'cancelled') return isOff ? null : 'the interview stands after all';
    if (isOff) return 'the interview was cancelled';
    if (booking.startsAt <= at()) return 'the interview has begun';
    if (letter.kind !== 'reminder') return null;
    if (booking.state !== 'scheduled') return 'the interview is not to come any more';
    return letter.mark.endsWith(` ${booking.startsAt}`) ? null : 'the interview was moved';
  }

  async function compose(letter: RecruitingLetter): Promise<Composed> {
    const participant = await store.recruiting.personById(letter.participantId);
    const round = participant && (await store.recruiting.findById(participant.roundId));
    const study = round && (await store.studies.find(round.studyId));
    if (!participant || !round || !study || !post || publicUrl === null)
      return { skip: 'there is nothing left to send' };
    const settings = readRound(round.settings);
    const { person, name, language, address } = await reach(study.workspaceId, participant);
    if (address === null) return { skip: 'there is no address' };
    const addressSeal = optOuts.sealOf(address);
    const optedOut = await store.contacts.optedOut(study.workspaceId);
    if ((person && optedOut.people.has(person.id)) || optedOut.seals.has(addressSeal))
      return { skip: 'asked not to be written to' };
    const link = linkOf(participant);
    const optOut = person ? `${publicUrl}/opt-out/${optOuts.token(person.publicId)}` : null;
    const messageId = `<${letter.publicId}@${domainOf(post.from)}>`;
    if (letter.kind === 'invitation') {
      if (round.state !== 'open') return { skip: 'the round is closed' };
      if (await store.recruitingBookings.latestOf(participant.id)) return { skip: 'had booked by then' };
      if (optOut === null) return { skip: 'there is nothing left to send' };
      const { subject, text } = composeLetter({ en: settings.letter }, 'en', { name, link, optOut });
      return { addressSeal, ready: { to: address, subject, text, messageId, optOut } };
    }
    const booking = letter.bookingId === null ? null : await store.recruitingBookings.findById(letter.bookingId);
    const reason = outdated(letter, booking);
    if (reason !== null || booking === null) return { skip: reason ?? 'there is nothing left to send' };
    const words = texts.in(participant.language ?? language ?? 'en');
    const minutes = booking.minutes || settings.minutes;
    const ends = new Date(Date.parse(booking.startsAt) + minutes * 60_000).toISOString();
    const place = booking.place || settings.place;
    const lines = [
      words.text(SUBJECTS[letter.kind]),
      settings.publicName,
      words.text('bookWhen', { time: words.appointment(booking.startsAt, ends, booking.zone) }),
      ...(place !== '' && letter.kind !== 'cancelled' ? [words.text('bookWhere', { place })] : []),
      words.text('bookManage', { link }),
      ...(optOut === null ? [] : [words.text('bookNoMore', { link: optOut })]),
    ];
    return {
      addressSeal,
      ready: {
        to: address,
        subject: `${words.text(SUBJECTS[letter.kind])} ${settings.publicName}`,
        text: `${lines.join('\n\n')}\n`,
        messageId,
        optOut,
        calendar: await calendar(booking, settings, 'participant'),
      },
    };
  }

  /** Writes what is due by the interviews as they stand now: reminders, and word that one was called off elsewhere. */
  async function plan(time: string): Promise<void> {
    for (const booking of await store.recruitingBookings.calledOff()) {
      await write(booking, 'cancelled', 'cancelled');
      await store.recruitingBookings.cancel(booking.id, time);
    }
    const due = (await store.recruitingBookings.upcoming(time)).flatMap((booking) => {
      const hours = dueReminder(booking.startsAt, booking.changedAt, readRound(booking.settings).reminders, time);
      return hours === null ? [] : [{ booking, mark: `reminder ${hours} ${booking.startsAt}` }];
    });
    const marks = await store.recruitingLetters.marksOf(due.map(({ booking }) => booking.participantId));
    for (const { booking, mark } of due)
      if (!marks.get(booking.participantId)?.has(mark)) await write(booking, 'reminder', mark);
  }

  const write = (booking: Booking, kind: RecruitingLetter['kind'], what: string): Promise<void> =>
    store.recruitingLetters.add([
      {
        participantId: booking.participantId,
        bookingId: booking.id,
        kind,
        mark: kind === 'reminder' ? what : `${kind} ${booking.publicId} ${what}`,
        dueAt: at(),
      },
    ]);

  const tray: AnyTray = trayOf<RecruitingLetter>({
    queue: {
      ...store.recruitingLetters,
      claim: async (time) => {
        await plan(time);
        return store.recruitingLetters.claim(time);
      },
      nextDueAt: async (time) => {
        const reminders = (await store.recruitingBookings.upcoming(time)).map(({ startsAt, settings }) =>
          nextReminderAt(startsAt, readRound(settings).reminders, time),
        );
        const times = [await store.recruitingLetters.nextDueAt(), ...reminders].filter((one) => one !== null);
        return times.sort()[0] ?? null;
      },
    },
    compose,
    onAddressFault: async (letter, reason, addressSeal) => {
      const participant = await store.recruiting.personById(letter.participantId);
      const person = participant?.personId ? await store.contacts.personById(participant.personId) : null;
      // An address that somebody typed for this interview is no other's business.
      if (!person || participant?.email) return;
      await store.contacts.addBounces(person.workspaceId, [{ personId: person.id, addressSeal, reason }], 'smtp', at());
    },
  });

  return {
    tray,
    tokenOf,
    linkOf,
    calendar,
    /** Says that something was arranged, moved or called off; the letter goes out by itself where there is an office. */
    tell: (booking: Booking, kind: 'booked' | 'changed' | 'cancelled'): Promise<void> =>
      write(booking, kind, kind === 'cancelled' ? kind : booking.changedAt),
  };
}
export type RecruitingLetters = ReturnType<typeof recruitingLetterService>;
