import type { Form } from '../../model/answers.ts';
import type { AttributeType } from '../../model/attribute.ts';
import { DEEDS, PAGE_FIELDS, PLACES, type RuleLeaf, TECHNOLOGIES } from '../../model/rule.ts';
import { field } from '../form.ts';
import type { FieldView } from './frame.ts';
import type { Block, Make, OneMore } from './rule-blocks.ts';
import {
  answerType,
  type Choice,
  inSegment,
  MISSING,
  NONE_OF,
  named,
  operatorChoices,
  PEOPLE_MEASURES,
  SCORE_CHOICES,
  TECHNOLOGY_OPERATORS,
  valueChoices,
  withTyped,
  words,
  YES_NO,
} from './rule-choices.ts';
import { eventFields, isEventKind, windowRow } from './rule-event-fields.ts';
import { type FormKind, operatorsFor, unitOf } from './rule-kinds.ts';
import type { RuleKnown } from './rule-known.ts';

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

const VALUE_HINT =
  'Several with a semicolon between them; a span of time as 2 months; two ends as 10 and 20; a day as 2026-03-09. Nothing for “is known”';

/** What the form of one condition is made from beside what is filled in. */
export type About = {
  known: RuleKnown;
  /** Of the events that are chosen, or of the newest ones. */
  properties: readonly string[];
  themes: readonly Choice[];
  /** Frequent values of the chosen attribute. */
  values: readonly string[];
  /** What people call that which the condition names. */
  names: ReadonlyMap<string, string>;
  oneMore: OneMore;
};

/**
 * The form of one kind of condition, with what the workspace knows to choose from.
 *
 * @param form what is filled in so far; `subject` is already chosen where the kind needs one
 */
export function conditionBlocks(
  make: Make,
  form: Form,
  { known, properties, themes, values, names, oneMore }: About,
): Block[] {
  const kind = field(form, 'kind') as FormKind;
  const subject = field(form, 'subject');
  const how = (leaf: RuleLeaf, type: AttributeType | null = null): FieldView =>
    make.select('op', 'How', operatorChoices(operatorsFor(leaf, type, field(form, 'op'))), { isRequired: true });
  const value = (hint = VALUE_HINT): FieldView => ({
    ...make.text('value', 'Value', { hint, isRequired: true }),
    suggestions: values,
  });
  const chosen = (list: readonly Choice[]) =>
    list.length === 0
      ? value()
      : make.boxes('value', 'Value', withTyped(list, [valueChoices(form, known)].flat()), {
          hint: 'None for “is known”',
        });
  const role = (label: string, none: string, isRequired = false) =>
    make.select('role', label, [{ value: '', label: none }, ...withTyped(named(known.roles), [field(form, 'role')])], {
      isRequired,
    });
  const compare = { op: 'set' as const };
  const own = (): Block[] => {
    if (isEventKind(kind))
      return eventFields(
        make,
        form,
        kind,
        { events: known.events, properties, oneMore },
        {
          how:
            kind === 'event'
              ? how({ event: subject, ...compare })
              : kind === 'moment'
                ? how({ moment: 'first', event: 'one', op: 'before' })
                : null,
          value: (hint) => ({ ...make.text('value', 'Value', { hint, isRequired: true }) }),
        },
      );
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
          windowRow(make),
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
      case 'theme':
        return [
          themes.length === 0
            ? make.text('theme', 'Theme', {
                isRequired: true,
                hint: 'No run has found themes yet: find them under Themes first, or enter the id of one',
              })
            : make.select(
                'theme',
                'Theme',
                [{ value: '', label: 'choose …' }, ...withTyped(themes, [field(form, 'theme')], names)],
                { isRequired: true, hint: 'Of the latest run over each open question' },
              ),
          make.text('confidence', 'With a confidence of at least', {
            isShort: true,
            hint: 'From 0 to 1, or a percentage, of the surest of their answers. Left empty any will do. It ranks answers and is no probability',
          }),
        ];
      case 'persona':
        return [
          known.personas.length === 0
            ? make.text('persona', 'Persona', {
                isRequired: true,
                hint: 'There is none yet: draw one on the page of a segment first, or enter the id of one',
              })
            : make.select(
                'persona',
                'Persona',
                [{ value: '', label: 'choose …' }, ...withTyped(known.personas, [field(form, 'persona')], names)],
                { isRequired: true },
              ),
        ];
      case 'segment':
        return [
          make.select(
            'segment',
            'Segment',
            withTyped(
              [
                ...known.segments.filter(({ unit }) => unitOf(form) === 'person' || unit === 'company').map(inSegment),
                ...(unitOf(form) === 'person' ? known.segmentations : []).map(({ value, label }) => ({
                  value: `${NONE_OF}${value}`,
                  label: `In no segment of “${label}”`,
                })),
              ],
              [field(form, 'segment')],
              names,
            ),
            { isRequired: true },
          ),
          make.text('likely', 'At least this likely', {
            isShort: true,
            hint: 'From 0 to 1, or a percentage such as 80%, for segments that were found or typed',
          }),
          windowRow(make, {
            legend: 'Said',
            hint: 'At any time where this is left empty. Else a span up to now, such as 90 days, or days of the calendar: when they gave the answers that put them there',
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
