import type { Form } from '../../model/answers.ts';
import { CONSENT_USE_NAMES, CONSENT_USES } from '../../model/consent.ts';
import { REMINDER_HOURS, type RoundSettings, roundName, USUAL_WORDS, usualIncentive } from '../../model/recruiting.ts';
import { wordingIn } from '../../model/survey-check.ts';
import { INTERVIEW_MODES } from '../../services/interview-form.ts';
import type { RoundRow } from '../../store/recruiting.ts';
import type { House } from '../app.ts';
import type { EnteredStudy } from '../doorway.ts';
import { field, fieldList } from '../form.ts';
import { buttons, type FieldView, type FormPage, type fieldMaker, head, studyAddress } from './frame.ts';

/** Empty lines for cells beside those that there are. */
const SPARE_CELLS = 2;
const CELLS_MAX = 12;

export const recruitingAddress = (study: { publicId: string }): string => `${studyAddress(study)}/recruiting`;
export const roundAddress = (study: { publicId: string }, round: { publicId: string }): string =>
  `${recruitingAddress(study)}/${round.publicId}`;
export const recruitingCrumbs = (study: EnteredStudy) => [
  { label: study.name, href: studyAddress(study) },
  { label: 'Interviews', href: `${studyAddress(study)}/interviews` },
  { label: 'Recruiting', href: recruitingAddress(study) },
];

const LETTER = {
  subject: 'An invitation to an interview',
  text: 'Dear {{name}},\n\nwe would like to speak with you. Please choose a time that suits you; this link is yours alone:\n\n{{link}}\n\nTaking part is up to you.\n\nIf you would rather not be asked again:\n{{optOut}}\n',
};
const CONSENT =
  'What I say in the interview may be written down and used for this study. I can stop at any time, and I can take back my agreement afterwards.';

/** A new round as the form begins with it. */
export const freshRound = (userId: number, timeZone: string): Form => ({
  minutes: '45',
  wanted: '8',
  'incentive-amountCents': '25',
  'incentive-currency': 'EUR',
  'incentive-form': 'voucher',
  mode: 'by video',
  sought: 'everybody',
  'spoken-how': 'exclude',
  'spoken-months': '6',
  mayInvite: 'agreed',
  consent: CONSENT,
  uses: ['analysis'],
  timeZone,
  noticeHours: '24',
  changeHours: '24',
  reminders: REMINDER_HOURS.map(String),
  'letter-subject': LETTER.subject,
  'letter-text': LETTER.text,
  researchers: [String(userId)],
});

/** A round as its form shows it. */
export function formOfRound(settings: RoundSettings): Form {
  const { incentive, sought, screener, cells, spoken, letter } = settings;
  const cents = incentive.amountCents;
  const form: Form = {
    publicName: settings.publicName,
    internalName: settings.internalName,
    description: settings.description,
    minutes: String(settings.minutes),
    wanted: String(settings.wanted),
    'incentive-amountCents': cents % 100 === 0 ? String(cents / 100) : (cents / 100).toFixed(2),
    'incentive-currency': incentive.currency,
    'incentive-form': incentive.form,
    'incentive-payoutAsk': incentive.payoutAsk,
    mode: settings.mode,
    place: settings.place,
    sought:
      sought.of === 'everybody'
        ? 'everybody'
        : sought.of === 'segment'
          ? `segment ${sought.segment}`
          : `survey ${sought.survey}`,
    'screener-survey': screener?.survey ?? '',
    'screener-segment': screener?.segment ?? '',
    'spoken-how': spoken.how,
    'spoken-months': String(spoken.months),
    mayInvite: settings.mayInvite,
    consent: settings.consent,
    uses: settings.uses,
    timeZone: settings.timeZone,
    noticeHours: String(settings.noticeHours),
    changeHours: String(settings.changeHours),
    reminders: settings.reminders.map(String),
    'letter-subject': letter.subject,
    'letter-text': letter.text,
    researchers: settings.researchers.map(String),
    observers: settings.observers.map(String),
  };
  cells.forEach((cell, index) => {
    form[`cells-${index}-name`] = cell.name;
    form[`cells-${index}-segment`] = cell.segment;
    form[`cells-${index}-wanted`] = String(cell.wanted);
  });
  return form;
}

