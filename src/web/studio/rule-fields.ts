import type { Form } from '../../model/answers.ts';
import type { AttributeType } from '../../model/attribute.ts';
import {
  DEEDS,
  PAGE_FIELDS,
  PERIODS,
  PLACES,
  type RuleLeaf,
  type RuleOperator,
  RuleOperator as RuleOperators,
  SCORE_FORMS,
  TECHNOLOGIES,
} from '../../model/rule.ts';
import { OPERATORS } from '../../rules/describe-leaf.ts';
import { field, fieldList } from '../form.ts';
import type { FieldView, fieldMaker } from './frame.ts';
import { type FormKind, operatorsFor, unitOf } from './rule-form.ts';
import type { RuleKnown } from './rule-known.ts';

type Make = ReturnType<typeof fieldMaker>;
type Choice = { value: string; label: string };

/** Kinds of which something has to be chosen before the rest can be asked, and what that is. */
const SUBJECTS: Partial<Record<FormKind, { label: string; from: (known: RuleKnown) => readonly Choice[] }>> = {
  attribute: { label: 'Which attribute?', from: ({ attributes }) => attributes },
  company: { label: 'Which attribute of the company?', from: ({ companies }) => companies },
  answer: { label: 'The answer to which question?', from: ({ answers }) => answers },
  event: { label: 'Which event?', from: ({ events }) => events },
};
export const needsSubject = (kind: string): boolean => Object.hasOwn(SUBJECTS, kind);

/** What asks which attribute, question or event is meant: one that is known, or another that is still to come. */
export function subjectFields(make: Make, kind: FormKind, known: RuleKnown): FieldView[] {
  const subject = SUBJECTS[kind];
  if (!subject) return [];
  const list = subject.from(known);
  return [
    ...(list.length === 0
      ? []
      : [make.select('subject', subject.label, [{ value: '', label: 'choose …' }, ...list], { isRequired: true })]),
    make.text('other', list.length === 0 ? subject.label : 'Or another', {
      hint:
        list.length === 0 ? 'None is known here yet: enter its name as it will be told' : 'Its name as it will be told',
    }),
  ];
}

