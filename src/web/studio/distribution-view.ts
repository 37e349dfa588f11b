import { showNumber, showPercent } from '../../charts/numerals.ts';
import { showDate } from '../../render/helpers.ts';
import type { Distribution } from '../../services/distribution.ts';
import type { ShareInterval } from '../../stats/wilson-interval.ts';
import type { LetterState } from '../../store/letter-queue.ts';
import { type LetterCounts, type Mailing, noLetters } from '../../store/mailings.ts';
import type { SurveyRow } from '../../store/surveys.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import type { FieldView, head, summaryOf } from './frame.ts';
import { studyAddress } from './frame.ts';
import { surveyAddress } from './surveys.ts';

type Head = ReturnType<typeof head>;

/** More people than these are for a file, not for a page. */
const PEOPLE_SHOWN = 500;

const LETTER_WORDS: Record<LetterState, string> = {
  waiting: 'waiting',
  sending: 'being sent',
  sent: 'taken by the mail server',
  refused: 'refused by the mail server',
  unsure: 'in doubt',
  failed: 'tried too often',
  skipped: 'not sent',
};

const rateText = (rate: ShareInterval | null): string =>
  rate ? `${showPercent(rate.share)} (95% interval ${showPercent(rate.low)} to ${showPercent(rate.high)})` : 'not yet';

/** The page of a survey's distribution: how the post stands, what can be done, and how many answered. */
export function distributionPage(given: {
  head: Head;
  at: string;
  mayWrite: boolean;
  isPublished: boolean;
  address: string | null;
  post: ReturnType<Distribution['post']>;
  wave: number;
  lastWave: number;
  numbers: Awaited<ReturnType<Distribution['numbers']>>;
  mailings: readonly Mailing[];
  counts: ReadonlyMap<number, LetterCounts>;
  /** How often people may be reminded, as fields. */
  limits: FieldView[];
  summary: ReturnType<typeof summaryOf> | null;
  audience: string | null;
  rules: readonly { publicId: string; name: string }[];
}) {
  const { at, numbers, post, wave } = given;
  const fact = (label: string, value: number, note: string | null = null) => ({
    label,
    value: showNumber(value),
    note,
  });
  return {
    head: given.head,
    at,
    mayWrite: given.mayWrite,
    isPublished: given.isPublished,
    address: given.address ?? '',
    audience: given.audience ?? '',
    isReady: post.obstacles.length === 0,
    obstacles: post.obstacles,
    from: post.from ?? '',
    replyTo: post.replyTo ?? '',
    perMinute: post.perMinute ?? 0,
    mayOneClick: post.mayOneClick,
    trouble: post.trouble ? `${post.trouble.reason}. Tried again at ${showDate(post.trouble.until, true)} UTC.` : '',
    wave,
    waves: Array.from({ length: given.lastWave }, (_, index) => ({
      number: index + 1,
      href: `${at}?wave=${index + 1}`,
      isCurrent: index + 1 === wave,
    })),
    hasWaves: given.lastWave > 1,
    remindHref: `${at}/remind?wave=${wave}`,
    peopleHref: `${at}/people?wave=${wave}`,
    hasInvited: numbers.invited > 0,
    facts: [
      fact('Invited', numbers.invited, numbers.waiting > 0 ? `${showNumber(numbers.waiting)} still waiting` : null),
      fact('Taken by the mail server', numbers.accepted),
      fact('Came back', numbers.bounced),
      ...(numbers.unsure > 0 ? [fact('In doubt', numbers.unsure)] : []),
      ...(numbers.failed > 0 ? [fact('Tried too often', numbers.failed)] : []),
      fact('Asked not to be asked', numbers.optedOut),
      fact('Reminded', numbers.reminded),
      fact('Begun', numbers.started),
      fact('Completed', numbers.completed),
    ],
    rate: rateText(numbers.rate),
    strictRate: numbers.strictRate ? showPercent(numbers.strictRate.share) : '',
    reached: numbers.reached,
    limits: given.limits,
    summary: given.summary,
    isError: given.summary !== null,
    rules: given.rules.map(({ publicId, name }) => ({ publicId, name })),
    hasMailings: given.mailings.length > 0,
    mailings: {
      caption: 'Letters so far',
      isStacked: true,
      columns: [
        { label: 'What', isNumber: false },
        { label: 'Wave', isNumber: true },
        { label: 'When', isNumber: false },
        { label: 'State', isNumber: false },
        { label: 'Letters', isNumber: true },
        { label: 'Sent', isNumber: true },
      ],
      rows: given.mailings.map((mailing) => {
        const counts = given.counts.get(mailing.id) ?? noLetters();
        const cell = (text: string, isNumber: boolean, href: string | null = null) => ({ text, href, isNumber });
        return {
          cells: [
            cell(nameOf(mailing), false, `${at}/mailings/${mailing.publicId}`),
            cell(String(mailing.wave), true),
            cell(showDate(mailing.createdAt, true), false),
            cell(STATE_WORDS[mailing.state], false),
            cell(showNumber(total(counts)), true),
            cell(showNumber(counts.sent), true),
          ],
        };
      }),
    },
  };
}

const STATE_WORDS = { sending: 'being sent', paused: 'paused', done: 'done' } as const;
const nameOf = (mailing: Mailing): string =>
  mailing.kind === 'reminder'
    ? 'Reminder'
    : mailing.audience.segment
      ? `Invitation of “${mailing.audience.segment}”`
      : 'Invitation';
