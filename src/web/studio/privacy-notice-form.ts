import type { Form } from '../../model/answers.ts';
import {
  countryIn,
  LEGAL_BASES,
  type LegalBasis,
  languageIn,
  type NoticeFacts,
  noticeLanguages,
  type PrivacyNotice,
} from '../../model/privacy-notice.ts';
import type { Problem } from '../../model/problem.ts';
import { field, fieldList } from '../form.ts';
import type { FieldView, fieldMaker } from './frame.ts';

const LEGAL_BASIS_NAMES: Record<LegalBasis, string> = {
  consent: 'Consent: people agree, and may take that back',
  'public-task': 'A task in the public interest, as research at a university may be',
  'legitimate-interest': 'Legitimate interest: people may object',
  contract: 'A contract with the people asked',
};

/** What a field shows of what already holds there, without being written in this place. */
type Inherited = NoticeFacts;

const short = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);
const keptWords = (kept: NonNullable<NoticeFacts['kept']>): string =>
  'until' in kept ? `until ${kept.until}` : `${kept.months} months after the last answer`;

/**
 * The fields of a notice, or of what differs in a country.
 *
 * @param languages in which its own words are asked
 * @param standing the languages of these that Verbatim has no sentences in
 * @param inherited what holds where a field is left empty
 * @param country null for the notice itself
 */
export function noticeFields(
  make: ReturnType<typeof fieldMaker>,
  {
    languages,
    unsaid,
    inherited,
    country,
  }: { languages: readonly string[]; unsaid: readonly string[]; inherited: Inherited; country: string | null },
): FieldView[] {
  const hint = (value: string | number | undefined, otherwise: string | null = null): string | null =>
    value === undefined ? otherwise : `Left empty, it is: ${short(String(value))}`;
  /** What nobody has said yet must be said, but not of one country alone. */
  const must = (name: keyof NoticeFacts) => ({ isRequired: country === null && inherited[name] === undefined });
  const words = (
    name: 'purposes' | 'recipients' | 'rights',
    label: string,
    otherwise: string | null,
    tags = languages,
  ) =>
    tags.map((tag) => {
      const known = inherited[name];
      return make.area(
        `${name}-${tag}`,
        languages.length > 1 || name === 'rights' ? `${label}, in ${languageIn(tag)}` : label,
        {
          rows: 3,
          ...(name === 'purposes' ? must(name) : {}),
          hint: hint(typeof known === 'object' ? known[tag] : undefined, otherwise),
        },
      );
    });
  return [
    make.hidden('revision'),
    make.hidden('survey'),
    make.text('controllerName', 'Who is responsible', {
      ...must('controllerName'),
      hint: hint(inherited.controllerName, 'The controller, such as your company or university'),
    }),
    make.area('controllerAddress', 'Their postal address', {
      rows: 3,
      ...must('controllerAddress'),
      hint: hint(inherited.controllerAddress),
    }),
    make.text('contact', 'Contact for questions', {
      ...must('contact'),
      hint: hint(inherited.contact, 'An email address or another'),
    }),
    ...words('purposes', 'What the answers are for', 'In plain words; the purposes that are ticked stand beside it'),
    make.select(
      'legalBasis',
      'Legal basis',
      [
        {
          value: '',
          label: inherited.legalBasis ? `As it is: ${LEGAL_BASIS_NAMES[inherited.legalBasis]}` : 'Choose one',
        },
        ...LEGAL_BASES.map((value) => ({ value, label: LEGAL_BASIS_NAMES[value] })),
      ],
      must('legalBasis'),
    ),
    make.text('keptMonths', 'How many months answers are kept after the last one', {
      type: 'number',
      isShort: true,
      hint: hint(inherited.kept && keptWords(inherited.kept)),
    }),
    make.text('keptUntil', 'Or until which day', { type: 'date', isShort: true }),
    make.boxes(
      'nobody',
      'Who else gets the answers',
      [{ value: 'yes', label: 'Nobody', hint: 'Otherwise say below who' }],
      must('recipients'),
    ),
    ...words(
      'recipients',
      'Who else gets them',
      inherited.recipients === 'nobody' ? 'Left empty, it is: nobody' : null,
    ),
    make.text('minimumAge', 'Minimum age', {
      type: 'number',
      isShort: true,
      ...must('minimumAge'),
      hint: hint(inherited.minimumAge, '0 where anybody may take part. Otherwise people say that they have reached it'),
    }),
    make.area('dataProtectionOfficer', 'Data protection officer, if there is one', {
      rows: 2,
      hint: hint(inherited.dataProtectionOfficer),
    }),
    make.area('representative', 'Representative, for a controller outside the country', {
      rows: 2,
      hint: hint(inherited.representative),
    }),
    make.area('authority', 'Supervisory authority that complaints go to', { rows: 2, hint: hint(inherited.authority) }),
    ...words('rights', 'Rights', 'Verbatim has no sentences of its own in this language', unsaid),
    ...(country === null
      ? [
          make.text('countries', 'Countries that the surveys are meant for', {
            hint: 'Two letters each, such as DE, AT. Left empty, anywhere',
          }),
        ]
      : []),
  ];
}