const named = (list: readonly string[]): Choice[] => list.map((value) => ({ value, label: value }));
const words = (list: readonly string[]): Choice[] =>
  list.map((value) => ({
    value,
    label: value.replaceAll('_', ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
  }));
const operatorChoices = (list: readonly RuleOperator[]): Choice[] =>
  list.map((value) => ({ value, label: OPERATORS[value] }));

const VALUE_HINT =
  'Several with a semicolon between them; a span of time as 2 months; two ends as 10 and 20; a day as 2026-03-09. Nothing for “is known”';

/**
 * The fields of one kind of condition, with what the workspace knows to choose from.
 *
 * @param form what is filled in so far; `subject` is already chosen where the kind needs one
 * @param properties of the chosen event
 */
export function conditionFields(make: Make, form: Form, known: RuleKnown, properties: readonly string[]): FieldView[] {
  const kind = field(form, 'kind') as FormKind;
  const subject = field(form, 'subject');
  const how = (leaf: RuleLeaf, type: AttributeType | null = null): FieldView =>
    make.select('op', 'How', operatorChoices(operatorsFor(leaf, type, field(form, 'op'))), { isRequired: true });
  const value = (hint = VALUE_HINT) => make.text('value', 'Value', { hint, isRequired: true });
  const chosen = (list: readonly Choice[]) =>
    list.length === 0
      ? value()
      : make.boxes('value', 'Value', withTyped(list, [valueChoices(form, known)].flat()), {
          hint: 'None for “is known”',
        });
  const event = () =>
    known.events.length === 0
      ? make.text('event', 'Event', {
          isRequired: true,
          hint: 'None is known here yet: enter its name as it will be told',
        })
      : make.select('event', 'Event', withTyped(known.events, [field(form, 'event')]), { isRequired: true });
  const role = (label: string, none: string, isRequired = false) =>
    make.select('role', label, [{ value: '', label: none }, ...withTyped(named(known.roles), [field(form, 'role')])], {
      isRequired,
    });
  const within = (): FieldView[] => [
    make.text('within', 'In the last', { isShort: true, hint: 'Such as 30 days or 6 months; empty for all time' }),
    make.text('from', 'Or from day', { isShort: true, type: 'date' }),
    make.text('to', 'To day', { isShort: true, type: 'date' }),
  ];
  const property = (name: string, label: string, hint: string) =>
    properties.length === 0
      ? make.text(name, label, { hint: `${hint}. Its name as it will be told, such as revenue` })
      : make.select(name, label, [{ value: '', label: '–' }, ...withTyped(named(properties), [field(form, name)])], {
          hint,
        });
  const compare = { op: 'set' as const };
  const own = (): FieldView[] => {
    switch (kind) {
      case 'attribute': {
        const type = known.attributes.find((one) => one.value === subject)?.type ?? null;
        return [how({ attribute: subject, ...compare }, type), type === 'yes-no' ? chosen(YES_NO) : value()];
      }
      case 'company': {
        const type = known.companies.find((one) => one.value === subject)?.type ?? null;
        return [
          how({ company: subject, ...compare }, type),
          type === 'yes-no' ? chosen(YES_NO) : value(),
          ...(unitOf(form) === 'person' ? [role('Only companies in which they are', 'in any role, or none')] : []),
        ];
      }
      case 'role':
        return [role('They are', 'choose …', true)];
      case 'people':
        return [
          make.select('among', 'Which of its people', [
            { value: '', label: 'all of them' },
            ...withTyped(known.segments.filter(({ unit }) => unit === 'person').map(inSegment), [field(form, 'among')]),
          ]),
          role('Only those who are', 'in any role, or none'),
          make.radios('peopleMeasure', 'What is counted', PEOPLE_MEASURES, { isRequired: true }),
          how({ people: { all: [] }, ...compare }),
          value('A number, or percent for a share; two with “and” between them for “is between”'),
        ];
      case 'interview':
        return [
          known.codes.length === 0
            ? make.text('interview', 'Code', { isRequired: true, hint: 'None is known here yet: enter its name' })
            : make.select('interview', 'Code', withTyped(known.codes, [field(form, 'interview')]), {
                isRequired: true,
              }),
          make.text('atLeast', 'On at least so many passages', { isRequired: true, isShort: true }),
        ];
      case 'answer': {
        const item = known.answers.find((one) => one.value === subject);
        return [
          how({ answer: subject, ...compare }, answerType(item?.holds)),
          chosen(item?.options ?? []),
          make.select('survey', 'In which survey', [
            { value: '', label: 'the latest anywhere' },
            ...withTyped(known.surveys, [field(form, 'survey')]),
          ]),
        ];
      }
      case 'event':
        return [
          make.select('measure', 'What is measured', MEASURE_CHOICES),
          property('property', 'Of which property', 'Not for how often'),
          how({ event: subject, ...compare }),
          value('A number; two with “and” between them for “is between”'),
          ...within(),
          property('whereProperty', 'Only those whose property', 'Empty for every one'),
          make.select('whereOp', 'of which it holds that it', operatorChoices(RuleOperators.options)),
          make.text('whereValue', 'this value'),
        ];
      case 'moment':
        return [
          make.radios('moment', 'Which time', words(['first', 'last']), { isRequired: true }),
          event(),
          how({ moment: 'first', event: 'one', op: 'before' }),
          value('A day as 2026-03-09, two with “and” between them, or a span as 2 months'),
        ];
      case 'regularly':
        return [
          event(),
          make.text('atLeast', 'In at least', { isRequired: true, isShort: true }),
          make.text('of', 'Of the last', { isRequired: true, isShort: true }),
          make.select('unit', 'Days, weeks or months', words(PERIODS), { isRequired: true }),
        ];
      case 'stopped':
        return [
          event(),
          make.text('active', 'They did it in', { isRequired: true, isShort: true, hint: 'Such as 2 months' }),
          make.text('quiet', 'And then not for', {
            isRequired: true,
            isShort: true,
            hint: 'Up to now, such as 3 weeks',
          }),
        ];
      case 'restarted':
        return [
          event(),
          make.text('active', 'They did it again in the last', {
            isRequired: true,
            isShort: true,
            hint: 'Such as 1 week',
          }),
          make.text('quiet', 'After not doing it for', { isRequired: true, isShort: true, hint: 'Such as 1 month' }),
        ];
      case 'page':
        return [
          make.select('page', 'What of the page', words(PAGE_FIELDS), { isRequired: true }),
          how({ page: 'url', ...compare }),
          value(),
        ];
      case 'technology':
        return [
          make.select('technology', 'What they use', words(TECHNOLOGIES), { isRequired: true }),
          make.select('op', 'How', operatorChoices(TECHNOLOGY_OPERATORS), { isRequired: true }),
          value('The width of a viewport is a number of pixels; a version is written 4.12.1'),
        ];
      case 'place':
        return [
          make.select('place', 'Where', words(PLACES), { isRequired: true }),
          how({ place: 'country', ...compare }),
          value('Countries as two letters, such as DE; several with a semicolon between them'),
        ];
      case 'survey':
        return [
          make.select(
            'survey',
            'Survey',
            withTyped([{ value: 'any', label: 'any survey' }, ...known.surveys], [field(form, 'survey')]),
            { isRequired: true },
          ),
          make.select('did', 'They have', words(DEEDS), { isRequired: true }),
          ...within(),
        ];
      case 'score':
        return [
          known.scores.length === 0
            ? make.text('score', 'Scale', { isRequired: true, hint: 'None is known here yet: instrument.scale' })
            : make.select('score', 'Scale', withTyped(known.scores, [field(form, 'score')]), { isRequired: true }),
          make.select('as', 'As', SCORE_CHOICES, { isRequired: true }),
          how({ score: 'one', ...compare }),
          value('A number; two with “and” between them for “is between”'),
        ];
      case 'segment':
        return [
          make.select(
            'segment',
            'Segment',
            withTyped(
              known.segments.filter(({ unit }) => unitOf(form) === 'person' || unit === 'company').map(inSegment),
              [field(form, 'segment')],
            ),
            { isRequired: true },
          ),
          make.text('likely', 'At least this likely', {
            isShort: true,
            hint: 'From 0 to 1, for segments that were found',
          }),
        ];
      case 'sample':
        return [
          make.text('sample', 'Percent of all people', { isRequired: true, isShort: true }),
          make.text('salt', 'Salt', { hint: 'Another word draws other people' }),
        ];
    }
  };
  return [...own(), make.radios('missing', 'If nothing is known it counts as', MISSING, { isRequired: true })];
}

/** What a stored condition names stays to be chosen, also where it is known no longer. */
const withTyped = (list: readonly Choice[], typed: readonly string[]): Choice[] => [
  ...list,
  ...typed
    .filter((one) => one !== '' && !list.some(({ value }) => value === one))
    .map((one) => ({ value: one, label: one })),
];

const answerType = (holds: RuleKnown['answers'][number]['holds'] | undefined): AttributeType | null => {
  if (holds === undefined || holds === 'file' || holds === 'time') return null;
  return holds === 'code' ? 'text' : holds === 'codes' || holds === 'ranking' ? 'list' : holds;
};

const inSegment = ({ value, label, unit }: RuleKnown['segments'][number]): Choice => ({
  value,
  label: unit === 'company' ? `${label} (companies)` : label,
});
const PEOPLE_MEASURES: readonly Choice[] = [
  { value: 'count', label: 'how many they are' },
  { value: 'share', label: 'their share of its people, in percent' },
];
const YES_NO: readonly Choice[] = [
  { value: 'true', label: 'yes' },
  { value: 'false', label: 'no' },
];
const MISSING: readonly Choice[] = [
  { value: '', label: 'unknown: they are neither in nor out' },
  { value: 'no', label: 'no: the condition does not hold' },
  { value: 'yes', label: 'yes: the condition holds' },
];
const MEASURE_CHOICES: readonly Choice[] = [
  { value: 'count', label: 'how often they did it' },
  { value: 'sum', label: 'the sum of a property' },
  { value: 'average', label: 'the average of a property' },
  { value: 'min', label: 'the smallest value of a property' },
  { value: 'max', label: 'the largest value of a property' },
  { value: 'distinct', label: 'the number of different values of a property' },
];
const SCORE_WORDS: Readonly<Record<(typeof SCORE_FORMS)[number], string>> = {
  raw: 'the score as it is',
  z: 'standard deviations from the mean',
  percentile: 'percentile',
};
const SCORE_CHOICES: readonly Choice[] = SCORE_FORMS.map((value) => ({ value, label: SCORE_WORDS[value] }));
const TECHNOLOGY_OPERATORS: readonly RuleOperator[] = [
  ...operatorsFor({ technology: 'browser', op: 'set' }, null, ''),
  'versionAtLeast',
  'versionBelow',
  'lt',
  'lte',
  'gt',
  'gte',
  'between',
];

/** A condition's value as its field takes it: codes to tick one by one, anything else as it was written. */
export function valueChoices(form: Form, known: RuleKnown): string | string[] {
  const subject = field(form, 'subject');
  const lists: Partial<Record<string, readonly { value: string }[]>> = {
    answer: known.answers.find(({ value }) => value === subject)?.options ?? [],
    attribute: known.attributes.some(({ value, type }) => value === subject && type === 'yes-no') ? YES_NO : [],
    company: known.companies.some(({ value, type }) => value === subject && type === 'yes-no') ? YES_NO : [],
  };
  const isTicked = (lists[field(form, 'kind')] ?? []).length > 0;
  const values = fieldList(form, 'value');
  return isTicked ? values.flatMap((value) => value.split(/\s*;\s*/)).filter((value) => value !== '') : values;
}