const number = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** Amounts are written with a point or a comma; what is no amount fits nothing. */
const cents = (text: string): number => {
  const plain = text.trim().replace(',', '.');
  if (plain === '') return 0;
  return /^\d{1,7}(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : Number.NaN;
};

/** The filled lines of cells, moved together, so that what is wrong with one is said beside it. */
export function withCellsTogether(form: Form): Form {
  const rest = Object.fromEntries(Object.entries(form).filter(([name]) => !name.startsWith('cells-')));
  const names = ['name', 'segment', 'wanted'] as const;
  const lines = Array.from({ length: CELLS_MAX + SPARE_CELLS }, (_, index) =>
    names.map((name) => field(form, `cells-${index}-${name}`).trim()),
  ).filter((line) => line.some((text) => text !== ''));
  lines.forEach((line, index) => {
    names.forEach((name, at) => {
      rest[`cells-${index}-${name}`] = line[at] ?? '';
    });
  });
  return rest;
}

/** What a form says, to be checked; cells have to be together. */
export function roundFrom(form: Form): unknown {
  const text = (name: string) => field(form, name);
  const [of, id = ''] = text('sought').split(' ');
  const cells = Array.from({ length: CELLS_MAX + SPARE_CELLS }, (_, index) => ({
    name: text(`cells-${index}-name`),
    segment: text(`cells-${index}-segment`),
    wanted: number(text(`cells-${index}-wanted`)),
    isFilled: form[`cells-${index}-name`] !== undefined,
  }));
  return {
    publicName: text('publicName'),
    internalName: text('internalName'),
    description: text('description').replaceAll('\r\n', '\n'),
    minutes: number(text('minutes')),
    wanted: number(text('wanted')),
    incentive: {
      amountCents: cents(text('incentive-amountCents')),
      currency: text('incentive-currency').trim().toUpperCase(),
      form: text('incentive-form'),
      payoutAsk: text('incentive-payoutAsk'),
    },
    mode: text('mode'),
    place: text('place'),
    sought: of === 'segment' ? { of, segment: id } : of === 'survey' ? { of, survey: id } : { of: 'everybody' },
    screener:
      text('screener-survey') === '' && text('screener-segment') === ''
        ? null
        : { survey: text('screener-survey'), segment: text('screener-segment') },
    cells: cells.filter(({ isFilled }) => isFilled).map(({ isFilled: _, ...cell }) => cell),
    spoken: { how: text('spoken-how'), months: number(text('spoken-months')) },
    mayInvite: text('mayInvite'),
    consent: text('consent').replaceAll('\r\n', '\n'),
    uses: ['analysis', ...fieldList(form, 'uses').filter((use) => use !== 'analysis')],
    timeZone: text('timeZone'),
    noticeHours: number(text('noticeHours')),
    changeHours: number(text('changeHours')),
    reminders: fieldList(form, 'reminders').map(Number),
    letter: { subject: text('letter-subject').trim(), text: text('letter-text').replaceAll('\r\n', '\n') },
    researchers: fieldList(form, 'researchers').map(Number),
    observers: fieldList(form, 'observers').map(Number),
  };
}

/** The page of a round's settings, new or as it stands. */
export async function roundForm(
  { verbatim }: House,
  study: EnteredStudy,
  round: RoundRow | null,
  form: Form,
): Promise<FormPage> {
  const { store } = verbatim;
  const segments = (await store.segments.list(study.id)).map(({ publicId, name }) => ({
    value: publicId,
    label: name,
  }));
  const surveys = (await store.surveys.list(study.id)).map(({ publicId, draft }) => ({
    value: publicId,
    label: wordingIn(draft.title, draft.languages[0] ?? 'en', draft.languages),
  }));
  const colleagues = (await store.interviewLog.colleagues(study)).map(({ id, name }) => ({
    value: String(id),
    label: name,
  }));
  const zones = [...new Set(['UTC', field(form, 'timeZone') || 'UTC', ...Intl.supportedValuesOf('timeZone')])].sort();
  const minutes = Number(field(form, 'minutes'));
  const usual = Number.isInteger(minutes) && minutes > 0 ? usualIncentive(minutes) : null;
  const lines = Object.keys(form).filter((name) => /^cells-\d+-name$/.test(name)).length;
  const none = { value: '', label: 'none' };
  const cellFields = (make: ReturnType<typeof fieldMaker>): FieldView[] =>
    Array.from({ length: Math.min(CELLS_MAX, lines + SPARE_CELLS) }, (_, index) => [
      make.text(`cells-${index}-name`, `Cell ${index + 1}: name`, { isShort: true }),
      make.select(`cells-${index}-segment`, `Cell ${index + 1}: who is of it`, [none, ...segments]),
      make.text(`cells-${index}-wanted`, `Cell ${index + 1}: how many`, { type: 'number', isShort: true }),
    ]).flat();
  return {
    view: 'studio/recruiting-form',
    head: head(
      round === null
        ? recruitingCrumbs(study)
        : [
            ...recruitingCrumbs(study),
            {
              label: roundName({ internalName: '', publicName: field(form, 'publicName') }) || 'Round',
              href: roundAddress(study, round),
            },
          ],
      round === null ? 'New round of recruiting' : 'Settings of the round',
    ),
    action: round === null ? `${recruitingAddress(study)}/new` : `${roundAddress(study, round)}/settings`,
    fields: (make) => [
      make.text('publicName', 'Name that participants read', { isRequired: true }),
      make.text('internalName', 'Name for the team', { hint: 'Empty: the same' }),
      make.area('description', 'Description for participants', { rows: 4 }),
      make.text('minutes', 'Length in minutes', { type: 'number', isShort: true, isRequired: true }),
      make.text('wanted', 'Interviews wanted', {
        type: 'number',
        isShort: true,
        isRequired: true,
        hint: 'When so many are booked or held, no more can be booked',
      }),
      make.select(
        'mode',
        'How you speak',
        INTERVIEW_MODES.map((mode) => ({ value: mode, label: mode })),
        { isRequired: true },
      ),
      make.text('place', 'Where', { hint: 'A link, a number or a room; it is told to whoever books' }),
      make.text('incentive-amountCents', 'Incentive: amount', {
        isShort: true,
        hint: `0 for none. Usual at least, in euros or dollars: ${USUAL_WORDS}${usual === null ? '' : `; so ${usual} for ${minutes} minutes`}. A hint only`,
      }),
      make.text('incentive-currency', 'Incentive: currency', {
        isShort: true,
        isRequired: true,
        hint: 'Three letters, such as EUR',
      }),
      make.text('incentive-form', 'Incentive: form', { hint: 'Such as voucher, transfer or cash' }),
      make.text('incentive-payoutAsk', 'Incentive: what you need to know to give it', {
        hint: 'Asked when somebody books, such as “Where should the voucher go?”, and emptied once they are paid. Empty: nothing is asked',
      }),
      make.select(
        'sought',
        'Who is sought',
        [
          { value: 'everybody', label: 'everybody the workspace knows' },
          ...segments.map(({ value, label }) => ({ value: `segment ${value}`, label: `those in “${label}”` })),
          ...surveys.map(({ value, label }) => ({ value: `survey ${value}`, label: `those who completed “${label}”` })),
        ],
        { isRequired: true },
      ),
      make.select('screener-survey', 'Screener', [none, ...surveys], {
        hint: 'A survey of this study that is answered first. Its open link, and an offer of the widget, let people in as well: at its end, whoever fits can choose a time',
      }),
      make.select('screener-segment', 'Screener: whose answers fit', [none, ...segments], {
        hint: 'A segment whose rule asks for answers to the screener',
      }),
      ...cellFields(make),
      make.radios(
        'spoken-how',
        'Already spoken with, in any study of the workspace',
        [
          { value: 'exclude', label: 'leave them out' },
          { value: 'warn', label: 'say so, and let me invite them' },
        ],
        { isRequired: true },
      ),
      make.text('spoken-months', 'That is, in the last so many months', {
        type: 'number',
        isShort: true,
        isRequired: true,
      }),
      make.radios(
        'mayInvite',
        'Who may be invited',
        [
          { value: 'agreed', label: 'only those who agreed to be contacted again' },
          {
            value: 'not-refused',
            label: 'all who did not refuse it',
            hint: 'For people whom you may contact for another reason, such as your own customers',
          },
        ],
        { isRequired: true },
      ),
      make.area('consent', 'What participants agree to when they book', { rows: 5, isRequired: true }),
      make.boxes(
        'uses',
        'By that their words may be used for',
        CONSENT_USES.map((use) => ({ value: use, ...CONSENT_USE_NAMES[use] })),
        { hint: 'Tick what the text says. It is noted as the consent of each interview that is booked' },
      ),
      make.select(
        'timeZone',
        'Time zone of your times',
        zones.map((name) => ({ value: name, label: name.replaceAll('_', ' ') })),
        { isRequired: true, hint: 'Participants can choose another to see them in' },
      ),
      make.text('noticeHours', 'Bookable until so many hours before', {
        type: 'number',
        isShort: true,
        isRequired: true,
      }),
      make.text('changeHours', 'Can be changed and cancelled until so many hours before', {
        type: 'number',
        isShort: true,
        isRequired: true,
      }),
      make.boxes(
        'reminders',
        'Reminders by mail',
        REMINDER_HOURS.map((hours) => ({
          value: String(hours),
          label: hours === 1 ? '1 hour before' : `${hours} hours before`,
        })),
      ),
      make.boxes('researchers', 'Who leads the interviews', colleagues),
      make.boxes('observers', 'Who looks on', colleagues, { hint: 'Can be changed for each interview on its page' }),
      make.text('letter-subject', 'Letter of invitation: subject', { isRequired: true }),
      make.area('letter-text', 'Letter of invitation: text', {
        rows: 10,
        isRequired: true,
        hint: '{{name}} becomes the person’s name, {{link}} their own link, {{optOut}} the way to say that they want no more letters',
      }),
    ],
    buttons: buttons(round === null ? 'Make the round' : 'Save', {
      label: 'Cancel',
      href: round === null ? recruitingAddress(study) : roundAddress(study, round),
    }),
    more: (fields) => ({ parts: partsOf(fields) }),
  };
}

const PARTS: readonly { heading: string; isOf: (name: string) => boolean }[] = [
  {
    heading: 'What it is',
    isOf: (name) => ['publicName', 'internalName', 'description', 'minutes', 'wanted', 'mode', 'place'].includes(name),
  },
  { heading: 'In return', isOf: (name) => name.startsWith('incentive-') },
  {
    heading: 'Whom you seek',
    isOf: (name) =>
      name === 'sought' || name.startsWith('screener-') || name.startsWith('spoken-') || name === 'mayInvite',
  },
  { heading: 'How many of each kind', isOf: (name) => name.startsWith('cells-') },
  {
    heading: 'Booking',
    isOf: (name) => ['consent', 'uses', 'timeZone', 'noticeHours', 'changeHours', 'reminders'].includes(name),
  },
  { heading: 'Your team', isOf: (name) => name === 'researchers' || name === 'observers' },
  { heading: 'The letter', isOf: (name) => name.startsWith('letter-') },
];

const partsOf = (fields: readonly FieldView[]) =>
  PARTS.map(({ heading, isOf }, index) => ({
    id: `part-${index + 1}`,
    heading,
    fields: fields.filter(({ name }) => isOf(name)),
  }));