/** The fields filled in with what a place says. */
export function noticeValues(
  facts: PrivacyNotice,
  revision: number,
  survey: string,
): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = { revision: String(revision), survey };
  for (const name of [
    'controllerName',
    'controllerAddress',
    'contact',
    'legalBasis',
    'dataProtectionOfficer',
    'representative',
    'authority',
  ] as const)
    values[name] = facts[name] ?? '';
  for (const name of ['purposes', 'recipients', 'rights'] as const) {
    const words = facts[name];
    if (typeof words === 'object') for (const [tag, text] of Object.entries(words)) values[`${name}-${tag}`] = text;
  }
  values['nobody'] = facts.recipients === 'nobody' ? ['yes'] : [];
  values['keptMonths'] = facts.kept && 'months' in facts.kept ? String(facts.kept.months) : '';
  values['keptUntil'] = facts.kept && 'until' in facts.kept ? facts.kept.until : '';
  values['minimumAge'] = facts.minimumAge === undefined ? '' : String(facts.minimumAge);
  values['countries'] = (facts.countries ?? []).join(', ');
  return values;
}

/** What a form says; what is empty says nothing. It is checked where it is saved. */
export function noticeFrom(form: Form, country: string | null): Record<string, unknown> {
  const said: Record<string, unknown> = {};
  for (const name of [
    'controllerName',
    'controllerAddress',
    'contact',
    'legalBasis',
    'dataProtectionOfficer',
    'representative',
    'authority',
  ])
    if (field(form, name).trim() !== '') said[name] = field(form, name).replaceAll('\r\n', '\n').trim();
  for (const name of ['purposes', 'recipients', 'rights']) {
    const words = Object.keys(form)
      .filter((key) => key.startsWith(`${name}-`) && field(form, key).trim() !== '')
      .map((key) => [key.slice(name.length + 1), field(form, key).replaceAll('\r\n', '\n').trim()]);
    if (words.length > 0) said[name] = Object.fromEntries(words);
  }
  if (fieldList(form, 'nobody').includes('yes') && said['recipients'] === undefined) said['recipients'] = 'nobody';
  const months = field(form, 'keptMonths').trim();
  const until = field(form, 'keptUntil').trim();
  if (months !== '') said['kept'] = { months: Number(months) };
  else if (until !== '') said['kept'] = { until };
  const age = field(form, 'minimumAge').trim();
  if (age !== '') said['minimumAge'] = Number(age);
  const countries = field(form, 'countries')
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter((code) => code !== '');
  if (country === null && countries.length > 0) said['countries'] = countries;
  return said;
}

/** The pointers of what does not fit, as the fields are called. */
export function onFields(problem: Problem, country: string | null): Problem {
  const errors = problem.errors.map(({ pointer, detail }) => {
    const at = pointer.replace(country === null ? '#/' : `#/variants/${country}/`, '').replace(/^#\//, '');
    if (at.startsWith('kept'))
      return { pointer: '#/keptMonths', detail: 'Enter a whole number of months, at most 600, or a day below' };
    if (at.startsWith('countries')) return { pointer: '#/countries', detail };
    if (at.startsWith('recipients') && !at.includes('/'))
      return { pointer: '#/nobody', detail: 'Say who gets the answers, or that nobody does' };
    return { pointer: `#/${at.replace('/', '-')}`, detail };
  });
  return Object.assign(problem, { errors });
}

/** The languages that a notice's own words are asked in: of the surveys, and those it has. */
export const languagesAsked = (
  surveys: readonly { draft: { languages: readonly string[] } }[],
  layers: readonly NoticeFacts[],
) => {
  const found = [...new Set([...surveys.flatMap(({ draft }) => draft.languages), ...noticeLanguages(layers)])];
  return found.length === 0 ? ['en'] : found;
};

export const variantLinks = (at: string, notice: PrivacyNotice) =>
  Object.keys(notice.variants ?? {})
    .sort()
    .map((code) => ({ name: countryIn(code), href: `${at}/in/${code}` }));
