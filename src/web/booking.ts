import type { Request, Response } from 'express';
import type { Form } from '../model/answers.ts';
import { moneyWords } from '../model/recruiting.ts';
import { isTimeZone } from '../model/zoned-time.ts';
import type { TextKey, Texts } from '../render/respondent-texts.ts';
import type { BookingFault, OpenBooking } from '../services/recruiting-booking.ts';
import type { House } from './app.ts';
import type { Doorway } from './doorway.ts';
import { field, formOf, queryOf } from './form.ts';
import { languageAsked } from './language-asked.ts';
import { seeOther } from './leading-on.ts';
import type { Respondents } from './respond.ts';
import { respondFrame, wordsOf } from './respond-view.ts';

const MODE_WORDS: Record<string, TextKey> = {
  'in person': 'bookInPerson',
  'by phone': 'bookByPhone',
  'by video': 'bookByVideo',
  'in writing': 'bookInWriting',
};
const DONE = new Map<string, TextKey>([
  ['booked', 'bookDone'],
  ['changed', 'bookChanged'],
  ['cancelled', 'bookCancelled'],
]);
/** What there is to say where no time can be chosen. */
const STANDING_WORDS: Partial<Record<OpenBooking['standing'], TextKey>> = {
  over: 'bookPast',
  off: 'bookCancelled',
  full: 'bookFull',
  closed: 'bookClosed',
  screener: 'bookScreener',
  'screened-out': 'bookNotMeant',
};
/** What is said when a time was not to be had after all. */
const REFUSED: Record<string, TextKey> = {
  taken: 'bookTaken',
  gone: 'bookGone',
  full: 'bookFull',
  'too-late': 'bookTooLate',
};

type Sent = { form: Form; faults: readonly BookingFault[]; refused: TextKey | null };

/** Choosing a time for an interview: whoever holds the link books, changes and cancels, without signing in. */
export function bookingDoor(door: Doorway, { verbatim }: House, respondents: Respondents): void {
  const { distribution, fieldwork, recruitingBooking } = verbatim;
  const { show, textsFor, tokenIn, before, frame } = respondents;

  const languageOf = (req: Request, { participant }: OpenBooking, sent: Sent | null): string =>
    (sent ? field(sent.form, 'language') : queryOf(req, 'language')) ||
    participant.language ||
    languageAsked(req, verbatim.texts);
  /** The zone that times are shown in: chosen, else that of one's booking, else the round's. */
  const zoneOf = (chosen: string, { booking, settings }: OpenBooking): string =>
    isTimeZone(chosen) ? chosen : (booking?.zone ?? settings.timeZone);

  const canWrite = () => distribution.post().obstacles.length === 0;

  async function page(req: Request, res: Response, token: string, sent: Sent | null): Promise<void> {
    const opened = await recruitingBooking.open(token);
    const texts = textsFor(languageOf(req, opened, sent));
    const zone = zoneOf(sent ? field(sent.form, 'zone') : queryOf(req, 'zone'), opened);
    await frame(res, opened.round.studyId);
    show(
      res,
      'respond/booking',
      bookingPage(opened, texts, zone, `/book/${token}`, queryOf(req, 'done'), sent, canWrite()),
    );
  }

  door.get('/book/:token', 'respondent', (_visit, req, res) => page(req, res, tokenIn(req), null));

  door.post('/book/:token', 'respondent', ...before, async (_visit, req, res) => {
    const token = tokenIn(req);
    const form = formOf(req);
    const zone = field(form, 'zone');
    const outcome = await recruitingBooking.book(token, {
      slot: field(form, 'slot'),
      zone,
      agrees: field(form, 'agree') === 'yes',
      email: field(form, 'email'),
      payout: field(form, 'payout'),
      language: field(form, 'language') === '' ? '' : textsFor(field(form, 'language')).textLanguage,
    });
    if (outcome.outcome === 'faults') {
      res.status(422);
      return page(req, res, token, { form, faults: outcome.faults, refused: null });
    }
    const refused = REFUSED[outcome.outcome];
    if (refused !== undefined || outcome.outcome === 'not-now') {
      res.status(409);
      return page(req, res, token, { form, faults: [], refused: refused ?? null });
    }
    back(res, token, zone, outcome.outcome === 'changed' ? 'changed' : 'booked');
  });

  door.post('/book/:token/cancel', 'respondent', ...before, async (_visit, req, res) => {
    const token = tokenIn(req);
    const form = formOf(req);
    const outcome = await recruitingBooking.cancel(token, field(form, 'sure') === 'yes');
    if (outcome === 'cancelled') return back(res, token, field(form, 'zone'), 'cancelled');
    if (outcome === 'not-sure') {
      res.status(422);
      return page(req, res, token, { form, faults: [{ field: 'sure', word: 'bookCancelFirst' }], refused: null });
    }
    res.status(409);
    await page(req, res, token, { form, faults: [], refused: 'bookTooLate' });
  });

  function back(res: Response, token: string, zone: string, done: string): void {
    const query = new URLSearchParams({ done });
    if (isTimeZone(zone)) query.set('zone', zone);
    seeOther(res, `/book/${token}?${query}`);
  }

  door.get('/book/:token/interview.ics', 'respondent', async (_visit, req, res) => {
    const token = tokenIn(req);
    const file = await recruitingBooking.calendar(token);
    if (file === null) return seeOther(res, `/book/${token}`);
    res.setHeader('Referrer-Policy', 'no-referrer');
    res.setHeader('Content-Disposition', 'attachment; filename="interview.ics"');
    res.type(`text/calendar; charset=utf-8; method=${file.method}`).send(file.content);
  });

  /** From the end of a screener to the times, for those whose answers fit. */
  door.post('/r/:token/book', 'respondent', ...before, async (_visit, req, res) => {
    const token = tokenIn(req);
    const open = await fieldwork.open(token);
    const booking = await recruitingBooking.enter(open);
    seeOther(res, booking === null ? `/r/${token}/done` : `/book/${booking}`);
  });
}

