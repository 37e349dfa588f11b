import { z } from 'zod';
import { CONSENT_USES } from './consent.ts';
import { checkMessage } from './mailing.ts';
import { instantOf, isTimeZone, wallTime } from './zoned-time.ts';

/*
 * A round of recruiting: whom a study wants to interview, for how long, for what in return, and at which times.
 */

/** What stands in one line of a page, a letter's subject and a calendar: breaks and control characters become spaces. */
const oneLine = () => z.string().overwrite((words) => words.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim());
const line = (most: number, error: string) => oneLine().min(1, { error }).max(most, { error });
const text = (most: number) =>
  z
    .string()
    .trim()
    .max(most, { error: `Keep this under ${most.toLocaleString('en-GB')} letters` });
const whole = (least: number, most: number) => {
  const error = `Enter a whole number from ${least} to ${most.toLocaleString('en-GB')}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};
const Id = z.string().regex(/^[A-Za-z0-9_-]{22}$/, { error: 'Choose one of those listed' });

/** How people that were spoken with before are dealt with, in whichever study of the workspace it was. */
export const SPOKEN_WAYS = ['exclude', 'warn'] as const;
/** Which people may be invited at all: those who agreed to be contacted again, or all who did not refuse it. */
export const CONSENT_WAYS = ['agreed', 'not-refused'] as const;
/** Reminders that can be chosen, in hours before the interview. */
export const REMINDER_HOURS = [24, 1] as const;

const Incentive = z
  .strictObject({
    /** In hundredths of the currency; 0 for nothing. */
    amountCents: z
      .int({ error: 'Enter an amount such as 25 or 25.50' })
      .min(0, { error: 'Enter an amount such as 25 or 25.50' })
      .max(10_000_000, { error: 'Enter at most 100,000' }),
    currency: z.string().refine((code) => Intl.supportedValuesOf('currency').includes(code), {
      error: 'Enter the three letters of a currency, such as EUR',
    }),
    /** In the researcher's words: a voucher, a transfer, cash. */
    form: text(100),
    /** What a participant is asked for so that they can be paid; empty where nothing is needed. */
    payoutAsk: text(200),
  })
  .refine(({ amountCents, form }) => amountCents === 0 || form !== '', {
    error: 'Say in which form it is given, such as “voucher”',
    path: ['form'],
  });

export const Sought = z.discriminatedUnion('of', [
  /** Everybody that the workspace knows. */
  z.strictObject({ of: z.literal('everybody') }),
  /** Those in a segment, defined or found. */
  z.strictObject({ of: z.literal('segment'), segment: Id }),
  /** Those who completed a survey of the study. */
  z.strictObject({ of: z.literal('survey'), survey: Id }),
]);
export type Sought = z.infer<typeof Sought>;

export const RoundSettings = z
  .strictObject({
    /** What participants read, and what the team calls it. */
    publicName: line(120, 'Enter a name of at most 120 letters that participants will read'),
    internalName: oneLine().max(120, { error: 'Keep this under 120 letters' }),
    description: text(2_000),
    minutes: whole(5, 480),
    wanted: whole(1, 1_000),
    incentive: Incentive,
    /** How they will speak: one of the modes of interviews. */
    mode: z.string().max(40),
    /** Where: a link, a number, a room. It is told to whoever books. */
    place: text(500),
    sought: Sought,
    /** A survey of the study, and the segment rule that its answers have to fit. */
    screener: z.strictObject({ survey: Id, segment: Id }).nullable(),
    /** How many are wanted of each kind; somebody who is in several is of the first. */
    cells: z
      .array(z.strictObject({ name: line(60, 'Give each cell a name'), segment: Id, wanted: whole(1, 1_000) }))
      .max(12, { error: 'At most 12 cells' }),
    spoken: z.strictObject({ how: z.enum(SPOKEN_WAYS), months: whole(1, 120) }),
    mayInvite: z.enum(CONSENT_WAYS),
    /** For what their words may be used by that; `analysis` is what taking part means. */
    uses: z.array(z.enum(CONSENT_USES)).max(CONSENT_USES.length),
    consent: z
      .string()
      .trim()
      .min(1, { error: 'Write what participants agree to, in at most 5,000 letters' })
      .max(5_000, { error: 'Write what participants agree to, in at most 5,000 letters' }),
    timeZone: z.string().max(64).refine(isTimeZone, { error: 'Choose a time zone' }),
    /** So many hours before it begins a time can still be booked, and one's own changed or called off. */
    noticeHours: whole(0, 336),
    changeHours: whole(0, 336),
    /** The letter that invites, in plain text with places to fill in. */
    letter: z.strictObject({ subject: z.string(), text: z.string() }),
    /** Users who lead the interviews that are booked, and who look on. */
    researchers: z.array(z.int()).max(50),
    observers: z.array(z.int()).max(50),
    reminders: z.array(z.union(REMINDER_HOURS.map((hours) => z.literal(hours)))).max(REMINDER_HOURS.length),
  })
  .superRefine(({ letter }, context) => {
    for (const { pointer, detail } of checkMessage({ en: letter }))
      context.addIssue({ code: 'custom', message: detail, path: ['letter', pointer.replace(/^#\/|-en$/g, '')] });
  })
  .refine(({ cells }) => new Set(cells.map(({ name }) => name.toLowerCase())).size === cells.length, {
    error: 'Two cells have the same name',
    path: ['cells'],
  });
export type RoundSettings = z.infer<typeof RoundSettings>;

/** Settings as they were kept. */
export const readRound = (json: string): RoundSettings => RoundSettings.parse(JSON.parse(json));

/** What the team calls a round. */
export const roundName = ({ internalName, publicName }: Pick<RoundSettings, 'internalName' | 'publicName'>): string =>
  internalName || publicName;

/** What is usually given at least for an interview of so many minutes, in euros or dollars. */
const USUAL: readonly (readonly [minutes: number, amount: number])[] = [
  [30, 15],
  [45, 25],
  [60, 30],
  [90, 45],
  [120, 60],
];

/** The same as one line of text. */
export const USUAL_WORDS = USUAL.map(([minutes, amount]) => `${minutes} min ${amount}`).join(', ');

/**
 * The least that is usual for an interview of a length, in whole euros or dollars; a hint and no more.
 *
 * @returns null for one longer than any usual one
 *
 * @example
 * usualIncentive(40) // => 25
 */
export const usualIncentive = (minutes: number): number | null => USUAL.find(([most]) => minutes <= most)?.[1] ?? null;

/**
 * An amount as people write it.
 *
 * @param cents hundredths of the currency
 *
 * @example
 * moneyWords(2550, 'EUR', 'en-GB') // => '€25.50'
 */
export const moneyWords = (cents: number, currency: string, locale: string): string =>
  new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    numberingSystem: 'latn',
    ...(cents % 100 === 0 ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {}),
  }).format(cents / 100);

/** One more or less would hardly ever be looked through by anybody. */
export const SERIES_MAX = 500;
const DAYS_MAX = 366;
const DAY_MS = 86_400_000;

export type Series = {
  /** Days of the calendar, both included. */
  firstDay: string;
  lastDay: string;
  /** 1 for Monday. */
  weekdays: readonly number[];
  /** Between which times of the clock on the wall, `09:00`. */
  from: string;
  to: string;
  minutes: number;
  bufferMinutes: number;
  zone: string;
};

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
const clockOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

/**
 * The times of a series, day by day, each as the clock on the wall has it: a series at 09:00 stays at 09:00 when clocks
 * change. A time that a change of clocks leaves out is not moved but named.
 *
 * @returns instants in UTC, at most `SERIES_MAX`; and the written times that the clock never shows
 * @throws {RangeError} for days or times that are none, a zone that is none, or a first day after the last
 *
 * @example
 * slotSeries({ firstDay: '2026-03-27', lastDay: '2026-03-30', weekdays: [1, 5], from: '09:00', to: '10:30', minutes: 60,
 *   bufferMinutes: 15, zone: 'Europe/Berlin' }).starts // => ['2026-03-27T08:00:00.000Z', '2026-03-30T07:00:00.000Z']
 */
export function slotSeries(series: Series): { starts: string[]; skipped: string[] } {
  const { firstDay, lastDay, from, to, minutes, bufferMinutes, zone } = series;
  const [first, last] = [Date.parse(`${firstDay}T00:00:00Z`), Date.parse(`${lastDay}T00:00:00Z`)];
  if (Number.isNaN(first) || Number.isNaN(last) || first > last || last - first > DAYS_MAX * DAY_MS)
    throw new RangeError('slotSeries requires a first day before the last, at most a year apart');
  if (!/^\d\d:\d\d$/.test(from) || !/^\d\d:\d\d$/.test(to) || !isTimeZone(zone) || minutes < 1 || bufferMinutes < 0)
    throw new RangeError('slotSeries requires times of the day, a time zone and a length');
  const starts: string[] = [];
  const skipped: string[] = [];
  for (let day = first; day <= last; day += DAY_MS) {
    if (!series.weekdays.includes(new Date(day).getUTCDay() || 7)) continue;
    for (let at = minutesOf(from); at + minutes <= minutesOf(to); at += minutes + bufferMinutes) {
      if (starts.length >= SERIES_MAX) return { starts, skipped };
      const written = `${new Date(day).toISOString().slice(0, 10)}T${clockOf(at)}`;
      const instant = instantOf(written, zone);
      if (instant !== null && wallTime(instant, zone) === written) starts.push(instant);
      else skipped.push(written.replace('T', ' '));
    }
  }
  return { starts, skipped };
}

export type Span = { startsAt: string; endsAt: string };

/**
 * Of new times those that no other overlaps, neither one that is there nor one before it.
 *
 * @example
 * freeOfOthers([{ startsAt: '2026-01-01T09:00:00Z', endsAt: '2026-01-01T10:00:00Z' }],
 *   [{ startsAt: '2026-01-01T09:30:00Z', endsAt: '2026-01-01T10:30:00Z' }]) // => []
 */
export function freeOfOthers(added: readonly Span[], there: readonly Span[]): Span[] {
  const taken = there.map(({ startsAt, endsAt }) => [Date.parse(startsAt), Date.parse(endsAt)] as const);
  return added.filter(({ startsAt, endsAt }) => {
    const [start, end] = [Date.parse(startsAt), Date.parse(endsAt)];
    if (taken.some(([from, to]) => start < to && from < end)) return false;
    taken.push([start, end]);
    return true;
  });
}

/** Why somebody is not invited, in the order in which it is looked at. */
export type LeftOutReason =
  | 'invited'
  | 'screened-out'
  | 'opted-out'
  | 'withdrew'
  | 'refused'
  | 'no-consent'
  | 'spoken'
  | 'arranged'
  | 'cap'
  | 'no-cell'
  | 'cell-full';

/** What is known of somebody who fits. */
export type CandidateFacts = {
  isInvited: boolean;
  /** Answered the screener in a way that does not fit. */
  isScreenedOut: boolean;
  hasOptedOut: boolean;
  /** Took back what they said in an interview, and has not agreed to be contacted since. */
  hasWithdrawn: boolean;
  /** Whether they agreed to be contacted again; null where nobody asked. */
  recontact: boolean | null;
  /** When they were last spoken with within the months that count; null for never. */
  spokenAt: string | null;
  /** An interview of theirs is still to come. */
  isArranged: boolean;
  isCapped: boolean;
  /** Null where none of the round's cells is theirs. */
  cell: string | null;
};

/**
 * What stands against inviting somebody: the first reason that holds, or none.
 *
 * @param full the cells that have all they want
 */
export function whyLeftOut(
  facts: CandidateFacts,
  { cells, spoken, mayInvite }: Pick<RoundSettings, 'cells' | 'spoken' | 'mayInvite'>,
  full: ReadonlySet<string>,
): LeftOutReason | null {
  if (facts.isInvited) return 'invited';
  if (facts.isScreenedOut) return 'screened-out';
  if (facts.hasOptedOut) return 'opted-out';
  if (facts.hasWithdrawn) return 'withdrew';
  if (facts.recontact === false) return 'refused';
  if (facts.recontact === null && mayInvite === 'agreed') return 'no-consent';
  if (facts.spokenAt !== null && spoken.how === 'exclude') return 'spoken';
  if (facts.isArranged) return 'arranged';
  if (facts.isCapped) return 'cap';
  if (cells.length > 0 && facts.cell === null) return 'no-cell';
  if (facts.cell !== null && full.has(facts.cell)) return 'cell-full';
  return null;
}

/**
 * A time so many months before another, on the calendar of UTC; the last day of a shorter month stands in for one it lacks.
 *
 * @example
 * monthsBefore('2026-03-31T10:00:00.000Z', 1) // => '2026-02-28T10:00:00.000Z'
 */
export function monthsBefore(instant: string, months: number): string {
  const at = new Date(instant);
  const day = at.getUTCDate();
  at.setUTCDate(1);
  at.setUTCMonth(at.getUTCMonth() - months);
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  at.setUTCDate(Math.min(day, last));
  return at.toISOString();
}

/**
 * The reminder that is due for an interview, if any: the one nearest to it whose time has come.
 *
 * @param startsAt when the interview begins
 * @param since when it was last arranged: who has just been told needs no reminder
 * @param hours before the interview, such as `[24, 1]`
 * @returns its hours; null where none is due, or the interview has begun
 *
 * @example
 * dueReminder('2026-03-02T12:00:00.000Z', '2026-02-01T00:00:00.000Z', [24, 1], '2026-03-02T11:30:00.000Z') // => 1
 */
export function dueReminder(startsAt: string, since: string, hours: readonly number[], now: string): number | null {
  const [start, told, at] = [startsAt, since, now].map((time) => Date.parse(time)) as [number, number, number];
  if (at >= start) return null;
  const due = hours.filter((each) => start - each * 3_600_000 <= at && told < start - each * 3_600_000);
  return due.length === 0 ? null : Math.min(...due);
}

/** When the next reminder of an interview is due after a time; null where none is. */
export function nextReminderAt(startsAt: string, hours: readonly number[], now: string): string | null {
  const [start, at] = [Date.parse(startsAt), Date.parse(now)];
  const times = hours.map((each) => start - each * 3_600_000).filter((time) => time > at);
  return times.length === 0 ? null : new Date(Math.min(...times)).toISOString();
}