const total = (counts: LetterCounts): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** How far a mailing is, as the progress bar asks for it. */
export function mailingProgress(mailing: Mailing, counts: LetterCounts = noLetters()) {
  const all = total(counts);
  const open = counts.waiting + counts.sending;
  return {
    state: mailing.state === 'sending' ? 'running' : mailing.state,
    percent: all === 0 ? 100 : Math.floor((100 * (all - open)) / all),
    step: `${showNumber(all - open)} of ${showNumber(all)} letters are through`,
    label: 'Sending in the background; you may leave this page',
  };
}

/** One mailing: how far it is, what it said, and what did not go through. */
export function mailingPage(given: {
  head: Head;
  at: string;
  mayWrite: boolean;
  mailing: Mailing;
  counts: LetterCounts | undefined;
  reasons: readonly { state: string; reason: string | null; n: number }[];
  trouble: { reason: string; until: string } | null;
}) {
  const { mailing, at } = given;
  const counts = given.counts ?? noLetters();
  return {
    head: given.head,
    at,
    mayWrite: given.mayWrite,
    isGoing: mailing.state === 'sending',
    isPaused: mailing.state === 'paused',
    progress: { ...mailingProgress(mailing, counts), progressUrl: `${at}/progress` },
    trouble: given.trouble ? `${given.trouble.reason}. Tried again at ${showDate(given.trouble.until, true)} UTC.` : '',
    unsure: counts.unsure,
    failed: counts.failed,
    facts: (Object.keys(LETTER_WORDS) as LetterState[])
      .filter((state) => state === 'sent' || counts[state] > 0)
      .map((state) => {
        const word = LETTER_WORDS[state];
        return {
          label: `${word.charAt(0).toUpperCase()}${word.slice(1)}`,
          value: showNumber(counts[state]),
          note: null,
        };
      }),
    hasReasons: given.reasons.length > 0,
    reasons: {
      caption: 'What did not go through at once, and why',
      isStacked: true,
      columns: [
        { label: 'Reason', isNumber: false },
        { label: 'Letters are', isNumber: false },
        { label: 'How many', isNumber: true },
      ],
      rows: given.reasons.map(({ state, reason, n }) => ({
        cells: [
          { text: reason ?? '', href: null, isNumber: false },
          { text: LETTER_WORDS[state as LetterState], href: null, isNumber: false },
          { text: showNumber(Number(n)), href: null, isNumber: true },
        ],
      })),
    },
    texts: Object.entries(mailing.message).map(([language, { subject, text }]) => ({ language, subject, text })),
  };
}

/** The people of a wave: how each letter fared, and how far each has come. */
export async function peoplePage(
  { verbatim }: House,
  study: EnteredStudy,
  survey: SurveyRow,
  wave: number,
): Promise<Record<string, unknown>> {
  const { store, logs } = verbatim;
  await logs.settle();
  const letters = await store.mailings.letters(survey.id, wave);
  const invitations = letters.filter((letter) => letter.round === 0);
  const shown = invitations.slice(0, PEOPLE_SHOWN);
  const ids = shown.map((letter) => letter.personId);
  const standing = await store.contacts.standing(survey.id, await store.fieldwork.waveNumbered(survey.id, wave));
  const optedOut = await store.contacts.optedOut(study.workspaceId);
  const bad = new Set((await store.contacts.bounces(study.workspaceId)).map((bounce) => bounce.addressSeal));
  const identities = await store.people.identities(ids);
  const people = new Map((await store.people.canonical(study.workspaceId)).map(({ id, publicId }) => [id, publicId]));
  const at = `${surveyAddress(study, survey)}/distribution/people`;
  return {
    rows: shown.flatMap((letter) => {
      const publicId = people.get(letter.personId);
      if (publicId === undefined) return [];
      const isOptedOut = optedOut.people.has(letter.personId) || optedOut.seals.has(letter.addressSeal);
      const came = standing.get(letter.personId);
      return [
        {
          name: identities.get(letter.personId) ?? publicId,
          href: `${studyAddress(study)}/people/${publicId}`,
          letter: bad.has(letter.addressSeal) ? 'came back' : LETTER_WORDS[letter.state],
          reminders: letters.filter((one) => one.personId === letter.personId && one.round > 0 && one.state === 'sent')
            .length,
          came:
            came === 'completed' ? 'completed' : came === 'started' ? 'begun' : came === 'ended' ? 'ended' : 'not yet',
          qr: `${at}/${publicId}/qr`,
          optOut: isOptedOut ? '' : `${at}/${publicId}/opt-out?wave=${wave}`,
          optIn: optedOut.byResearcher.has(letter.personId) ? `${at}/${publicId}/opt-in?wave=${wave}` : '',
        },
      ];
    }),
    hidden: invitations.length - shown.length,
    isEmpty: invitations.length === 0,
    empty: { title: 'Nobody has been invited in this wave', text: 'Write an invitation first.', action: null },
  };
}

/** A QR code with the address it says, to look at and to take along. */
export const qrPage = (address: string, picture: string, warning: string | null) => ({
  address,
  picture,
  download: `${picture}?download=1`,
  warning: warning ?? '',
});