/** The page, as it stands or as it was just sent. */
function bookingPage(
  opened: OpenBooking,
  texts: Texts,
  zone: string,
  address: string,
  done: string,
  sent: Sent | null,
  canWrite: boolean,
) {
  const { settings, standing, booking, slots, mayChange, changeUntil, participant } = opened;
  const { incentive } = settings;
  const typed = (name: string, kept: string) => (sent ? field(sent.form, name) : kept);
  const errorAt = (name: BookingFault['field']): string | null => {
    const fault = sent?.faults.find((one) => one.field === name);
    if (!fault) return null;
    return texts.text(fault.word, {
      example: 'name@example.org',
      count: [...typed(name, '')].length,
      most: 300,
    });
  };
  const when = (startsAt: string, minutes: number) =>
    texts.appointment(startsAt, new Date(Date.parse(startsAt) + minutes * 60_000).toISOString(), zone);
  const canChoose = standing === 'open' || (standing === 'booked' && mayChange);
  const chosen = typed('slot', '');
  const amount =
    incentive.amountCents === 0
      ? ''
      : `${moneyWords(incentive.amountCents, incentive.currency, texts.textLanguage)}, ${incentive.form}`;
  const mode = MODE_WORDS[settings.mode];
  const stands = standing === 'booked' || standing === 'over';
  const summary = (sent?.faults ?? []).map(({ field: name }) => ({ href: `#${name}`, text: errorAt(name) ?? '' }));
  // A time that turned out to be taken is not shown as one's own mistake, but said above those that are left.
  const refused = sent?.refused ?? null;
  const just = sent === null ? DONE.get(done) : undefined;
  const said = refused ?? STANDING_WORDS[standing] ?? (standing === 'booked' && !mayChange ? 'bookTooLate' : null);
  return {
    ...respondFrame(settings.publicName, texts),
    isError: summary.length > 0,
    summary: summary.length > 0 ? { title: texts.text('errorSummaryTitle'), errors: summary } : null,
    done: just !== undefined && (done === 'cancelled') === !stands ? texts.text(just) : '',
    said: said === null ? '' : texts.text(said),
    isRefused: refused !== null,
    description: settings.description,
    facts: [
      { label: texts.text('bookLength'), value: texts.minutes(settings.minutes) },
      ...(amount === '' ? [] : [{ label: texts.text('bookReturn'), value: amount }]),
      ...(mode === undefined ? [] : [{ label: texts.text('bookHow'), value: texts.text(mode) }]),
    ],
    yours:
      stands && booking
        ? {
            when: when(booking.startsAt, booking.minutes || settings.minutes),
            place: booking.place || settings.place,
            calendar: standing === 'booked' ? `${address}/interview.ics` : '',
            until:
              mayChange && changeUntil !== null
                ? texts.text('bookUntil', { time: moment(texts, changeUntil, zone) })
                : '',
            cancel: mayChange ? `${address}/cancel` : '',
            sureError: errorAt('sure'),
          }
        : null,
    calendarOff: booking !== null && !stands ? `${address}/interview.ics` : '',
    screener: standing === 'screener' && opened.screenerLink !== null ? opened.screenerLink : '',
    zone,
    language: texts.language,
    action: address,
    zones: zonesWith(zone).map((name) => ({ value: name, label: name.replaceAll('_', ' '), isChosen: name === zone })),
    canChoose: canChoose && slots.length > 0,
    isEmpty: canChoose && slots.length === 0,
    isChange: standing === 'booked',
    slots: slots.map(({ publicId, startsAt, endsAt }, index) => ({
      id: index === 0 ? 'slot' : `slot-${index + 1}`,
      value: publicId,
      label: texts.appointment(startsAt, endsAt, zone),
      isChosen: publicId === chosen,
    })),
    slotError: errorAt('slot'),
    consent: settings.consent,
    agreeError: errorAt('agree'),
    isAgreed: sent !== null && field(sent.form, 'agree') === 'yes',
    email:
      opened.hasAddress || !canWrite
        ? null
        : { value: typed('email', participant.email ?? ''), error: errorAt('email') },
    payout:
      incentive.payoutAsk === '' || incentive.amountCents === 0
        ? null
        : { label: incentive.payoutAsk, value: typed('payout', participant.payout ?? ''), error: errorAt('payout') },
    words: wordsOf(texts, [
      'bookZone',
      'bookZoneShow',
      'bookChoose',
      'bookNoTimes',
      'bookConsent',
      'bookAgree',
      'bookEmail',
      'bookEmailHint',
      'bookBook',
      'bookMove',
      'bookYours',
      'bookWhereHead',
      'bookCalendar',
      'bookCancel',
      'bookCancelSure',
      'bookCalendarOff',
      'bookAgain',
      'bookScreenerStart',
      'optional',
    ]),
  };
}

/** A moment in a place, with its distance from UTC. */
function moment(texts: Texts, instant: string, zone: string): string {
  return texts.appointment(instant, instant, zone).replace(/–\d\d:\d\d/, '');
}

/** Every zone there is, and the one that is chosen under whichever name. */
const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((name) => name !== 'UTC')];
const zonesWith = (zone: string): readonly string[] => (ZONES.includes(zone) ? ZONES : [zone, ...ZONES]);
